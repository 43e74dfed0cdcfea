"""Numbers and lines as Timeloop prints them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

INDENT = "    "
Line = tuple[str, str]
"""A key and its value."""


def decimal(value: float) -> str:
    """Two decimals."""
    return f"{value:.2f}"


def whole(value: float) -> str:
    """A count; one that is no whole number keeps its decimals."""
    number = float(value)
    return str(int(number)) if number.is_integer() else decimal(number)


def optional(value: float | None, how: str = "whole") -> str:
    """A value, or Timeloop's sign for one that is not specified."""
    if value is None:
        return "-"
    return decimal(value) if how == "decimal" else whole(value)


def picojoules(value: float) -> str:
    """An energy."""
    return f"{value:.2f} pJ"


def quotient(a: float, b: float) -> float:
    """A division as C does it."""
    if b:
        return a / b
    return math.nan if not a else math.copysign(math.inf, a)


def aligned(lines: Iterable[Line], indent: str, width: int) -> Iterator[str]:
    """``key : value`` with the colons below each other."""
    for key, value in lines:
        yield f"{indent}{key:<{width}}: {value}"


def title(text: str) -> Iterator[str]:
    """A heading with its rule."""
    yield text
    yield "-" * len(text)
