"""What a circuit is to the energy models: attributes, parts with counts, actions of the parts.

A :class:`Component` either prices itself (``own``: a synthesised primitive, an SRAM, a published
switch) or is made of parts. Its area and its leakage are sums over the parts, and an action's
energy is the sum over the parts' actions it consists of; nothing else is added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import lru_cache
from math import isfinite
from typing import Any, ClassVar

from loas_tl.components.sound import sound_actions, sound_own, sound_parts
from loas_tl.components.technology import ANCHOR_NM, LARGEST_NM, SMALLEST_NM
from loas_tl.components.units import Joules, Seconds, SquareMetres, Watts
from loas_tl.ground.errors import InputError
from loas_tl.ground.sums import in_order

CYCLE = Seconds(2.5e-9)
"""The cycle the primitives were synthesised for; power counts one action in each."""

GLOBAL_CYCLE_SECONDS = 1.25e-9
"""Of a design that does not say: 800 MHz."""


@dataclass(frozen=True)
class Own:
    """What a component costs apart from its parts.

    Attributes:
        area: in square metres.
        leakage: in watts.
        energy: of each action, in joules.
    """

    area: SquareMetres = field(default_factory=lambda: SquareMetres(0.0))
    leakage: Watts = field(default_factory=lambda: Watts(0.0))
    energy: Mapping[str, Joules] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """Some of one component inside another.

    Attributes:
        name: what the other calls it.
        component: what it is.
        count: how many instances; may be a share (0.55 of a multiplier).
    """

    name: str
    component: Component
    count: float = 1


@dataclass(frozen=True)
class Act:
    """An action of a part.

    Attributes:
        part: its name.
        action: of its component.
        times: how many actions, over all instances of that part together.
    """

    part: str
    action: str
    times: float = 1


def attribute(
    default: Any = MISSING,
    *,
    low: float = 1,
    high: float = float("inf"),
    about: str,
    also: tuple[str, ...] = (),
    choices: tuple[str, ...] = (),
    units: Mapping[str, float] | None = None,
) -> Any:
    """A field of a component with what is accepted and one line on its meaning.

    Args:
        default: of a field that may be left out.
        low: the least number.
        high: the largest number.
        about: its meaning and unit.
        also: other names of it in specs, taken where it has no value under its own.
        choices: what a text may be; none where it is a number.
        units: what a number may be written with, and its size in the field's unit.
    """
    metadata = {
        "low": low,
        "high": high,
        "about": about,
        "also": also,
        "choices": choices,
        "units": units or {},
    }
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Component:
    """A circuit whose area, leakage and energy follow from its attributes.

    Attributes:
        technology: node in nm, 7 to 90.

    Class attributes:
        kind: the class name in Accelergy's and Timeloop's specs.
        busy: the action that power counts once in every cycle; None where power is leakage alone.
        source: where the figures come from.
        accuracy: how far they are to be trusted, in percent, as Accelergy states it.
        otherwise: the action that prices those it does not name; None where there are no others.

    Raises:
        InputError: naming class and attribute, where a value cannot be used.
    """

    kind: ClassVar[str] = ""
    busy: ClassVar[str | None] = None
    otherwise: ClassVar[str | None] = None
    source: ClassVar[str] = "synthesised at 32 nm"
    accuracy: ClassVar[int] = 90

    technology: float = attribute(ANCHOR_NM, low=SMALLEST_NM, high=LARGEST_NM, about="node in nm")

    def __post_init__(self) -> None:
        for one in fields(self):
            object.__setattr__(self, one.name, _checked(self.kind, one, getattr(self, one.name)))

    def own(self) -> Own:
        """What it costs besides its parts; nothing by default."""
        return Own()

    def parts(self) -> tuple[Part, ...]:
        """What it is made of; nothing by default."""
        return ()

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """What each action makes the parts do; by default nothing besides ``own``."""
        return dict.fromkeys(self.own().energy, ())

    def outside(self) -> tuple[str, ...]:
        """Where the figures it rests on had to be extended; one line each, without repetition."""
        return _outside(self.parts())

    def remarks(self) -> tuple[str, ...]:
        """What is odd in the figures it rests on; one line each, without repetition."""
        lines = (line for part in self.parts() for line in part.component.remarks())
        return tuple(dict.fromkeys(lines))

    @property
    def area(self) -> SquareMetres:
        """Area of one instance, in square metres."""
        return _area(self)

    @property
    def leakage(self) -> Watts:
        """Leakage power of one instance, in watts."""
        return _leakage(self)

    def energy(self, action: str) -> Joules:
        """Energy of one action of one instance, without leakage.

        Args:
            action: its name.

        Returns:
            The energy in joules.

        Raises:
            InputError: where the component has no such action.
        """
        return _energy(self, action)

    @property
    def power(self) -> Watts:
        """Leakage, and the energy of the busy action in each 2.5 ns (as powers are published)."""
        if self.busy is None:
            return self.leakage
        return self.leakage + float(self.energy(self.busy)) / float(CYCLE)

    def part_power(self, part: Part) -> Watts:
        """The share that all instances of one part have in the power of this component.

        Args:
            part: one of its parts.

        Returns:
            Leakage and dynamic power in watts.
        """
        leakage = float(part.component.leakage) * part.count
        if self.busy is None:
            return Watts(leakage)
        acts = (act for act in self.actions()[self.busy] if act.part == part.name)
        dynamic = in_order(float(part.component.energy(act.action)) * act.times for act in acts)
        return Watts(leakage + dynamic / float(CYCLE))


# Many designs are made of a few parts: what one costs is added up once.
KEPT = 8192


@lru_cache(maxsize=KEPT)
def _outside(parts: tuple[Part, ...]) -> tuple[str, ...]:
    lines = (line for part in parts for line in part.component.outside())
    return tuple(dict.fromkeys(lines))


@lru_cache(maxsize=KEPT)
def _area(component: Component) -> SquareMetres:
    own, parts = sound_own(component), sound_parts(component)
    return own.area + in_order(float(p.component.area) * p.count for p in parts)


@lru_cache(maxsize=KEPT)
def _leakage(component: Component) -> Watts:
    own, parts = sound_own(component), sound_parts(component)
    return own.leakage + in_order(float(p.component.leakage) * p.count for p in parts)


@lru_cache(maxsize=KEPT)
def _energy(component: Component, action: str) -> Joules:
    doings = sound_actions(component)
    if action not in doings and component.otherwise is not None:
        action = component.otherwise
    if action not in doings:
        raise InputError(f"no action {action!r}; expected {', '.join(doings)}", key=component.kind)
    inside = {part.name: part.component for part in sound_parts(component)}
    own = sound_own(component).energy.get(action, Joules(0.0))
    return own + in_order(
        float(inside[act.part].energy(act.action)) * act.times for act in doings[action]
    )


def nothing(*names: str) -> dict[str, Joules]:
    """Actions that take no energy."""
    return dict.fromkeys(names, Joules(0.0))


def build(component: type[Component], attributes: Mapping[str, Any]) -> Component:
    """A component with these attributes; those it does not have are left aside.

    Specs hand down attributes of containers and of Timeloop's, so that unknown ones are no error.

    Raises:
        InputError: naming class and attribute, where one is missing or cannot be used.
    """
    given: dict[str, Any] = {}
    for one in fields(component):
        name = one.name
        found = next(
            (key for key in (name, *one.metadata["also"]) if attributes.get(key) is not None), None
        )
        if found is not None:
            given[name] = attributes[found]
        elif name in attributes:
            given[name] = attributes[name]  # None, which is refused by name
        elif one.default is MISSING:
            raise InputError(
                f"is missing; expected {_expected(one)}", key=f"{component.kind}.{name}"
            )
    return component(**given)


def _checked(kind: str, one: Field[Any], value: Any) -> Any:
    if "choices" not in one.metadata:
        raise InputError(
            f"is no attribute; expected {one.name}: {one.type} = attribute(..., about=...)",
            key=f"{kind}.{one.name}",
        )
    whole = one.type == "int"
    wrong = InputError(f"is {value!r}; expected {_expected(one)}", key=f"{kind}.{one.name}")
    if one.metadata["choices"]:
        found = next((c for c in one.metadata["choices"] if c.lower() == str(value).lower()), None)
        if found is None:
            raise wrong
        return found
    if one.name == "technology":
        value = _nanometres(value, wrong)
    elif isinstance(value, str):
        value = _measure(value, one.metadata["units"], wrong)
    if not isinstance(value, (int, float)) or not isfinite(value):
        raise wrong
    if whole and value != int(value):
        raise wrong
    if not one.metadata["low"] <= value <= one.metadata["high"]:
        raise wrong
    return int(value) if whole else float(value)


def _nanometres(value: Any, wrong: InputError) -> Any:
    """32, "32", "32nm" and 32e-9 all are 32 nm."""
    if isinstance(value, str):
        value = _number(value.strip().lower().removesuffix("nm"), wrong)
    if isinstance(value, float) and 0 < value < 1e-6:
        value = round(value * 1e9, 6)  # in metres, as HWComponents has it
    return value


def _measure(text: str, units: Mapping[str, float], wrong: InputError) -> float:
    """A number, with one of the units where there are any."""
    for unit, size in units.items():
        if text.strip().endswith(unit):
            return _number(text.strip().removesuffix(unit), wrong) * size
    return _number(text, wrong)


def _number(text: str, wrong: InputError) -> float:
    try:
        return float(text)
    except ValueError:
        raise wrong from None


def _expected(one: Field[Any]) -> str:
    if one.metadata["choices"]:
        return f"one of {', '.join(one.metadata['choices'])} ({one.metadata['about']})"
    low, high = one.metadata["low"], one.metadata["high"]
    what = "a whole number" if one.type == "int" else "a number"
    span = f"of {low:g} or more" if high == float("inf") else f"from {low:g} to {high:g}"
    return f"{what} {span} ({one.metadata['about']})"
