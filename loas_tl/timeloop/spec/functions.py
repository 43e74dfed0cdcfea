"""What expressions in specs may call, each bounded so that it ends soon."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from loas_tl.timeloop.spec.words import words

MAX_BITS = 4096
"""Bits of an integer on the way to a result."""
MAX_ITEMS = 10_000
"""Items of a list or range, and characters of a text."""


def power(base: Any, exponent: Any) -> Any:
    """``base ** exponent``; ValueError for a whole number that is too large."""
    if isinstance(base, int) and isinstance(exponent, int) and exponent > 0:
        if base.bit_length() * exponent > MAX_BITS:
            raise ValueError("the result is too large")
        return base**exponent
    return float(base) ** float(exponent)


def shift_left(value: Any, by: Any) -> Any:
    """``value << by``; ValueError for a whole number that is too large."""
    if by > MAX_BITS:
        raise ValueError("the result is too large")
    return value << by


def _range(*arguments: int) -> list[int]:
    result = range(*arguments)
    if len(result) > MAX_ITEMS:
        raise ValueError(f"a range of more than {MAX_ITEMS} items")
    return list(result)


def _bounded(function: Callable[..., Any], limit: int) -> Callable[..., Any]:
    """A function of integers that grows fast, for small arguments only."""

    def call(*arguments: int) -> Any:
        if any(abs(argument) > limit for argument in arguments):
            raise ValueError(f"arguments up to {limit}")
        return function(*arguments)

    return call


@dataclass(frozen=True)
class Function:
    """A function that an expression may call beside :data:`FUNCTIONS`."""

    call: Callable[..., Any]

    def __str__(self) -> str:
        return getattr(self.call, "__name__", "a function")


def _text(value: Any = "") -> str:
    if isinstance(value, list | tuple | dict):
        raise ValueError("expected a number or a word, got a list")
    return str(value)


def map_(function: Any, *lists: Any) -> list[Any]:
    """Python's ``map`` as a list."""
    if not callable(function):
        raise ValueError("map expects a function")
    return [function(*items) for items in zip(*lists, strict=False)]


def _enumerate(items: Any, start: int = 0) -> list[Any]:
    return list(enumerate(items, start))


FUNCTIONS: dict[str, Any] = {
    **{
        name: getattr(math, name)
        for name in words(
            "ceil copysign fabs floor fmod fsum gcd isclose isfinite isinf isnan isqrt ldexp "
            "prod remainder trunc exp expm1 log log1p log2 log10 sqrt acos asin atan atan2 cos "
            "dist hypot sin tan degrees radians acosh asinh atanh cosh sinh tanh erf erfc gamma "
            "lgamma pi e tau inf nan"
        )
    },
    **{name: _bounded(getattr(math, name), 400) for name in ("comb", "perm", "factorial")},
    **{f.__name__: f for f in (abs, round, sum, len, min, max, float, int, bool)},
    "pow": power,
    "range": _range,
    "list": list,
    "tuple": tuple,
    "str": _text,
    "map": map_,
    "enumerate": _enumerate,
}
CALLABLE = frozenset(id(value) for value in FUNCTIONS.values() if callable(value))

METHODS: dict[type, tuple[str, ...]] = {
    dict: ("get", "keys", "values", "items"),
    list: ("count", "index"),
    tuple: ("count", "index"),
    str: ("lower", "upper", "strip", "startswith", "endswith"),
}
"""What of values may be called."""
