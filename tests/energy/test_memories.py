"""Buffers and the FiberCache: what an access of each kind costs."""

from __future__ import annotations

import pytest

from loas_tl.components.buffers import (
    AccumulatorBank,
    PackedSpikeBuffer,
    PeRegisterFile,
    PeScratchpad,
)
from loas_tl.components.cache import FiberCache, FiberCacheBank
from loas_tl.components.circuits import LaggyPrefixSum
from loas_tl.components.component import Component
from loas_tl.components.fabric import HbmChannel
from loas_tl.components.primitives import Accumulator, Register, Scratchpad
from loas_tl.components.units import in_pJ


def energies(component: Component) -> dict[str, float]:
    return {name: in_pJ(component.energy(name)) for name in component.actions()}


def test_bitmask_pointer_and_value_are_priced_apart() -> None:
    buffer = PackedSpikeBuffer(
        width=8,
        depth=128,
        metadata_storage_width=128,
        metadata_storage_depth=2,
        pointer_width=16,
    )
    costs = energies(buffer)
    value = in_pJ(Scratchpad(bits=1024).energy("access"))
    bitmask = in_pJ(Register(width=128).energy("access"))
    pointer = in_pJ(Register(width=16).energy("access"))
    for action in ("read", "write", "update"):
        assert costs[action] == pytest.approx(value)
        assert costs[f"metadata_{action}"] == pytest.approx(bitmask)
    assert costs["pointer_read"] == costs["pointer_write"] == pytest.approx(pointer)
    for action in ("compress", "decompress", "compression_count", "decompression_count"):
        assert costs[action] == pytest.approx(value + bitmask + pointer)
    assert buffer.area == pytest.approx(
        float(Scratchpad(bits=1024).area)
        + 2 * float(Register(width=128).area)
        + 2 * float(Register(width=16).area)
    )


def test_a_prefix_sum_of_its_own_belongs_to_compression() -> None:
    without = PackedSpikeBuffer(width=8, depth=128)
    having = PackedSpikeBuffer(width=8, depth=128, prefix_sum=1)
    laggy = LaggyPrefixSum()
    assert having.area == pytest.approx(float(without.area) + float(laggy.area))
    assert having.energy("read") == without.energy("read")
    assert having.energy("compress") == pytest.approx(
        float(without.energy("compress")) + float(laggy.energy("count"))
    )


def test_a_buffer_without_metadata_moves_none() -> None:
    for kind in (PeRegisterFile, PeScratchpad, PackedSpikeBuffer):
        assert energies(kind(width=8, depth=4))["metadata_read"] == 0


def test_a_register_file_moves_one_register() -> None:
    register = Register(width=12)
    file = PeRegisterFile(width=12, depth=10)
    assert file.area == pytest.approx(10 * float(register.area))
    assert file.energy("read") == pytest.approx(float(register.energy("access")))


def test_an_accumulator_bank_adds_on_updates_and_is_read_for_nothing() -> None:
    bank = AccumulatorBank(width=12, depth=64)
    assert float(bank.energy("read")) == 0
    assert bank.energy("update") == pytest.approx(float(Accumulator(width=12).energy("access")))
    assert bank.leakage == pytest.approx(64 * float(Accumulator(width=12).leakage))


def test_the_whole_cache_is_its_banks() -> None:
    cache, bank = FiberCache(width=256, depth=8192), FiberCacheBank(width=256, depth=8192)
    assert cache.area == pytest.approx(16 * float(bank.area))
    assert cache.leakage == pytest.approx(16 * float(bank.leakage))
    assert cache.energy("read") == bank.energy("read")


def test_metadata_lie_in_the_lines_of_the_values() -> None:
    # 128 KiB of each: the 256 KiB point of CACTI, and half a line for a chunk's bitmask.
    cache = FiberCache(
        width=256, depth=4096, metadata_storage_width=128, metadata_storage_depth=8192
    )
    costs = energies(cache)
    assert costs["read"] == pytest.approx(64.8472)
    assert costs["metadata_read"] == pytest.approx(64.8472 / 2)
    assert costs["metadata_write"] == pytest.approx(71.2 / 2)


