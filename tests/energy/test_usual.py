"""The usual classes, held against what a real Accelergy wrote (``usual_classes.json``).

Accelergy 0.4 (6911d15) with CACTI 7 (1ffd8df), its Aladdin and its library plug-in; some of the
components are those of the public exercises.
"""

from __future__ import annotations

import json
import math
import runpy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.components import registry
from loas_tl.components.units import in_pJ, in_um2
from loas_tl.components.usual import aladdin, dram, sram_table
from loas_tl.components.usual.sram_table import Query, look_up
from loas_tl.ground.data import read_data
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.accelergy.ert import price
from tests.energy.tables import DATA, needs_accelergy

RECORDED: list[dict[str, Any]] = json.loads((DATA / "usual_classes.json").read_text())
EXERCISES = [each for each in RECORDED if each.get("of") == "exercises"]
TABULATED, ANY = 0.05, 0.2

Ratio = tuple[str, float, float]
"""What, ours and Accelergy's."""


def figures(component: dict[str, Any]) -> Iterator[Ratio]:
    """Each action and the area."""
    attributes = component["attributes"]
    cost = price(component["class"], attributes)
    for action, theirs in component["actions"].items():
        ours = in_pJ(cost.action(action, attributes["global_cycle_seconds"]))
        yield f"{component['class']}.{action} {attributes}", ours, theirs
    yield f"{component['class']} area {attributes}", in_um2(cost.area), component["area_um2"]


def is_tabulated(component: dict[str, Any]) -> bool:
    """Whether the figures themselves are in our tables, or follow from them without a node."""
    kind, given = component["class"], component["attributes"]
    node = float(str(given.get("technology", "45nm")).removesuffix("nm"))
    if kind == "SRAM":
        whole = math.log2(given["depth"]).is_integer() and math.log2(given["width"]).is_integer()
        return whole and given.get("n_rw_ports", 1) == 1 and node in (*sram_table.NODES_NM, 40)
    return kind == "DRAM" or node == 40 or not kind.startswith(("aladdin_", "smart", "regfile_"))


@pytest.mark.parametrize("component", RECORDED, ids=lambda each: each["class"])
def test_a_component_costs_about_what_accelergy_says(component: dict[str, Any]) -> None:
    far = TABULATED if is_tabulated(component) else ANY
    for what, ours, theirs in figures(component):
        if component["attributes"].get("n_rw_ports", 1) == 4:
            far = 0.3  # four ports are recorded for every other width
        assert ours == pytest.approx(theirs, rel=far, abs=1e-12), what


def test_the_exercises_energies_are_mostly_within_5_percent() -> None:
    all_of_them = [
        (ours, theirs)
        for component in EXERCISES
        for what, ours, theirs in figures(component)
        if theirs and " area " not in what
    ]
    close = [ours for ours, theirs in all_of_them if abs(ours / theirs - 1) <= TABULATED]
    assert len(all_of_them) > 100
    assert len(close) > 0.9 * len(all_of_them)


@needs_accelergy
@pytest.mark.accelergy
def test_accelergy_still_says_so() -> None:
    recorder = runpy.run_path(str(DATA.parents[1] / "benchmarks" / "record_usual_classes.py"))
    quick = [each for each in RECORDED if each["class"] != "SRAM" and each not in EXERCISES]
    asked = [{**each, "actions": list(each["actions"])} for each in quick]
    assert recorder["record"](asked) == quick


def test_points_of_the_table_are_answered_by_the_table() -> None:
    rows = read_data("cacti_lstp.csv")
    assert len(rows) > 1900
    for row in rows[:: len(rows) // 150]:
        query = Query(
            node=int(row["technology_nm"]),
            ports=int(row["ports"]),
            banks=int(row["banks"]),
            width=float(row["width_bytes"]),
            depth=float(row["depth"]),
        )
        named = [float(row[name]) for name in ("read_pJ", "write_pJ", "leakage_mW", "area_mm2")]
        assert look_up(query) == pytest.approx(named, rel=1e-9)


@settings(deadline=None)
@given(
    width=st.integers(1, 4096),
    depth=st.integers(1, 2**22),
    banks=st.integers(1, 40),
    ports=st.integers(1, 8),
    technology=st.floats(7, 90),
)
def test_any_sram_has_a_price(
    width: int, depth: int, banks: int, ports: int, technology: float
) -> None:
    sram = registry.component(
        "SRAM",
        {
            "technology": technology,
            "width": width,
            "depth": depth,
            "n_banks": banks,
            "n_rw_ports": ports,
        },
    )
    for figure in (sram.energy("read"), sram.energy("write"), sram.leakage, sram.area):
        assert math.isfinite(float(figure))
        assert float(figure) > 0
    assert sram.energy("update") == sram.energy("write")


def test_what_the_table_does_not_reach_is_said() -> None:
    query = {"technology": 45, "width": 64}
    assert price("SRAM", {**query, "depth": 2**20}).outside == ()
    [line] = price("SRAM", {**query, "depth": 2**30}).outside
    assert "depth 1.07374e+09 is outside CACTI's table" in line
    [line] = price("SRAM", {**query, "depth": 4096, "n_banks": 64}).outside
    assert "banks 64" in line


def test_nothing_of_nothing_costs_nothing() -> None:
    for kind in ("SRAM", "regfile", "FIFO"):
        cost = price(kind, {"technology": 45, "width": 8, "depth": 0})
        assert in_pJ(cost.action("read")) == 0
        assert float(cost.area) == 0


@pytest.mark.parametrize("kind", dram.PJ_PER_BIT)
def test_dram_goes_by_the_bit(kind: str) -> None:
    cost = price("DRAM", {"width": 64, "type": kind, "technology": "whatever"})
    assert in_pJ(cost.action("write")) == pytest.approx(64 * dram.PJ_PER_BIT[kind])


def test_an_unknown_dram_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"DRAM.type: is 'MRAM'; expected one of LPDDR4, .*DDR4"):
        price("DRAM", {"width": 64, "type": "MRAM"})


def test_a_width_may_be_called_datawidth() -> None:
    attributes = {"technology": 45, "global_cycle_seconds": 1e-9}
    by_width = price("intmac", {**attributes, "width": 8})
    assert price("intmac", {**attributes, "datawidth": 8}) == by_width
    assert price("intmac", {**attributes, "datawidth": 16, "width": 8}) == by_width


def test_a_wire_may_have_its_length_in_any_unit() -> None:
    lengths = (2000, "2000", "2000um", "2mm", "2000000nm")
    costs = {
        float(price("wire", {"technology": 45, "width": 8, "length": length}).action("transfer"))
        for length in lengths
    }
    assert len({round(cost * 1e18) for cost in costs}) == 1


def test_aladdins_figures_hold_from_40_to_45_nm_and_scale_beyond() -> None:
    at = {nm: aladdin.figures("adder", technology=nm, cycle=1e-9).action for nm in (7, 40, 45, 65)}
    assert at[40] == at[45]
    assert at[7] < at[40] < at[65]


def test_a_register_file_says_that_its_width_does_not_count() -> None:
    [line] = price("regfile", {"technology": 45, "width": 16, "depth": 12}).remarks
    assert "one bit" in line
