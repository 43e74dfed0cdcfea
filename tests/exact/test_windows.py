"""Tensors indexed by sums: a convolution as it is written, held against a plain walk."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.exact.execute import execute_mapping
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.native.mapping import Mapping
from loas_tl.timeloop.native.tiles import projections
from tests.engine.native.nests import random_nest


def convolution(seed: int, *, denied: bool = False) -> tuple[Machine, Mapping]:
    """A random small convolution whose neighbours pass nothing on.

    Args:
        seed: of random numbers.
        denied: have some levels send A to each element by itself, or drop its tiles at each step.
    """
    machine, mapping = random_nest(4 * seed + 3)
    rng = np.random.default_rng(seed)

    levels = []
    for hardware, level in zip(machine.levels, mapping.levels, strict=True):
        no = frozenset({0} if denied and rng.random() < 0.5 else ())
        multicast, reuse = (no, frozenset()) if hardware.spatial else (frozenset(), no)
        levels.append(
            replace(
                level,
                no_link_transfer=frozenset({0, 1, 2}),
                no_multicast=multicast,
                no_temporal_reuse=reuse,
            )
        )
    gating = replace(machine.compute, gating=True)
    return replace(machine, compute=gating), Mapping(tuple(levels))


def operands(machine: Machine, seed: int) -> tuple[Any, Any]:
    """A and B, about half of them zero."""
    rng = np.random.default_rng(seed)
    sizes = machine.problem.sizes
    window = machine.problem.coefficients["stride"] * (sizes["P"] - 1) + sizes["R"]
    a = rng.random((sizes["C"], window)) < 0.5
    return a, rng.random((sizes["M"], sizes["C"], sizes["R"])) < 0.5


def plain_moves(machine: Machine, mapping: Mapping, tensor: int) -> dict[int, list[int]]:
    """Words that leave each level and that arrive in it, over all copies; every step walked."""
    projection = projections(machine.problem)[tensor]
    loops = []
    stride = [1] * len(machine.problem.dimensions)
    for number, level in enumerate(mapping.levels):
        for loop in level.loops:
            loops.append((number, loop.dimension, loop.bound, loop.axis, stride[loop.dimension]))
            stride[loop.dimension] *= loop.bound
    loops.reverse()

    def points(some: list[Any]) -> Any:
        for digits in itertools.product(*(range(loop[2]) for loop in some)):
            point = [0] * len(stride)
            for digit, loop in zip(digits, some, strict=True):
                point[loop[1]] += digit * loop[4]
            yield digits, point

    def word(*parts: list[int]) -> tuple[int, ...]:
        point = [sum(each) for each in zip(*parts, strict=True)]
        return tuple(
            sum(c * i for c, i in zip(rank, point, strict=True)) for rank in projection.coefficients
        )

    kept = [number for number, level in enumerate(mapping.levels) if level.keep[tensor]]
    moved = {number: [0, 0] for number in kept}
    for inner, outer in itertools.pairwise([-1, *kept]):
        inside = [loop for loop in loops if loop[0] <= inner]
        time = [loop for loop in loops if loop[0] > inner and not loop[3]]
        space = [loop for loop in loops if loop[0] > inner and loop[3]]
        outside = sum(loop[0] > outer for loop in space)
        stays = inner >= 0 and tensor not in mapping.levels[inner].no_temporal_reuse
        multicast = all(
            tensor not in level.no_multicast for level in mapping.levels[inner + 1 : outer + 1]
        )
        held: dict[Any, frozenset[Any]] = {}
        for _, now in points(time):
            wanted: Counter[Any] = Counter()
            for copy, there in points(space):
                tile = frozenset(word(now, there, offset) for _, offset in points(inside))
                before = held.get(copy, frozenset()) if stays else frozenset()
                held[copy] = tile
                wanted[copy[:outside] if multicast else copy, tile, before] += 1
            for (_, tile, before), copies in wanted.items():
                moved[outer][0] += len(tile - before)
                if inner >= 0:
                    moved[inner][1] += len(tile - before) * copies
    return moved


@settings(max_examples=120, deadline=None)
@given(seed=st.integers(0, 20_000), denied=st.booleans())
def test_words_move_as_in_a_walk_of_every_step(seed: int, denied: bool) -> None:
    machine, mapping = convolution(seed, denied=denied)
    a, b = operands(machine, seed)
    result = execute_mapping(machine, mapping, {"A": a, "B": b})
    for number, (reads, fills) in plain_moves(machine, mapping, 0).items():
        counted = result.levels[machine.levels[number].name].tensors["A"]
        assert (counted.reads.actual, counted.fills.actual) == (reads, fills)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 20_000))
def test_computes_are_those_of_the_convolution(seed: int) -> None:
    machine, mapping = convolution(seed)
    a, b = operands(machine, seed)
    result = execute_mapping(machine, mapping, {"A": a, "B": b})
    step = machine.problem.coefficients["stride"]
    sizes = machine.problem.sizes
    done = sum(
        int((a[:, p * step : p * step + sizes["R"]] & b[m]).sum())
        for p in range(sizes["P"])
        for m in range(sizes["M"])
    )
    assert result.computes.actual == done


def test_a_tensor_has_the_shape_that_its_sums_reach() -> None:
    machine, mapping = convolution(1)
    a, b = operands(machine, 1)
    with pytest.raises(InputError, match="A has the shape"):
        execute_mapping(machine, mapping, {"A": a[:, :-1], "B": b})
