"""What Python callers may give instead of what was asked for, said before it goes wrong inside."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral

from loas_tl.ground.errors import InputError


def check_seed(seed: object) -> None:
    """Refuse what is no seed.

    Raises:
        InputError: for what is no whole number, or below 0.
    """
    if not isinstance(seed, Integral) or isinstance(seed, bool):
        raise InputError(f"seed is {seed!r}; expected a whole number, 0 or more")
    if seed < 0:
        raise InputError(f"seed is {seed}; expected 0 or more")


def check_mapping(values: object, argument: str) -> None:
    """Refuse what has no values by key.

    Raises:
        InputError: naming the argument.
    """
    if not isinstance(values, Mapping):
        kind = type(values).__name__
        raise InputError(f"is of type {kind}; expected values by key", key=argument)
