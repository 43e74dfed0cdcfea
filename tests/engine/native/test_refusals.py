"""What the native engine does not model it names; what it needs it asks for."""

from __future__ import annotations

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.errors import MappingError
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.spec import parse_spec

SPEC = """
architecture:
  version: 0.4
  nodes:
  - !Container
    name: chip
    attributes: {global_cycle_seconds: 1e-9}
  - !Component
    name: DRAM
    class: DRAM
    attributes: {width: 64, datawidth: 8, metadata_storage_width: 64, metadata_datawidth: 4}
  - !Container
    name: PE
    spatial: {meshX: 2}
  - !Component
    name: Buffer
    class: storage
    attributes: {depth: 64, width: 8, datawidth: 8}
  - !Component
    name: mac
    class: mac
    attributes: {datawidth: 8}
problem:
  version: 0.4
  shape:
    dimensions: [M, N, K]
    data_spaces:
    - {name: A, projection: [[[M]], [[K]]]}
    - {name: B, projection: [[[K]], [[N]]]}
    - {name: Z, projection: [[[M]], [[N]]], read_write: true}
  instance: {M: 4, N: 2, K: 4, densities: {A: 0.5}}
mapping:
- {target: DRAM, type: temporal, factors: [M=2, N=1, K=2], permutation: [M, N, K]}
- {target: PE, type: spatial, factors: [M=1, N=2, K=1], permutation: [M, N, K]}
- {target: Buffer, type: temporal, factors: [M=2, N=1, K=2], permutation: [M, N, K]}
sparse_optimizations:
  targets:
  - target: DRAM
    representation_format:
      data_spaces:
      - name: A
        ranks:
        - {format: CP, flattened_rankIDs: [[M, K]], metadata_word_bits: 4}
        - {format: CP, flattened_rankIDs: [[M, K]], metadata_word_bits: 4}
  - target: Buffer
    action_optimization:
    - type: skipping
      options: [{target: B, condition_on: [A]}]
"""
BUFFER = "attributes: {depth: 64, width: 8, datawidth: 8"
WORKING = SPEC.replace(BUFFER, BUFFER + ", decompression_supported: true")


def test_the_specification_is_sound_but_for_what_is_compressed() -> None:
    with pytest.raises(MappingError, match="Buffer: decompression"):
        evaluate(parse_spec(SPEC))
    done = evaluate(parse_spec(WORKING))
    assert done.computes.algorithmic == 32


REFUSED = [
    (BUFFER, BUFFER + ", tile_partition_supported: true", "partition_supported: not supported"),
    (BUFFER, BUFFER + ", vector_access_energy: 3", "vector_access_energy: not supported"),
    (BUFFER, BUFFER + ", network_read: 'bus'", "network_read: not supported by the native engine"),
    (BUFFER, BUFFER + ", instances: 2", "instances: not supported by the native engine"),
    (BUFFER, BUFFER + ", sizeKB: 2", "sizeKB: expected either depth or sizeKB"),
    (BUFFER, BUFFER + ", block_size: 3", "width: 8 bits are no multiple of 24"),
    (BUFFER, BUFFER + ", read_bandwidth: fast", "read_bandwidth: 'fast' is not defined"),
    (BUFFER, BUFFER + ", read_bandwidth: -1", "read_bandwidth: expected a positive number"),
    (BUFFER, BUFFER + ", metadata_datawidth: 4, metadata_storage_width: 6", "no multiple of 4"),
    ("width: 64, datawidth: 8, ", "width: 64, datawidth: 8, cluster_size: 2, ", "clusters of one"),
    ("global_cycle_seconds: 1e-9", "multiple_buffering: 2", "does not pass this on from a contain"),
    ("metadata_storage_width: 64", "metadata_storage_width: 2", "no multiple of 4"),
    ("metadata_storage_width: 64, metadata_datawidth: 4", "technology: 1", "4 bits do not fit"),
    ("class: mac\n", "class: XY_NoC\n", "last node to be of a compute class"),
    ("  - !Component\n    name: Buffer\n", "  - !Component {name: bus, class: Legacy}\n"
     "  - !Component\n    name: Buffer\n", "can be connected to nothing in the v4 form"),
    ("type: skipping", "type: spatial_skipping", "spatial_skipping is not supported"),
    ("A: 0.5", "A: {distribution: banded, density: 0.5}", "banded is not supported by the native"),
    ("        ranks:\n", "        ranks:\n        - {format: B}\n        - {format: UOP}\n"
     "        - {format: UOP}\n", "above an uncompressed one"),
    ("factors: [M=2, N=1, K=2], permutation: [M, N, K]}\n- {target: PE",
     "factors: [M=1, N=1, K=2], permutation: [M, N, K]}\n- {target: PE",
     "factors of dimension M multiply to 2, expected 4"),
    ("factors: [M=1, N=2, K=1]", "factors: [M=1, N<=2, K=1]", "expected = in a mapping, got N<=2"),
    ("target: PE, type: spatial", "target: Buffer, type: spatial", "no spatial fan-out"),
    ("target: PE, type: spatial", "target: PE, type: temporal", "temporal.*: a container has"),
    ("target: Buffer, type: temporal", "target: mac, type: temporal", "a compute has none"),
    ("  - target: Buffer\n    action", "  - target: mac\n    action", "belong to storage nodes"),
    ("  - target: Buffer\n    action_optimization:\n    - type: skipping\n      options: "
     "[{target: B, condition_on: [A]}]", "  - target: DRAM\n    compute_optimization: "
     "[{type: gating}]", "compute_optimization belongs to the compute node"),
    ("- {target: DRAM, type", "- {target: DRAM, type: max_overbooked_proportion, proportion: 0.5}\n"
     "- {target: DRAM, type", "max_overbooked_proportion.* bounds a search"),
    ("name: B, projection", "name: C, projection", "B.*no data space"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), REFUSED, ids=[m for *_, m in REFUSED])
