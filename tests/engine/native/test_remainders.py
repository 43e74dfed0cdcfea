"""Loops that run short at the end of their dimension."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.errors import EngineError
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.native.mapping import Loop, Mapping, check_mapping
from loas_tl.timeloop.native.nest import analyse
from loas_tl.timeloop.native.remainders import ShortWalk, short_nest
from loas_tl.timeloop.native.tiles import projections
from loas_tl.timeloop.spec import parse_spec
from tests.engine.native.compare import differences, figures, rounded
from tests.engine.native.generate import random_spec, text
from tests.engine.native.nests import denied, random_nest
from tests.engine.native.short_walk import PlainWalk
from tests.timeloop_runs import load

RUNS = load("timeloop_short.json.xz")


def shortened(seed: int) -> tuple[Machine, Mapping] | None:
    """A random nest some of whose loops run short, with the problem that it then covers."""
    machine, mapping = random_nest(seed)
    rng = random.Random(seed)  # noqa: S311
    levels = [
        replace(
            level,
            temporal=tuple(_shorter(rng, loop) for loop in level.temporal),
            spatial=tuple(_shorter(rng, loop) for loop in level.spatial),
        )
        for level in mapping.levels
    ]
    short = Mapping(tuple(levels))
    sizes = dict(machine.problem.sizes)
    for d, name in enumerate(machine.problem.dimensions):
        reached = 0
        for level in reversed(short.levels):
            for loop in reversed(level.loops):
                if loop.dimension == d:
                    reached = reached * loop.bound + loop.last - 1
        sizes[name] = reached + 1
    machine = replace(machine, problem=replace(machine.problem, sizes=sizes))
    try:
        short_nest(short, len(machine.problem.dimensions))
    except EngineError:
        return None
    return machine, short


def _shorter(rng: random.Random, loop: Loop) -> Loop:
    if loop.bound == 1 or rng.random() < 0.5:
        return loop
    return replace(loop, residual=rng.randint(1, loop.bound))


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 100_000), deny=st.booleans())
@example(seed=1879, deny=False)  # tiles whose middle moves by half a word
@example(seed=1983, deny=False)
def test_each_run_counts_as_if_it_were_run_by_itself(seed: int, deny: bool) -> None:
    found = shortened(seed)
    if found is None:
        return
    machine, mapping = found
    if deny:
        mapping = denied(machine, mapping, seed)
    check_mapping(machine, mapping)
    nest = short_nest(mapping, len(machine.problem.dimensions))
    for tensor, projection in enumerate(projections(machine.problem)):
        for level, part in enumerate(mapping.levels):
            plain = PlainWalk(machine, mapping, tensor, level)
            walk = ShortWalk(
                nest,
                level,
                projection,
                row=plain.row,
                stays=plain.stays,
                multicast=tensor not in part.no_multicast,
                links=tensor not in part.no_link_transfer,
            )
            crossing = walk.crossing()
            accesses = {size: n for size, n in crossing.accesses.items() if n}
            assert accesses == {size: n for size, n in plain.accesses.items() if n}
            assert crossing.link_transfers == plain.passed_on
            if level:
                assert walk.largest == plain.largest


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_loops_that_divide_count_as_the_closed_forms_say(seed: int) -> None:
    machine, mapping = random_nest(seed)
    nest = short_nest(mapping, len(machine.problem.dimensions))
    known = analyse(machine, mapping)
    assert nest.elements == known.units
    assert ShortWalk(nest, 0, known.projections[0]).iterations() == known.iterations


@pytest.mark.parametrize("name", RUNS)
def test_recorded_runs_of_timeloop_are_equal(name: str) -> None:
    run = RUNS[name]
    spec = parse_spec(run.spec)
    ours, theirs = evaluate(spec), run.result
    assert not differences(figures(ours), figures(theirs))
    mine, printed = rounded(ours), rounded(theirs)
    if "sparse_optimizations" not in run.spec:
        # Of dense runs it prints the most units in use, not the average.
        del mine["compute.used"], printed["compute.used"]
    assert not differences({k: round(v, 2) for k, v in mine.items()}, printed)


def test_a_short_loop_covers_what_is_left() -> None:
    spec = parse_spec(text(random_spec(5, sparse=False, short=True)))
    result = evaluate(spec)
    assert result.mapping is not None
    assert any(loop.bound != loop.last_bound for level in result.mapping for loop in level.loops)


SPEC = """
architecture:
  version: 0.4
  nodes:
  - !Component {name: Main, class: DRAM, attributes: {width: 8, datawidth: 8}}
  - !Component {name: mac, class: mac, spatial: {meshX: 4}, attributes: {datawidth: 8}}
problem:
  version: 0.4
  shape:
    dimensions: [M, K]
    data_spaces:
    - {name: A, projection: [[[M]], [[K]]]}
    - {name: B, projection: [[[K]]]}
    - {name: Z, projection: [[[M]]], read_write: true}
  instance: {M: 10, K: 1}
mapping:
- {target: Main, type: temporal, factors: [M=%s, K=1]}
- {target: mac, type: spatial, factors: ["M=%s", K=1]}
"""


def test_ten_rows_on_four_units_take_three_steps() -> None:
    result = evaluate(parse_spec(SPEC % (3, "4,2")))
    assert result.cycles == 3
    assert result.compute.instances_used == 4
    assert result.levels["Main"].tensors["A"].reads.algorithmic == 10


def test_factors_that_do_not_come_to_the_dimension_are_refused() -> None:
    with pytest.raises(InputError, match="dimension M multiply to 11, expected 10"):
        evaluate(parse_spec(SPEC % (3, "4,3")))


def test_a_spatial_loop_with_nothing_around_it_cannot_run_short() -> None:
    spec = SPEC.replace("M: 10", "M: 2") % (1, "4,2")
    with pytest.raises(EngineError, match="no loop around it walks its dimension"):
        evaluate(parse_spec(spec))


@pytest.mark.parametrize("steps", [1, 3])
def test_a_level_without_loops_in_time_has_one_of_the_last_dimension(steps: int) -> None:
    """In Timeloop, of one iteration: then a spatial loop may run short with no other around it."""
    spec = SPEC.replace("M: 10, K: 1", f"M: 2, K: {steps}").replace("[M, K]", "[K, M]", 1)
    spec = spec.replace("K=1", f"K={steps}", 1) % (1, "4,2")
    result = evaluate(parse_spec(spec))
    assert result.cycles == steps
    assert result.compute.instances_used == 4
    assert result.levels["Main"].tensors["A"].reads.algorithmic == 2 * steps