def test_partitions_cost_accesses_of_the_whole_cache_and_their_share_of_the_rest() -> None:
    whole = FiberCache(width=256, depth=8192)
    lines = {"cache_bytes": 262144, "line_bits": 256}
    words = FiberCache(width=4, depth=131072, **lines)  # 64 KiB of packed words
    values = FiberCache(width=256, depth=6144, **lines)  # 192 KiB of weights
    assert words.energy("read") == pytest.approx(float(whole.energy("read")) * 4 / 256)
    assert values.energy("read") == pytest.approx(float(whole.energy("read")))
    assert words.area == pytest.approx(float(whole.area) / 4)
    assert float(words.area) + float(values.area) == pytest.approx(float(whole.area))
    assert float(words.leakage) + float(values.leakage) == pytest.approx(float(whole.leakage))


def test_the_cache_says_where_cactis_table_ends() -> None:
    assert FiberCache(width=256, depth=8192).outside() == ()
    (line,) = FiberCache(width=256, depth=8192, technology=7).outside()
    assert line.startswith("fiber_cache_bank: technology in nm 7 is outside")


@pytest.mark.parametrize("node", [32, 45, 65, 38, 55, 80, 90])
def test_leakage_that_follows_the_nodes_is_no_remark(node: float) -> None:
    assert FiberCache(width=256, depth=8192, technology=node).remarks() == ()


def test_the_cache_remarks_on_cactis_leakage_at_22_nm() -> None:
    bank = FiberCacheBank(width=256, depth=8192, technology=22)
    assert bank.remarks() == FiberCache(width=256, depth=8192, technology=22).remarks()
    (line,) = bank.remarks()
    assert line == (
        "fiber_cache_bank: CACTI's leakage is 27.4 mW a bank at 22 nm, 7.89 at 32 nm: it grows 3.5 "
        "times towards the smaller node"
    )


@pytest.mark.parametrize(
    ("node", "how"),
    [(28, "between them"), (31.9, "between them"), (14, "scaled from the smaller"), (7, "scaled")],
)
def test_what_rests_on_a_jump_of_the_leakage_has_its_remark(node: float, how: str) -> None:
    bank = FiberCacheBank(width=256, depth=8192, technology=node)
    (line,) = bank.remarks()
    assert "27.4 mW a bank at 22 nm, 7.89 at 32 nm" in line
    assert f"; {node:g} nm, {how}" in line
    assert line.endswith(f"has {float(bank.leakage) * 1e3:.3g}")


def test_a_partition_remarks_on_the_whole_cache() -> None:
    whole = FiberCacheBank(width=256, depth=8192, technology=22)
    words = FiberCacheBank(width=4, depth=131072, cache_bytes=262144, line_bits=256, technology=22)
    assert words.remarks() == whole.remarks()


def test_hbm_costs_by_the_bit() -> None:
    costs = energies(HbmChannel(width=64, metadata_storage_width=32))
    assert costs["read"] == costs["write"] == pytest.approx(64 * 3.92)
    assert costs["metadata_read"] == pytest.approx(32 * 3.92)
    assert energies(HbmChannel(width=8, pj_per_bit=10))["update"] == pytest.approx(80)
    assert HbmChannel(technology=7).energy("read") == HbmChannel(technology=90).energy("read")


@pytest.mark.parametrize(("lines", "registers"), [(0, 1), (1, 1), (2, 2), (16, 16)])
def test_a_buffer_has_a_pointer_for_each_line_of_metadata_and_one_at_least(
    lines: int, registers: int
) -> None:
    without, having = (
        PackedSpikeBuffer(width=8, depth=64, metadata_storage_depth=lines, pointer_width=bits)
        for bits in (0, 16)
    )
    pointers = registers * float(Register(width=16).area)
    assert having.area == pytest.approx(float(without.area) + pointers)
