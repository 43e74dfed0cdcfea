"""Sums of floats that are the same to the last digit on every Python."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable


def in_order(numbers: Iterable[float], start: float = 0.0) -> float:
    """Sum of floats, added one after the other as Timeloop does.

    The built-in ``sum`` compensates rounding errors from Python 3.12 on, so that its last digit
    depends on the version of Python.
    """
    return functools.reduce(operator.add, numbers, start)
