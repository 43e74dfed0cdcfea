"""Attributes of nodes as Timeloop reads them: names, aliases, defaults, checks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native.energies import dram_access, sram_access
from loas_tl.timeloop.spec.architecture import Node
from loas_tl.timeloop.spec.problem import Problem
from loas_tl.timeloop.spec.section import describe
from loas_tl.timeloop.spec.words import words

DEFAULT_WORD_BITS = 16
MAX_UNSIGNED = 2**32 - 1
"""The largest attribute that Timeloop reads; a depth of this stands for a memory without limit."""

REFUSED = words(
    "instances network_read network_fill network_drain network_update "
    "network_operand network_result network_type network_word_bits router_energy wire_energy "
    "tile_width energy_per_hop fill_latency drain_latency vector_access_energy addr_gen_energy "
    "cluster_area energy area"
)
"""Attributes that Timeloop reads and this engine does not model."""

NOT_INHERITED = words("cluster_size multiple_buffering min_utilization allow_overbooking")
"""Attributes that have a default in every storage node, which hides a container's."""


class _Reader:
    """A node's attributes with checked types."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._values: Mapping[str, Any] = node.all_attributes
        for name in NOT_INHERITED:
            if name in node.inherited and name not in node.attributes:
                raise self.fail(
                    name, "timeloopfe does not pass this on from a container; set it here"
                )
        for name in REFUSED:
            if name in self._values:
                raise self.fail(name, "not supported by the native engine")

    def fail(self, name: str, problem: str) -> InputError:
        return InputError(problem, file=self._node.file, key=f"{self._node.path}.attributes.{name}")

    def given(self, *names: str) -> str | None:
        """The first of several names of one attribute that is set."""
        return next((name for name in names if self._values.get(name) is not None), None)

    def integer(self, *names: str, default: Any, least: int = 0) -> Any:
        name = self.given(*names)
        if name is None:
            return default
        value = self._values[name]
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.fail(name, f"expected a whole number, got {describe(value)}")
        if not least <= value <= MAX_UNSIGNED:
            raise self.fail(
                name, f"expected a number from {least} to {MAX_UNSIGNED}, got {describe(value)}"
            )
        return value

    def number(self, name: str, default: Any, *, positive: bool = False) -> Any:
        if self.given(name) is None:
            return default
        value = self._values[name]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fail(name, f"expected a number, got {describe(value)}")
        if not (value > 0 if positive else value >= 0) or not value < 1e300:
            raise self.fail(name, f"expected a positive number, got {describe(value)}")
        return float(value)

    def flag(self, name: str) -> bool:
        value = self._values.get(name)
        if value in (None, False, "False", "false"):  # 0, too
            return False
        if value in (True, "True", "true"):  # 1, too
            return True
        raise self.fail(name, f"expected true or false, got {describe(value)}")

    def text(self, name: str) -> str | None:
        value = self._values.get(name)
        return None if value is None else str(value)

    def mapping(self, name: str) -> Mapping[str, Any]:
        value = self._values.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.fail(name, f"expected a mapping, got {describe(value)}")
        return value


def compute_attributes(node: Node) -> dict[str, int]:
    """Attributes of the compute node."""
    reader = _Reader(node)
    return {"word_bits": reader.integer("word_bits", "datawidth", default=DEFAULT_WORD_BITS)}


def storage_attributes(node: Node, problem: Problem) -> dict[str, Any]:
    """Attributes of a storage node, as arguments of a storage level.

    ``access_energy`` is no such argument: pJ of an access where no table has it.

    Raises:
        InputError: An attribute is not what it must be, contradicts another, or asks for what
            this engine does not model.
    """
    reader = _Reader(node)
    if reader.flag("tile_partition_supported"):
        raise reader.fail("tile_partition_supported", "not supported (neither by Timeloop)")
    dram = "DRAM" in node.component_class or reader.text("technology") == "DRAM"
    word_bits = reader.integer("word_bits", "word_width", "datawidth", default=16, least=1)
    block_size, cluster_size = _blocks(reader, word_bits)
    if dram and cluster_size != 1:
        raise reader.fail("cluster_size", "a DRAM has clusters of one")
    size = _size(reader, block_size, word_bits)
    buffering = reader.number("multiple_buffering", 1.0, positive=True)
    min_utilization = reader.number("min_utilization", 0.0)
    if min_utilization and size is None:
        raise reader.fail("min_utilization", "expected a depth, too")
    metadata = _metadata(reader, buffering)
    half = reader.number("bandwidth", 0.0) / 2 if reader.given("bandwidth") else None
    values = {
        "word_bits": word_bits,
        "block_size": block_size,
        "cluster_size": cluster_size,
        "memory_size": size,
        "size": None if size is None else _shared(size, buffering),
        "multiple_buffering": buffering,
        "overbooking": reader.flag("allow_overbooking"),
        "min_utilization": min_utilization,
        "read_bandwidth": reader.number("read_bandwidth", half),
        "write_bandwidth": reader.number("write_bandwidth", half),
        "shared_bandwidth": reader.number("shared_bandwidth", None),
        "bandwidth_scale": _scale(reader, problem),
        "decompression": reader.flag("decompression_supported"),
        "compression": reader.flag("compression_supported"),
        "latency": reader.integer("network_fill_latency", default=0)
        + reader.integer("network_drain_latency", default=0),
        "technology": "DRAM" if dram else "SRAM",
        **metadata,
    }
    values["access_energy"] = (
        dram_access(word_bits * block_size)
        if dram
        else sram_access(size or 0, word_bits, block_size, cluster_size)
    )
    if size is None:
        values["metadata_size_bits"] = None
    if reader.given("power_gated_at"):
        values["power_gated_at"] = reader.text("power_gated_at")
    return values


def _blocks(reader: _Reader, word_bits: int) -> tuple[int, int]:
    """Words of a block, blocks of a cluster; timeloopfe sets clusters of one."""
    cluster_size = reader.integer("cluster_size", default=1, least=1)
    block_size = reader.integer("block_size", "n_words", default=None, least=1)
    name = reader.given("width", "memory_width", "data_storage_width")
    if name is None:
        return block_size or 1, cluster_size
    width = reader.integer(name, default=0, least=1)
    words_of_line = (block_size or 1) * word_bits
    if width % words_of_line:
        raise reader.fail(name, f"{width} bits are no multiple of {words_of_line}")
    if block_size is not None:
        if words_of_line * cluster_size != width:
            raise reader.fail(name, f"{width} bits are not block_size * word bits * cluster_size")
        return block_size, cluster_size
    block_size = width // cluster_size // word_bits
    if block_size == 0:
        raise reader.fail("cluster_size", f"more clusters than words in {width} bits")
    return block_size, cluster_size


def _size(reader: _Reader, block_size: int, word_bits: int) -> int | None:
    names = [
        name
        for name in (
            reader.given("entries"),
            reader.given("depth", "memory_depth", "data_storage_depth"),
            reader.given("sizeKB"),
        )
        if name is not None
    ]
    if len(names) > 1:
        raise reader.fail(names[1], f"expected either {names[0]} or {names[1]}")
    if not names:
        return None
    value: int = reader.integer(names[0], default=0)
    if names[0] == "entries":
        return value
    if names[0] == "sizeKB":
        return value * 1024 * 8 // word_bits
    return value * block_size


def _metadata(reader: _Reader, buffering: float) -> dict[str, Any]:
    block = reader.integer("metadata_block_size", default=1, least=1)
    word_bits = reader.integer("metadata_datawidth", "metadata_word_bits", default=0)
    name = reader.given("metadata_storage_width", "metadata_width")
    width = 0 if name is None else reader.integer(name, default=0)
    if name is not None and word_bits and width % (word_bits * block):
        raise reader.fail(name, f"{width} bits are no multiple of {word_bits * block}")
    depth = reader.integer("metadata_storage_depth", "metadata_depth", default=0)
    return {
        "metadata_width": width,
        "metadata_word_bits": word_bits,
        "metadata_size_bits": _shared(depth * width, buffering),
    }


def _shared(size: int, buffering: float) -> int:
    """What one of several buffers of a memory holds."""
    return size if buffering == 1.0 else math.floor(size / buffering)


def _scale(reader: _Reader, problem: Problem) -> tuple[float, ...]:
    name = "per_dataspace_bandwidth_consumption_scale"
    given = reader.mapping(name)
    tensors = [d.name for d in problem.data_spaces]
    for tensor, value in given.items():
        if tensor not in tensors:
            raise reader.fail(f"{name}.{tensor}", f"no data space; they are {', '.join(tensors)}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e300:
            raise reader.fail(f"{name}.{tensor}", f"expected a number, got {describe(value)}")
    return tuple(float(given.get(tensor, 1.0)) for tensor in tensors)
