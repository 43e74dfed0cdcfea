"""What a search knows at any moment: its best mapping, its islands, what it has seen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np

from loas_tl.timeloop.mapper.evaluate import Evaluation
from loas_tl.timeloop.mapper.islands import Island, prices
from loas_tl.timeloop.mapper.loops import Mappings
from loas_tl.timeloop.mapper.seen import Seen

ISLANDS = 4


@dataclass(frozen=True)
class Best:
    """The best mapping so far: a batch of one, and what it costs."""

    mapping: Mappings
    energy: float
    cycles: float
    cost: float
    tie: float


@dataclass
class State:
    """All that a search knows; what a checkpoint holds.

    Attributes:
        round: rounds done; for a space that is gone through, mappings.
        mappings: different ones evaluated; valid: of them.
        since: evaluated since the best was found.
        reasons: how many failed, by level and reason.
        best: None until a valid one is found.
        islands: of a seeded search.
        seen: hashes of what was evaluated.
        seconds: of earlier runs, when resumed.
        complete: every mapping of the space was seen.
        invalid: mappings of the last rounds that had no valid one.
        suboptimal: valid mappings of the last rounds that brought no better one.
    """

    round: int = 0
    mappings: int = 0
    valid: int = 0
    since: int = 0
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    best: Best | None = None
    islands: list[Island] = field(default_factory=lambda: [Island()] * ISLANDS)
    seen: Seen = field(default_factory=Seen)
    seconds: float = 0.0
    complete: bool = False
    invalid: int = 0
    suboptimal: int = 0

    def copy(self) -> State:
        """The same state, untouched by what is found from now on."""
        return replace(
            self,
            reasons=Counter(self.reasons),
            islands=list(self.islands),
            seen=Seen(list(self.seen.blocks)),
        )

    def take(self, mappings: Mappings, evaluation: Evaluation, metrics: tuple[str, str]) -> None:
        """Counts a batch, and keeps its best if that is better."""
        self.mappings += len(mappings)
        self.valid += int(evaluation.valid.sum())
        self.since += len(mappings)
        self.reasons += evaluation.reasons
        if not evaluation.valid.any():
            return
        cost, tie = prices(evaluation, metrics)
        at = int(np.lexsort((tie, np.where(evaluation.valid, cost, np.inf)))[0])
        if self.best is None or (cost[at], tie[at]) < (self.best.cost, self.best.tie):
            better = self.best is None or cost[at] < self.best.cost
            self.best = Best(
                mappings.take(np.array([at])),
                float(evaluation.energy[at]),
                float(evaluation.cycles[at]),
                float(cost[at]),
                float(tie[at]),
            )
            self.since = 0 if better else self.since

    def after_round(self, before: State) -> None:
        """Counts how long nothing valid, or nothing better, has come.

        Args:
            before: the state at the beginning of the round.
        """
        tried, valid = self.mappings - before.mappings, self.valid - before.valid
        self.invalid = 0 if valid else self.invalid + tried
        self.suboptimal = 0 if self.best is not before.best else self.suboptimal + valid
