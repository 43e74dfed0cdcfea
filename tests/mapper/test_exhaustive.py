"""Going through a space against writing all of its mappings down."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest

from loas_tl.timeloop.mapper.exhaustive import Enumeration
from loas_tl.timeloop.mapper.loops import Mappings
from loas_tl.timeloop.mapper.space import Space
from loas_tl.timeloop.mapper.strategy import Setup
from loas_tl.timeloop.spec import parse_spec
from tests.mapper.examples import keeps, matmul

NOTHING = keeps("A", "B", "Z")
SPACES = {
    "one dimension of two": matmul(
        m=4, n=2, k=1, cache_constraints=NOTHING, buffer_constraints=NOTHING
    ),
    "free bypass": matmul(m=2, n=2, k=1, cache_constraints=keeps("Z")),
    "two-dimensional fan-out": matmul(
        m=2,
        n=2,
        k=2,
        mesh="meshX: 2, meshY: 2",
        cache_constraints=f"temporal: {{factors: [M=1, N=1, K=1]}}, {NOTHING}",
        buffer_constraints=f"temporal: {{factors: [M=1, N=1, K=1]}}, {NOTHING}",
    ),
    "order given": matmul(
        m=2,
        n=2,
        k=2,
        cache_constraints=f"temporal: {{permutation: [K]}}, {NOTHING}",
        buffer_constraints=f"temporal: {{factors_only: []}}, {NOTHING}",
    ),
    "sparse": matmul(
        m=2, n=2, k=1, sparse=True, cache_constraints=NOTHING, buffer_constraints=NOTHING
    ),
}


def written_down(space: Space) -> set[tuple[bytes, ...]]:
    """Every factor, order, split and choice of tensors, as canonical mappings."""
    slots = len(space.bounds.slots)
    mappings = []
    for rows in product(*(rows.tolist() for rows in space.factors)):
        factors = np.array(rows, np.int64).T
        per_slot = []
        for s in range(slots):
            first = list(space.bounds.first[s])
            rest = [d for d in range(factors.shape[1]) if d not in first]
            if space.permutes[s]:
                orders = [[*first, *order] for order in permutations(rest)]
            else:
                orders = [[*first, *rest]]
            per_slot.append([(o, split) for o in orders for split in space.bounds.splits[s]])
        choices = product(product(*per_slot), range(len(space.bounds.keeps)))
        mappings += [(factors, *zip(*choice, strict=True), keep) for choice, keep in choices]
    factors, order, split, keep = (np.stack(part, -1) for part in zip(*mappings, strict=True))
    everything = Mappings(factors, order, split, keep)
    return set(keys(space.canonical(everything.take(np.flatnonzero(space.fits(everything))))))


def keys(mappings: Mappings) -> list[tuple[bytes, ...]]:
    return [key(mappings, index) for index in range(len(mappings))]


def key(mappings: Mappings, index: int) -> tuple[bytes, ...]:
    parts = (mappings.factors, mappings.order, mappings.split, mappings.keep)
    return tuple(np.ascontiguousarray(part[..., index]).tobytes() for part in parts)


@pytest.mark.parametrize("text", SPACES.values(), ids=list(SPACES))
def test_every_mapping_is_met(text: str) -> None:
    space = Setup.of(parse_spec(text)).space
    everything = Enumeration(space)
    assert everything.countable
    met = [found for batch in everything.batches(64) for found in keys(batch)]
    assert set(met) == written_down(space)
    assert len(met) <= everything.size
    if not any(any(pins) for pins in space.pinned):
        assert len(set(met)) == len(met)


def test_batches_of_any_length_are_the_same_mappings() -> None:
    everything = Enumeration(Setup.of(parse_spec(SPACES["free bypass"])).space)
    whole = Mappings.join(list(everything.batches(10_000)))
    for at_once, first in ((7, 0), (100, 0), (50, 123)):
        parts = Mappings.join(list(everything.batches(at_once, first)))
        assert key(parts, len(parts) - 1) == key(whole, len(whole) - 1)
        if first == 0:
            np.testing.assert_array_equal(parts.order, whole.order)
            np.testing.assert_array_equal(parts.factors, whole.factors)


def test_a_large_space_is_not_counted() -> None:
    space = Setup.of(parse_spec(matmul(m=720, n=720, k=720))).space
    assert not Enumeration(space).countable
