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


def test_a_format_of_sums_of_indices_is_refused() -> None:
    text = SPEC.replace("projection: [[[M]], [[K]]]", "projection: [[[M], [K]]]")
    text = text.replace("{format: UOP, flattened_rankIDs: [[M]]}, ", "")
    with pytest.raises(InputError, match="a format of A, which is indexed by sums"):
        execute(parse_spec(text), {"A": np.ones(7, bool), "B": B})


def with_idle_dimension(node: str, *, of_output: bool) -> str:
    """A dimension Q of 3 that neither operand has, walked at one node."""
    text = SPEC.replace("[M, N, K]", "[M, N, K, Q]").replace("K: 4}", "K: 4, Q: 3}")
    lines = [
        line.replace("]", f", Q={3 if node in line else 1}]", 1) if "factors" in line else line
        for line in text.splitlines()
    ]
    text = "\n".join(lines).replace("meshX: 2", "meshX: 2, meshY: 3")
    text = text.replace("permutation: [M, N, K", "split: 1, permutation: [M, N, K")
    return text.replace("[[N]]], read", "[[N]], [[Q]]], read") if of_output else text


@pytest.mark.parametrize("of_output", [False, True])
@pytest.mark.parametrize(("node", "times"), [("DRAM", 3), ("Buffer", 3), ("PE", 1)])
def test_loops_of_neither_operand_take_their_cycles(
    node: str, times: int, of_output: bool, result: ExactResult
) -> None:
    text = with_idle_dimension(node, of_output=of_output)
    found = execute(parse_spec(text), {"A": A, "B": B})
    assert found.computes.actual == 3 * result.computes.actual
    assert found.compute_cycles.slowest == times * result.compute_cycles.slowest
    assert found.compute_cycles.balanced == times * result.compute_cycles.balanced
    assert found.compute_cycles.imbalance == result.compute_cycles.imbalance
    assert found.cycles == times * result.cycles
    assert found.balanced_cycles == times * result.balanced_cycles


@pytest.mark.parametrize("inner", [1, 4])
@pytest.mark.parametrize("output", [0, 1])
def test_a_single_output_that_is_zero_spares_its_computes(output: int, inner: int) -> None:
    text = SPEC.replace("M: 4, N: 2, K: 4", f"M: 1, N: 1, K: {inner}")
    text = text.replace("M=2, N=2", "M=1, N=1").replace("K=4", f"K={inner}")
    text = text.replace("M=2", "M=1").replace("condition_on: [A]", "condition_on: [Z]")
    text = text.replace("- {name: A, ranks: [{format: B}]}", "")
    text = text.replace("- {name: A, ranks: [{format: UOP, flattened_rankIDs: [[M]]}", "")
    text = text.replace(", {format: B}]}", "")
    tensors = {
        "A": np.ones((1, inner)),
        "B": np.ones((inner, 1)),
        "Z": np.full((1, 1), output),
    }
    found = execute(parse_spec(text), tensors)
    assert found.computes.actual == found.compute_cycles.slowest == output * inner


def plain(M: int, N: int, K: int, formats: str = "") -> Spec:
    """One memory and one unit."""
    return parse_spec(f"""
architecture:
  version: 0.4
  nodes:
  - !Component
    name: DRAM
    class: DRAM
    attributes: {{width: 8, datawidth: 8, metadata_storage_width: 64, metadata_datawidth: 8}}
    sparse_optimizations: {{representation_format: {{data_spaces: [{formats}]}}}}
  - !Container
    name: PE
    spatial: {{meshX: 2}}
  - !Component
    name: Register
    class: storage
    attributes: {{depth: 64, width: 8, datawidth: 8}}
    constraints: {{dataspace: {{keep: [], bypass: [A, B, Z]}}}}
  - !Component
    name: mac
    class: compute
    attributes: {{datawidth: 8}}
{SPEC[SPEC.index("problem:") : SPEC.index("  instance")]}
  instance: {{M: {M}, N: {N}, K: {K}}}
mapping:
- {{target: DRAM, type: temporal, factors: [M={M}, N={N}, K={K}], permutation: [K, N, M]}}
- {{target: PE, type: spatial, factors: [M=1, N=1, K=1], permutation: [K, N, M]}}
- {{target: Register, type: temporal, factors: [M=1, N=1, K=1], permutation: [K, N, M]}}
""")


def test_more_than_float32_counts_of_one_tensor() -> None:
    M = 2**24 + 1
    spec = plain(M, 1, 1, "{name: A, ranks: [{format: UB}, {format: B}]}")
    found = execute(spec, {"A": np.ones((M, 1), bool), "B": np.ones((1, 1), bool)})
    held = found.levels["DRAM"].tensors["A"]
    assert held.reads.actual == held.capacity_mean == held.capacity_max == M
    assert held.metadata is not None
    assert [rank.metadata for rank in held.metadata.capacity_mean] == [M, 0]
    assert found.computes.actual == found.compute_cycles.slowest == M


def test_more_than_float32_counts_before_tiles_are_paired() -> None:
    M, N, K = 4097, 4099, 3
    formats = "{name: A, ranks: [{format: UB}, {format: B}]}"
    found = execute(plain(M, N, K, formats), {"A": np.ones((M, K)), "B": np.ones((K, N))})
    assert M * N * K > 2**24
    assert found.computes.actual == found.compute_cycles.slowest == M * N * K


def test_more_than_float32_counts_in_pairs_of_tiles() -> None:
    M, N, K = 2049, 2051, 5
    text = SPEC.replace("M: 4, N: 2, K: 4", f"M: {2 * M}, N: {N}, K: {K}")
    text = text.replace("[M=2, N=2, K=1]", f"[M={M}, N={N}, K=1]").replace("K=4", f"K={K}")
    dense = {"A": np.ones((2 * M, K), bool), "B": np.ones((K, N), bool)}
    found = execute(parse_spec(text), dense)
    assert M * N * K > 2**24
    assert found.compute_cycles.slowest == found.compute_cycles.balanced == M * N * K


def test_more_than_float32_counts_in_a_sum_of_products() -> None:
    # Each product fits in float32, two of them do not. One value of A is zero, none of B.
    M, N, K = 2047, 2731, 3
    formats = ", ".join(f"{{name: {t}, ranks: [{{format: UB}}, {{format: B}}]}}" for t in "AB")
    first = np.ones((M, K), bool)
    first[0, 0] = False
    found = execute(plain(M, N, K, formats), {"A": first, "B": np.ones((K, N), bool)})
    assert M * N * K < 2**24
    assert found.compute_cycles.slowest == M * N * K


def test_more_than_float32_counts_of_all_three_tensors() -> None:
    size = 257
    text = SPEC.replace("M: 4, N: 2, K: 4", f"M: {2 * size}, N: {size}, K: {size}")
    text = text.replace("[M=2, N=2, K=1]", f"[M={size}, N={size}, K=1]")
    text = text.replace("K=4", f"K={size}").replace("{depth: 64", "{depth: 2048")
    text = text.replace("condition_on: [A]", "condition_on: [A, Z]")
    gating = "    sparse_optimizations: {compute_optimization: [{type: [gating]}]}\n"
    text = text.replace("problem:", f"{gating}problem:")
    dense = {
        "A": np.ones((2 * size, size), bool),
        "B": np.ones((size, size), bool),
        "Z": np.ones((2 * size, size), bool),
    }
    found = execute(parse_spec(text), dense)
    assert size**3 > 2**24
    assert (found.computes.actual, found.computes.gated) == (2 * size**3, 0)
    assert found.compute_cycles.slowest == size**3
