"""Accelergy's tables: ours, those a real Accelergy wrote, and those one writes now."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from loas_tl.energy import accelergy, ert, plugins
from loas_tl.energy.composition import COMPOSITIONS, Composition
from loas_tl.energy.units import Joules, SquareMetres, Watts

RECORDED = Path(__file__).parents[1] / "data" / "accelergy_tables.json"
"""What Accelergy 0.4 (commit 6911d15) wrote for each composition, with the plug-ins."""

ONE_IN_THE_LAST_DIGIT = 1e-5
KINDS = [kind.kind for kind in COMPOSITIONS]


def energies(table: dict[str, Any]) -> dict[str, float]:
    """Energy in pJ by component and action."""
    return {
        f"{component['name']} {action['name']}": action["energy"]
        for component in table["ERT"]["tables"]
        for action in component["actions"]
    }


def areas(table: dict[str, Any]) -> dict[str, float]:
    """Area in um2 by component."""
    return {component["name"]: component["area"] for component in table["ART"]["tables"]}


def ours(design: Composition) -> tuple[dict[str, float], dict[str, float]]:
    entries = accelergy.entries(design)
    return energies(ert.ert(entries)), areas(ert.art(entries))


@pytest.mark.parametrize("kind", COMPOSITIONS, ids=KINDS)
def test_our_tables_are_those_that_accelergy_wrote(kind: type[Composition]) -> None:
    recorded = json.loads(RECORDED.read_text())[kind.kind]
    energy, area = ours(kind())
    assert energy == pytest.approx(recorded["pJ"], rel=ONE_IN_THE_LAST_DIGIT)
    assert area == pytest.approx(recorded["um2"], rel=ONE_IN_THE_LAST_DIGIT)


def run_accelergy(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = shutil.which("accelergy")
    assert command is not None
    return subprocess.run(  # noqa: S603 - the command the test is for
        [command, *map(str, arguments)],
        env=os.environ | {"HOME": str(home)},
        cwd=home,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


live = pytest.mark.skipif(
    shutil.which("accelergy") is None,
    reason="no accelergy on the PATH; install Accelergy v0.4 from its repository",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder in which Accelergy knows the plug-ins."""
    run_accelergy(tmp_path)  # writes its configuration
    plugins.install(tmp_path / plugins.CONFIG)
    return tmp_path


def written_as(architecture: dict[str, Any], folder: Path) -> Path:
    path = folder / "architecture.yaml"
    path.write_text(yaml.safe_dump(architecture, sort_keys=False))
    return path


@live
@pytest.mark.accelergy
@pytest.mark.parametrize("kind", COMPOSITIONS, ids=KINDS)
def test_our_tables_are_those_that_accelergy_writes(kind: type[Composition], home: Path) -> None:
    written = home / "out"
    architecture = written_as(accelergy.architecture(kind()), home)
    done = run_accelergy(home, architecture, "-o", written)
    assert done.returncode == 0, done.stdout + done.stderr
    energy, area = ours(kind())
    theirs = energies(yaml.safe_load((written / "ERT.yaml").read_text()))
    assert theirs == pytest.approx(energy, rel=ONE_IN_THE_LAST_DIGIT)
    assert areas(yaml.safe_load((written / "ART.yaml").read_text())) == pytest.approx(
        area, rel=ONE_IN_THE_LAST_DIGIT
    )


@live
@pytest.mark.accelergy
@pytest.mark.parametrize(
    ("attribute", "value", "mentions"),
    [
        ("depth", None, ("depth", "fiber_cache", "must be specified")),
        ("depth", -3, ("fiber_cache.depth: is -3; expected a whole number",)),
        ("technology", 5, ("fiber_cache.technology: is 5", "from 7 to 90")),
    ],
)
def test_accelergy_ends_with_its_own_error_that_names_class_and_attribute(
    home: Path, attribute: str, value: int | None, mentions: tuple[str, ...]
) -> None:
    given = {"width": 256, "depth": 8192, attribute: value}
    cache = {
        "name": "cache",
        "class": "fiber_cache",
        "attributes": {name: one for name, one in given.items() if one is not None},
    }
    architecture = accelergy.architecture(COMPOSITIONS[0]())
    architecture["architecture"]["subtree"][0]["local"] = [cache]
    done = run_accelergy(home, written_as(architecture, home), "-o", home / "out")
    assert done.returncode != 0
    for mention in mentions:
        assert mention in done.stdout + done.stderr
    assert not (home / "out" / "ERT.yaml").exists()


def test_the_form_of_the_tables() -> None:
    cost = ert.Priced(SquareMetres(2e-12), Watts(4e-3), {"read": Joules(1.23456789e-12)})
    entry = ert.Entry("chip.buffer[1..4]", cost, global_cycle_seconds=1e-9)
    assert ert.ert([entry]) == {
        "ERT": {
            "version": "0.4",
            "tables": [
                {
                    "name": "chip.buffer[1..4]",
                    "actions": [
                        {
                            "name": name,
                            "arguments": {
                                "global_cycle_seconds": 1e-9,
                                "action_latency_cycles": 1,
                            },
                            "energy": energy,
                        }
                        for name, energy in (("read", 1.23457), ("leak", 4.0))
                    ],
                }
            ],
        }
    }
    assert ert.art([entry]) == {
        "ART": {"version": "0.4", "tables": [{"name": "chip.buffer[1..4]", "area": 2.0}]}
    }


def test_instances_multiply_area_and_leakage_and_scales_what_they_scale() -> None:
    cost = ert.Priced(SquareMetres(1e-12), Watts(1e-3), {"read": Joules(1e-12)})
    entry = ert.Entry(
        "x", cost, instances=3, area_scale=0.5, energy_scale=2, global_cycle_seconds=1e-9
    )
    assert entry.energies() == {"read": pytest.approx(2), "leak": pytest.approx(6)}
    assert entry.area_um2() == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(0, 0.0), (123456789, 123457000), (0.000123456789, 0.000123457), (-1.0000004, -1.0)],
)
def test_figures_have_six_digits(value: float, rounded: float) -> None:
    assert ert.significant(value) == pytest.approx(rounded, rel=1e-12)
