"""Accelergy's tables: ours, those a real Accelergy wrote, and those one writes now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from loas_tl.components.units import Joules, SquareMetres, Watts
from loas_tl.designs import in_spec
from loas_tl.designs.design import Design
from loas_tl.designs.registry import designs, with_timeloop
from loas_tl.timeloop.accelergy import ert, plugins
from loas_tl.timeloop.accelergy import library as accelergy
from tests.energy.tables import (
    DATA,
    Figures,
    assert_equal,
    figures,
    needs_accelergy,
    needs_front_end,
    run,
    written,
)

RECORDED = DATA / "accelergy_tables.json"
"""What timeloopfe 0.4 and Accelergy 0.4 (commit 6911d15) wrote with the plug-ins.

For each accelerator of its composition and of its specification; ``benchmarks/record_accelergy.py``
writes it anew.
"""

RECORDED_AS = {
    "SparTen": "SparTen-ANN",
    "Gamma": "Gamma-ANN",
    # LoAS's hardware under other names; of N-major there is no specification.
    "LoAS-FT": "LoAS",
    "LoAS N-major": "LoAS",
}
"""Under what name the tables of a design are kept, where it is not its own."""


def recorded_as(design: Design) -> str:
    return RECORDED_AS.get(design.label, design.label)


def named(design: Design) -> str:
    return design.label


def of_composition(design: Design) -> Figures:
    entries = accelergy.entries(design.chip)
    return figures(ert.ert(entries), ert.art(entries))


def of_specification(design: Design) -> Figures:
    entries = in_spec.entries(design)
    return figures(ert.ert(entries), ert.art(entries))


def renamed(recorded: Figures, before: str, now: str) -> Figures:
    """The figures of components that stand under another accelerator's name."""
    old, new = ("".join(c if c.isalnum() else "_" for c in name) for name in (before, now))
    for names in recorded.values():
        assert all(name.startswith(f"{old}.") for name in names)
    return {
        unit: {f"{new}.{name.removeprefix(f'{old}.')}": value for name, value in values.items()}
        for unit, values in recorded.items()
    }


@pytest.mark.parametrize("design", designs(), ids=named)
def test_our_tables_are_those_that_accelergy_wrote(design: Design) -> None:
    before = recorded_as(design)
    recorded = json.loads(RECORDED.read_text())[before]
    assert_equal(of_composition(design), renamed(recorded["composition"], before, design.label))
    if design.templates is not None:
        assert_equal(of_specification(design), recorded["specification"])


def test_every_recorded_table_is_one_of_ours() -> None:
    ours = {recorded_as(design) for design in designs()}
    assert ours == set(json.loads(RECORDED.read_text()))


def test_every_component_and_action_is_priced() -> None:
    for design in with_timeloop():
        found = of_specification(design)
        for action in ("read", "write", "update", "leak"):
            assert any(name.endswith(f"Cache[1..1] {action}") for name in found["pJ"])
        assert any(name.endswith(" compute") for name in found["pJ"])
        # Only what only counts, what is off the chip and what is a pass-through has no area.
        placed = {name for name, area in found["um2"].items() if area > 1}
        assert len(placed) >= 4
        for name in placed:
            assert any(entry.startswith(f"{name} ") and found["pJ"][entry] for entry in found["pJ"])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder in which Accelergy knows the plug-ins."""
    run(tmp_path, "accelergy")  # writes its configuration
    plugins.install(tmp_path / plugins.CONFIG)
    return tmp_path


def saved(content: str | dict[str, Any], folder: Path) -> Path:
    path = folder / "given.yaml"
    text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
    path.write_text(text)
    return path


@needs_accelergy
@pytest.mark.accelergy
@pytest.mark.parametrize("design", designs(), ids=named)
def test_accelergy_makes_our_tables_of_a_composition(design: Design, home: Path) -> None:
    architecture = saved(accelergy.architecture(design.chip), home)
    assert_equal(written(home, "accelergy", architecture), of_composition(design))


@needs_front_end
@pytest.mark.accelergy
@pytest.mark.parametrize("design", with_timeloop(), ids=named)
def test_accelergy_makes_our_tables_of_a_rendered_specification(design: Design, home: Path) -> None:
    spec = saved(in_spec.specification_of(design), home)
    assert_equal(written(home, "tl", "accelergy", spec), of_specification(design))


@needs_accelergy
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
    architecture = accelergy.architecture(designs()[0].chip)
    architecture["architecture"]["subtree"][0]["local"] = [cache]
    done = run(home, "accelergy", saved(architecture, home), "-o", home / "out")
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
