"""Hand-worked counts, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from loas_tl.exact import ExactResult, execute
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec import Spec, parse_spec

SPEC = """
architecture:
  version: 0.4
  nodes:
  - !Component
    name: DRAM
    class: DRAM
    attributes: {width: 8, datawidth: 8, metadata_storage_width: 64, metadata_datawidth: 8}
    sparse_optimizations:
      representation_format:
        data_spaces:
        - {name: A, ranks: [{format: UOP, flattened_rankIDs: [[M]]}, {format: B}]}
  - !Container
    name: PE
    spatial: {meshX: 2}
  - !Component
    name: Buffer
    class: storage
    attributes: {depth: 64, width: 8, datawidth: 8, metadata_storage_width: 64,
      metadata_storage_depth: 64, metadata_datawidth: 8}
    sparse_optimizations:
      representation_format:
        data_spaces:
        - {name: A, ranks: [{format: B}]}
      action_optimization:
      - type: skipping
        options:
        - {target: B, condition_on: [A]}
  - !Component
    name: mac
    class: compute
    attributes: {datawidth: 8}
problem:
  version: 0.4
  shape:
    name: spMspM
    dimensions: [M, N, K]
    data_spaces:
    - {name: A, projection: [[[M]], [[K]]]}
    - {name: B, projection: [[[K]], [[N]]]}
    - {name: Z, projection: [[[M]], [[N]]], read_write: true}
  instance: {M: 4, N: 2, K: 4}
mapping:
- {target: DRAM, type: temporal, factors: [M=2, N=2, K=1], permutation: [N, K, M]}
- {target: PE, type: spatial, factors: [M=2, N=1, K=1], permutation: [M, N, K]}
- {target: Buffer, type: temporal, factors: [M=1, N=1, K=4], permutation: [K, M, N]}
"""
A = np.array([[1, 1, 0, 0], [0, 0, 0, 0], [1, 0, 1, 1], [0, 1, 0, 0]], bool)
B = np.array([[1, 0], [1, 1], [0, 0], [1, 0]], bool)


def spec() -> Spec:
    return parse_spec(SPEC)


@pytest.fixture(name="result")
def _result() -> ExactResult:
    return execute(spec(), {"A": A, "B": B})


def test_a_format_moves_only_what_is_not_zero(result: ExactResult) -> None:
    # Each PE's row of A is read once and stays for both columns.
    reads = result.levels["DRAM"].tensors["A"].reads
    assert (reads.algorithmic, reads.actual) == (16, 6)
    # UOP: both rows' ends and one more, each of the two rows of PEs' tiles together: 4 + 1.
    metadata = result.levels["DRAM"].tensors["A"].metadata
    assert metadata is not None
    assert [rank.payload for rank in metadata.reads.actual] == [5, 0]
    # B: 4 bits of each of the three rows that are not empty.
    assert [rank.metadata for rank in metadata.reads.actual] == [0, 12]


def test_an_empty_tile_is_never_sent(result: ExactResult) -> None:
    held = result.levels["Buffer"].tensors["A"]
    assert held.fills.actual == 6
    assert held.instances == 2 * 3 / 4
    assert (held.capacity_mean, held.capacity_max) == (2, 3)


def test_a_skipped_read_and_its_compute(result: ExactResult) -> None:
    # B is read where A is not zero: 6 words of A, each for two columns.
    reads = result.levels["Buffer"].tensors["B"].reads
    assert (reads.algorithmic, reads.actual, reads.skipped) == (32, 12, 20)
    # B stays as it is, zeros included, so all of these computes are done.
    assert (result.computes.algorithmic, result.computes.actual) == (32, 12)


def test_each_step_waits_for_the_slowest(result: ExactResult) -> None:
    # Rows 0 and 1 side by side: 2 and 0; rows 2 and 3: 3 and 1; for each of two columns.
    assert result.compute_cycles.slowest == 2 * (2 + 3)
    assert result.compute_cycles.balanced == 12 / 2
    assert result.compute_cycles.imbalance == pytest.approx(10 / 6)
    assert result.cycles == 10


def test_values_may_be_numbers() -> None:
    weights = B.astype(np.int8) * -3
    assert execute(spec(), {"A": A, "B": weights}) == execute(spec(), {"A": A, "B": B})


@pytest.mark.parametrize(
    ("tensors", "words"),
    [
        ({"A": A}, "no values given for the tensor B"),
        ({"A": A, "B": B.T}, r"B has the shape \(2, 4\); expected \(4, 2\)"),
        ({"A": A, "B": B, "C": B}, "'C' is no data space"),
    ],
)
def test_wrong_tensors_are_refused(
    tensors: dict[str, np.typing.NDArray[np.bool_]], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        execute(spec(), tensors)


def test_sums_of_indices_are_refused() -> None:
    text = SPEC.replace("projection: [[[M]], [[K]]]", "projection: [[[M], [K]]]")
    text = text.replace("{format: UOP, flattened_rankIDs: [[M]]}, ", "")
    with pytest.raises(InputError, match="A is indexed by sums"):
        execute(parse_spec(text), {"A": np.ones(7, bool), "B": B})
