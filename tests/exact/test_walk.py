"""Exact counts equal to a walk over every iteration, on random small specifications."""

from __future__ import annotations

import itertools
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given, settings

from loas_tl.exact import cycles
from loas_tl.exact.execute import execute_mapping, prepare
from loas_tl.exact.masks import read_masks
from loas_tl.exact.nest import build_nest
from loas_tl.exact.result import ExactResult
from loas_tl.timeloop.errors import MappingError
from loas_tl.timeloop.native.mapping import build_mapping
from loas_tl.timeloop.native.resolve import build_machine
from loas_tl.timeloop.spec import parse_spec
from tests.exact.examples import Example
from tests.exact.walk import Walk

SPECS = 500
BATCHES = 20


def both(
    seed: int, most: int = 50, *, idle: bool = False
) -> tuple[Any, Any, ExactResult, Walk] | None:
    """A random example executed and walked; None where its formats have too few ranks."""
    example = Example(seed, most, idle=idle)
    spec = parse_spec(example.text)
    machine = build_machine(spec)
    mapping = build_mapping(machine, spec.attached())
    try:
        result = execute_mapping(machine, mapping, example.masks)
    except MappingError:
        return None
    names = [space.name for space in machine.problem.data_spaces]
    masks = read_masks(build_nest(machine, mapping), names, example.masks)
    return machine, mapping, result, Walk(machine, mapping, [masks[t] for t in range(len(names))])


def compare(machine: Any, mapping: Any, result: ExactResult, walk: Walk) -> set[str]:
    """Assert that everything is equal; returns which formats and kinds of action occurred."""
    seen = set()
    computes, busy = walk.computes()
    for kind, count in computes.items():
        assert getattr(result.computes, kind) == count, ("computes", kind)
    compare_cycles(machine, result, walk, busy)
    for level, storage in enumerate(machine.levels):
        for tensor, space in enumerate(machine.problem.data_spaces):
            if not mapping.levels[level].keep[tensor]:
                continue
            counted = result.levels[storage.name].tensors[space.name]
            where = (storage.name, space.name)
            data, metadata = walk.tensor(tensor, level)
            for action, kinds in data.items():
                for kind, count in kinds.items():
                    assert getattr(getattr(counted, action), kind) == count, (where, action, kind)
                    if count:
                        seen.add(kind)
            assert_capacity(walk, tensor, level, counted)
            for rank, actions in enumerate(metadata):
                assert counted.metadata is not None
                seen.add(storage.formats[tensor].ranks[rank].format)
                for action, parts in actions.items():
                    for part, kinds in zip(("metadata", "payload"), parts, strict=True):
                        for kind in ("actual", "gated", "skipped"):
                            words = getattr(getattr(counted.metadata, action), kind)
                            count = float(kinds[kind])
                            assert getattr(words[len(words) - 1 - rank], part) == pytest.approx(
                                count, rel=1e-12, abs=1e-9
                            ), (where, action, rank, part, kind)
    return seen


def compare_cycles(machine: Any, result: ExactResult, walk: Walk, busy: Any) -> None:
    units = result.compute_cycles
    assert units.slowest == walk.slowest(busy)
    assert units.balanced == pytest.approx(sum(busy.values()) / walk.units(), rel=1e-12)
    assert units.slowest >= units.balanced
    assert units.imbalance == (units.slowest / units.balanced if units.balanced else 1)
    waiting = {
        storage.name: float(walk.waiting(level)) for level, storage in enumerate(machine.levels)
    }
    for name, level in result.levels.items():
        assert level.cycles == pytest.approx(waiting[name], rel=1e-12)
    latency = sum(storage.latency for storage in machine.levels)
    longest = max(waiting.values())
    assert result.cycles == pytest.approx(max(units.slowest, longest) + latency, rel=1e-12)
    assert result.balanced_cycles == pytest.approx(
        max(units.balanced, longest) + latency, rel=1e-12
    )


