"""Where a search can go from a mapping."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest

from loas_tl.timeloop.mapper.loops import Mappings
from loas_tl.timeloop.mapper.moves import mutate, neighbours
from loas_tl.timeloop.mapper.space import Space
from tests.mapper.examples import matmul
from tests.mapper.moves import KEPT, ONLY, SPACES, drawn, space_of

RECORDED = json.loads(KEPT.read_text())
PLAIN = [name for name in SPACES if name not in ("given", "short")]


@pytest.mark.parametrize("name", SPACES)
def test_the_same_is_drawn_as_ever(name: str) -> None:
    assert drawn(SPACES[name]) == RECORDED[name], "python -m tests.mapper.moves records it anew"


def rows(mappings: Mappings) -> list[tuple[int, ...]]:
    """Each mapping as numbers."""
    parts = (mappings.factors, mappings.order, mappings.split, mappings.keep)
    flat = [part.reshape(-1, len(mappings)) for part in parts]
    return [tuple(column) for column in np.concatenate(flat).T.tolist()]


def plain_neighbours(of: Space, one: Mappings) -> set[tuple[int, ...]]:
    """Every change there is, tried one by one."""
    factors, order, split = one.factors[:, :, 0], one.order[:, :, 0], one.split[:, 0]
    slots, dimensions = factors.shape
    found = []

    def add(some_factors: Any, some_order: Any, some_split: Any) -> None:
        parts = (some_factors, some_order, some_split, one.keep[:1])
        found.append(tuple(int(n) for part in parts for n in np.ravel(part)))

    low, high = np.array(of.bounds.least), np.array(of.bounds.most)
    for d, source, target in itertools.product(range(dimensions), range(slots), range(slots)):
        value = int(factors[source, d])
        for prime in (p for p in range(2, value + 1) if all(p % q for q in range(2, p))):
            changed = factors.copy()
            changed[source, d] //= prime
            changed[target, d] *= prime
            if (
                value % prime == 0
                and source != target
                and (low <= changed).all()
                and (changed <= high).all()
            ):
                add(changed, order, split)
    for s in range(slots):
        fixed = len(of.bounds.first[s])
        for one_place, other in itertools.combinations(range(fixed, dimensions), 2):
            swapped = order.copy()
            swapped[s, [one_place, other]] = order[s, [other, one_place]]
            idle = 1 in factors[s, swapped[s, [one_place, other]]]
            if of.permutes[s] and (any(of.pinned[s]) or not idle):
                add(factors, swapped, split)
        for option in of.bounds.splits[s]:
            if option != split[s]:
                add(factors, order, np.where(np.arange(slots) == s, option, split))
    return set(found)


@pytest.mark.parametrize("name", PLAIN)
def test_neighbours_are_all_that_are_one_change_away(name: str) -> None:
    of = space_of(SPACES[name])
    parents = of.sample(np.random.default_rng(5), 12)
    for index in range(len(parents)):
        one = parents.take(np.array([index]))
        around = rows(neighbours(of, one))
        assert len(set(around)) == len(around)
        assert set(around) == plain_neighbours(of, one)


@pytest.mark.parametrize("name", ["two ways", "one dimension"])
def test_mutations_lead_everywhere(name: str) -> None:
    """From any mapping to each that keeps the same tensors, in a few steps."""
    of = space_of(SPACES[name])
    rng = np.random.default_rng(0)
    everything = set(rows(of.canonical(of.sample(rng, 5000, 0))))
    reached = of.sample(rng, 1, 0).take(np.zeros(1000, np.int64))
    met = set()
    for _ in range(15):
        children = mutate(of, rng, reached)
        reached = children.take(of.fits(children))
        reached = reached.take(np.arange(1000) % len(reached))
        met |= set(rows(of.canonical(reached)))
    assert met >= everything
    assert len(everything) >= 3


def test_the_only_mapping_stays_as_it_is() -> None:
    text = matmul(m=1, n=1, k=1, cache_constraints=ONLY, mesh="meshX: 1")
    of = space_of(text)
    one = of.sample(np.random.default_rng(0), 1)
    assert rows(mutate(of, np.random.default_rng(0), one)) == rows(one)
    assert len(neighbours(of, one)) == 0
