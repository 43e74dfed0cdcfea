"""The page on what one may rely on names the bounds that the code has."""

from __future__ import annotations

import pytest

from loas_tl.cli import codes, main
from loas_tl.exploration import ranges, samplers
from loas_tl.ground import errors, memory, yaml_tree
from loas_tl.timeloop.spec import architecture, expressions, functions, problem, section
from loas_tl.timeloop.spec.top import budget, sandbox
from tests.documentation.blocks import ROOT

PAGE = ROOT / "docs" / "robustness.md"
MIB = 2**20

pytestmark = pytest.mark.skipif(
    not PAGE.is_file(), reason="the documentation is not beside the tests"
)


@pytest.mark.parametrize(
    "said",
    [
        f"| {codes.MENDABLE} | something that the user can mend",
        f"| {codes.INTERRUPTED} | Ctrl-C",
        f"| {codes.FAULTY} | a fault of loas-tl's own",
        f"one line of {errors.MOST} characters",
        f"`{main.TRACEBACK}`",
        f"may take {memory.CEILING / 1e9:g} GB",
        f"{yaml_tree.MAX_BYTES // MIB} MiB, {yaml_tree.MAX_DEPTH} levels deep, "
        f"{yaml_tree.MAX_NODES:,} values",
        f"{yaml_tree.MAX_DIGITS} digits",
        f"{expressions.MAX_LENGTH:,} characters, {expressions.MAX_STEPS:,} steps, "
        f"{functions.MAX_BITS:,} bits",
        f"{budget.MAX_SECONDS:g} s of processor time, {budget.MAX_WAIT:g} s in all, "
        f"{budget.MAX_CHARACTERS // MIB} MiB of text, {budget.MAX_FILES:,} files, "
        f"{budget.MAX_INCLUDES} includes deep, {sandbox.MAX_SOURCE // MIB} MiB a source",
        f"{problem.MAX_DIMENSIONS} dimensions, {problem.MAX_DATA_SPACES} data spaces, "
        f"{architecture.MAX_NODES} nodes, whole numbers to {section.MAX_INTEGER:,}",
        f"{samplers.MOST_POINTS:,} points",
    ],
)
def test_a_bound_is_that_of_the_code(said: str) -> None:
    assert said in " ".join(PAGE.read_text(encoding="utf-8").split())


def test_values_of_a_key_are_as_many_as_points() -> None:
    assert ranges.MOST_VALUES == samplers.MOST_POINTS
