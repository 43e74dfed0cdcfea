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
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec.problem import Density

Floats = npt.NDArray[np.float64]

WINDOW = 50_000
"""Occupancies that are enumerated at most; beyond them, those within 40 standard deviations."""
MAX_WINDOW = 4_000_000


class DensityModel(Protocol):
    """What the sparse analysis asks of a tensor's density."""

    @property
    def name(self) -> str:
        """As Timeloop calls it."""

    def most(self, size: int) -> int:
        """Non-zeros that a tile of ``size`` words holds at most."""

    def most_by_confidence(self, size: int, confidence: float) -> int:
        """Non-zeros that a tile exceeds in at most 1 - ``confidence`` of all cases."""

    def least(self, size: int, words: int | None = None) -> int:
        """Non-zeros that a tile holds at least, as Timeloop bounds it.

        Where loops run short, of the ``words`` that a tile has of ``size``.
        """

    def probability(self, size: int, occupancy: int) -> float:
        """That a tile holds exactly so many non-zeros."""

    def occupancies(self, size: int) -> tuple[Floats, Floats]:
        """All occupancies that a tile can have, ascending, and their probabilities."""

    def empty_within(self, size: int, outer: int, occupancy: Floats) -> Floats:
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
        return math.ceil(size * self.density)

    def most_by_confidence(self, size: int, confidence: float) -> int:
        """The floor of the mean as long as it is so likely."""
        exact = size * self.density
        likely = confidence <= 1 - (exact - math.floor(exact))
        return math.floor(exact) if likely else math.ceil(exact)

    def least(self, size: int, words: int | None = None) -> int:
        """Floor of the mean."""
        if size == 0:
            return 0
        return math.floor(math.floor(size * self.density) / size * (words or size))

    def probability(self, size: int, occupancy: int) -> float:
        """Of the floor or the ceiling of the mean; others are impossible."""
        return _between(size * self.density, occupancy)

    def occupancies(self, size: int) -> tuple[Floats, Floats]:
        """One or two."""
        exact = size * self.density
        counts = sorted({math.floor(exact), math.ceil(exact)})
        return (
            np.array(counts, np.float64),
            np.array([_between(exact, c) for c in counts], np.float64),
        )

    def empty_within(self, size: int, outer: int, occupancy: Floats) -> Floats:
        """With the outer tile's density in place of the tensor's."""
        exact = size * (occupancy / outer)
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

    def most_by_confidence(self, size: int, confidence: float) -> int:
        """The quantile, rounded away from the middle, as Boost has it."""
        if confidence == 1.0:
            return self.most(size)
        return quantile(confidence, self.nonzeros, size, self.tensor)

    def least(self, size: int, words: int | None = None) -> int:
        """What the words outside the tile cannot hold, as Timeloop computes it.

        There the difference of two sizes is taken in unsigned 64-bit numbers: 0 for most tiles
        smaller than the tensor, and beyond any number of words for large ones.
        """
        if size <= self.tensor - self.nonzeros:
            return 0
        wrapped = float((size - self.tensor) % 2**64) + float(self.nonzeros)
        least = math.floor(wrapped / size * (words or size))
        return 0 if least >= 2**64 else least

    def probability(self, size: int, occupancy: int) -> float:
        """Hypergeometric."""
        return _hypergeometric(occupancy, self.nonzeros, size, self.tensor)

    def occupancies(self, size: int) -> tuple[Floats, Floats]:
        """All that are possible, as far as they have a probability at all."""
        low = max(self.least(size), size + self.nonzeros - self.tensor)
        high = self.most(size)
        if low > high:
            # Timeloop then looks at no occupancy at all.
            return np.zeros(0), np.zeros(0)
        if high - low > WINDOW:
            mean = size * self.nonzeros / self.tensor
            deviation = math.sqrt(mean + 1.0)
            low = max(low, math.floor(mean - 40 * deviation))
            high = min(high, math.ceil(mean + 40 * deviation))
            if high - low > MAX_WINDOW:
                raise InputError("a tile with too many non-zeros to enumerate", key="problem")
        counts = np.arange(low, high + 1, dtype=np.float64)
        chances = _distribution(low, high, self.nonzeros, size, self.tensor)
        possible = chances != 0
        return counts[possible], chances[possible]

    def empty_within(self, size: int, outer: int, occupancy: Floats) -> Floats:
        """Hypergeometric in the outer tile."""
        return _empty(size, outer, occupancy)

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
        if density.density == 1:
            # A full tensor is dense. Timeloop's bound of the least occupancy makes it lose tiles.
            return FixedStructured(1.0, "hypergeometric")
        return Hypergeometric(density.density, tensor, math.ceil(density.density * tensor))
    raise InputError(
        f"distribution {density.distribution} is not supported by the native engine",
        key="problem.instance.densities",
    )


EXACT = 2000
"""Up to so many factors a probability is computed from whole numbers."""


def _hypergeometric(x: int, r: int, n: int, total: int) -> float:
    """P(x non-zeros in n of ``total`` words, of which r are non-zero).

    Counts are cut to whole numbers later, so that the last bit matters: exact where possible.
    """
    ways = _ways(x, r, n, total)
    return float(_estimate(x, r, n, total)) if ways is None else ways[0] / ways[1]


