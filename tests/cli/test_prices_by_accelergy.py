"""``--prices accelergy``: the native engine counts, a real Accelergy prices."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loas_tl.timeloop.accelergy import plugins
from tests.cli.outcome import Run
from tests.engine.native.test_refusals import WORKING
from tests.engine.timeloop.fake import FakeTimeloop, install
from tests.engine.timeloop.test_estimators import CONFIG, NOT_FOUND

TABLES = """
ERT: {version: 0.4, tables: [
  {name: "chip.DRAM[1..1]", actions: [{name: read, energy: 5}, {name: write, energy: 6}]},
  {name: "chip.Buffer[1..2]", actions: [{name: read, energy: 2}, {name: write, energy: 3}]},
  {name: "chip.mac[1..2]", actions: [{name: compute, energy: 0.5}]}]}
ART: {version: 0.4, tables: [{name: "chip.DRAM[1..1]", area: 0}, {name: "chip.mac[1..2]", area: 7}]}
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeTimeloop:
    """A pretended Accelergy with a configuration at home."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    config = tmp_path / "home" / plugins.CONFIG
    config.parent.mkdir(parents=True)
    config.write_text(CONFIG)
    return install(tmp_path, monkeypatch)


def test_the_native_engine_can_take_accelergys_prices(
    fake: FakeTimeloop, tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "working.yaml"
    path.write_text(WORKING)
    (fake.folder / "tables.yaml").write_text(TABLES)
    tables = fake.folder / "tables.yaml"
    # Not where it is only asked for its version.
    fake.does("accelergy", f"[ $1 = -v ] || exit 0\ncp {tables} ERT.yaml\ncp {tables} ART.yaml\n")
    outcome = run("model", path, "--engine", "native", "--prices", "accelergy", "--json", "-")
    outcome.assert_succeeded()
    document = json.loads(outcome.out)
    assert document["compute"]["energy_pJ"] == document["computes"]["actual"] * 0.5
    assert document["compute"]["area_um2"] == 7 * document["compute"]["instances"]
    assert "priced by Accelergy" in document["notes"]
    both = ("--prices", "accelergy", "--price", "mac.compute=1")
    run("model", path, "--engine", "native", *both).assert_refused("--prices models")
    run("model", path, "--engine", "timeloop", "--prices", "accelergy").assert_refused(
        "--engine native"
    )


def test_what_accelergy_alone_cannot_price_is_named(
    fake: FakeTimeloop, tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "working.yaml"
    path.write_text(WORKING)
    fake.does("accelergy", f"echo '{NOT_FOUND}'\n")
    outcome = run("model", path, "--engine", "native", "--prices", "accelergy")
    outcome.assert_refused("working.yaml", "no estimator of the energy of fiber_cache.read")
