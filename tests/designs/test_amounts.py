"""Area and leakage: one figure each, wherever a design is priced."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings

import loas_tl
from loas_tl.components.component import Component
from loas_tl.designs import summary
from loas_tl.designs.design import Design
from loas_tl.designs.in_spec import OTHER, OUTSIDE_PARTITIONS, entries, in_spec, specification_of
from loas_tl.designs.registry import designs
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.accelergy import ert
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.prices import prices
from loas_tl.timeloop.spec import parse_spec
from tests.designs.random_designs import any_design
from tests.workload.examples import W, X

DIGITS = 1e-6
NETWORK = loas_tl.Network("one", (loas_tl.Layer("a", X, W),))


def amounts_by_hand(component: Component) -> tuple[float, float]:
    """Area in m2 and leakage in W of a component, by going down to what prices itself."""
    area, leakage = float(component.own().area), float(component.own().leakage)
    for part in component.parts():
        of_part = amounts_by_hand(part.component)
        area, leakage = area + part.count * of_part[0], leakage + part.count * of_part[1]
    return area, leakage


def assert_one_figure_everywhere(design: Design) -> None:
    area, leakage = amounts_by_hand(design.chip)
    assert design.area_mm2 == pytest.approx(area * 1e6, rel=DIGITS)
    assert design.leakage_mW == pytest.approx(leakage * 1e3, rel=DIGITS)

    document = json.loads(summary.to_json(design))
    assert document["area_mm2"] == pytest.approx(design.area_mm2, rel=DIGITS)
    assert document["leakage_mW"] == pytest.approx(design.leakage_mW, rel=DIGITS)

    spec = document["spec"]
    if design.templates is None:
        assert spec is None
        return
    left_out = spec["left_out"]
    assert OTHER not in left_out, "a part that the declaration does not name"
    for key in ("area_mm2", "leakage_mW"):
        whole = spec[key] + sum(part[key] for part in left_out.values())
        assert whole == pytest.approx(document[key], rel=DIGITS)
    # The spec's own share, from the table that Accelergy would write.
    areas = {one["name"]: one["area"] for one in ert.art(entries(design))["ART"]["tables"]}
    instances = {name: int(name.rsplit("..", 1)[1].rstrip("]")) for name in areas}
    placed = {name: a for name, a in areas.items() if "_spatial[" not in name}
    written = sum(area * instances[name] for name, area in placed.items()) / 1e6
    assert spec["area_mm2"] == pytest.approx(written, rel=1e-5)  # six digits an entry
    # What is left out is a part of the design, and the cache's rest is a rest.
    assert all(part["area_mm2"] >= -DIGITS for part in left_out.values())
    rest = left_out.get(OUTSIDE_PARTITIONS, {"area_mm2": 0.0})["area_mm2"]
    given = sum((design.input_KiB, design.weight_KiB, design.output_KiB))
    unused = 1 - float(given) / design.cache_KiB
    cache = document["parts"]["global_cache"]["area_mm2"]
    assert rest / cache == pytest.approx(unused, abs=0.02)


@pytest.mark.parametrize("design", designs(), ids=lambda one: one.label)
def test_area_and_leakage_at_the_defaults(design: Design) -> None:
    assert_one_figure_everywhere(design)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(design=any_design())
def test_area_and_leakage_of_any_settings(design: Design) -> None:
    assert_one_figure_everywhere(design)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(design=any_design(most=3))
def test_compare_has_the_same_figures(design: Design) -> None:
    [entry] = json.loads(loas_tl.compare(NETWORK, accelerators=[design]).to_json())["designs"]
    assert entry["accelerator"] == design.label
    assert entry["area_mm2"] == pytest.approx(design.area_mm2, rel=DIGITS)
    assert entry["leakage_mW"] == pytest.approx(design.leakage_mW, rel=DIGITS)


def test_the_engine_finds_the_specs_share() -> None:
    for design in designs():
        found = in_spec(design)
        if found is None:
            continue
        spec = parse_spec(specification_of(design))
        cost = prices(spec)
        result = evaluate(spec, cost.energies, cost.areas)
        assert result.area_um2 / 1e6 == pytest.approx(found.spec.area_mm2, rel=DIGITS)


def test_sixty_four_pes_cost_what_sixty_four_pes_cost() -> None:
    few, many = loas_tl.design("LoAS"), loas_tl.design("LoAS", pes=64)
    cache = few.cache_banks * float(few.bank().leakage) * 1e3
    rest = few.leakage_mW - cache
    assert many.leakage_mW == pytest.approx(cache + 4 * rest, rel=1e-9)
    assert many.constants.static_mW == many.leakage_mW
    [tppe] = [float(p.component.area) * 1e6 for p in few.parts() if p.name == "tppe"]
    assert many.area_mm2 - few.area_mm2 > 48 * tppe
    [one, other] = loas_tl.compare(NETWORK, accelerators=[few, many]).totals
    # The leakage of a cycle is that of all the hardware.
    assert one.physical is not None
    assert other.physical is not None
    per_cycle = [r.physical.leakage / r.counts.cycles for r in (one, other) if r.physical]
    assert per_cycle[0] == pytest.approx(few.leakage_mW * 1.25, rel=1e-9)  # mW x 1.25 ns in pJ
    assert per_cycle[1] == pytest.approx(many.leakage_mW * 1.25, rel=1e-9)


def test_an_access_costs_what_the_designs_own_cache_costs() -> None:
    for name, value in (("cache_KiB", 1024), ("cache_banks", 4), ("line_bits", 512)):
        changed = loas_tl.design("LoAS", **{name: value})
        bit = changed.constants.sram_bit
        assert bit is not None
        bank = changed.bank()
        assert bit.read == pytest.approx(float(bank.energy("read")) * 1e12 / changed.line_bits)
        assert bit != loas_tl.design("LoAS").constants.sram_bit


def test_the_clock_changes_leakage_and_nothing_else() -> None:
    [one, other] = loas_tl.compare(NETWORK, accelerators=["LoAS", "LoAS:clock_MHz=400"]).totals
    assert one.physical is not None
    assert other.physical is not None
    assert other.physical.leakage == pytest.approx(2 * one.physical.leakage)
    for part in ("dram", "sram", "compute"):
        assert getattr(other.physical, part) == getattr(one.physical, part)
    assert other.published == one.published


def test_placeholders_have_no_area() -> None:
    for what in ("area_mm2", "leakage_mW", "constants"):
        with pytest.raises(InputError, match=r"LoAS\.technology: is -1.*7 to 90 nm"):
            getattr(loas_tl.design("LoAS", technology=-1), what)
