"""Compound classes of a specification, against sums by hand."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.accelergy import compound, ert

LANE: dict[str, Any] = {
    "name": "lane",
    "attributes": {"technology": "must_specify", "timesteps": 4, "corrections": 0.5},
    "subcomponents": [
        {
            "name": "join",
            "class": "inner_join_unit",
            "attributes": {"technology": "technology", "timesteps": "timesteps"},
            "area_scale": "1 / timesteps",
        },
        {
            "name": "sum[0..timesteps-1]",
            "class": "pseudo_accumulator",
            "attributes": {"technology": "technology", "width": "8 + timesteps"},
            "energy_scale": 2,
        },
    ],
    "actions": [
        {
            "name": "compute",
            "subcomponents": [
                {
                    "name": "join",
                    "actions": [
                        {"name": "match", "energy_scale": "1 / timesteps"},
                        {"name": "correct", "energy_scale": "corrections"},
                    ],
                },
                {"name": "sum[0..1]", "actions": [{"name": "accumulate"}]},
            ],
        },
        {
            "name": "leak",
            "subcomponents": [
                {"name": "join", "actions": [{"name": "leak", "energy_scale": "1 / timesteps"}]}
            ],
        },
    ],
}
TWO_LANES: dict[str, Any] = {
    "name": "two_lanes",
    "attributes": {"technology": "must_specify"},
    "subcomponents": [
        {
            "name": "lane[0..1]",
            "class": "lane",
            "attributes": {"technology": "technology", "timesteps": 2},
        }
    ],
    "actions": [
        {
            "name": "compute",
            "subcomponents": [{"name": "lane[0..1]", "actions": [{"name": "compute"}]}],
        }
    ],
}
CLASSES = [LANE, TWO_LANES]


def lane_by_hand(timesteps: int) -> tuple[float, float, float]:
    """Area, leakage, energy of a compute."""
    join = ert.price("inner_join_unit", {"timesteps": timesteps})
    one = ert.price("pseudo_accumulator", {"width": 8 + timesteps})
    return (
        float(join.area) / timesteps + timesteps * float(one.area),
        float(join.leakage) / timesteps,
        float(join.energy["match"]) / timesteps
        + 0.5 * float(join.energy["correct"])
        + 2 * 2 * float(one.energy["accumulate"]),
    )


def test_a_compound_is_the_sum_of_its_scaled_parts() -> None:
    for timesteps in (2, 4, 8):
        cost = compound.price("lane", {"technology": 32, "timesteps": timesteps}, CLASSES)
        area, leakage, energy = lane_by_hand(timesteps)
        assert cost.area == pytest.approx(area)
        assert cost.leakage == pytest.approx(leakage)
        assert cost.energy == {"compute": pytest.approx(energy)}


def test_a_compound_of_compounds() -> None:
    cost = compound.price("two_lanes", {"technology": "32nm"}, CLASSES)
    area, _, energy = lane_by_hand(2)
    assert cost.area == pytest.approx(2 * area)
    assert cost.energy["compute"] == pytest.approx(2 * energy)
    # Timeloop is told of leakage by an action; this class has none.
    assert float(cost.leakage) == 0


def test_a_class_of_the_package_is_priced_as_it_is() -> None:
    attributes = {"width": 256, "depth": 8192}
    assert compound.price("fiber_cache", attributes, CLASSES) == ert.price(
        "fiber_cache", attributes
    )


def test_a_class_of_the_specification_comes_before_one_of_the_package() -> None:
    mine = TWO_LANES | {"name": "loas_tppe"}
    assert compound.price("loas_tppe", {"technology": 32}, [LANE, mine]).energy.keys() == {
        "compute"
    }


def changed(**changes: Any) -> list[dict[str, Any]]:
    return [LANE | changes]


BAD: dict[str, tuple[list[dict[str, Any]], dict[str, Any], tuple[str, ...]]] = {
    "no technology": (CLASSES, {}, ("lane.technology", "is missing")),
    "an unknown class": (
        changed(subcomponents=[{"name": "join", "class": "flux_capacitor"}]),
        {"technology": 32},
        ("'flux_capacitor'", "expected one of lane", "energy --classes"),
    ),
    "a bad attribute of a part": (
        CLASSES,
        {"technology": 32, "timesteps": 100},
        ("inner_join_unit.timesteps", "from 1 to 64"),
    ),
    "an unknown name": (
        changed(
            subcomponents=[
                {"name": "a", "class": "fiber_cache", "attributes": {"width": "breadth"}}
            ]
        ),
        {"technology": 32},
        ("lane.a.width", "'breadth'"),
    ),
    "a division by zero": (
        changed(subcomponents=[{"name": "a", "class": "loas_tppe", "area_scale": "1 / 0"}]),
        {"technology": 32},
        ("lane.a.area_scale", "1 / 0"),
    ),
    "a scale that is no number": (
        changed(subcomponents=[{"name": "a", "class": "loas_tppe", "area_scale": [1]}]),
        {"technology": 32},
        ("lane.a.area_scale", "expected a number"),
    ),
    "code": (
        changed(
            subcomponents=[
                {"name": "a", "class": "loas_tppe", "area_scale": "__import__('os').getpid()"}
            ]
        ),
        {"technology": 32},
        ("lane.a.area_scale", "__import__"),
    ),
    "an action of a part that is not there": (
        changed(
            actions=[
                {"name": "go", "subcomponents": [{"name": "leg", "actions": [{"name": "step"}]}]}
            ]
        ),
        {"technology": 32},
        ("lane.go", "'leg'", "join"),
    ),
    "an action that a part does not have": (
        changed(
            actions=[
                {"name": "go", "subcomponents": [{"name": "join", "actions": [{"name": "fly"}]}]}
            ]
        ),
        {"technology": 32},
        ("lane.go.join", "'fly'", "match"),
    ),
    "a class that contains itself": (
        changed(subcomponents=[{"name": "a", "class": "lane"}]),
        {"technology": 32},
        ("lane", "contains itself"),
    ),
    "parts that are no list": (
        changed(subcomponents="join"),
        {"technology": 32},
        ("lane.subcomponents", "'join'", "expected a list"),
    ),
    "attributes that are no mapping": (
        changed(attributes=["technology"]),
        {"technology": 32},
        ("lane.attributes", "expected a mapping"),
    ),
}


@pytest.mark.parametrize("bad", BAD)
def test_what_cannot_be_priced_is_named(bad: str) -> None:
    classes, attributes, mentions = BAD[bad]
    with pytest.raises(InputError) as refused:
        compound.price("lane", attributes, classes)
    message = str(refused.value)
    assert len(message.splitlines()) == 1
    for mention in mentions:
        assert mention in message


def test_what_changes_of_an_access_is_said_to_have_no_effect() -> None:
    plain = compound.price("two_lanes", {"technology": 32}, CLASSES)
    told = copy.deepcopy(TWO_LANES)
    told["actions"][0]["subcomponents"][0]["actions"][0]["arguments"] = {"data_delta": 0}
    cost = compound.price("two_lanes", {"technology": 32}, [LANE, told])
    assert cost.energy == plain.energy
    assert cost.remarks == (*plain.remarks, compound.DELTAS)


@pytest.mark.parametrize("scale", ["-1", "10 ** 400", "1e300", "[1]", "True"])
def test_scales_that_are_no_scale_are_refused(scale: str) -> None:
    bent = copy.deepcopy(LANE)
    bent["subcomponents"][0]["area_scale"] = scale
    with pytest.raises(InputError, match=r"lane\.(area|join\.area_scale): "):
        compound.price("lane", {"technology": 32}, [bent])
