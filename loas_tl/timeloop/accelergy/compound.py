"""Compound classes of a specification (``components: classes:``), as Accelergy v0.4 has them.

A compound class has attributes with defaults (``must_specify`` where there is none), subcomponents
(a class, attributes that are expressions of the compound's, scales of area and energy, a range of
instances in the name), and actions, each of actions of the subcomponents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loas_tl.components import registry
from loas_tl.components.units import Joules, SquareMetres, Watts
from loas_tl.ground.errors import InputError
from loas_tl.ground.yaml_tree import Quoted
from loas_tl.timeloop.accelergy import ert
from loas_tl.timeloop.accelergy.ert import LEAK, Priced
from loas_tl.timeloop.accelergy.given import Given
from loas_tl.timeloop.spec.expressions import ExpressionError, evaluate

MUST_SPECIFY = "must_specify"
DEEPEST = 16
"""Compounds inside compounds; more is a class that contains itself."""
MOST = 1e30
"""The largest number of parts, or scale."""
_RANGE = re.compile(r"^(?P<base>[^\[]+)\[(?P<first>.+)\.\.(?P<last>.+)\]$")
_INDEX = re.compile(r"^(?P<base>[^\[]+)\[(?P<index>[^\[\]]+)\]$")
_SECOND = 1.0

PASSED_ON = (
    "technology",
    "global_cycle_seconds",
    "cycle_seconds",
    "action_latency_cycles",
    "n_instances",
)
"""Attributes that a part has from its compound without naming them, as in Accelergy."""

DELTAS = "address_delta and data_delta have no effect: an access is of a new address and new data"

Classes = Sequence[Mapping[str, Any]]
Primitive = Callable[[str, Mapping[str, Any]], Priced]
"""What prices a class that is no compound."""


@dataclass(frozen=True)
class _Part:
    """A subcomponent: what one costs, and the indices of all of them."""

    cost: Priced
    energy_scale: float
    first: float
    last: float

    def among(self, first: float, last: float) -> float:
        """How many of these indices are parts."""
        return max(0.0, min(last, self.last) - max(first, self.first) + 1)

    def shown(self, name: str) -> str:
        return name if self.first == self.last else f"{name}[{self.first:g}..{self.last:g}]"


def price(
    kind: str,
    attributes: Mapping[str, Any],
    classes: Classes = (),
    primitive: Primitive | None = None,
    given: Given | None = None,
) -> Priced:
    """Area, leakage and energy of a class, compound or one of this package's.

    A compound's leakage is that of its ``leak`` action, nothing where it has none, since that is
    what Timeloop is told.

    Args:
        kind: the component's ``subclass`` or ``class``.
        attributes: the component's attributes with those of its containers.
        classes: ``components["classes"]`` of the specification.
        primitive: prices what is no compound; by default the classes of this package.
        given: prices that come before all others.

    Raises:
        InputError: where a class is unknown, or an attribute, expression, part or action is
            missing or cannot be used; the message names class and attribute.
    """
    by_name = {str(one.get("name")): one for one in classes}

    def ours(kind: str, attributes: Mapping[str, Any]) -> Priced:
        if registry.find(kind) is None:
            raise registry.unknown(kind, by_name)
        return ert.price(kind, attributes)

    return _Pricing(by_name, primitive or ours, given or Given()).price(kind, attributes, DEEPEST)


@dataclass(frozen=True)
class _Pricing:
    """What classes are priced by: those of the specification, primitives, and prices given."""

    classes: Mapping[str, Mapping[str, Any]]
    primitive: Primitive
    given: Given

    def price(self, kind: str, attributes: Mapping[str, Any], deep: int) -> Priced:
        """A class at a depth of compounds that are still allowed."""
        found = self.classes.get(kind)
        if found is None:
            return self.given.over(kind, attributes, lambda: self.primitive(kind, attributes))
        if deep == 0:
            raise InputError("contains itself; expected classes that end", key=kind)
        return self.given.over(
            kind, attributes, lambda: _compound(kind, attributes, found, self, deep)
        )


def _compound(
    kind: str,
    attributes: Mapping[str, Any],
    found: Mapping[str, Any],
    pricing: _Pricing,
    deep: int,
) -> Priced:
    names = _bound(kind, attributes, found)
    area = 0.0
    outside: list[str] = []
    remarks: list[str] = []
    inside: dict[str, list[_Part]] = {}
    for part in _list(found, "subcomponents", kind):
        base, first, last = _instances(str(part.get("name")), names, kind)
        where = f"{kind}.{base}"
        own: dict[str, Any] = {}
        for name, value in _mapping(part, "attributes", where).items():
            own[name] = _attribute(value, {**names, **own}, f"{where}.{name}")
        passed = {name: names[name] for name in PASSED_ON if name in names}
        cost = pricing.price(str(part.get("class")), {**passed, **own}, deep - 1)
        scales = [
            _number(part.get(scale, 1.0), {**names, **own}, f"{where}.{scale}")
            for scale in ("area_scale", "energy_scale")
        ]
        area += float(cost.area) * scales[0] * (last - first + 1)
        outside += list(cost.outside)
        remarks += list(cost.remarks)
        same = inside.setdefault(base, [])
        if any(other.among(first, last) for other in same):
            raise InputError("is given twice; expected indices of its own", key=where)
        same.append(_Part(cost, scales[1], first, last))
    energy = {
        str(action.get("name")): Joules(_action(action, names, inside, kind))
        for action in _list(found, "actions", kind)
    }
    for part in _list(found, "subcomponents", kind):
        pricing.given.ask(str(part.get("class")), _acts(found))
    for what, amount in (("area", area), *energy.items()):
        if amount < 0:
            raise InputError("comes to less than nothing; look at scales", key=f"{kind}.{what}")
    if _takes_deltas(found):
        remarks.append(DELTAS)
    # Parts leak as an energy in a second, so that the sum is a power.
    leakage = Watts(float(energy.pop(LEAK, Joules(0.0))) / _SECOND)
    return Priced(
        SquareMetres(area),
        leakage,
        energy,
        outside=tuple(dict.fromkeys(outside)),
        remarks=tuple(dict.fromkeys(remarks)),
    )


def _takes_deltas(found: Mapping[str, Any]) -> bool:
    """Whether an action of a part is told how much of an access changes."""
    entries = [
        part for one in found.get("actions") or () for part in one.get("subcomponents") or ()
    ]
    told = [act.get("arguments") for part in entries for act in part.get("actions") or ()]
    return any(
        isinstance(one, Mapping) and {"address_delta", "data_delta"} & {*one} for one in told
    )


def _acts(found: Mapping[str, Any]) -> set[str]:
    """Names of all actions of parts that a compound's actions are made of."""
    entries = [
        part for one in found.get("actions") or () for part in one.get("subcomponents") or ()
    ]
    return {str(act.get("name")) for part in entries for act in part.get("actions") or ()}


