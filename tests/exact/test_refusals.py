"""What is not executed is refused by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from loas_tl.exact import execute
from loas_tl.exact.execute import execute_mapping
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.errors import EngineError, MappingError
from loas_tl.timeloop.native.mapping import LevelMapping, Mapping, build_mapping
from loas_tl.timeloop.native.resolve import build_machine
from loas_tl.timeloop.spec import parse_spec
from tests.exact.test_execute import SPEC, A, B

DENSE = re.sub(r"    sparse_optimizations:\n( {6}.*\n)+", "", SPEC)
ACTION = """    sparse_optimizations:
      action_optimization: [{type: gating, options: [{target: B, condition_on: [A]}]}]
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[[[M]], [[K]]]", "[[[K]], [[K]]]"),  # twice by one dimension
        ("[[[M]], [[K]]]", "[[[M]], [[M], [K]]]"),
        ("[[[M]], [[N]]]", "[[[M], [N]]]"),  # written by sums
    ],
)
def test_indices_that_are_not_executed(before: str, after: str) -> None:
    with pytest.raises(InputError, match="is indexed twice by one dimension, backwards, or"):
        execute(parse_spec(DENSE.replace(before, after)), {"A": A, "B": B})


def test_one_operand_is_not_enough() -> None:
    text = DENSE.replace("    - {name: B, projection: [[[K]], [[N]]]}\n", "")
    with pytest.raises(EngineError, match="expected two read-only tensors, this problem has 1"):
        execute(parse_spec(text), {"A": A})
    text = DENSE.replace("    - {name: Z", "    - {name: C, projection: [[[K]]]}\n    - {name: Z")
    with pytest.raises(EngineError, match="this problem has 3"):
        execute(parse_spec(text), {"A": A, "B": B, "C": B[:, 0]})


def test_tensors_that_are_too_large_are_refused_by_their_shapes() -> None:
    text = DENSE.replace("M: 4", f"M: {2**30}").replace("M=2, N=2", f"M={2**29}, N=2")
    with pytest.raises(InputError, match="what is known of the words of its tensors"):
        execute(parse_spec(text), {"A": A, "B": B})


def changed(text: str, change: Callable[[int, LevelMapping], LevelMapping]) -> None:
    """Executes a mapping with its levels changed."""
    spec = parse_spec(text)
    attached = spec.attached()
    machine = build_machine(spec, attached=attached)
    levels = build_mapping(machine, attached).levels
    mapping = Mapping(tuple(change(number, level) for number, level in enumerate(levels)))
    execute_mapping(machine, mapping, {"A": A, "B": B})


def test_a_tensor_that_nothing_keeps() -> None:
    with pytest.raises(MappingError, match="A is kept nowhere"):
        changed(DENSE, lambda _, level: replace(level, keep=(False, *level.keep[1:])))


def test_updates_that_are_not_added_up() -> None:
    with pytest.raises(InputError, match="Buffer: no_coalesce is not executed"):
        changed(DENSE, lambda n, level: level if n else replace(level, no_coalesce=frozenset({2})))


def test_loops_that_run_short() -> None:
    text = DENSE.replace("M: 4", "M: 3").replace("factors: [M=2, N=1", "factors: ['M=2,1', N=1")
    with pytest.raises(InputError, match="loops that run short"):
        execute(parse_spec(text), {"A": A[:3], "B": B})


def test_an_option_whose_target_is_kept_further_inside() -> None:
    text = DENSE.replace("  - !Container", f"{ACTION}  - !Container")
    changed(text, lambda _, level: level)
    with pytest.raises(MappingError, match="for B does not have a source storage") as raised:
        changed(text, lambda n, level: level if n < 2 else replace(level, keep=(True, False, True)))
    assert raised.value.level == "DRAM"


def test_a_tile_that_is_passed_on_is_not_dropped() -> None:
    def dropped(text: str) -> None:
        changed(
            text, lambda n, level: level if n else replace(level, no_temporal_reuse=frozenset({1}))
        )

    with pytest.raises(InputError, match="no_reuse of a tile that neighbours pass on"):
        dropped(DENSE)
    dropped(DENSE.replace("factors: [M=2, N=1", "no_link_transfer: [B], factors: [M=2, N=1"))


def test_a_rule_for_shared_words_of_a_window() -> None:
    # Units at (M, K) = (0, 1) and (1, 0) want the same word.
    text = DENSE.replace("[[[M]], [[K]]]", "[[[M], [K]]]").replace("meshX: 2", "meshX: 4")
    text = text.replace("M=2, N=2, K=1", "M=2, N=2, K=2").replace("M=2, N=1, K=1", "M=2, N=1, K=2")
    text = text.replace("K=4", "K=1")
    tensors = {"A": np.ones(7, bool), "B": B}
    execute(parse_spec(text), tensors)
    action = ACTION.replace("target: B, condition_on: [A]", "target: A, condition_on: [B]")
    with pytest.raises(InputError, match="a rule for A, of which copies share words of a window"):
        execute(parse_spec(text.replace("  - !Container", f"{action}  - !Container")), tensors)
