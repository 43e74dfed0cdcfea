"""Searching factors that do not divide, and memories that may be overbooked."""

from __future__ import annotations

import itertools
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.mapper import remainders as short
from loas_tl.timeloop.mapper import search
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.spec import Spec, parse_spec

SPEC = """
architecture:
  version: 0.4
  nodes:
  - !Component {name: Main, class: DRAM, attributes: {width: 8, datawidth: 8}}
  - !Component {name: Cache, class: storage, attributes: {depth: 64, width: 8, datawidth: 8}}
  - !Container {name: PE, spatial: {meshX: 4}}
  - !Component {name: mac, class: mac, attributes: {datawidth: 8}}
problem:
  version: 0.4
  shape:
    dimensions: [M, N]
    data_spaces:
    - {name: A, projection: [[[M]]]}
    - {name: B, projection: [[[N]]]}
    - {name: Z, projection: [[[M]], [[N]]], read_write: true}
  instance: {M: 7, N: 5}
"""
RUBY = SPEC + "mapspace: {version: 0.4, template: ruby}\n"


def plain_rows(size: int, low: list[int], high: list[int]) -> set[tuple[int, ...]]:
    """Factors that cover a dimension, tried one after the other."""
    found = set()
    for row in itertools.product(*(range(a, b + 1) for a, b in zip(low, high, strict=True))):
        left, good = size, True
        for factor in row:
            good = good and factor <= left
            left = -(-left // factor)
        if good and left == 1:
            found.add(row)
    return found


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(1, 12),
    bounds=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 9)), min_size=1, max_size=3),
)
def test_all_ways_to_cover_a_dimension_are_listed(size: int, bounds: list[tuple[int, int]]) -> None:
    low = [least for least, _ in bounds]
    high = [min(least + more, 12) for least, more in bounds]
    rows, complete = short.rows_of(size, low, high, np.random.default_rng(0))
    assert complete
    assert len(rows) == len({tuple(row) for row in rows.tolist()})
    assert {tuple(row) for row in rows.tolist()} == plain_rows(size, low, high)