def test_what_is_not_modelled_is_named(old: str, new: str, message: str) -> None:
    assert old in WORKING
    with pytest.raises(InputError, match=message):
        evaluate(parse_spec(WORKING.replace(old, new, 1), file="spec.yaml"))


MAPPED = [
    ("meshX: 2", "meshX: 1", "PE: this node has no spatial fan-out"),
    ("spatial: {meshX: 2}", "spatial: {meshX: 1, meshY: 2}",
     "mac: mapped max Arithmetic X expansion 2 exceeds hardware instances 1"),
    ("depth: 64", "depth: 4", "Buffer: mapped tile size 8 exceeds buffer capacity 4"),
    ("depth: 64", "depth: 64, min_utilization: 0.5", "constrained minimum utilization 32"),
    ("- {target: DRAM, type", "- {target: DRAM, type: dataspace, bypass: [A]}\n"
     "- {target: Buffer, type: dataspace, bypass: [A]}\n- {target: DRAM, type",
     "mac: one of the tensors is bypassed in all storage levels"),
    ("        - {format: CP, flattened_rankIDs: [[M, K]], metadata_word_bits: 4}\n", "",
     "DRAM: more compression ranks needed"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), MAPPED, ids=[m for *_, m in MAPPED])
def test_mappings_that_do_not_fit_are_refused_as_timeloop_does(
    old: str, new: str, message: str
) -> None:
    assert old in WORKING
    with pytest.raises(InputError, match=message):
        evaluate(parse_spec(WORKING.replace(old, new, 1)))


@pytest.mark.parametrize(("buffering", "capacity"), [(0.5, 128), (1, 64), (2, 32)])
def test_a_memory_holds_as_many_tiles_as_it_buffers(buffering: float, capacity: int) -> None:
    text = WORKING.replace("depth: 64", f"depth: 64, multiple_buffering: {buffering}", 1)
    assert evaluate(parse_spec(text)).levels["Buffer"].capacity == capacity
    with pytest.raises(InputError, match="multiple_buffering: expected a positive number, got 0"):
        evaluate(parse_spec(WORKING.replace("depth: 64", "depth: 64, multiple_buffering: 0", 1)))


@pytest.mark.parametrize(
    ("scale", "known"), [(0, True), (0.5, True), (-0.5, False), (1e300, False)]
)
def test_bandwidth_is_scaled_by_what_is_not_negative(scale: float, known: bool) -> None:
    own = f"depth: 64, per_dataspace_bandwidth_consumption_scale: {{A: {scale}}}"
    spec = parse_spec(WORKING.replace("depth: 64", own, 1))
    if known:
        assert evaluate(spec).cycles == evaluate(parse_spec(WORKING)).cycles
    else:
        with pytest.raises(InputError, match=r"consumption_scale\.A: expected a number, got"):
            evaluate(spec)


def test_bandwidth_is_half_for_reads_and_half_for_writes() -> None:
    def cycles(limits: str) -> float:
        text = WORKING.replace("depth: 64", f"depth: 64, {limits}", 1)
        return evaluate(parse_spec(text)).cycles

    assert cycles("bandwidth: 0.5") == cycles("read_bandwidth: 0.25, write_bandwidth: 0.25")
    assert cycles("bandwidth: 0.5") > cycles("bandwidth: 1") > cycles("bandwidth: 100")


def test_a_line_has_a_bit_at_least() -> None:
    text = WORKING.replace("depth: 64, width: 8", "depth: 64, width: 0", 1)
    with pytest.raises(InputError, match="width: expected a number from 1 to"):
        evaluate(parse_spec(text))


def test_three_operands_are_dense_only() -> None:
    third = WORKING.replace(
        "    - {name: Z", "    - {name: C, projection: [[[N]]]}\n    - {name: Z"
    )
    with pytest.raises(InputError, match="need two read-only tensors, this problem has 3"):
        evaluate(parse_spec(third))
    dense = evaluate(parse_spec(third[: third.index("sparse_optimizations")]))
    assert dense.levels["Buffer"].tensors["C"].reads.actual == 16


def test_parallel_memories_share_the_tensors() -> None:
    nodes = """  - !Parallel
    nodes:
    - !Component
      name: Buffer
      class: storage
      attributes: {depth: 64, width: 8, datawidth: 8}
      constraints: {dataspace: {keep: [A, B]}}
    - !Component
      name: Other
      class: storage
      attributes: {depth: 64, width: 8, datawidth: 8}
      constraints: {dataspace: {keep: [Z]}}
"""
    single = SPEC[
        SPEC.index("  - !Component\n    name: Buffer") : SPEC.index("  - !Component\n    name: mac")
    ]
    dense = SPEC[: SPEC.index("sparse_optimizations")].replace(single, nodes)
    result = evaluate(parse_spec(dense))
    assert list(result.levels["Buffer"].tensors) == ["A", "B"]
    assert list(result.levels["Other"].tensors) == ["Z"]
    with pytest.raises(InputError, match="one child of !Parallel to keep Z, none does"):
        evaluate(parse_spec(dense.replace("{keep: [Z]}", "{keep: []}")))
    with pytest.raises(InputError, match="one child of !Parallel to keep A, several do"):
        evaluate(parse_spec(dense.replace("{keep: [Z]}", "{keep: [A, Z]}")))