def assert_capacity(walk: Walk, tensor: int, level: int, counted: Any) -> None:
    held = walk.held_tiles(tensor, level)
    if counted.metadata is None:
        assert counted.capacity_max == counted.capacity_mean == counted.tile_size
        return
    words = [walk._nonzeros(tensor, level, tile) for tile in held] or [0]
    assert counted.capacity_max == max(words)
    assert counted.capacity_mean == pytest.approx(sum(words) / len(words), rel=1e-12)
    tiles = [walk.metadata_of_tile(tensor, level, tile) for tile in held]
    for rank, capacity in enumerate(reversed(counted.metadata.capacity_max)):
        assert capacity.metadata == pytest.approx(
            float(max((tile[rank][0] for tile in tiles), default=0))
        )
        assert capacity.payload == pytest.approx(
            float(max((tile[rank][1] for tile in tiles), default=0))
        )
    tiles_held = counted.instances * len(walk.tiles(tensor, level))
    copies = 1
    for where, _, bound, axis in walk.loops:
        copies *= bound if axis and where > level else 1
    assert tiles_held == pytest.approx(copies * len(held))


@pytest.mark.parametrize("batch", range(BATCHES))
def test_500_random_specifications_and_tensors(batch: int) -> None:
    done = 0
    seed = 10_000 * batch
    while done < SPECS // BATCHES:
        pair = both(seed)
        seed += 1
        if pair is not None:
            compare(*pair)
            done += 1


@pytest.mark.parametrize("batch", range(6))
@settings(max_examples=25, deadline=None)
@given(number=st.integers(0, 2**29 - 1))
def test_loops_of_dimensions_that_neither_operand_has(batch: int, number: int) -> None:
    pair = both(6 * number + batch, idle=True)
    assume(pair is not None)
    assert pair is not None
    compare(*pair)
    assert pair[3].idle_loops()


def test_examples_have_such_loops_at_every_position() -> None:
    seen = {
        (len(loops), *loop)
        for pair in (both(seed, idle=True) for seed in range(300))
        if pair is not None
        for loops in [pair[3].idle_loops()]
        for loop in loops
    }
    # In time and in space; outermost, between others and innermost; of the output's dimensions,
    # and of none's; alone of their kind and beside others.
    for place in itertools.product(
        (1, 2), (False, True), ((False, True), (True, True), (True, False)), (False, True)
    ):
        count, space, (outside, inside), output = place
        assert (count, space, outside, inside, output) in seen


def test_examples_have_every_format_and_kind() -> None:
    wanted = {"uop", "cp", "b", "ub", "rle", "actual", "gated", "skipped"}
    seen: set[str] = set()
    seed = 0
    while not seen >= wanted and seed < 200:
        pair = both(seed)
        if pair is not None:
            seen |= compare(*pair)
        seed += 1
    assert seen >= wanted


def test_rules_meet_as_many_words_as_a_walk_does() -> None:
    """Of each condition all that one event meets, with the whole block of what it asks for."""
    found = wider = 0
    for seed in range(150):
        example = Example(seed, 50)
        spec = parse_spec(example.text)
        machine = build_machine(spec)
        mapping = build_mapping(machine, spec.attached())
        try:
            prepared = prepare(machine, mapping, example.masks)
        except MappingError:
            continue
        masks = prepared.counter.masks
        walk = Walk(machine, mapping, [masks[t] for t in range(len(masks))])
        for (level, target), rule in prepared.rules.items():
            for met in rule.met:
                events = walk.events[target, level]
                words = max(len(walk._met(target, level, event, met.tensor)) for event in events)
                assert met.words == words
                found += 1
                wider += machine.levels[level].block_size > 1 and words > 1
    assert found > 60
    assert wider > 10


@pytest.mark.parametrize("batch", range(6))
def test_cutting_into_pieces_changes_nothing(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cycles, "LARGEST", 4)
    for seed in range(10 * batch, 10 * batch + 10):
        pair = both(seed)
        if pair is not None:
            compare(*pair)
