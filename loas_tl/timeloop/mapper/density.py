"""Density models over arrays of tile sizes.

What a tile holds is the native engine's business; a search meets the same tiles over and over, so
that each distinct one is worked out once, to the last bit like the engine does, and kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from loas_tl.timeloop.mapper.arithmetic import unique_rows
from loas_tl.timeloop.mapper.loops import Floats, Ints
from loas_tl.timeloop.native.density import DensityModel
from loas_tl.timeloop.native.formats import words_of_rank
from loas_tl.timeloop.native.machine import Rank
from loas_tl.timeloop.native.occupancy import mean

MOST_KEPT = 500_000
"""Distinct tiles that are kept for each tensor (about 0.1 GB), then all are forgotten."""
MOST_NUMBERS = 4_000_000
"""Numbers of all distributions that are kept for each tensor (32 MB)."""
_LONG = 4096
_NEVER = 1e-20
"""Chances that are left out of long distributions: no count depends on them."""


@dataclass(frozen=True)
class Units:
    """Words of a rank of B tiles, with all of its fibers.

    Attributes:
        metadata, payload: expected.
        payload_of_some: expected payload, that of empty tiles not counted.
        most_metadata, most_payload: of the fullest tile.
    """

    metadata: Floats
    payload: Floats
    payload_of_some: Floats
    most_metadata: Floats
    most_payload: Floats


_Answers = tuple[float, ...]


@dataclass
class Sums:
    """What one tensor's tiles hold, worked out once for each distinct tile.

    Attributes:
        model: the tensor's density.
    """

    model: DensityModel
    _known: dict[str, dict[tuple[int, ...], _Answers]] = field(default_factory=dict)
    _spans: dict[tuple[object, ...], tuple[Floats, Floats]] = field(default_factory=dict)
    _numbers: int = 0

    def empty(self, size: Ints) -> Floats:
        """Probability that a tile of each size has no non-zero."""
        return self._each("empty", size[np.newaxis], lambda n: (self.model.probability(n, 0),))[0]

    def most(self, size: Ints) -> Floats:
        """Largest number of non-zeros of a tile of each size."""
        return self._each("most", size[np.newaxis], lambda n: (float(self.model.most(n)),))[0]

    def contents(self, size: Ints, sifted: bool) -> Floats:
        """Of tiles that are sent: expected non-zeros, and which part of all tiles those are.

        Args:
            size: words of the tiles.
            sifted: whether the level outside knows which tiles are empty, and does not send those.

        Returns:
            [2, B]
        """

        def one(n: int) -> _Answers:
            counts, chances = self._distribution(n, sifted)
            return mean(counts, chances), self._sent(n) if sifted else 1.0

        return self._each("contents sifted" if sifted else "contents", size[np.newaxis], one)

    def units(self, rank: Rank, sifted: bool, tile: Ints, rows: list[Ints]) -> Units:
        """Words of a rank.

        Args:
            rank: its format.
            sifted: see :meth:`contents`.
            tile: words of the whole tile.
            rows: fibers of the rank, elements of a fiber, words below a fiber, and below an
                element.
        """

        def one(n: int, fibers: int, fiber: int, outer: int, inner: int) -> _Answers:
            counts, chances = self._distribution(n, sifted)
            if not len(counts):
                expected: _Answers = (0.0, 0.0, 0.0)
            else:
                words = words_of_rank(
                    rank,
                    fibers,
                    fiber,
                    self._empty_within(outer, n, counts, sifted),
                    self._empty_within(inner, n, counts, sifted),
                    len(counts),
                )
                some = np.where(counts > 0, words.payload, 0.0)
                expected = (
                    mean(words.metadata, chances),
                    mean(words.payload, chances),
                    mean(some, chances),
                )
            most = np.array([self.model.most(n)], np.float64)
            top = words_of_rank(
                rank,
                fibers,
                fiber,
                self.model.empty_within(outer, n, most),
                self.model.empty_within(inner, n, most),
                1,
            )
            return (*expected, float(top.metadata[0]), float(top.payload[0]))

        name = f"{rank.format} sifted" if sifted else rank.format
        return Units(*self._each(name, np.stack([tile, *rows]), one))

    def blocks(self, size: Ints, block: int) -> Floats:
        """Expected accesses of ``block`` words that read a tile's non-zeros once."""

        def one(n: int) -> _Answers:
            counts, chances = self._distribution(n, False)
            return (mean(np.ceil(counts / block), chances),)

        return self._each(f"blocks of {block}", size[np.newaxis], one)[0]

    def _each(self, name: str, rows: Ints, answer: Callable[..., _Answers]) -> Floats:
        """Answers for each column, [answers, B]; each distinct one is asked for once."""
        first, group = unique_rows(rows)
        if sum(map(len, self._known.values())) > MOST_KEPT:
            self._known.clear()
        known = self._known.setdefault(name, {})
        columns = list(zip(*rows[:, first].tolist(), strict=True))
        for column in columns:
            if column not in known:
                known[column] = answer(*column)
        answers = np.array([known[column] for column in columns], np.float64)
        return np.take(answers.T, group, axis=1)

    def _sent(self, size: int) -> float:
        """Part of the tiles that are sent where empty ones are not."""
        chances = self._span(size)[1]
        if self.model.least(size) != 0 or not len(chances):
            return 1.0
        return 1.0 - float(chances[0])

    def _distribution(self, size: int, sifted: bool) -> tuple[Floats, Floats]:
        """Non-zeros of the tiles that are sent, and their chances."""
        counts, chances = self._span(size)
        if sifted and self.model.least(size) == 0 and len(chances):
            # Timeloop takes the first occupancy that can happen for the empty one.
            sent = 1.0 - float(chances[0])
            chances = chances.copy()
            chances[0] = 0.0
            if sent > 0.0:
                chances = chances / sent
        return counts, chances

    def _span(self, size: int) -> tuple[Floats, Floats]:
        key = (size,)
        if key not in self._spans:
            counts, chances = self.model.occupancies(size)
            if len(counts) > _LONG:
                likely = np.flatnonzero(chances > _NEVER)
                # The first stays, for tiles that are not sent.
                part = slice(likely[0], likely[-1] + 1)
                counts, chances = counts[part], chances[part]
            self._keep(key, counts, chances)
        return self._spans[key]

    def _empty_within(self, part: int, size: int, counts: Floats, sifted: bool) -> Floats:
        key = (part, size, sifted)
        if key not in self._spans:
            empty = self.model.empty_within(part, size, counts)
            self._keep(key, empty, empty)
        return self._spans[key][0]

    def _keep(self, key: tuple[object, ...], one: Floats, other: Floats) -> None:
        if self._numbers > MOST_NUMBERS:
            self._spans.clear()
            self._numbers = 0
        self._numbers += len(one)
        self._spans[key] = one, other
