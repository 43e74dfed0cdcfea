"""What a key of a space takes: values one by one, or all between two."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loas_tl.designs.parameter import Kind, Value
from loas_tl.ground.errors import InputError

MOST_VALUES = 1_000_000
"""Of one key; whole numbers between two may be more."""

WRITTEN = "A,B,C, LOW..HIGH, LOW..HIGH:STEP or LOW..HIGH*FACTOR"


@dataclass(frozen=True)
class Axis:
    """A key and what it takes.

    Attributes:
        key: a parameter, or ``workload.seed`` and the like.
        values: one by one, in order; empty where it takes any number between two.
        low, high: the two, where it does.
    """

    key: str
    values: Sequence[Value]
    low: float = 0.0
    high: float = 0.0

    @property
    def continuous(self) -> bool:
        """Whether it takes any number between two."""
        return not self.values


def axis(key: str, given: object, kind: Kind) -> Axis:
    """Read what a key takes.

    Args:
        key: for messages.
        given: a text as behind ``--vary KEY=``, a value, or several.
        kind: of the parameter.

    Raises:
        InputError: where it is empty, reversed, takes a single value, or is no value at all.
    """
    if isinstance(given, str):
        parts = [_part(key, item.strip(), kind) for item in given.split(",")]
    elif isinstance(given, range):
        parts = [given]
    elif isinstance(given, Iterable):
        parts = [[_number(key, value, kind)] for value in given]
    else:
        parts = [[_number(key, given, kind)]]
    if any(part is None for part in parts):
        if len(parts) > 1:
            raise _wrong(key, f"is {given!r}; expected steps (:STEP) where there are several parts")
        low, high = (_number(key, end, kind) for end in str(given).split(".."))
        return Axis(key, (), float(low), float(high))
    known = [part for part in parts if part is not None]
    values: Sequence[Value] = known[0] if len(known) == 1 else [v for part in known for v in part]
    if not isinstance(values, range):
        values = tuple(dict.fromkeys(values))
    if not values:
        raise _wrong(key, f"has no values; expected {WRITTEN}")
    if len(values) == 1:
        raise _wrong(
            key,
            f"does not vary, it is always {values[0]:g}; expected several values "
            f"(or leave it out, and set it: {_setting(key, values[0])})",
        )
    return Axis(key, values)


def _setting(key: str, value: Value) -> str:
    name = key.removeprefix("workload.")
    option = "--seed" if name == "seed" else "--workload-set" if name != key else "--set"
    return f"{option} {value:g}" if name == "seed" else f"{option} {name}={value:g}"


def _part(key: str, text: str, kind: Kind) -> Sequence[Value] | None:
    """The values of a text between commas; None for any number between two."""
    if ".." not in text:
        return [_number(key, text, kind)]
    ends, step, factor = text, "", ""
    if "*" in text:
        ends, _, factor = text.partition("*")
        ends = ends.removesuffix(":")
    elif ":" in text:
        ends, _, step = text.partition(":")
    first, _, last = ends.partition("..")
    low, high = _number(key, first, kind), _number(key, last, kind)
    if low >= high:
        how = "reversed" if low > high else "a single value"
        raise _wrong(key, f"{text!r} is {how}; expected LOW..HIGH with HIGH above LOW")
    if factor:
        return _multiplied(key, low, high, _above(key, factor, 1, "factor"), kind)
    if step:
        return _stepped(key, low, high, _above(key, step, 0, "step"), kind)
    if kind in ("whole", "switch"):
        return range(int(low), int(high) + 1)
    return None


def _stepped(key: str, low: Value, high: Value, step: float, kind: Kind) -> Sequence[Value]:
    if kind == "whole":
        if step != int(step):
            raise _wrong(key, f"step {step:g}; expected a whole number, as {key} is one")
        return range(int(low), int(high) + 1, int(step))
    count = math.floor((high - low) / step + 1e-9) + 1
    if count > MOST_VALUES:
        raise _wrong(key, f"has {count:,} values; expected {MOST_VALUES:,} at most")
    return [low + i * step for i in range(count)]


def _multiplied(key: str, low: Value, high: Value, factor: float, kind: Kind) -> Sequence[Value]:
    if low <= 0:
        raise _wrong(key, f"starts at {low:g}; expected LOW above 0 before *FACTOR")
    values: list[Value] = []
    value: float = low
    while value <= high * (1 + 1e-12):
        values.append(round(value) if kind == "whole" else value)
        value *= factor
        if len(values) > MOST_VALUES:
            raise _wrong(key, f"has more than {MOST_VALUES:,} values; expected a larger factor")
    return values


def _above(key: str, text: str, least: float, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (value > least and math.isfinite(value)):
        raise _wrong(key, f"{what} {text!r}; expected a number above {least:g}")
    return value


def _number(key: str, given: object, kind: Kind) -> Value:
    """A value as a number; whether the parameter takes it is seen when the design is made."""
    text = str(given).strip().lower()
    if kind == "switch" and text in ("true", "yes", "on", "false", "no", "off"):
        return int(text in ("true", "yes", "on"))
    if kind == "node":
        text = text.removesuffix("nm")
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        wanted = WRITTEN if text else f"a value ({WRITTEN})"
        raise _wrong(key, f"{given!r} is no number; expected {wanted}")
    if number == int(number):
        return int(number)
    if kind in ("whole", "switch"):
        raise _wrong(key, f"{given!r}; expected whole numbers")
    return number


def _wrong(key: str, problem: str) -> InputError:
    return InputError(problem, key=f"--vary {key}")
