"""Density models over arrays of tile sizes.

Semantics are Sparseloop's (Wu et al., MICRO 2022, section 5.3) as Timeloop computes them:
``hypergeometric`` draws a tile's words from a tensor with a fixed number of non-zeros;
``fixed_structured`` gives each tile its share, rounded down or up so that the mean is right.
Quantities that need a sum over occupancies are computed once for each distinct tile and kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from loas_tl.mapper.arithmetic import unique_rows
from loas_tl.mapper.loops import Floats, Ints
from loas_tl.mapper.machine import Tensor

MOST_KEPT = 2_000_000
"""Distinct tiles whose sums are kept for each tensor (about 0.4 GB), then all are forgotten."""


_logs = np.zeros(1)


def log_factorials(most: int) -> Floats:
    """ln n! of 0 to at least ``most`` (8 bytes each)."""
    global _logs  # noqa: PLW0603
    if len(_logs) <= most:
        logs = np.log(np.arange(1, 2 * most + 1, dtype=np.longdouble))
        _logs = np.concatenate([np.zeros(1), np.cumsum(logs).astype(np.float64)])
    return _logs


class Model(Protocol):
    """A density model of one tensor."""

    def empty(self, size: Ints) -> Floats:
        """Probability that a tile of each size has no non-zero."""

    def most(self, size: Ints) -> Floats:
        """Largest number of non-zeros of a tile."""

    def mean(self, size: Ints, known: bool) -> tuple[Floats, Floats]:
        """Expected non-zeros of the tiles that exist, and how many of all tiles do.

        Args:
            size: words of the tiles.
            known: whether the level above knows which tiles are empty, and does not send those.
        """

    def occupancies(self, size: int, known: bool) -> tuple[Floats, Floats]:
        """Possible numbers of non-zeros of the tiles that exist, and their probabilities."""

    def empty_within(self, part: int, size: int, occupancy: Floats) -> Floats:
        """Probability that a part of a tile is empty, given the tile's non-zeros."""


def _no_least(least: Any, size: Any) -> Any:
    """Whether tiles may be empty, in Timeloop's arithmetic, in which 1/49 of 49 is less than 1.

    Where a level is known to be sent no empty tiles, the least occupancy is then left out.
    """
    return np.floor(least / size * size) == 0


@dataclass(frozen=True)
class Hypergeometric:
    """``nonzeros`` of ``total`` words are non-zero, anywhere."""

    total: int
    nonzeros: int

    def empty(self, size: Ints) -> Floats:
        """See :class:`Model`."""
        logs = log_factorials(self.total)
        rest = self.total - self.nonzeros
        inside = np.minimum(size, rest)
        log = logs[self.total - inside] - logs[rest - inside] - logs[self.total] + logs[rest]
        return np.where(size > rest, 0.0, np.exp(np.minimum(log, 0.0)))

    def most(self, size: Ints) -> Floats:
        """See :class:`Model`."""
        return np.minimum(size, self.nonzeros).astype(np.float64)

    def mean(self, size: Ints, known: bool) -> tuple[Floats, Floats]:
        """See :class:`Model`."""
        mean = size * (self.nonzeros / self.total)
        if not known or self.nonzeros == self.total:
            return mean, np.ones(size.shape)
        least = np.maximum(0, size - (self.total - self.nonzeros))
        left_out = np.where(_no_least(least, size), self._pmf(least, size), 0.0)
        exists = np.where(left_out > 1 - 1e-12, 0.0, 1.0 - left_out)
        with np.errstate(divide="ignore", invalid="ignore"):
            given = (mean - least * left_out) / exists
        return np.where(exists > 0, given, 0.0), exists

    def occupancies(self, size: int, known: bool) -> tuple[Floats, Floats]:
        """See :class:`Model`."""
        first = max(0, size - (self.total - self.nonzeros))
        last = min(size, self.nonzeros)
        low, high = first, last
        if last - first > 4000:  # beyond 12 standard deviations nothing adds up to a count
            share = self.nonzeros / self.total
            around = size * share
            spread = 12 * np.sqrt(around * (1 - share) * (1 - size / self.total)) + 50
            low, high = max(first, int(around - spread)), min(last, int(around + spread))
        occupancy = np.arange(low, high + 1)
        chance = self._pmf(occupancy, np.int64(size))
        chance /= chance.sum()
        if known and self.nonzeros < self.total and low == first and _no_least(first, size):
            if len(chance) == 1:
                return occupancy, np.zeros(1)
            chance = chance / (1.0 - chance[0])
            chance[0] = 0.0
        return occupancy, chance

    def empty_within(self, part: int, size: int, occupancy: Floats) -> Floats:
        """See :class:`Model`."""
        logs = log_factorials(self.total)
        inside = np.minimum(occupancy, size - part).astype(np.int64)
        log = logs[size - part] + logs[size - inside] - logs[size - part - inside] - logs[size]
        return np.where(occupancy > size - part, 0.0, np.exp(np.minimum(log, 0.0)))

    def _pmf(self, occupancy: Ints, size: Ints | np.int64) -> Floats:
        logs = log_factorials(self.total)

        def choose(n: int, k: Ints | np.int64) -> Floats:
            return logs[n] - logs[k] - logs[n - k]

        rest = self.total - self.nonzeros
        log = choose(self.nonzeros, occupancy) + choose(rest, size - occupancy)
        return np.exp(np.minimum(log - choose(self.total, size), 0.0))


