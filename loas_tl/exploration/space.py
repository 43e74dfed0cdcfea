"""What a space is made of: designs, what of them varies, and on which workloads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from loas_tl.designs.design import Design
from loas_tl.designs.naming import choose
from loas_tl.designs.parameter import Kind, Value
from loas_tl.designs.readings import Reading, read
from loas_tl.exploration.ranges import Axis, axis
from loas_tl.exploration.workloads import PREFIX, VARIED
from loas_tl.ground.errors import InputError
from loas_tl.ground.nearest import unknown


@dataclass(frozen=True)
class Candidate:
    """A point before it is looked at.

    Attributes:
        base: the design that it varies.
        values: of what varies, by key.
    """

    base: Design
    values: Mapping[str, Value]

    @property
    def of_workload(self) -> dict[str, Value]:
        """Values of the workload, by name without the prefix."""
        return {
            key.removeprefix(PREFIX): value
            for key, value in self.values.items()
            if key.startswith(PREFIX)
        }

    def design(self) -> Design:
        """The design; InputError where it cannot be."""
        own = {key: value for key, value in self.values.items() if not key.startswith(PREFIX)}
        return self.base.with_(**own) if own else self.base


@dataclass(frozen=True)
class Dimensions:
    """A design, and the axes that it has."""

    base: Design
    axes: tuple[Axis, ...]

    @property
    def continuous(self) -> list[Axis]:
        """Axes that take any number between two."""
        return [one for one in self.axes if one.continuous]

    @property
    def size(self) -> int:
        """Points of its grid, where no axis is continuous."""
        return prod(len(one.values) for one in self.axes)

    def at(self, index: int) -> Candidate:
        """A point of its grid; the last axis turns fastest."""
        values: dict[str, Value] = {}
        for one in reversed(self.axes):
            index, place = divmod(index, len(one.values))
            values[one.key] = one.values[place]
        return Candidate(self.base, {one.key: values[one.key] for one in self.axes})


def dimensions(
    accelerators: Iterable[str | Design],
    vary: Mapping[str, object],
    settings: Mapping[str, str] | None = None,
    reading: Reading = "plausible",
) -> list[Dimensions]:
    """Read what is varied of which designs.

    Args:
        accelerators: names or designs.
        vary: what each key takes, see :func:`~loas_tl.exploration.ranges.axis`.
        settings: parameters of all designs that have them.
        reading: of what the papers leave open.

    Raises:
        InputError: for a key that no design has, or that :func:`axis` refuses; without any key.
    """
    designs = [read(one, reading, settings or ()) for one in choose(accelerators, settings)]
    if not vary:
        raise InputError("nothing varies; expected KEY=A,B,C (say, pes=8,16,32)", key="--vary")
    axes = []
    for key, given in vary.items():
        if key in (settings or {}):
            raise InputError("is set as well; expected one of the two", key=f"--vary {key}")
        axes.append(axis(key, given, _kind(key, designs)))
    return [
        Dimensions(
            one,
            tuple(a for a in axes if a.key in one.parameters or a.key.startswith(PREFIX)),
        )
        for one in designs
    ]


def _kind(key: str, designs: Sequence[Design]) -> Kind:
    if key.startswith(PREFIX):
        name = key.removeprefix(PREFIX)
        if name not in VARIED:
            raise unknown(name, list(VARIED), "a workload has no", "--vary")
        return VARIED[name]
    for one in designs:
        if key in one.parameters:
            return one.parameters[key].kind
    known = list(dict.fromkeys(name for one in designs for name in one.parameters))
    known += [f"{PREFIX}{name}" for name in VARIED]
    whose = f"{designs[0].name} has no" if len(designs) == 1 else "no accelerator here has"
    raise unknown(key, known, whose, "--vary")


def described(found: Sequence[Dimensions]) -> list[dict[str, Any]]:
    """The space as JSON: what each design varies."""
    return [
        {
            "accelerator": one.base.label,
            "parameters": {name: getattr(one.base, name) for name in one.base.parameters},
            "vary": {a.key: _as_json(a) for a in one.axes},
        }
        for one in found
    ]


def _as_json(one: Axis) -> Any:
    if one.continuous:
        return {"low": one.low, "high": one.high}
    values = one.values
    if isinstance(values, range):
        return {"low": values[0], "high": values[-1], "step": values.step}
    return list(values)
