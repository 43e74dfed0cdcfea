from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loas_tl.timeloop.mapper import arithmetic, seen
from loas_tl.timeloop.mapper.arithmetic import unique_rows
from loas_tl.timeloop.mapper.seen import Seen, hashes_of
from loas_tl.timeloop.mapper.strategy import Setup
from loas_tl.timeloop.spec import parse_spec
from tests.mapper.examples import matmul, some


@given(st.lists(st.lists(st.integers(0, 50), max_size=30), max_size=12))
def test_it_is_a_set(batches: list[list[int]]) -> None:
    known: set[int] = set()
    remembered = Seen()
    for batch in batches:
        new = remembered.add(np.array(batch, np.uint64)).tolist()
        expected = []
        for number in batch:
            expected.append(number not in known)
            known.add(number)
        assert new == expected
    assert sum(block.size for block in remembered.blocks) == len(known)


def test_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "MOST_REMEMBERED", 100)
    remembered = Seen()
    for first in range(0, 2000, 40):
        remembered.add(np.arange(first, first + 40, dtype=np.uint64))
    assert sum(block.size for block in remembered.blocks) <= 200
    assert not remembered.add(np.arange(1990, 2000, dtype=np.uint64)).any()


def test_different_mappings_have_different_hashes() -> None:
    mappings = some(Setup.of(parse_spec(matmul(m=12, n=12, k=12))), 3000, 0)
    _, group = unique_rows(
        np.concatenate(
            [
                mappings.factors.reshape(-1, len(mappings)),
                mappings.order.reshape(-1, len(mappings)),
                mappings.split,
                mappings.keep[np.newaxis],
            ]
        )
    )
    assert len(np.unique(hashes_of(mappings))) == group.max() + 1


@given(st.integers(1, 4), st.integers(1, 40), st.integers(0, 2**32))
def test_columns_are_told_apart(rows: int, columns: int, seed: int) -> None:
    table = np.random.default_rng(seed).integers(0, 3, size=(rows, columns))
    first, group = unique_rows(table)
    np.testing.assert_array_equal(table[:, first[group]], table)
    assert len(first) == len({tuple(column) for column in table.T.tolist()})


def test_columns_of_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    table = np.random.default_rng(0).integers(0, 3, size=(3, 40))
    expected = unique_rows(table)[1]
    monkeypatch.setattr(
        arithmetic, "hash_columns", lambda rows: np.zeros(rows.shape[-1], np.uint64)
    )
    first, group = unique_rows(table)
    np.testing.assert_array_equal(table[:, first[group]], table)
    assert len(first) == expected.max() + 1