@dataclass(frozen=True)
class Structured:
    """Each tile has ``density`` of its words, rounded down or up."""

    density: float

    def empty(self, size: Ints) -> Floats:
        """See :class:`Model`."""
        exact = size * self.density
        return np.where(np.floor(exact) == 0, 1.0 - exact, 0.0)

    def most(self, size: Ints) -> Floats:
        """See :class:`Model`."""
        exact = size * self.density
        down = np.floor(exact)
        return np.where(1.0 - (exact - down) >= 1.0, down, np.ceil(exact))

    def mean(self, size: Ints, known: bool) -> tuple[Floats, Floats]:
        """See :class:`Model`."""
        exact = size * self.density
        down, up = np.floor(exact), np.ceil(exact)
        above = exact - down
        mean = down * (1.0 - above) + up * above
        if not known:
            return mean, np.ones(size.shape)
        drops = _no_least(down, size)
        return np.where(drops, np.where(above > 0, up, 0.0), mean), np.where(drops, above, 1.0)

    def occupancies(self, size: int, known: bool) -> tuple[Floats, Floats]:
        """See :class:`Model`."""
        exact = size * self.density
        down, up = float(np.floor(exact)), float(np.ceil(exact))
        above = exact - down
        if known and _no_least(down, size):
            if above > 0:
                return np.array([up]), np.ones(1)
            return np.array([down]), np.zeros(1)
        if above == 0:
            return np.array([down]), np.ones(1)
        return np.array([down, up]), np.array([1.0 - above, above])

    def empty_within(self, part: int, size: int, occupancy: Floats) -> Floats:
        """See :class:`Model`."""
        exact = part * (occupancy / size)
        return np.where(np.floor(exact) == 0, 1.0 - exact, 0.0)


def model_of(tensor: Tensor) -> Model | None:
    """The density model of a tensor; None if mappings cannot be evaluated in batches with it."""
    density = tensor.density
    if density.distribution == "hypergeometric":
        total = density.tensor_size or tensor.size
        # As Timeloop rounds: 0.1 of 30 is 3.0000000000000004 and makes 4 non-zeros.
        return Hypergeometric(total, int(np.ceil(density.density * total)))
    if density.distribution == "fixed_structured":
        return Structured(density.density)
    if density.distribution == "dense":
        return Structured(1.0)
    return None


@dataclass(frozen=True)
class Units:
    """Metadata and payload words of a rank, for one fiber's worth of tile: [B] each."""

    metadata: Floats
    payload: Floats
    most_metadata: Floats
    most_payload: Floats


@dataclass
class Sums:
    """Sums over occupancies of one tensor's tiles, computed once for each distinct tile."""

    model: Model
    _units: dict[tuple[str, bool, int, int, int, int], tuple[float, float, float, float]] = field(
        default_factory=dict
    )
    _blocks: dict[tuple[int, int], float] = field(default_factory=dict)

    def units(
        self, form: str, known: bool, tile: Ints, current: Ints, below: Ints, fiber: Ints
    ) -> Units:
        """Expected and largest words of a rank for each of its possible fibers.

        Args:
            form: the rank's format.
            known: see :meth:`Model.mean`.
            tile: words of the whole tile; current: of one of the rank's fibers; below: of one
                of a fiber's elements.
            fiber: elements of a fiber.
        """
        rows = np.stack([tile, current, below, fiber])
        first, group = unique_rows(rows)
        values = np.empty((4, len(first)))
        for i, (n, whole, part, elements) in enumerate(rows[:, first].T.tolist()):
            key = (form, known, n, whole, part, elements)
            if key not in self._units:
                if len(self._units) >= MOST_KEPT:
                    self._units.clear()
                self._units[key] = self._sum(*key)
            values[:, i] = self._units[key]
        return Units(*values[:, group])

    def _sum(
        self, form: str, known: bool, tile: int, current: int, below: int, fiber: int
    ) -> tuple[float, float, float, float]:
        occupancy, chance = self.model.occupancies(tile, known)
        metadata, payload = self._words(form, tile, current, below, fiber, occupancy)
        most = self.model.most(np.array([tile]))
        top_metadata, top_payload = self._words(form, tile, current, below, fiber, most)
        return (
            float(metadata @ chance),
            float(payload @ chance),
            float(top_metadata[0]),
            float(top_payload[0]),
        )

    def _words(
        self, form: str, tile: int, current: int, below: int, fiber: int, occupancy: Floats
    ) -> tuple[Floats, Floats]:
        """Metadata and payload words of each occupancy of the tile, as the formats store them."""
        if form == "ub":
            all_of_them = np.full(occupancy.shape, float(fiber))
            return all_of_them, all_of_them
        fibers = 1.0 - self.model.empty_within(current, tile, occupancy)
        if form == "uop":
            return np.zeros(occupancy.shape), fibers * (fiber + 1.0)
        elements = fiber * (1.0 - self.model.empty_within(below, tile, occupancy))
        if form == "rle":
            return elements * fibers, elements * fibers
        elements = np.ceil(elements - 1e-9)
        if form == "b":
            return fibers * fiber, fibers * elements
        return elements * fibers, elements * fibers

    def blocks(self, size: Ints, block: int) -> Floats:
        """Expected accesses of ``block`` words that read a tile's non-zeros once."""
        first, group = unique_rows(size[np.newaxis])
        values = np.empty(len(first))
        for i, n in enumerate(size[first].tolist()):
            key = (n, block)
            if key not in self._blocks:
                occupancy, chance = self.model.occupancies(n, False)
                self._blocks[key] = float(np.ceil(occupancy / block) @ chance)
            values[i] = self._blocks[key]
        return values[group]
