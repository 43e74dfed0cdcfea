"""Overlap: how much more often operands meet than if they had nothing to do with each other.

A density model knows one tensor at a time. Where the inputs that often fire are also those with
many weights, more non-zeros meet than the product of densities says. For each rule, for what
reaches each level, and for the computes, the overlap is the measured share over the product of
the tensors' own shares: a number each, from counts along the dimensions that the tensors share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loas_tl.exact.arrays import Factor, independent
from loas_tl.exact.computing import count_computes
from loas_tl.exact.execute import Prepared
from loas_tl.exact.result import ExactResult
from loas_tl.validation.tables import ACTIONS, METADATA_KINDS, Key, Table


@dataclass(frozen=True)
class Overlap:
    """Measured over independent shares; 1 where tensors meet as often as they would by chance.

    Attributes:
        offered: by level and tensor, of the accesses that rules further out leave.
        done: of those that the level's own rule leaves, too.
        computes: by kind.
    """

    offered: dict[tuple[str, str], float]
    done: dict[tuple[str, str], float]
    computes: dict[str, float]

    @property
    def cycles(self) -> float:
        """Of the computes that take a cycle."""
        return self.computes["cycles"]


def measure_overlap(prepared: Prepared, exact: ExactResult) -> Overlap:
    """Measures what a mapping needs to know of two tensors together.

    Args:
        prepared: from :func:`loas_tl.exact.execute.prepare`.
        exact: its counts.
    """
    counter, rules = prepared.counter, prepared.rules
    alone = replace(counter, total=_independent)
    offered, done = {}, {}
    for level, storage in enumerate(counter.machine.levels):
        for tensor, space in enumerate(counter.machine.problem.data_spaces):
            if not counter.nest.keep[level][tensor]:
                continue
            both = [one.leaving(level, tensor, rules) for one in (counter, alone)]
            there = [each.actual + each.gated + each.skipped for each in both]
            offered[storage.name, space.name] = _ratio(there[0], there[1])
            done[storage.name, space.name] = _ratio(both[0].actual, both[1].actual)
    by_chance = count_computes(
        counter.machine, counter.nest, counter.masks, rules, _independent
    ).computes
    computes = {
        kind: _ratio(getattr(exact.computes, kind), getattr(by_chance, kind))
        for kind in METADATA_KINDS
    }
    computes["cycles"] = _ratio(
        exact.computes.actual + exact.computes.gated, by_chance.actual + by_chance.gated
    )
    return Overlap(offered, done, computes)


def _independent(sizes: Sequence[int], factors: list[Factor]) -> float:
    return independent(sizes, factors)


def _ratio(measured: float, by_chance: float) -> float:
    return measured / by_chance if by_chance > 0 else 1.0


def apply_overlap(table: Table, overlap: Overlap) -> Table:
    """Counts of an engine that takes tensors as independent, with their overlap.

    Metadata stays as it is: most of it is there for zeros and non-zeros alike.
    """
    result: Table = {}
    for key, count in table.items():
        result[key] = _applied(table, key, count, overlap)
    return result


def _applied(table: Table, key: Key, count: float, overlap: Overlap) -> float:
    if key.action == "computes":
        return count * overlap.computes.get(key.kind, 1.0)
    if key.action not in ACTIONS or key.kind == "algorithmic":
        return count
    place = key.level, key.tensor
    offered, done = overlap.offered.get(place, 1.0), overlap.done.get(place, 1.0)
    if key.action == "fills":
        return count * offered
    if key.kind == "actual":
        return count * done
    actual = table.get(key._replace(kind="actual"), 0.0)
    return max((actual + count) * offered - actual * done, 0.0) if count else 0.0
