"""What a memory's attributes mean, and which are refused."""

from __future__ import annotations

from typing import Any

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native import build_machine, evaluate
from loas_tl.timeloop.native.machine import StorageLevel
from loas_tl.timeloop.spec import parse_spec
from tests.engine.native.test_refusals import BUFFER, WORKING

DRAM = "attributes: {width: 64, datawidth: 8"


def level(attributes: str, *, dram: bool = False) -> StorageLevel:
    """The buffer, or the DRAM, with other attributes."""
    old = DRAM if dram else BUFFER
    assert old in WORKING
    text = WORKING.replace(old, f"attributes: {{{attributes}", 1)
    return build_machine(parse_spec(text)).levels[-1 if dram else 0]


ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("depth: 6, width: 8, datawidth: 8", {"memory_size": 6, "size": 6, "block_size": 1}),
    ("depth: 6.0, width: 8, datawidth: 8", {"memory_size": 6}),
    ("memory_depth: 6, memory_width: 32, word_bits: 8", {"memory_size": 24, "block_size": 4}),
    ("depth: 6, width: 32, datawidth: 8, cluster_size: 2", {"memory_size": 12, "block_size": 2}),
    ("depth: 6, width: 32, datawidth: 8, cluster_size: 2, block_size: 2", {"cluster_size": 2}),
    ("depth: 6, datawidth: 8, n_words: 3", {"memory_size": 18, "block_size": 3}),
    ("depth: 6, datawidth: 8", {"memory_size": 6, "block_size": 1, "word_bits": 8}),
    ("entries: 6, width: 32, datawidth: 8", {"memory_size": 6, "block_size": 4}),
    ("sizeKB: 3, width: 8, word_width: 8", {"memory_size": 3 * 1024}),
    ("sizeKB: 3, width: 12, datawidth: 12", {"memory_size": 3 * 8192 // 12}),
    ("depth: 7, width: 8, datawidth: 8, multiple_buffering: 2", {"memory_size": 7, "size": 3}),
    ("width: 16", {"word_bits": 16, "memory_size": None, "size": None}),
    ("depth: 1, width: 8, datawidth: 8, bandwidth: 3",
     {"read_bandwidth": 1.5, "write_bandwidth": 1.5, "shared_bandwidth": None}),
    ("depth: 1, width: 8, datawidth: 8, bandwidth: 3, write_bandwidth: 1",
     {"read_bandwidth": 1.5, "write_bandwidth": 1.0}),
    ("depth: 1, width: 8, datawidth: 8, shared_bandwidth: 4, read_bandwidth: 0",
     {"read_bandwidth": 0.0, "write_bandwidth": None, "shared_bandwidth": 4.0}),
    ("depth: 1, width: 8, datawidth: 8, network_fill_latency: 3, network_drain_latency: 4",
     {"latency": 7}),
    ("depth: 1, width: 8, datawidth: 8", {"latency": 0, "technology": "SRAM"}),
    ("depth: 1, width: 8, datawidth: 8, allow_overbooking: 1, compression_supported: false",
     {"overbooking": True, "compression": False}),
    ("depth: 1, width: 8, datawidth: 8, allow_overbooking: 0, compression_supported: 'True'",
     {"overbooking": False, "compression": True}),
    ("depth: 1, width: 8, datawidth: 8, allow_overbooking: 'False', compression_supported: 'true'",
     {"overbooking": False, "compression": True}),
    ("depth: 1, width: 8, datawidth: 8, allow_overbooking: 'false', min_utilization: 0.5",
     {"overbooking": False, "min_utilization": 0.5}),
    ("depth: 8, width: 8, datawidth: 8, metadata_datawidth: 4, metadata_storage_width: 12, "
     "metadata_storage_depth: 5, multiple_buffering: 2",
     {"metadata_word_bits": 4, "metadata_width": 12, "metadata_size_bits": 30}),
    ("depth: 8, width: 8, datawidth: 8, metadata_word_bits: 4, metadata_width: 24, "
     "metadata_depth: 5, metadata_block_size: 3", {"metadata_size_bits": 120}),
    ("width: 8, datawidth: 8, metadata_storage_width: 12, metadata_storage_depth: 5",
     {"metadata_size_bits": None, "metadata_word_bits": 0}),
    ("depth: 1, width: 8, datawidth: 8, per_dataspace_bandwidth_consumption_scale: {B: 3, Z: 0}",
     {"bandwidth_scale": (1.0, 3.0, 0.0)}),
]  # fmt: skip


@pytest.mark.parametrize(("attributes", "expected"), ACCEPTED, ids=[a for a, _ in ACCEPTED])
def test_attributes_come_to(attributes: str, expected: dict[str, Any]) -> None:
    found = level(attributes)
    assert {name: getattr(found, name) for name in expected} == expected


WELL = "depth: 6, width: 32, datawidth: 8"
REFUSED = [
    ("depth: 6.5, width: 32, datawidth: 8", "depth: expected a whole number, got 6.5"),
    ("depth: true, width: 32, datawidth: 8", "depth: expected a whole number, got True"),
    ("depth: [], width: 32, datawidth: 8", "depth: expected a whole number"),
    ("depth: -1, width: 32, datawidth: 8", "depth: expected a number from 0 to"),
    (f"depth: {2**64}, width: 32, datawidth: 8", "depth: expected a number from 0 to"),
    ("depth: 6, width: 32, datawidth: 0", "datawidth: expected a number from 1 to"),
    (f"{WELL}, cluster_size: 0", "cluster_size: expected a number from 1 to"),
    (f"{WELL}, block_size: 0", "block_size: expected a number from 1 to"),
    (f"{WELL}, metadata_block_size: 0", "metadata_block_size: expected a number from 1 to"),
    (f"{WELL}, block_size: 2", "width: 32 bits are not block_size"),
    (f"{WELL}, cluster_size: 5", "cluster_size: more clusters than words in 32 bits"),
    ("depth: 6, width: 30, datawidth: 8", "width: 30 bits are no multiple of 8"),
    (f"{WELL}, entries: 3", "depth: expected either entries or depth"),
    (f"{WELL}, read_bandwidth: true", "read_bandwidth: expected a number, got True"),
    (f"{WELL}, read_bandwidth: [3]", "read_bandwidth: expected a number"),
    (f"{WELL}, read_bandwidth: 1e300", "read_bandwidth: expected a positive number"),
    (f"{WELL}, multiple_buffering: 0", "multiple_buffering: expected a positive number"),
    (f"{WELL}, allow_overbooking: 2", "allow_overbooking: expected true or false, got 2"),
    (f"{WELL}, tile_partition_supported: 1", "tile_partition_supported: not supported"),
    ("width: 32, datawidth: 8, min_utilization: 0.5", "min_utilization: expected a depth, too"),
    (f"{WELL}, per_dataspace_bandwidth_consumption_scale: 3", "expected a mapping, got 3"),
    (f"{WELL}, per_dataspace_bandwidth_consumption_scale: {{C: 3}}",
     "scale.C: no data space; they are A, B, Z"),
    (f"{WELL}, per_dataspace_bandwidth_consumption_scale: {{A: true}}", "scale.A: expected a numb"),
    (f"{WELL}, per_dataspace_bandwidth_consumption_scale: {{A: [1]}}", "scale.A: expected a numb"),
    (f"{WELL}, metadata_datawidth: 4, metadata_width: 12, metadata_block_size: 2",
     "metadata_width: 12 bits are no multiple of 8"),
]  # fmt: skip


@pytest.mark.parametrize(("attributes", "message"), REFUSED, ids=[m for _, m in REFUSED])
def test_attributes_that_are_refused(attributes: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        level(attributes)


def test_a_dram_is_one_by_its_class() -> None:
    found = level("width: 64, datawidth: 8", dram=True)
    assert (found.technology, found.block_size, found.size) == ("DRAM", 8, None)
    with pytest.raises(InputError, match="cluster_size: a DRAM has clusters of one"):
        level("width: 64, datawidth: 8, cluster_size: 4", dram=True)


def test_clusters_divide_the_instances() -> None:
    # Two buffers, one for each PE.
    assert level(f"{WELL}, cluster_size: 2").instances == 2
    with pytest.raises(InputError, match="expected a divisor of the 2 instances of Buffer, got 4"):
        level(f"{WELL}, cluster_size: 4")


PLACED = [
    ("  - !Container\n    name: PE", "  - !Component {name: alu, class: intmac}\n"
     "  - !Container\n    name: PE", "only the last node may be of a compute class"),
    ("  - !Container\n    name: PE\n", "  - !Nothing\n    name: PE\n", "fan-out of !Nothing"),
    ("    class: mac\n", "    class: mac\n    sparse_optimizations: {representation_format: "
     "{data_spaces: [{name: A, ranks: [{format: CP}]}]}}\n", "belong to storage nodes"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), PLACED, ids=[m for *_, m in PLACED])
def test_nodes_in_the_wrong_place(old: str, new: str, message: str) -> None:
    assert old in WORKING
    with pytest.raises(InputError, match=message):
        evaluate(parse_spec(WORKING.replace(old, new, 1)))
