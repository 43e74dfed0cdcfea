"""Names whose docstrings lack one thing each, for the lint to find, and some that lack nothing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.errors import MappingError


def whole(spikes: NDArray[np.bool_], width: float, *, name: str = "") -> NDArray[np.int64]:
    """Count spikes.

    Args:
        spikes: ``bool[T, M]``.
        width: of a word, in bits.
        name: for messages.

    Returns:
        ``int64[M]``.

    Raises:
        InputError: without a name.
    """
    if not name:
        raise InputError(f"{width} bits without a name")
    return np.count_nonzero(spikes, axis=0).astype(np.int64)


def bare(width: int) -> int:
    return width


def undescribed(width: int, height: int) -> int:
    """Area of a tile, in elements.

    Args:
        width: in elements.
    """
    return width * height


def misnamed(width: int) -> int:
    """Width of a tile, in elements.

    Args:
        widht: in elements.

    Returns:
        The same.
    """
    return width


def without_result(width: int) -> int:
    """Width of a tile, in elements.

    Args:
        width: in elements.
    """
    return width


def shapeless(spikes: NDArray[np.bool_]) -> int:
    """How many spikes there are.

    Args:
        spikes: the spikes of a layer.

    Returns:
        How many.
    """
    return int(spikes.sum())


def anything(w: object) -> bool:
    """Whether weights are there.

    Args:
        w: weights, or None.

    Returns:
        True where they are.
    """
    return w is not None


def shapeless_result(count: int) -> NDArray[np.bool_]:
    """Spikes of silent neurons.

    Args:
        count: how many neurons.

    Returns:
        Their spikes.
    """
    return np.zeros(count, dtype=np.bool_)


def unitless(energy: float) -> bool:
    """Whether it is much.

    Args:
        energy: of an action.

    Returns:
        True where it is.
    """
    return energy > 1


def unitless_result() -> float:
    """How long it takes."""
    return 1.0


def silent(name: str) -> str:
    """A name in small letters.

    Args:
        name: the name.

    Returns:
        In small letters.
    """
    return _lower(name)


def other_error(name: str) -> str:
    """A name in small letters.

    Args:
        name: the name.

    Returns:
        In small letters.

    Raises:
        MappingError: never.
    """
    return _lower(name)


def narrower(name: str) -> str:
    """A name that fits.

    Args:
        name: the name.

    Returns:
        The same.

    Raises:
        InputError: where it does not fit.
    """
    if name:
        raise MappingError("level", name)
    return name


def caught(name: str) -> str:
    """A name in small letters, or none.

    Args:
        name: the name.

    Returns:
        In small letters.
    """
    try:
        return _lower(name)
    except ValueError:
        return ""


@dataclass(frozen=True)
class Fields:
    """A tile.

    Attributes:
        width: in elements.
    """

    width: int
    height: int


@dataclass(frozen=True)
class Below:
    """A tile.

    Attributes:
        width, depth: in elements.
    """

    width: int
    depth: int
    energy: float
    """Of an access, in pJ."""


@dataclass(frozen=True)
class Checked:
    """A tile.

    Attributes:
        width: in elements.
    """

    width: int

    def __post_init__(self) -> None:
        self._check()

    def _check(self) -> None:
        if self.width < 1:
            raise InputError(f"width is {self.width}; expected 1 or more")

    @property
    def leakage(self) -> float:
        """What it leaks."""
        return 1.0

    def scaled(self, factor: int) -> Checked:
        """A larger one."""
        return Checked(self.width * factor)


def _lower(name: str) -> str:
    with suppress(OSError):
        if not name:
            raise InputError("without a name")
    return name.lower()