def _ways(x: int, r: int, n: int, total: int) -> tuple[int, int] | None:
    """The probability as a fraction; None where its numbers would be too large."""
    if x < 0 or x > r or x > n or n > total or n + r - x > total:
        return 0, 1
    if r < n:  # the same with the roles of non-zero words and the tile's words exchanged
        r, n = n, r
    if n > EXACT:
        return None
    return math.comb(r, x) * math.comb(total - r, n - x), math.comb(total, n)


_FUDGE = 1 + 50 * 2.0**-52
"""How much nearer two probabilities count as equal, for tensors of up to 104,723 words."""
_FUDGE_WORDS = 104_723
_WHOLE = 8 * float(np.finfo(np.float64).tiny)
"""Smaller probabilities lack bits, and so would all that is derived from them."""


def quantile(p: float, r: int, n: int, total: int) -> int:
    """Of a hypergeometric distribution, rounded down below the median and up from it on.

    As Boost sums it up, from the end that is nearer, so that the same steps are taken.
    """
    fudge = _FUDGE if total <= _FUDGE_WORDS else 1 + 2 * total * 2.0**-52
    least, most = max(0, n + r - total), min(r, n)
    if p <= 0.5:
        x = least
        summed = chance = _hypergeometric(x, r, n, total)
        while chance == 0.0:
            # Too unlikely to be a double: these add nothing.
            x += 1
            chance = _hypergeometric(x, r, n, total)
        while summed < p:
            chance = (
                (n - x) * (r - x) * chance / ((x + 1) * (total + x + 1 - n - r))
                if chance > _WHOLE
                else _hypergeometric(x + 1, r, n, total)
            )
            if summed + chance / 2 > p:
                break
            x += 1
            summed += chance
        if p >= 0.5:
            return x + 1 if summed < p * fudge and x != most else x
        return x - 1 if p < summed * fudge and x != least else x
    q = 1 - p
    x, summed = most, 0.0
    chance = _hypergeometric(x, r, n, total)
    while chance == 0.0:
        x -= 1
        chance = _hypergeometric(x, r, n, total)
    while summed + chance / 2 < q:
        summed += chance
        chance = (
            x * (total + x - n - r) * chance / ((1 + n - x) * (1 + r - x))
            if chance > _WHOLE
            else _hypergeometric(x - 1, r, n, total)
        )
        x -= 1
    return x + 1 if q < summed * fudge and x != most else x


def _extended(x: int, r: int, n: int, total: int) -> np.longdouble:
    """:func:`_hypergeometric` in extended precision."""
    ways = _ways(x, r, n, total)
    if ways is None:
        return np.longdouble(_estimate(x, r, n, total))
    numerator, denominator = ways
    shift = 80 + denominator.bit_length() - numerator.bit_length()
    bits = (numerator << shift if shift > 0 else numerator >> -shift) // denominator
    value = np.ldexp(np.longdouble(bits >> 40), 40) + np.longdouble(bits & (2**40 - 1))
    return np.ldexp(value, -shift)


@lru_cache(maxsize=4096)
def _estimate(x: int, r: int, n: int, total: int) -> float:
    """From logarithms, where whole numbers would be too large."""
    few, many = min(r, n), max(r, n)
    if x == 0 and few <= MAX_WINDOW:
        # Each of the few misses all of the many; their sum loses less than differences would.
        return math.exp(np.log1p(-many / (total - np.arange(few, dtype=np.longdouble))).sum())
    return math.exp(_log_choose(r, x) + _log_choose(total - r, n - x) - _log_choose(total, n))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _distribution(low: int, high: int, r: int, n: int, total: int) -> Floats:
    """:func:`_hypergeometric` of all x from ``low`` to ``high``, all of them possible.

    From the likeliest outwards, each from its neighbour, in extended precision. Where the
    likeliest is not known exactly, so that they add up to one.
    """
    start = min(max((n + 1) * (r + 1) // (total + 2), low), high)
    up = np.arange(start, high, dtype=np.longdouble)
    down = np.arange(start, low, -1, dtype=np.longdouble)
    rising = np.cumprod((r - up) * (n - up) / ((up + 1) * (total - r - n + up + 1)))
    falling = np.cumprod(down * (total - r - n + down) / ((r - down + 1) * (n - down + 1)))
    base = _extended(start, r, n, total)
    chances = np.concatenate([falling[::-1], [np.longdouble(1)], rising])
    if _ways(start, r, n, total) is None:
        base = 1 / chances.sum()
    return np.asarray(chances * base, np.float64)


def _empty(n: int, total: int, nonzeros: Floats) -> Floats:
    """P(0 non-zeros in n of ``total`` words) for ascending numbers of non-zeros.

    Where the numbers follow one another, each from its neighbour, in extended precision.
    """
    first, last = int(nonzeros[0]), int(nonzeros[-1])
    if last - first + 1 != len(nonzeros):
        return np.array([_hypergeometric(0, int(r), n, total) for r in nonzeros])
    steps = np.arange(first, last, dtype=np.longdouble)
    ratios = np.maximum(total - n - steps, 0) / np.maximum(total - steps, 1)
    base = [_extended(0, first, n, total)]
    return np.cumprod(np.concatenate([base, ratios])).astype(np.float64)
