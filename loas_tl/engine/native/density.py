"""How many non-zeros a tile holds: Timeloop's density models.

A tile is known by its size alone (words before compression). Each model answers for a tile of a
tensor, and for a tile inside a larger tile whose non-zeros are known:

- ``fixed_structured``: a tile of n words holds n * density non-zeros; where that is not whole,
  the floor or the ceiling with the probabilities that keep the mean.
- ``hypergeometric``: the tensor's non-zeros, ceil(N * density) of N words, lie anywhere with the
  same probability.

Source: Sparseloop (MICRO 2022), section 5.3, and the counts of timeloop-model 4cf6d4c.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from loas_tl.errors import InputError
from loas_tl.spec.problem import Density

Floats = npt.NDArray[np.float64]

WINDOW = 50_000
"""Occupancies that are enumerated at most; beyond them, those within 40 standard deviations."""
MAX_WINDOW = 4_000_000


class DensityModel(Protocol):
    """What the sparse analysis asks of a tensor's density."""

    name: str

    def most(self, size: int) -> int:
        """Non-zeros that a tile of ``size`` words holds at most."""

    def least(self, size: int) -> int:
        """Non-zeros that a tile holds at least, as Timeloop bounds it."""

    def probability(self, size: int, occupancy: int) -> float:
        """That a tile holds exactly so many non-zeros."""

    def occupancies(self, size: int) -> tuple[Floats, Floats]:
        """All occupancies that a tile can have, ascending, and their probabilities."""

    def empty_within(self, size: int, outer: int, occupancy: Floats | float) -> Any:
        """That a tile is empty, inside one of ``outer`` words with so many non-zeros."""

    def mean(self, size: int) -> float:
        """Expected non-zeros of a tile."""


@dataclass(frozen=True)
class FixedStructured:
    """Non-zeros spread evenly."""

    density: float
    name: str = "fixed_structured"

    def most(self, size: int) -> int:
        """Ceiling where the mean is not whole."""
        exact = size * self.density
        # As in Timeloop: whole is what has no fraction in floating point.
        return math.floor(exact) if exact - math.floor(exact) == 0 else math.ceil(exact)

    def least(self, size: int) -> int:
        """Floor of the mean."""
        if size == 0:
            return 0
        return math.floor(math.floor(size * self.density) / size * size)

    def probability(self, size: int, occupancy: int) -> float:
        """Of the floor or the ceiling of the mean; others are impossible."""
        return _between(size * self.density, occupancy)

    def occupancies(self, size: int) -> tuple[Floats, Floats]:
        """One or two."""
        return _possible(self, size, self.least(size), self.most(size))

    def empty_within(self, size: int, outer: int, occupancy: Floats | float) -> Any:
        """With the outer tile's density in place of the tensor's."""
        exact = size * (np.asarray(occupancy, np.float64) / outer)
        # Floor 0: empty with 1 - fraction. A mean of 1 or more is never empty.
        return np.where(exact < 1, 1 - (exact - np.floor(exact)), 0.0)

    def mean(self, size: int) -> float:
        """Size times density."""
        return size * self.density


def _between(exact: float, occupancy: int) -> float:
    fraction = exact - math.floor(exact)
    if math.floor(exact) == occupancy:
        return 1 - fraction
    if math.ceil(exact) == occupancy:
        return fraction
    return 0.0


def _possible(model: FixedStructured, size: int, least: int, most: int) -> tuple[Floats, Floats]:
    counts = range(least, most + 1)
    chances = [model.probability(size, count) for count in counts]
    kept = [(c, p) for c, p in zip(counts, chances, strict=True) if p != 0]
    return (
        np.array([c for c, _ in kept], np.float64),
        np.array([p for _, p in kept], np.float64),
    )


