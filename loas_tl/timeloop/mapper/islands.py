"""The population of a seeded search: islands that breed good mappings, afresh when stuck."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from loas_tl.timeloop.mapper.evaluate import Evaluation
from loas_tl.timeloop.mapper.loops import Bools, Floats, Mappings
from loas_tl.timeloop.mapper.moves import cross, mutate, neighbours
from loas_tl.timeloop.mapper.seen import hashes_of
from loas_tl.timeloop.mapper.space import Space

ELITE = 48
"""Mappings an island breeds from."""
ROUNDS_STUCK = 12
"""Rounds without a better mapping after which an island starts afresh."""
_MUTATED, _CROSSED = 0.5, 0.25
_KEEPS_AT_FIRST = 8
_OTHER_KEEP = 0.3
"""Chance to breed with any way to keep tensors instead of one of the elite's."""


@dataclass(frozen=True)
class Island:
    """Good mappings that are bred from.

    Attributes:
        elite: the best of the island, best first; None before its first round.
        cost: of the elite; tie: what decides between equals.
        stuck: rounds since the best became better.
        explored: hash of the best whose neighbours have all been tried.
    """

    elite: Mappings | None = None
    cost: Floats | None = None
    tie: Floats | None = None
    stuck: int = 0
    explored: int = 0

    def breed(self, space: Space, rng: np.random.Generator, count: int) -> tuple[Mappings, int]:
        """Mappings to try next, which respect the fan-outs.

        Returns:
            The mappings, and the hash of the best one, whose neighbours are among them.
        """
        keeps = len(space.bounds.keeps)
        if self.elite is None:
            return self._found(space, rng, count), self.explored
        elite = self.elite
        first = elite.take(np.array([0]))
        best = int(hashes_of(first)[0])
        # One way to keep tensors for all that is bred: those are evaluated together.
        keep = int(elite.keep[int(len(elite) * rng.random() ** 2)])
        if rng.random() < _OTHER_KEEP:
            keep = int(rng.integers(keeps))

        def parents(how_many: int) -> Mappings:
            return elite.take((len(elite) * rng.random(how_many) ** 2).astype(np.int64))

        mixed = int(_CROSSED * count)
        bred = Mappings.join(
            [
                mutate(space, rng, parents(int(_MUTATED * count))),
                mutate(space, rng, cross(rng, parents(mixed), parents(mixed))),
            ]
        )
        bred = replace(bred, keep=np.full(len(bred), keep))
        if best != self.explored:
            bred = Mappings.join([neighbours(space, first), bred])
        bred = space.canonical(bred)
        bred = bred.take(space.fits(bred))
        fresh = max(count - len(bred), count // 8)
        other = keep if rng.random() < 0.5 else int(rng.integers(keeps))
        return Mappings.join([bred, space.sample(rng, fresh, other)]), best

    @staticmethod
    def _found(space: Space, rng: np.random.Generator, count: int) -> Mappings:
        """Random mappings to begin with, of a few ways to keep tensors."""
        keeps = len(space.bounds.keeps)
        some = rng.choice(keeps, size=min(keeps, _KEEPS_AT_FIRST), replace=False)
        share = -(-count // len(some))
        return Mappings.join([space.sample(rng, share, int(keep)) for keep in some])

    def settle(
        self, mappings: Mappings, cost: Floats, tie: Floats, valid: Bools, explored: int
    ) -> Island:
        """The island after its mappings have been priced."""
        index = np.flatnonzero(valid)
        candidates, costs, ties = mappings.take(index), cost[index], tie[index]
        if self.elite is not None and self.cost is not None and self.tie is not None:
            candidates = Mappings.join([self.elite, candidates])
            costs = np.concatenate([self.cost, costs])
            ties = np.concatenate([self.tie, ties])
        if not len(candidates):
            return self
        order = np.lexsort((ties, costs))
        # Of mappings that cost the same two are enough to breed from.
        ranked = costs[order]
        twice = np.zeros(len(order), bool)
        twice[2:] = ranked[2:] == ranked[:-2]
        best = order[~twice][:ELITE]
        better = self.cost is None or costs[best[0]] < self.cost[0]
        return Island(
            candidates.take(best),
            costs[best],
            ties[best],
            0 if better else self.stuck + 1,
            explored,
        )

    def afresh(self) -> Island:
        """The island with everything forgotten, where it is stuck."""
        return Island() if self.stuck >= ROUNDS_STUCK else self

    def visited_by(self, other: Island) -> Island:
        """The island with another's best among its elite."""
        if other.elite is None or self.elite is None or other.cost is None or other.tie is None:
            return self
        visited = self.settle(
            other.elite.take(np.array([0])),
            other.cost[:1],
            other.tie[:1],
            np.ones(1, bool),
            self.explored,
        )
        return replace(visited, stuck=self.stuck)


def prices(evaluation: Evaluation, metrics: tuple[str, str]) -> tuple[Floats, Floats]:
    """The cost of mappings by a metric, and by that which decides between equals."""
    return evaluation.cost(metrics[0]), evaluation.cost(metrics[1])