@settings(max_examples=60, deadline=None)
@given(size=st.integers(1, 200), seed=st.integers(0, 1000))
def test_what_loops_run_in_the_end_comes_to_the_dimension(size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, _ = short.rows_of(size, [1] * 4, [size] * 4, rng)
    row = rows[rng.integers(len(rows))]
    assert short.covers([size], row[:, np.newaxis, np.newaxis]).all()
    last = short.last_bounds([size], row[:, np.newaxis])[:, 0]
    reached = 0
    for bound, end in zip(reversed(row.tolist()), reversed(last.tolist()), strict=True):
        assert 1 <= end <= bound
        reached = reached * bound + end - 1
    assert reached + 1 == size


def test_many_ways_are_drawn_and_all_cover() -> None:
    rows, complete = short.rows_of(5000, [1] * 5, [5000] * 5, np.random.default_rng(1))
    assert not complete
    assert len(rows) > 1000
    assert short.covers([5000], rows.T[:, np.newaxis, :]).all()


def test_up_to_100_000_ways_are_listed() -> None:
    rng = np.random.default_rng(1)
    rows, complete = short.rows_of(100_000, [1, 1], [100_000] * 2, rng)
    assert complete
    assert len(rows) == 100_000
    assert not short.rows_of(100_001, [1, 1], [100_001] * 2, rng)[1]


def test_drawn_factors_reach_their_bounds_and_keep_them() -> None:
    low, high = [2, 1, 3, 1, 1], [40, 5000, 900, 5000, 5000]
    rows, complete = short.rows_of(5000, low, high, np.random.default_rng(2))
    assert not complete
    assert rows.min(axis=0).tolist() == low
    assert (rows.max(axis=0) <= high).all()
    assert rows[:, 0].max() == 40


def as_timeloop_lists(size: int, given: list[int | None]) -> set[tuple[int, ...]]:
    """What is given cuts a dimension into parts, the others divide their number; one by one."""
    parts = size
    for factor in given:
        parts = -(-parts // (factor or 1))
    free = given.count(None)
    found = set()
    for others in itertools.product(range(1, parts + 1), repeat=free):
        if prod(others) != parts:
            continue
        rest, left, row = list(others), size, []
        for factor in given:
            row.append(min(rest.pop(0) if factor is None else factor, left))
            left = -(-left // row[-1])
        found.add(tuple(row))
    return found


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(2, 60),
    factors=st.lists(st.one_of(st.none(), st.integers(1, 12)), min_size=2, max_size=4),
)
def test_factors_beside_given_ones_are_those_of_timeloop(
    size: int, factors: list[int | None]
) -> None:
    low = [factor or 1 for factor in factors]
    high = [factor or size for factor in factors]
    parts, least, most = short.beside_given(size, factors, low, high)
    ends = [min(bound, parts) + 1 for bound in most]
    rows = itertools.product(*map(range, least, ends))
    listed = np.array([row for row in rows if prod(row) == parts], np.int64)
    found = short.with_given(size, factors, listed.reshape(-1, len(factors)))
    assert {tuple(row) for row in found.tolist()} == as_timeloop_lists(size, factors)
    assert short.covers([size], found.T[:, np.newaxis, :]).all()


def test_seven_rows_take_two_steps_on_four_elements() -> None:
    divided = search(parse_spec(SPEC), metric="cycles", max_mappings=300, jobs=1)
    found = search(parse_spec(RUBY), metric="cycles", max_mappings=300, jobs=1)
    assert divided.result.cycles == 35  # neither 7 nor 5 is divided
    assert found.result.cycles == 10
    files = found.files()
    spec = parse_spec(files["spec.yaml"])
    again = evaluate(spec)
    assert (again.cycles, again.energy_pj) == (found.result.cycles, found.result.energy_pj)


def test_bounds_on_remainders_are_refused() -> None:
    constraints = "constraints: {targets: [{target: Main, type: temporal, remainders: 2}]}\n"
    with pytest.raises(InputError, match="remainders"):
        search(parse_spec(RUBY + constraints), max_mappings=10, jobs=1)


METADATA = "metadata_storage_depth: 64, metadata_storage_width: 8, metadata_datawidth: 4"
FORMATS = """
sparse_optimizations:
  version: 0.4
  targets:
  - target: Main
    representation_format: {data_spaces: [{name: A, ranks: [{format: CP}, {format: CP}]}]}
  - target: Cache
    representation_format: {data_spaces: [{name: A, ranks: [{format: CP}]}]}
constraints:
  targets:
  - {target: Cache, type: max_overbooked_proportion, proportion: %s}
  - {target: Cache, type: dataspace, keep: [A], bypass: [B, Z]}
  - {target: Cache, type: temporal, factors: [M=12]}
  - {target: PE, type: spatial, factors: [M=1]}
"""


def overbooked(proportion: float) -> Spec:
    """Tiles of 12 words of a tensor half of whose 24 are not zero, in a memory of 8."""
    text = SPEC.replace("depth: 64", f"allow_overbooking: true, depth: 8, {METADATA}")
    text = text.replace("{width: 8, datawidth", f"{{{METADATA}, width: 8, datawidth")
    text = text.replace(
        "{M: 7, N: 5}",
        "{M: 24, N: 4, densities: {A: {distribution: hypergeometric, density: 0.5}}}",
    )
    return parse_spec(text + FORMATS % proportion)


def test_a_search_overbooks_as_far_as_it_may() -> None:
    found = search(overbooked(0.5), max_mappings=20, jobs=1)
    assert found.result.levels["Cache"].tensors["A"].capacity == 8
    with pytest.raises(InputError, match="best tile confidence"):
        search(overbooked(0.01), max_mappings=20, jobs=1)
