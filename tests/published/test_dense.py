"""Dense arrays: the published cycles, and traffic of a plain output-stationary array."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.designs import dense
from loas_tl.designs.reference import DENSE_RATIOS, published_totals
from loas_tl.models.dataflow import Kind, OutputStationaryArray
from loas_tl.models.published.counts import Counts
from loas_tl.models.published.dense import count_dense
from loas_tl.workload.layer import Layer
from loas_tl.workload.statistics import published_networks

from . import plain

PTB, STELLAR = dense.PTB.dataflow(), dense.STELLAR.dataflow()
KINDS: tuple[Kind, ...] = ("spikes", "weights", "metadata", "psums")
PLAIN = {PTB: plain.PTB, STELLAR: plain.STELLAR}

LOAS_FT_CYCLES = 481_560
LOAS_FT_DRAM_KIB = 5_288.991

EVERY_TIMESTEP = replace(STELLAR, timesteps=None)


@dataclass(frozen=True)
class Extents:
    """A dense array counts extents only, whatever the tensors hold."""

    T: int
    M: int
    N: int
    K: int


def count_extents(
    array: OutputStationaryArray, *, T: int = 4, M: int = 1, N: int = 1, K: int = 1
) -> Counts:
    return count_dense(array, cast(Layer, Extents(T, M, N, K)))


def vgg16_without_its_first_layer() -> list[Layer]:
    layers = published_networks()["vgg16"]
    assert [layer.layer for layer in layers] == [str(number) for number in range(1, 13)]
    return [cast(Layer, layer) for layer in layers[1:]]


@pytest.mark.parametrize(
    ("M", "N", "K", "cycles"),
    [
        (16, 1, 10, 1 * 25),  # one fold of K + 15
        (17, 1, 10, 2 * 25),  # two rows of pixels
        (16, 3, 10, 3 * 25),  # a fold for each channel
        (1, 1, 1, 16),
        (33, 5, 100, 3 * 5 * 115),
    ],
)
def test_ptb_folds_16_pixels_of_one_channel(M: int, N: int, K: int, cycles: int) -> None:
    assert count_extents(PTB, M=M, N=N, K=K).cycles == cycles


def test_ptb_folds_4_timesteps_at_once() -> None:
    one, two = (count_extents(PTB, T=T, M=16, N=2, K=9).cycles for T in (4, 5))
    assert (one, two) == (2 * 24, 2 * 2 * 24)


@pytest.mark.parametrize(
    ("M", "N", "K", "cycles"),
    [
        (4, 4, 4, 2),  # one fold of 4 + 6 = 10, of which one in five remains
        (5, 4, 4, 4),
        (5, 5, 4, 8),
        (4, 4, 5, 3),  # 11 / 5, rounded up
        (9, 6, 94, 3 * 2 * 20),
    ],
)
def test_stellar_keeps_one_in_five_cycles_of_4_by_4_folds(
    M: int, N: int, K: int, cycles: int
) -> None:
    assert count_extents(STELLAR, M=M, N=N, K=K).cycles == cycles


def test_stellar_takes_all_timesteps_at_once() -> None:
    for timesteps in (1, 4, 8):
        for array in (dense.STELLAR.with_(timesteps=timesteps).dataflow(), EVERY_TIMESTEP):
            cycles = count_extents(array, T=timesteps, M=8, N=8, K=14).cycles
            assert cycles == 4 * 4
    cycles_of = {T: count_extents(STELLAR, T=T, M=8, N=8, K=14).cycles for T in range(1, 13)}
    # 4 timesteps at once, as built: more are folds of their own.
    assert cycles_of == {T: 4 * 4 * ceil(T / 4) for T in range(1, 13)}


@pytest.mark.parametrize("array", PLAIN, ids=lambda array: array.name)
def test_extents_and_memory_are_those_of_the_published_arrays(array: OutputStationaryArray) -> None:
    assert PLAIN[array] == as_declared(array)


EXTENTS = st.sampled_from([1, 2, 3, 4, 5, 15, 16, 17, 32, 33]) | st.integers(1, 40)


def as_declared(array: OutputStationaryArray) -> plain.Dense:
    return plain.Dense(
        array.pixels,
        array.channels,
        array.timesteps,
        array.skew,
        Fraction(str(array.kept)),
        8 * array.on_chip_bytes,
        Fraction(str(array.spikes_read)),
    )


def assert_same(array: OutputStationaryArray, *, T: int, M: int, N: int, K: int) -> None:
    counts = count_extents(array, T=T, M=M, N=N, K=K)
    expected = plain.dense(as_declared(array), T, M, N, K)
    assert (counts.cycles, counts.computes) == (expected.cycles, expected.computes)
    for kind in KINDS:
        assert counts.moved("dram", kind=kind) == expected.dram[kind], ("DRAM", kind)
        on_chip = counts.moved("sram_read", "sram_write", kind=kind)
        assert on_chip == expected.sram[kind], ("SRAM", kind)
    for number in (counts.cycles, counts.computes, *counts.bits.values()):
        assert type(number) is int


@settings(max_examples=200, deadline=None)
@given(
    kind=st.sampled_from(list(PLAIN)),
    at_once=st.integers(1, 8) | st.none(),
    on_chip_bytes=st.sampled_from([262_144, 1, 7, 64]),
    T=st.integers(1, 16),
    M=EXTENTS,
    N=EXTENTS,
    K=EXTENTS,
)
def test_counts_are_those_of_the_plain_folds(
    kind: OutputStationaryArray,
    at_once: int | None,
    on_chip_bytes: int,
    T: int,
    M: int,
    N: int,
    K: int,
) -> None:
    assert_same(replace(kind, on_chip_bytes=on_chip_bytes), T=T, M=M, N=N, K=K)
    array = replace(kind, timesteps=at_once, on_chip_bytes=on_chip_bytes)
    assert_same(array, T=T, M=M, N=N, K=K)


@pytest.mark.parametrize("timesteps", range(1, 17))
@pytest.mark.parametrize("at_once", range(1, 9))
@pytest.mark.parametrize("design", [dense.PTB, dense.STELLAR], ids=lambda design: design.name)
def test_the_timesteps_of_a_design_are_those_at_once(
    design: dense.Ptb | dense.Stellar, at_once: int, timesteps: int
) -> None:
    array = design.with_(timesteps=at_once).dataflow()
    assert as_declared(array) == replace(PLAIN[design.dataflow()], timesteps=at_once)
    assert array.pes(timesteps) == {"PTB": 16, "Stellar": 4 * 4}[design.name] * at_once
    assert_same(array, T=timesteps, M=17, N=6, K=29)


def test_cycles_on_vgg16_follow_the_formulas() -> None:
    for layer in vgg16_without_its_first_layer():
        M, N, K = layer.M, layer.N, layer.K
        assert count_dense(PTB, layer).cycles == ceil(M / 16) * N * (K + 15)
        stellar = ceil(M / 4) * ceil(N / 4) * (K + 6)
        assert count_dense(STELLAR, layer).cycles == -(-stellar // 5)


@pytest.mark.parametrize(("array", "ratio"), [(PTB, 46.9), (STELLAR, 7.13)])
def test_cycles_on_vgg16_give_the_published_ratio(
    array: OutputStationaryArray, ratio: float
) -> None:
    assert published_totals()["LoAS-FT", "vgg16"].cycles == LOAS_FT_CYCLES
    assert DENSE_RATIOS[array.name].cycles == ratio
    cycles = sum(count_dense(array, layer).cycles for layer in vgg16_without_its_first_layer())
    assert cycles / LOAS_FT_CYCLES == pytest.approx(ratio, rel=0.005)


def test_dram_traffic_on_vgg16_gives_stellars_published_ratio() -> None:
    assert published_totals()["LoAS-FT", "vgg16"].dram_KiB == LOAS_FT_DRAM_KIB
    assert DENSE_RATIOS["Stellar"].dram == 2.82
    moved = sum(count_dense(STELLAR, layer).dram_kib for layer in vgg16_without_its_first_layer())
    assert moved / LOAS_FT_DRAM_KIB == pytest.approx(2.82, rel=0.01)


def test_ptb_traffic_by_hand() -> None:
    # T, M, N, K = 4, 2, 3, 5: 4*2*5 = 40 spikes, 5*3*8 = 120 bits of weights, 4*2*3 = 24 spikes
    # out. Each operand comes in once; on the chip the 3 channels' folds read the 40 spikes each,
    # the one fold of pixels reads the 120 bits of weights once.
    counts = count_extents(PTB, M=2, N=3, K=5)
    assert counts.computes == 4 * 2 * 3 * 5
    assert {key: bits for key, bits in counts.bits.items() if bits} == {
        ("dram", "spikes"): 40 + 24,
        ("dram", "weights"): 120,
        ("sram_write", "spikes"): 24,
        ("sram_read", "spikes"): 3 * 40 + 24,
        ("sram_read", "weights"): 120,
    }


def test_stellar_reads_half_of_the_spike_vectors_and_all_weights() -> None:
    # As for PTB, but two folds of pixels and two of channels, and a fifth of the work.
    counts = count_extents(STELLAR, M=5, N=6, K=10)
    assert counts.computes == 4 * 5 * 6 * 10 // 5
    assert counts.moved("dram", kind="spikes") == 4 * 5 * 10 + 4 * 5 * 6
    assert counts.moved("dram", kind="weights") == 8 * 10 * 6
    assert counts.moved("sram_read", kind="spikes") == 2 * 200 // 2 + 120
    assert counts.moved("sram_read", kind="weights") == 2 * 480


def test_an_operand_that_fits_on_chip_lets_both_come_in_once() -> None:
    # 8 bits on the chip: the 8 spikes fit, so the 640 bits of weights stream past them once.
    tiny = replace(PTB, on_chip_bytes=1)
    counts = count_extents(tiny, T=1, M=1, N=10, K=8)
    assert counts.moved("dram", kind="spikes") == 8 + 10
    assert counts.moved("dram", kind="weights") == 640


def test_where_neither_operand_fits_one_streams_past_the_pieces_of_the_other() -> None:
    # 16 bits on the chip, 40 bits of spikes and 64 bits of weights. Spikes in 3 pieces cost
    # 40 + 3 * 64 = 232 bits, weights in 4 pieces 4 * 40 + 64 = 224 bits, which is less.
    tiny = replace(PTB, on_chip_bytes=2)
    counts = count_extents(tiny, T=4, M=10, N=8, K=1)
    assert counts.moved("dram", kind="spikes") == 4 * 40 + 4 * 10 * 8
    assert counts.moved("dram", kind="weights") == 64
    # The other way round it is the spikes that stay: 64 bits of them in 4 pieces with 40 bits of
    # weights cost 64 + 4 * 40 = 224 bits, weights in 3 pieces 3 * 64 + 40 = 232 bits.
    counts = count_extents(tiny, T=4, M=16, N=5, K=1)
    assert counts.moved("dram", kind="spikes") == 64 + 4 * 16 * 5
    assert counts.moved("dram", kind="weights") == 4 * 40


def test_a_dense_array_has_no_buffer_hits() -> None:
    counts = count_extents(PTB, M=3, N=3, K=3)
    assert counts.hits == {}
    assert counts.misses == {}
