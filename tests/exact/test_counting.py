"""Figures that are asked for one by one are those of the whole."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.exact.execute import count, prepare
from loas_tl.exact.windows import distinct_in_tiles, words_of
from loas_tl.timeloop.errors import MappingError
from loas_tl.timeloop.native.mapping import build_mapping
from loas_tl.timeloop.native.resolve import build_machine
from loas_tl.timeloop.spec import parse_spec
from tests.exact.examples import Example
from tests.exact.test_windows import convolution, operands


def test_what_leaves_a_level_is_what_it_is_read_or_updated() -> None:
    compared = 0
    for example in (Example(seed, 50) for seed in range(40)):
        spec = parse_spec(example.text)
        machine = build_machine(spec)
        try:
            prepared = prepare(machine, build_mapping(machine, spec.attached()), example.masks)
        except MappingError:
            continue  # a format with too few ranks
        result = count(prepared)
        for number, level in enumerate(machine.levels):
            for tensor, space in enumerate(machine.problem.data_spaces):
                if prepared.counter.nest.keep[number][tensor]:
                    whole = result.levels[level.name].tensors[space.name]
                    leaving = prepared.counter.leaving(number, tensor, prepared.rules)
                    assert leaving == (whole.updates if space.read_write else whole.reads)
                    compared += 1
    assert compared > 100


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 20_000))
def test_words_of_a_window_count_once_in_each_tile(seed: int) -> None:
    machine, mapping = convolution(seed)
    a, b = operands(machine, seed)
    counter = prepare(machine, mapping, {"A": a, "B": b}).counter
    nest, tensor = counter.nest, 0
    mask = counter.masks[tensor]
    for level in nest.kept(tensor):
        inside = nest.inside(level)
        sides = [nest.product(inside, [d]) for d in nest.tensors[tensor]]
        expected = []
        most = 0
        for corner in np.ndindex(*(n // side for n, side in zip(mask.shape, sides, strict=True))):
            words, held = set(), set()
            for offset in np.ndindex(*sides):
                place = tuple(
                    c * side + o for c, side, o in zip(corner, sides, offset, strict=True)
                )
                at = dict(zip(nest.tensors[tensor], place, strict=True))
                word = tuple(sum(times * at[d] for d, times in rank) for rank in nest.ranks[tensor])
                words.add(word)
                if mask[place]:
                    held.add(word)
            expected.append(len(held))
            most = max(most, len(words))
        assert distinct_in_tiles(nest, tensor, mask, inside).tolist() == expected
        assert words_of(nest, tensor, inside) == most