def _action(
    action: Mapping[str, Any],
    names: Mapping[str, Any],
    inside: Mapping[str, list[_Part]],
    kind: str,
) -> float:
    where = f"{kind}.{action.get('name')}"
    whole = _scale(action, names, where)
    total = 0.0
    for entry in _list(action, "subcomponents", where):
        base, acting = _acting(str(entry.get("name")), names, inside, where)
        for act in _list(entry, "actions", where):
            name = str(act.get("name"))
            scale = _scale(act, names, where)
            for part, count in acting:
                try:
                    energy = float(part.cost.action(name, _SECOND))
                except InputError as error:
                    raise InputError(str(error), key=f"{where}.{base}") from None
                total += energy * scale * part.energy_scale * count
    return total * whole


def _scale(action: Mapping[str, Any], names: Mapping[str, Any], where: str) -> float:
    given = action.get("repeat", action.get("energy_scale", 1.0))
    return _number(given, names, f"{where}.energy_scale")


def _bound(kind: str, attributes: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """The compound's attributes: those given, else its defaults, expressions computed in order."""
    names = {name: value for name, value in attributes.items() if value is not None}
    for name, default in _mapping(found, "attributes", kind).items():
        if name in names:
            continue
        if default == MUST_SPECIFY:
            raise InputError("is missing; expected a value", key=f"{kind}.{name}")
        names[name] = _attribute(default, names, f"{kind}.{name}")
    return names


def _attribute(value: Any, names: Mapping[str, Any], where: str) -> Any:
    """An attribute's value; text such as "32nm" that is no arithmetic, or quoted, stays text."""
    if isinstance(value, Quoted):
        return str(value)
    if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?\s*nm", value.strip()):
        return value
    return _value(value, names, where)


def _value(given: Any, names: Mapping[str, Any], where: str) -> Any:
    """What an expression comes to; what is no text is its own value."""
    if not isinstance(given, str):
        return given
    try:
        return evaluate(given, names)
    except ExpressionError as error:
        raise InputError(f"{error}; expected arithmetic of attributes", key=where) from None


def _number(given: Any, names: Mapping[str, Any], where: str) -> float:
    value = _value(given, names, where)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not -MOST <= value <= MOST:
        said = "a large number" if isinstance(value, int) and number else repr(value)
        raise InputError(f"{given!r} is {said}; expected a number up to {MOST:g}", key=where)
    return float(value)


def _instances(name: str, names: Mapping[str, Any], where: str) -> tuple[str, float, float]:
    """Name, first and last of ``buffer[0..n-1]``."""
    found = _RANGE.match(name)
    if found is None:
        return name, 0, 0
    first = _number(found["first"], names, f"{where}.{name}")
    last = _number(found["last"], names, f"{where}.{name}")
    if last < first:
        raise InputError(f"{name} is empty; expected the last index at least the first", key=where)
    return found["base"], first, last


def _acting(
    name: str, names: Mapping[str, Any], inside: Mapping[str, list[_Part]], where: str
) -> tuple[str, list[tuple[_Part, float]]]:
    """Which parts of ``inside`` an action names, and how many of each: a range, or an index."""
    base, first, last = _instances(name, names, where)
    if base == name and base in inside:
        return base, [(inside[base][0], 1)]
    found = _INDEX.match(base) if base == name else None
    if found is not None:
        base = found["base"]
        first = last = _number(found["index"], names, f"{where}.{name}")
    if float(first).is_integer() and float(last).is_integer():
        shares = [(part, part.among(first, last)) for part in inside.get(base, ())]
        acting = [(part, count) for part, count in shares if count]
        if sum(count for _, count in acting) == last - first + 1:
            return base, acting
    known = ", ".join(part.shown(base) for base, parts in inside.items() for part in parts)
    raise InputError(f"no part {name!r}; expected {known}", key=where)


def _list(holder: Mapping[str, Any], key: str, where: str) -> list[Mapping[str, Any]]:
    value = holder.get(key) or []
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise InputError(f"is {value!r}; expected a list of mappings", key=f"{where}.{key}")
    return value


def _mapping(holder: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    value = holder.get(key) or {}
    if not isinstance(value, Mapping):
        raise InputError(f"is {value!r}; expected a mapping", key=f"{where}.{key}")
    return value
