"""Accelergy finds our estimators for the time of a run, and says what else it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from loas_tl import timeloop
from loas_tl.timeloop.accelergy import plugins
from loas_tl.timeloop.errors import EngineRunError
from tests.engine.timeloop.fake import FakeTimeloop
from tests.engine.timeloop.test_run import MAP, STATS

CONFIG = "version: 0.4\nestimator_plug_ins:\n- /their/own\nprimitive_components: []\n"
NOT_FOUND = (
    "ERROR Can not find an energy estimator for fiber_cache(width=8, technology=32).read(x=1)\n"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    config = tmp_path / "home" / plugins.CONFIG
    config.parent.mkdir(parents=True)
    config.write_text(CONFIG)
    return config


@pytest.fixture
def copying(fake: FakeTimeloop) -> FakeTimeloop:
    """A run that keeps what Accelergy would read."""
    fake.answers("timeloop-model", STATS, MAP)
    script = (fake.folder / "timeloop-model").read_text().removeprefix("#!/bin/sh\n")
    fake.does("timeloop-model", f"cp accelergy_config.yaml seen.yaml\n{script}")
    return fake


@pytest.mark.usefixtures("copying")
def test_a_run_has_them_without_an_installation(home: Path, spec: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    timeloop.run_model(spec, out=kept)
    seen = yaml.safe_load((kept / "seen.yaml").read_text())
    ours = str(plugins.folder())
    assert seen["estimator_plug_ins"] == ["/their/own", ours]
    assert seen["primitive_components"] == [ours]
    assert not (kept / "accelergy_config.yaml").exists()
    assert home.read_text() == CONFIG


@pytest.mark.usefixtures("copying")
def test_an_installation_is_left_to_itself(home: Path, spec: Path, tmp_path: Path) -> None:
    plugins.install(home)
    kept = tmp_path / "kept"
    timeloop.run_model(spec, out=kept)
    assert not (kept / "seen.yaml").exists()


def fails_in_accelergy(fake: FakeTimeloop) -> None:
    fake.does(
        "timeloop-model",
        f"echo '{NOT_FOUND}' > timeloop-model.accelergy.log\n"
        "echo 'Failed to run Accelergy. Did you install Accelergy?'\nexit 1\n",
    )


@pytest.mark.usefixtures("home")
def test_what_accelergy_cannot_price_is_named(fake: FakeTimeloop, spec: Path) -> None:
    fails_in_accelergy(fake)
    with pytest.raises(EngineRunError, match=r"fiber_cache\.read; .* the native engine$"):
        timeloop.run_model(spec)


def test_that_they_cannot_be_given_is_said(home: Path, fake: FakeTimeloop, spec: Path) -> None:
    home.write_text("- no configuration\n")
    fails_in_accelergy(fake)
    with pytest.raises(EngineRunError, match=r"estimators are not found: .*no configuration"):
        timeloop.run_model(spec)


def test_the_time_of_accelergy_is_not_the_searchs(
    home: Path, fake: FakeTimeloop, spec: Path
) -> None:
    assert home.exists()
    fake.answers("timeloop-mapper", STATS, MAP)
    writes = (fake.folder / "timeloop-mapper").read_text().removeprefix("#!/bin/sh\n")
    fake.does(
        "timeloop-mapper",
        "trap 'exit 3' INT\necho 'Problem configuration complete.'\nsleep 2.5\n"
        "trap 'done=1' INT\necho 'Architecture configuration complete.'\n"
        f"until [ $done ]; do sleep 0.1; done\n{writes}",
    )
    result, _ = timeloop.run_mapper(spec, time_limit=1, timeout=60)
    assert result.cycles == 595
