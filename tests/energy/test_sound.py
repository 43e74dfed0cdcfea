"""Components that anyone declares: what cannot be a cost is refused, by component and figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pytest

from loas_tl.components.component import Act, Component, Own, Part
from loas_tl.components.units import Joules, SquareMetres, Watts
from loas_tl.ground.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Leaf(Component):
    kind: ClassVar[str] = "leaf"

    area_m2: float = 1e-9
    leakage_w: float = 1e-6
    route_j: float = 1e-12

    def __post_init__(self) -> None:
        """Anything goes, as where a class works its figures out."""

    def own(self) -> Own:
        energy = {"route": Joules(self.route_j)}
        return Own(SquareMetres(self.area_m2), Watts(self.leakage_w), energy)


@dataclass(frozen=True, kw_only=True)
class Pair(Component):
    kind: ClassVar[str] = "pair"

    second: str = "b"
    count: float = 2
    acts: tuple[Act, ...] = (Act("a", "route"), Act("b", "route", 3))

    def __post_init__(self) -> None:
        """Anything goes."""

    def parts(self) -> tuple[Part, ...]:
        return (Part("a", Leaf()), Part(self.second, Leaf(), self.count))

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        return {"go": self.acts}


def priced(component: Component, action: str) -> tuple[float, float, float]:
    return float(component.area), float(component.leakage), float(component.energy(action))


def test_what_is_sound_is_priced() -> None:
    assert priced(Leaf(), "route") == pytest.approx((1e-9, 1e-6, 1e-12))
    assert priced(Pair(), "go") == pytest.approx((3e-9, 3e-6, 4e-12))
    assert priced(Leaf(area_m2=0, leakage_w=0, route_j=0), "route") == (0, 0, 0)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e-12])
@pytest.mark.parametrize(
    ("field", "called"),
    [("area_m2", "area"), ("leakage_w", "leakage"), ("route_j", "energy of route")],
)
def test_a_cost_that_is_none_is_refused(field: str, called: str, value: float) -> None:
    leaf = Leaf(**{field: value})
    with pytest.raises(InputError, match=f"leaf: {called} is {value:g}; expected a finite number"):
        priced(leaf, "route")


def test_less_than_none_of_a_part_is_refused() -> None:
    with pytest.raises(InputError, match="pair: count of part b is -2; expected a finite"):
        _ = Pair(count=-2).area
    with pytest.raises(InputError, match=r"pair: times of go \(a.route\) is -1"):
        Pair(acts=(Act("a", "route", -1),)).energy("go")


def test_parts_are_told_apart_and_there() -> None:
    with pytest.raises(InputError, match="pair: two parts are called 'a'"):
        _ = Pair(second="a").leakage
    with pytest.raises(InputError, match=r"action 'go' is of a part 'c'; expected .* a, b"):
        Pair(acts=(Act("c", "route"),)).energy("go")


def test_the_file_of_a_class_is_named() -> None:
    with pytest.raises(InputError, match=r"^\S*test_sound.py: leaf: area is -1"):
        _ = Leaf(area_m2=-1).area
