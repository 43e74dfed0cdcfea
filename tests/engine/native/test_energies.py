"""Energies: tables, Timeloop's names, placeholders."""

from __future__ import annotations

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native import build_machine, evaluate
from loas_tl.timeloop.native.energies import (
    COMPUTE_ACTIONS,
    STORAGE_ACTIONS,
    action_energies,
    dram_access,
    sram_access,
)
from loas_tl.timeloop.spec import parse_spec
from tests.engine.native.test_refusals import WORKING
from tests.timeloop_runs import reference_runs


def test_the_first_name_that_the_table_has_counts() -> None:
    table = {"x": {"read": 1.0, "random_read": 2.0, "write": 3.0, "gated_write": 0.5, "leak": 0.1}}
    energies = action_energies("x", STORAGE_ACTIONS, table, 9.0)
    assert energies["random_read"] == 2
    assert energies["random_fill"] == energies["random_update"] == 3
    assert energies["gated_fill"] == energies["skipped_update"] == 0.5
    assert energies["gated_read"] == energies["random_metadata_read"] == 0
    assert energies["leak"] == 0.1
    assert set(energies) == set(STORAGE_ACTIONS)


def test_gated_computes_cost_a_compute_unless_told_apart() -> None:
    table = {"x": {"compute": 2.0}, "y": {"mac": 2.0, "mac_gated": 0.5}}
    assert set(action_energies("x", COMPUTE_ACTIONS, table, 9.0).values()) == {2}
    energies = action_energies("y", COMPUTE_ACTIONS, table, 9.0)
    assert energies == {"random_compute": 2, "gated_compute": 0.5, "skipped_compute": 0.5}


def test_what_no_table_has_costs_what_timeloop_makes_of_it() -> None:
    energies = action_energies("x", STORAGE_ACTIONS, {}, 9.0)
    assert energies["random_read"] == energies["random_update"] == 9
    assert energies["gated_read"] == 0
    assert dram_access(64) == 800
    assert sram_access(256, 16, 1, 1) == 1  # 0.5 KiB
    assert sram_access(51200, 16, 1, 1) == pytest.approx(6)  # 100 KiB
    assert sram_access(0, 16, 1, 1) == 0


def test_energies_may_come_from_the_specification_or_the_caller() -> None:
    table = "\nERT: {tables: [{name: chip.DRAM, actions: [{name: read, energy: 5}]}]}"
    assert build_machine(parse_spec(WORKING + table)).levels[-1].energies["random_read"] == 5
    ours = {name: {"read": 2.0, "write": 2.0, "leak": 0.25} for name in ("DRAM", "Buffer")}
    result = evaluate(parse_spec(WORKING + table), {**ours, "mac": {"compute": 7.0}}, {"mac": 3.0})
    assert result.compute.energy_pj == result.computes.actual * 7
    assert result.compute.area_um2 == 3 * result.compute.instances
    assert result.levels["DRAM"].leakage_pj == 0.25 * result.cycles
    # Both copies of the buffer are in use and leak.
    assert result.levels["Buffer"].leakage_pj == 2 * 0.25 * result.cycles


def test_placeholders_follow_the_classes_of_the_specification() -> None:
    run = reference_runs()["full-0004"]
    machine = build_machine(parse_spec(run.spec))
    assert machine.ert["LocalBuffer"]["read"] == 1
    assert machine.ert["LocalBuffer"]["leak"] == 0
    assert machine.ert["acc"] == {"compute": 1, "leak": 0}
    assert machine.levels[0].area_um2 in (1, 2)


def test_a_class_costs_what_its_parts_cost() -> None:
    classes = """
components:
  classes:
  - name: pair
    subcomponents: [{name: one, class: SRAM}, {name: two, class: nested}]
    actions:
    - name: read
      subcomponents:
      - {name: one, actions: [{name: read}, {name: read}]}
      - {name: two, actions: [{name: read}]}
    - {name: write, subcomponents: []}
  - name: nested
    subcomponents: [{name: a, class: SRAM}, {name: b, class: SRAM}]
    actions:
    - {name: read, subcomponents: [{name: a, actions: [{name: read}]}]}
"""
    spec = WORKING.replace("    class: storage\n", "    class: storage\n    subclass: pair\n")
    machine = build_machine(parse_spec(spec + classes))
    assert machine.ert["Buffer"] == {"read": 3, "write": 0, "leak": 0}
    assert machine.levels[0].area_um2 == 3


def test_placeholders_honour_required_actions_and_scales() -> None:
    spec = WORKING.replace(
        "    class: storage\n",
        "    class: storage\n    required_actions: [metadata_read]\n"
        "    energy_scale: 0.5\n    area_scale: 3\n",
    )
    assert spec != WORKING
    machine = build_machine(parse_spec(spec))
    assert machine.ert["Buffer"] == {
        "read": 0.5,
        "write": 0.5,
        "update": 0.5,
        "leak": 0,
        "metadata_read": 0.5,
    }
    assert machine.levels[0].area_um2 == 3


def test_parts_are_scaled_by_attributes_of_the_component() -> None:
    classes = """
components:
  classes:
  - name: lane
    attributes: {share: 4}
    subcomponents: [{name: one, class: join, energy_scale: 1 / share, area_scale: 1 / share}]
    actions:
    - name: read
      subcomponents: [{name: one, actions: [{name: match, energy_scale: share * 2}]}]
"""
    spec = WORKING.replace("    class: storage\n", "    class: storage\n    subclass: lane\n")
    machine = build_machine(parse_spec(spec + classes))
    assert machine.ert["Buffer"] == {"read": pytest.approx(2), "leak": 0}
    assert machine.levels[0].area_um2 == pytest.approx(0.25)
    with pytest.raises(InputError, match=r"lane\.one\.energy_scale"):
        build_machine(parse_spec(spec + classes.replace("1 / share, area", "1 / shear, area")))
