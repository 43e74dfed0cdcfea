"""A parameter of a design: its default, its range, its unit and a line on what it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from dataclasses import fields as dataclass_fields
from functools import cache
from typing import Any, Literal

from loas_tl.ground.errors import InputError

Value = int | float | bool
Kind = Literal["whole", "number", "switch", "node"]
"""Whole numbers; any number; yes or no; a technology node ("32", "32nm")."""

_KEY = "parameter"
_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


@dataclass(frozen=True)
class Parameter:
    """One parameter.

    Attributes:
        name: as behind ``--set``, the same in every design that has it.
        default: in its ``unit``; None where it follows from the others, or from the layer, unless
            it is given.
        low, high: smallest and largest value, in its ``unit``.
        unit: for people; empty where it is dimensionless.
        about: one line.
        kind: see :data:`Kind`.
    """

    name: str
    default: Value | None
    low: float
    high: float
    unit: str
    about: str
    kind: Kind

    def read(self, given: object, design: str) -> Value | None:
        """The value of what was given: a number, or its text as behind ``--set``.

        Args:
            given: what was given.
            design: whose parameter it is, for the message.

        Returns:
            The value in the parameter's ``unit``; None where none was given and it has no default.

        Raises:
            InputError: where it is no value of the right kind and range.
        """
        if given is None and self.default is None:
            return None
        value = self._value(given)
        if value is None or not self.low <= value <= self.high:
            raise InputError(f"is {given!r}; expected {self.expected}", key=f"{design}.{self.name}")
        return value

    @property
    def expected(self) -> str:
        """What a value has to be, in words."""
        if self.kind == "switch":
            return f"0 or 1 ({self.about})"
        if self.kind == "node":
            return f"a number from 7 to {self.high:g} {self.unit}, or {self.low:g} ({self.about})"
        what = "a whole number" if self.kind == "whole" else "a number"
        return f"{what} from {self.low:g} to {self.high:g} {self.unit} ({self.about})"

    def _value(self, given: object) -> Value | None:
        if isinstance(given, str):
            return self._text(given.strip().lower())
        try:
            number = float(given)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            return None
        if self.kind == "switch":
            return bool(number) if number in (0, 1) else None
        whole = number == number and abs(number) < 2**53 and number == int(number)
        if whole:
            return int(number)
        return None if self.kind == "whole" else number

    def _text(self, text: str) -> Value | None:
        if self.kind == "switch":
            return True if text in _YES else False if text in _NO else None
        if self.kind == "node":
            text = text.removesuffix("nm").strip()
        try:
            return self._value(int(text) if self.kind == "whole" else float(text))
        except ValueError:
            return None


def parameter(
    default: Value | None,
    low: float = 0,
    high: float = 1,
    unit: str = "",
    *,
    about: str,
    kind: Kind | None = None,
) -> Any:
    """Declare a parameter of a design: a field of its class.

    Args:
        default: in ``unit``; None where it follows from others unless given; then ``kind`` has to
            be said.
        low: smallest value, in ``unit``.
        high: largest value, in ``unit``.
        unit: for people; empty where it is dimensionless.
        about: one line on what it means.
        kind: by default that of the default: a switch, whole numbers, numbers.

    Returns:
        A field of a dataclass.

    >>> import loas_tl
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Mine(loas_tl.Design):
    ...     pes: int = loas_tl.parameter(16, 1, 1024, "PEs", about="side by side")
    >>> Mine(name="Mine").parameters["pes"].expected
    'a whole number from 1 to 1024 PEs (side by side)'
    >>> Mine(name="Mine", pes=0)
    Traceback (most recent call last):
    loas_tl.ground.errors.InputError: Mine.pes: is 0; expected a whole number from 1 to 1024 PEs ...
    """
    if kind is None:
        kind = (
            "switch"
            if isinstance(default, bool)
            else "whole"
            if isinstance(default, int)
            else "number"
        )
    return field(
        default=default,
        metadata={
            _KEY: {
                "default": default,
                "low": low,
                "high": high,
                "unit": unit,
                "about": about,
                "kind": kind,
            }
        },
    )


def parameters_of(design: Any) -> dict[str, Parameter]:
    """The parameters that a design (or its class) declares, by name, in order."""
    return dict(_parameters_of(design if isinstance(design, type) else type(design)))


@cache
def _parameters_of(kind: Any) -> dict[str, Parameter]:
    return {
        one.name: Parameter(name=one.name, **one.metadata[_KEY])
        for one in dataclass_fields(kind)
        if _KEY in one.metadata
    }


def plain(value: Any) -> Value:
    """A number as it is written: whole where it is whole, 1 and 0 for a switch."""
    number = float(value)
    return int(number) if number == int(number) else number
