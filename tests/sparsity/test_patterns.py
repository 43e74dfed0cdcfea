from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from loas_tl.sparsity.patterns import (
    Assigned,
    assign,
    calibrate,
    level_one,
    level_two,
    used_patterns,
)
from loas_tl.sparsity.words import from_words
from tests.sparsity import plain
from tests.sparsity.examples import spike_rows


def unpacked(patterns: NDArray[np.generic], run: int) -> list[list[list[int]]]:
    """Patterns of each run as lists of bits."""
    return [from_words(of_run[np.newaxis], run, run).astype(int).tolist() for of_run in patterns]


@settings(deadline=None)
@given(spike_rows(), st.integers(2, 17), st.integers(1, 9))
def test_a_row_takes_its_nearest_pattern(rows: NDArray[np.bool_], run: int, patterns: int) -> None:
    found = calibrate([rows], run, patterns)
    given_, bits = assign(rows, found, run), unpacked(found, run)
    padded = np.zeros((len(rows), len(found) * run), dtype=int)
    padded[:, : rows.shape[1]] = rows
    for at in range(len(found)):
        for r, row in enumerate(padded[:, at * run : (at + 1) * run].tolist()):
            pattern, plus, minus = plain.pattern_of(row, bits[at])
            assert given_.pattern[at, r] == pattern
            assert (given_.plus[at, r], given_.minus[at, r]) == (plus, minus)
            assert given_.ones[at, r] == sum(row)
            # The row is its pattern, with what it lacks added and what it has too much taken off.
            of_pattern = sum(bits[at][pattern]) if pattern >= 0 else 0
            assert of_pattern + plus - minus == sum(row)
            assert plus + minus <= sum(row)


@settings(deadline=None)
@given(spike_rows(), st.integers(1, 6), st.integers(1, 9))
def test_rows_that_come_often_are_patterns_where_there_is_room(
    rows: NDArray[np.bool_], copies: int, extra: int
) -> None:
    run = 8
    words = {tuple(row) for row in rows[:, :run].astype(int).tolist() if sum(row) > 1}
    found = calibrate([rows[:, :run]] * copies, run, len(words) + extra)
    bits = {tuple(one) for one in unpacked(found, min(run, rows.shape[1]))[0]}
    assert bits >= words
    left = assign(rows[:, :run], found, run)
    # What differs is single spikes alone.
    assert left.differences.sum() == (rows[:, :run].sum(axis=1) == 1).sum()


def test_patterns_of_one_input_are_used_on_another() -> None:
    rng = np.random.default_rng(0)
    kinds = rng.random((6, 16)) < 0.5
    first, second = (kinds[rng.integers(0, 6, 300)] ^ (rng.random((300, 16)) < 0.03) for _ in "ab")
    itself = assign(second, calibrate([second], 16, 8), 16).differences.sum()
    other = assign(second, calibrate([first], 16, 8), 16).differences.sum()
    nothing = assign(second, np.zeros((1, 8), np.uint16), 16).differences.sum()
    assert itself <= 1.1 * other
    assert other < 0.3 * nothing


PUBLISHED = {0.05: (2.4, 2.6), 0.1: (6.6, 3.4), 0.2: (13.9, 6.8), 0.5: (49.8, 15.6)}
"""Phi's table of random tensors: percent of ones in patterns, and of differences of both signs."""


@pytest.mark.parametrize("density", PUBLISHED)
def test_densities_of_random_tensors_are_near_the_published_ones(density: float) -> None:
    """Of 1,024 rows, calibrated on themselves; the paper does not say how many it took."""
    rows = np.random.default_rng(0).random((1024, 16 * 24)) < density
    found = assign(rows, calibrate([rows]))
    percent = 100 / rows.size
    ones, differences = PUBLISHED[density]
    in_patterns = (found.ones - found.plus + found.minus).sum() * percent
    assert in_patterns == pytest.approx(ones, rel=0.1)
    assert found.differences.sum() * percent == pytest.approx(differences, rel=0.1)


@settings(deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 16), min_size=12, max_size=12), min_size=1, max_size=20),
    st.integers(1, 14),
    st.integers(1, 9),
)
def test_levels_take_as_long_as_spelled_out(
    differences: list[list[int]], tile: int, units: int
) -> None:
    plus = np.array(differences)
    found = Assigned(plus % 5 - 1, plus, plus, np.zeros_like(plus))
    tiles = range(0, 12, tile)
    second = [plain.packs([row[at : at + tile] for row in differences], units) for at in tiles]
    assert level_two(found, tile, units).tolist() == second
    first = []
    for at in tiles:
        cycles = 0
        for row in range(at, min(at + tile, 12)):
            for scan in range(0, len(differences), 16):
                there = sum(int(p) >= 0 for p in found.pattern[scan : scan + 16, row])
                cycles += max(-(-there // units), 1)
        first.append(cycles)
    assert level_one(found, tile, units).tolist() == first
    used = [
        {int(p) for p in run[at : at + tile] if p >= 0} for run in found.pattern for at in tiles
    ]
    assert used_patterns(found, tile) == sum(map(len, used))
