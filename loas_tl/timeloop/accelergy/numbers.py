"""Numbers among a component's attributes that count whatever its class is."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from loas_tl.components.component import GLOBAL_CYCLE_SECONDS
from loas_tl.ground.errors import InputError

LONGEST_CYCLE = 1e6
"""Seconds; one longer, or more parts than this squared, is a slip of the pen."""


def global_cycle_seconds(kind: str, attributes: Mapping[str, Any]) -> float:
    """A cycle of the whole design, in which a component leaks.

    Raises:
        InputError: it is no number of seconds.
    """
    return _number(kind, attributes, "global_cycle_seconds", GLOBAL_CYCLE_SECONDS, LONGEST_CYCLE)


def n_instances(kind: str, attributes: Mapping[str, Any]) -> float:
    """How many of a component stand for one.

    Raises:
        InputError: it is no number.
    """
    return _number(kind, attributes, "n_instances", 1.0, LONGEST_CYCLE**2)


def _number(
    kind: str, attributes: Mapping[str, Any], name: str, default: float, most: float
) -> float:
    """One that is not below 0; nothing is the default."""
    given = attributes.get(name)
    if given is None:
        return default
    try:
        value = float("nan") if isinstance(given, bool) else float(given)
    except (TypeError, ValueError, OverflowError):
        value = float("nan")
    if not (isfinite(value) and 0 <= value <= most):
        raise InputError(
            f"is {given!r}; expected a number from 0 to {most:g}", key=f"{kind}.{name}"
        )
    return value
