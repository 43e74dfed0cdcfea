"""``actual_data``: a density model made of what was measured on a tensor.

The engine asks how many non-zeros a tile of some size holds, how often it is empty, and how often
a part of it is. For the tiles of one mapping (each level's, those that rules meet, those below the
ranks of a format) the answers are the tensor's own statistics; for any other size they are those of
a hypergeometric model of the same density. What one tensor's tiles have to do with another's is not
in it: see :mod:`loas_tl.validation.overlap`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loas_tl.exact.arrays import any_within, sums_within
from loas_tl.exact.execute import Prepared
from loas_tl.exact.nest import Positions
from loas_tl.exact.windows import distinct_in_tiles, words_of
from loas_tl.timeloop.native.density import Floats, Hypergeometric

Distribution = tuple[Floats, Floats]
"""Values, ascending, and what belongs to each."""


@dataclass(frozen=True)
class ActualData:
    """Measured statistics of one tensor's tiles.

    Attributes:
        elsewhere: for tiles that were not measured.
        tiles: by words of a tile, its non-zeros and how often it has so many.
        met: by words of what a rule meets, how often it is empty.
        parts: by words of a part and of the tile around it, the tile's non-zeros and how often
            the part is empty then.
        name: as engines report it.
    """

    elsewhere: Hypergeometric
    tiles: dict[int, Distribution]
    met: dict[int, float]
    parts: dict[tuple[int, int], Distribution]
    name: str = "actual_data"

    def most(self, size: int) -> int:
        """Non-zeros of the fullest tile."""
        return int(self.tiles[size][0][-1]) if size in self.tiles else self.elsewhere.most(size)

    def most_by_confidence(self, size: int, confidence: float) -> int:
        """Non-zeros that a tile exceeds in at most 1 - ``confidence`` of all cases."""
        if size not in self.tiles:
            return self.elsewhere.most_by_confidence(size, confidence)
        values, chances = self.tiles[size]
        reached = int(np.searchsorted(np.cumsum(chances), confidence - 1e-12))
        return int(values[min(reached, len(values) - 1)])

    def least(self, size: int, words: int | None = None) -> int:
        """Non-zeros of the emptiest tile."""
        if size in self.tiles:
            return int(self.tiles[size][0][0])
        return self.elsewhere.least(size, words)

    def probability(self, size: int, occupancy: int) -> float:
        """How often a tile holds exactly so many non-zeros."""
        if occupancy == 0 and size in self.met:
            return self.met[size]
        if size not in self.tiles:
            return self.elsewhere.probability(size, occupancy)
        values, chances = self.tiles[size]
        return float(chances[values == occupancy].sum())

    def occupancies(self, size: int) -> tuple[Floats, Floats]:
        """All that occur."""
        return self.tiles[size] if size in self.tiles else self.elsewhere.occupancies(size)

    def empty_within(self, size: int, outer: int, occupancy: Floats) -> Floats:
        """How often a part of a tile with so many non-zeros is empty."""
        if size == outer:
            return (occupancy == 0).astype(np.float64)
        if (size, outer) not in self.parts:
            return self.elsewhere.empty_within(size, outer, occupancy)
        values, empty = self.parts[size, outer]
        return np.interp(occupancy, values, empty)

    def mean(self, size: int) -> float:
        """Expected non-zeros of a tile."""
        return self.elsewhere.mean(size)


def measure(prepared: Prepared) -> dict[str, ActualData]:
    """The statistics of each tensor that is read, for the tiles of a mapping.

    Args:
        prepared: from :func:`loas_tl.exact.execute.prepare`.
    """
    counter = prepared.counter
    found = {}
    for tensor, space in enumerate(counter.machine.problem.data_spaces):
        if not space.read_write:
            found[space.name] = _measure(prepared, tensor)
    return found


def _measure(prepared: Prepared, tensor: int) -> ActualData:
    counter, nest = prepared.counter, prepared.counter.nest
    mask = counter.masks[tensor]
    total = mask.size
    nonzeros = int(np.count_nonzero(mask))
    if nest.window(tensor):
        everything = frozenset(range(len(nest.loops)))
        total = words_of(nest, tensor, everything)
        nonzeros = int(distinct_in_tiles(nest, tensor, mask, everything)[0])
    tiles: dict[int, Distribution] = {}
    parts: dict[tuple[int, int], Distribution] = {}
    for level in nest.kept(tensor):
        inside = nest.inside(level)
        size = counter.words(tensor, level)
        if nest.window(tensor):
            occupancy = distinct_in_tiles(nest, tensor, mask, inside)
        else:
            occupancy = sums_within(nest, nest.tensors[tensor], mask, inside).ravel()
        values, times = np.unique(occupancy, return_counts=True)
        tiles.setdefault(size, (values.astype(np.float64), times / times.sum()))
        if counter.machine.levels[level].formats[tensor] is not None:
            below: Positions = frozenset()
            for walked in counter.ranks[tensor][level]:
                words = nest.product(below)
                if words < size:
                    empty = _empty_parts(prepared, tensor, inside, below, occupancy)
                    parts.setdefault((words, size), empty)
                below = below | walked
    met = {
        each.words: 1 - float(each.where.onto(frozenset())) / each.where.values.size
        for rule in prepared.rules.values()
        for each in rule.met
        if each.tensor == tensor
    }
    elsewhere = Hypergeometric(nonzeros / total, total, nonzeros)
    return ActualData(elsewhere, tiles, met, parts)


def _empty_parts(
    prepared: Prepared,
    tensor: int,
    inside: Positions,
    below: Positions,
    occupancy: npt.NDArray[np.int64],
) -> Distribution:
    nest = prepared.counter.nest
    axes = nest.tensors[tensor]
    full = any_within(nest, axes, prepared.counter.masks[tensor], below)
    share = sums_within(nest, axes, full, inside).ravel() / nest.product(inside, axes)
    values, groups = np.unique(occupancy, return_inverse=True)
    empty = 1 - np.bincount(groups, share) / np.bincount(groups)
    return values.astype(np.float64), empty
