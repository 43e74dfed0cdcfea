"""What Python callers may give instead of what was asked for, said before it goes wrong inside."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from pathlib import Path

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
    for key in values:
        if not isinstance(key, str):
            raise InputError(f"has the key {key!r}; expected names as keys", key=argument)


def path_of(value: object, argument: str) -> Path:
    """A path that was given, as a text or as such.

    Raises:
        InputError: for anything else, and for a text that is no path; naming the argument.
    """
    if not isinstance(value, str | os.PathLike):
        raise InputError(f"is of type {type(value).__name__}; expected a path", key=argument)
    if os.fspath(value) in ("", b"") or "\0" in str(value):
        raise InputError(f"is {str(value)!r}; expected a path", key=argument)
    return Path(value)


def paths_of(values: object, argument: str) -> list[Path]:
    """One path, or several.

    Raises:
        InputError: as :func:`path_of`.
    """
    if isinstance(values, str | os.PathLike) or not isinstance(values, Iterable):
        return [path_of(values, argument)]
    return [path_of(one, argument) for one in values]


def names_of(values: object, argument: str) -> list[str]:
    """One name, or several.

    Raises:
        InputError: for what is neither; naming the argument.
    """
    several = [values] if isinstance(values, str) or not isinstance(values, Iterable) else values
    found = list(several)
    for one in found:
        if not isinstance(one, str):
            kind = type(one).__name__
            what = "is" if one is values else "holds something"
            raise InputError(
                f"{what} of type {kind}; expected a name, as text, or several", key=argument
            )
    return found


def check_number(value: object, argument: str) -> None:
    """Refuse what is no number.

    Raises:
        InputError: naming the argument.
    """
    if not isinstance(value, Real) or isinstance(value, bool):
        raise InputError(f"is of type {type(value).__name__}; expected a number", key=argument)


def check_whole(value: object, low: int, high: int, argument: str) -> None:
    """Refuse what is no whole number of a range.

    Raises:
        InputError: naming the argument.
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or not low <= int(value) <= high:
        raise InputError(
            f"is {value!r}; expected a whole number from {low} to {high}", key=argument
        )
