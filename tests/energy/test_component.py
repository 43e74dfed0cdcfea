"""Sums over parts, attributes and their errors, for every class."""

from __future__ import annotations

import math
from dataclasses import MISSING, fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.components import registry
from loas_tl.components.cache import FiberCache, FiberCacheBank
from loas_tl.components.component import CYCLE, Component
from loas_tl.components.fabric import HbmChannel
from loas_tl.components.technology import area_factor, energy_factor
from loas_tl.components.units import Joules, SquareMetres, Watts
from loas_tl.designs.design import Design
from loas_tl.designs.registry import designs
from loas_tl.ground.errors import InputError
from tests.energy.examples import all_examples, example, needed

EVERY: list[Component] = [*all_examples(), *(design.chip for design in designs())]
IDS = [*(one.kind for one in all_examples()), *(design.label for design in designs())]


@pytest.mark.parametrize("component", EVERY, ids=IDS)
def test_area_and_leakage_are_sums_over_the_parts(component: Component) -> None:
    parts = component.parts()
    own = component.own()
    assert component.area == pytest.approx(
        float(own.area) + sum(float(part.component.area) * part.count for part in parts)
    )
    assert component.leakage == pytest.approx(
        float(own.leakage) + sum(float(part.component.leakage) * part.count for part in parts)
    )


@pytest.mark.parametrize("component", EVERY, ids=IDS)
def test_the_energy_of_an_action_is_that_of_the_parts_actions(component: Component) -> None:
    inside = {part.name: part.component for part in component.parts()}
    assert len(inside) == len(component.parts())
    for name, acts in component.actions().items():
        own = float(component.own().energy.get(name, 0.0))
        parts = sum(float(inside[act.part].energy(act.action)) * act.times for act in acts)
        assert component.energy(name) == pytest.approx(own + parts)


@pytest.mark.parametrize("component", EVERY, ids=IDS)
def test_power_is_leakage_and_the_busy_action_once_a_cycle(component: Component) -> None:
    dynamic = float(component.energy(component.busy)) / CYCLE if component.busy else 0.0
    assert component.power == pytest.approx(float(component.leakage) + dynamic)
    if component.parts() and not component.own().energy:
        shares = [float(component.part_power(part)) for part in component.parts()]
        assert sum(shares) == pytest.approx(float(component.power))


@pytest.mark.parametrize("component", EVERY, ids=IDS)
def test_every_figure_is_finite_and_knows_its_unit(component: Component) -> None:
    assert type(component.area) is SquareMetres
    assert type(component.leakage) is type(component.power) is Watts
    assert component.area >= 0
    assert component.leakage >= 0
    for name in component.actions():
        energy = component.energy(name)
        assert type(energy) is Joules
        assert energy >= 0
        assert math.isfinite(energy)
    assert component.outside() == () or "fiber_cache" in component.kind


@pytest.mark.parametrize("design", designs(), ids=lambda design: design.label)
def test_a_design_has_its_parts_remarks_once(design: Design) -> None:
    assert design.chip.remarks() == ()
    (line,) = design.with_(technology=22).chip.remarks()
    assert line.startswith("fiber_cache_bank: CACTI's leakage is ")


@pytest.mark.parametrize("kind", registry.COMPONENTS, ids=lambda kind: kind.kind)
def test_every_attribute_says_what_it_is_and_changes_nothing_unless_it_is_changed(
    kind: type[Component],
) -> None:
    for one in fields(kind):
        assert one.metadata["about"]
        if one.default is not MISSING:
            assert example(kind, **{one.name: one.default}) == example(kind)


# CACTI has nodes of its own, and HBM is another chip.
LOGIC = [one for one in registry.COMPONENTS if one not in (FiberCache, FiberCacheBank, HbmChannel)]


@pytest.mark.parametrize("kind", LOGIC, ids=lambda kind: kind.kind)
def test_logic_scales_with_the_technology(kind: type[Component]) -> None:
    here, there = example(kind), example(kind, technology=16)
    assert there.area == pytest.approx(float(here.area) * area_factor(16))
    assert there.leakage == pytest.approx(float(here.leakage) * energy_factor(16))
    for name in here.actions():
        expected = float(here.energy(name)) * energy_factor(16)
        assert there.energy(name) == pytest.approx(expected)


@pytest.mark.parametrize("given_as", [32, 32.0, "32", "32nm", " 32 nm", 32e-9, "32e-9"])
def test_technology_is_understood_in_nanometres_and_metres(given_as: float | str) -> None:
    component = registry.component("loas_tppe", {"technology": given_as})
    assert component.technology == 32.0


def test_attributes_that_a_class_does_not_have_are_left_aside() -> None:
    given_from_a_container = {"meshX": 16, "datawidth": 8, "power_gated_at": None}
    found = registry.component("loas_tppe", given_from_a_container | {"timesteps": 8.0})
    assert found == registry.component("loas_tppe", {"timesteps": 8})


@pytest.mark.parametrize("kind", registry.COMPONENTS, ids=lambda kind: kind.kind)
def test_a_missing_attribute_is_named_with_its_class(kind: type[Component]) -> None:
    for name in needed(kind):
        rest = {other: value for other, value in needed(kind).items() if other != name}
        with pytest.raises(InputError, match=f"{kind.kind}.{name}: is missing; expected a whole"):
            registry.component(kind.kind, rest)


BAD: dict[str, object] = {
    "a word": "wide",
    "none at all": None,
    "a list": [8],
    "a bracket": "[8]",
    "nothing": "",
    "no number": math.nan,
    "without end": math.inf,
    "text without end": "inf",
    "below": -1,
    "far above": 10**30,
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("kind", registry.COMPONENTS, ids=lambda kind: kind.kind)
def test_a_bad_attribute_is_named_with_its_class(kind: type[Component], bad: str) -> None:
    for one in fields(kind):
        with pytest.raises(InputError) as refused:
            registry.component(kind.kind, {**needed(kind), one.name: BAD[bad]})
        message = str(refused.value)
        assert message.startswith(f"{kind.kind}.{one.name}: is ")
        assert "expected a" in message
        assert one.metadata["about"] in message
        assert len(message.splitlines()) == 1


def test_half_a_bit_is_refused() -> None:
    with pytest.raises(InputError, match=r"synthesized_adder.width: is 8.5; expected a whole"):
        registry.component("synthesized_adder", {"width": 8.5})


def test_an_unknown_class_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"'flux'; expected one of those"):
        registry.component("flux", {})


def test_an_unknown_action_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"loas_tppe: no action 'fly'; expected compute, match"):
        registry.component("loas_tppe", {}).energy("fly")


@settings(deadline=None)
@given(st.integers(1, 64), st.integers(1, 64))
def test_more_timesteps_take_more(one: int, other: int) -> None:
    few, many = (registry.component("loas_tppe", {"timesteps": T}) for T in sorted((one, other)))
    assert few.area <= many.area
    assert few.leakage <= many.leakage
    assert few.energy("compute") <= many.energy("compute")
    # A match is for all timesteps at once.
    assert few.energy("match") == pytest.approx(many.energy("match"))


@settings(deadline=None)
@given(st.integers(1, 8), st.integers(1, 10))
def test_more_cache_leaks_more(banks: int, doublings: int) -> None:
    small, large = (
        registry.component(
            "fiber_cache", {"width": 256, "depth": 1024 * 2**power, "n_banks": banks}
        )
        for power in (0, doublings)
    )
    assert small.leakage < large.leakage
    assert small.area < large.area