@dataclass(frozen=True)
class Hypergeometric:
    """Non-zeros anywhere.

    Attributes:
        tensor: words of the whole tensor.
        nonzeros: of the whole tensor.
    """

    density: float
    tensor: int
    nonzeros: int
    name: str = "hypergeometric"

    def most(self, size: int) -> int:
        """All of the tensor's, or the tile full."""
        return min(size, self.nonzeros)

    def least(self, size: int) -> int:
        """Timeloop's bound: none, or the tile full where the tensor is."""
        # An integer division there makes nothing of the cases between.
        return size if self.nonzeros == self.tensor and size > 0 else 0

    def probability(self, size: int, occupancy: int) -> float:
        """Hypergeometric."""
        return _hypergeometric(occupancy, self.nonzeros, size, self.tensor)

    def occupancies(self, size: int) -> tuple[Floats, Floats]:
        """All that are possible, as far as they have a probability at all."""
        low = max(self.least(size), size + self.nonzeros - self.tensor)
        high = self.most(size)
        if high - low > WINDOW:
            mean = size * self.nonzeros / self.tensor
            deviation = math.sqrt(mean + 1.0)
            low = max(low, math.floor(mean - 40 * deviation))
            high = min(high, math.ceil(mean + 40 * deviation))
            if high - low > MAX_WINDOW:
                raise InputError("a tile with too many non-zeros to enumerate", key="problem")
        counts = np.arange(low, high + 1, dtype=np.float64)
        chances = _probabilities(counts, self.nonzeros, size, self.tensor)
        possible = chances != 0
        return counts[possible], chances[possible]

    def empty_within(self, size: int, outer: int, occupancy: Floats | float) -> Any:
        """Hypergeometric in the outer tile."""
        return _probabilities(np.zeros(1), np.asarray(occupancy, np.float64), size, outer)

    def mean(self, size: int) -> float:
        """Size times the tensor's actual density."""
        return size * self.nonzeros / self.tensor


def density_model(density: Density, tensor: int) -> DensityModel:
    """A tensor's model.

    Args:
        density: As the problem gives it.
        tensor: Words of the whole tensor.

    Raises:
        InputError: The distribution is not supported.
    """
    if density.distribution in ("fixed_structured", "dense"):
        return FixedStructured(density.density)
    if density.distribution == "hypergeometric":
        return Hypergeometric(density.density, tensor, math.ceil(density.density * tensor))
    raise InputError(
        f"distribution {density.distribution} is not supported by the native engine",
        key="problem.instance.densities",
    )


def _hypergeometric(x: int, r: int, n: int, total: int) -> float:
    """P(x non-zeros in n of ``total`` words, of which r are non-zero)."""
    if x > r or x > n or (n + r > total and x < n + r - total):
        return 0.0
    if n > total:
        return 0.0
    lgamma = math.lgamma
    return math.exp(
        lgamma(r + 1)
        - lgamma(x + 1)
        - lgamma(r - x + 1)
        + lgamma(total - r + 1)
        - lgamma(n - x + 1)
        - lgamma(total - r - n + x + 1)
        - lgamma(total + 1)
        + lgamma(n + 1)
        + lgamma(total - n + 1)
    )


def _probabilities(x: Floats, r: Any, n: int, total: int) -> Floats:
    """:func:`_hypergeometric` of arrays of x or r."""
    r = np.asarray(r, np.float64)
    x = np.asarray(x, np.float64)
    possible = (x <= r) & (x <= n) & ~((n + r > total) & (x < n + r - total)) & (n <= total)
    rest = total - r
    # Arguments of what is impossible are replaced, the result is masked.
    logs = (
        gammaln(r + 1)
        - gammaln(x + 1)
        - gammaln(np.where(possible, r - x, 0) + 1)
        + gammaln(rest + 1)
        - gammaln(np.where(possible, n - x, 0) + 1)
        - gammaln(np.where(possible, rest - n + x, 0) + 1)
        - math.lgamma(total + 1)
        + math.lgamma(n + 1)
        + (math.lgamma(total - n + 1) if n <= total else 0.0)
    )
    return np.where(possible, np.exp(np.where(possible, logs, -np.inf)), 0.0)
