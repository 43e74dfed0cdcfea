"""One tiny layer worked by hand on every dual-sparse accelerator, and the corners of the walk.

The layer, with T = 2, M = 2, K = 3, N = 2::

    X[0] = 1 0 1     X[1] = 1 0 0     P = 11 00 01     W = 5  0
           0 1 0            0 0 0         00 01 00         0 -2
                                                           7  1

nnz(X) = 4, nnz(P) = 3, nnz(W) = 4 and no column of W is empty. Every operand is one tile in space,
so LoAS takes one step and the baselines take one for each timestep.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from loas_tl.designs import gamma, gospa, loas, sparten
from loas_tl.models.dataflow import TiledAccelerator
from loas_tl.models.published.counts import Counts
from loas_tl.models.published.model import count
from loas_tl.workload.layer import Layer

LOAS, LOAS_FT = loas.LOAS.dataflow(), loas.LOAS_FT.dataflow()
LOAS_N_MAJOR = loas.LOAS_N_MAJOR.dataflow()
SPARTEN_SNN, SPARTEN_ANN = sparten.SPARTEN_SNN.dataflow(), sparten.SPARTEN_ANN.dataflow()
GOSPA_SNN = gospa.GOSPA_SNN.dataflow()
GAMMA_SNN, GAMMA_ANN = gamma.GAMMA_SNN.dataflow(), gamma.GAMMA_ANN.dataflow()

LAYER = Layer(
    "by hand",
    np.array([[[1, 0, 1], [0, 1, 0]], [[1, 0, 0], [0, 0, 0]]], dtype=bool),
    np.array([[5, 0], [0, -2], [7, 1]], dtype=np.int8),
)


def count_one(accelerator: TiledAccelerator, layer: Layer = LAYER) -> Counts:
    (counts,) = count(layer, [accelerator])
    return counts


def dram(counts: Counts) -> tuple[int, int, int, int]:
    """Bits of spikes, weights, metadata and partial sums."""
    return (
        counts.moved("dram", kind="spikes"),
        counts.moved("dram", kind="weights"),
        counts.moved("dram", kind="metadata"),
        counts.moved("dram", kind="psums"),
    )


def sram(counts: Counts) -> tuple[int, int, int, int]:
    """Bits of spikes, weights, metadata and partial sums, read and written."""
    return (
        counts.moved("sram_read", "sram_write", kind="spikes"),
        counts.moved("sram_read", "sram_write", kind="weights"),
        counts.moved("sram_read", "sram_write", kind="metadata"),
        counts.moved("sram_read", "sram_write", kind="psums"),
    )


def test_loas() -> None:
    counts = count_one(LOAS)
    # Row 0 meets one weight at k = 0 and two at k = 2, row 1 meets one at k = 1.
    assert (counts.cycles, counts.computes) == (3, 1 + 2 + 1)
    assert counts.hits == {"x": 3 - 1, "w": 4 - 1}
    assert counts.misses == {"x": 1, "w": 1}
    assert dram(counts) == (
        3 * 2 + 3 * 2,  # packed values of two bits: in, and written back by the layer before
        4 * 8,
        6 + 6 + 6,  # bitmasks of x in, of the write-back and of w in
        0,
    )
    assert sram(counts) == (
        3 * 2 + 4 * 2,  # filled, and one packed value a match
        4 * 8 + 4 * 8,  # filled, and read at the one step
        6 + 6 + 6,  # x and w filled, w read; x is not: the step before this one is itself
        0,
    )


def test_loas_of_one_lane_takes_a_pass_for_each_timestep() -> None:
    counts = count_one(loas.LOAS.with_(timesteps=1).dataflow())
    # t = 0 as above: 3 and 1 matches; t = 1: row 0 meets one weight at k = 0.
    assert (counts.cycles, counts.computes) == (3 + 1, 4 + 1)
    assert counts.hits == {"x": (3 - 1) + (1 - 1), "w": (4 - 1) + 4}
    assert counts.misses == {"x": 2, "w": 1}
    assert dram(counts) == (
        4 * 1 + 4 * 1,  # values of one bit: in, and written back by the layer before
        4 * 8,
        2 * 6 + 2 * 6 + 6,  # bitmasks of both passes in and of the write-back, and of w in
        0,
    )
    assert sram(counts) == (
        4 * 1 + 5 * 1,  # filled, and one value a match
        4 * 8 + 2 * 4 * 8,  # filled, and read at both steps
        2 * 6 + 6 + 2 * 6 + 2 * 6,  # x and w filled, w read twice; x changes at both steps
        0,
    )


def test_a_neuron_that_fires_once_is_silent_whichever_pass_it_fires_in() -> None:
    counts = count_one(loas.LOAS_FT.with_(timesteps=1).dataflow())
    # Only [0, 0] fires twice: once in either pass, and meets the one weight of k = 0 there.
    assert (counts.cycles, counts.computes) == (2, 2)
    assert counts.misses == {"x": 1, "w": 1}  # the passes are alike
    assert dram(counts) == (1 + 2, 4 * 8, 6 + 12 + 6, 0)
    assert sram(counts) == (1 + 2, 3 * 4 * 8, 6 + 6 + 2 * 6, 0)


def test_loas_ft_silences_neurons_that_fire_once() -> None:
    counts = count_one(LOAS_FT)
    # Only P[0, 0] fires twice; it meets the one weight of k = 0.
    assert (counts.cycles, counts.computes) == (1, 1)
    assert counts.hits == {"x": 1 - 1, "w": 4 - 1}
    assert counts.misses == {"x": 1, "w": 1}
    assert dram(counts) == (1 * 2 + 1 * 2, 4 * 8, 6 + 6 + 6, 0)
    assert sram(counts) == (1 * 2 + 1 * 2, 4 * 8 + 4 * 8, 6 + 6 + 6, 0)


def test_loas_n_major() -> None:
    counts = count_one(LOAS_N_MAJOR)
    # Column 0 meets row 0 at k = 0 and 2; column 1 meets row 0 at k = 2 and row 1 at k = 1.
    assert (counts.cycles, counts.computes) == (2, 2 + 2)
    assert counts.hits == {"x": 3 - 1, "w": 4 - 1}
    assert counts.misses == {"x": 1, "w": 1}
    assert dram(counts) == (3 * 2 + 3 * 2, 4 * 8, 6 + 6 + 6, 0)
    assert sram(counts) == (
        3 * 2 + 3 * 2,  # filled, and read at the one step
        4 * 8 + 4 * 8,  # filled, and one weight a match
        6 + 6 + 6,  # x and w filled, x read; w is not: the step before this one is itself
        0,
    )


def test_sparten_snn() -> None:
    counts = count_one(SPARTEN_SNN)
    # t = 0 as LoAS N-major: 2 and 2. t = 1: column 0 meets row 0 at k = 0, column 1 nothing.
    assert (counts.cycles, counts.computes) == (2 + 1, 4 + 1)
    # x misses with 3 and with 1 spikes; w misses at t = 0 and is there at t = 1.
    assert counts.hits == {"x": 2 + 0, "w": 3 + 4}
    assert counts.misses == {"x": 2, "w": 1}
    assert dram(counts) == (
        12 + 12,  # raw spikes, in and written back by the layer before
        4 * 8,
        6,  # the bitmask of w
        0,
    )
    assert sram(counts) == (
        12 + 12,  # filled, and read at its step
        4 * 8 + 5 * 8,  # filled, and one weight a match
        6,  # filled; never read, as w is the same at both steps
        0,
    )


def test_sparten_of_activations() -> None:
    counts = count_one(SPARTEN_ANN)
    assert (counts.cycles, counts.computes) == (2, 2 + 2)  # columns, as LoAS N-major
    assert counts.hits == {"x": 3 - 1, "w": 4 - 1}
    assert counts.misses == {"x": 1, "w": 1}
    # As LoAS N-major, but for activations of 8 bits where that has words of 2.
    assert dram(counts) == (3 * 8 + 3 * 8, 4 * 8, 6 + 6 + 6, 0)
    assert sram(counts) == (3 * 8 + 3 * 8, 4 * 8 + 4 * 8, 6 + 6 + 6, 0)


def test_gospa_snn() -> None:
    counts = count_one(GOSPA_SNN)
    assert (counts.cycles, counts.computes) == (2 + 1, 4 + 1)  # columns, as SparTen-SNN
    assert counts.hits == {"x": 2 + 0, "w": 3 + 4}
    assert counts.misses == {"x": 2, "w": 1}
    assert dram(counts) == (
        4,  # a bit a spike
        4 * 8,
        4 * 8 + 4 * 8 + 6,  # coordinates in and of the write-back, bitmask of w
        2 * (2 * 2 * 2 * 8),  # two steps of two partial sums for 2 rows and 2 columns
    )
    assert sram(counts) == (
        4 + 4,  # filled, and read
        4 * 8 + 2 * 4 * 8,  # filled, and read at both steps
        (4 * 8 + 6) + 4 * 8 + 2 * 6,  # filled; coordinates read, bitmask read at both steps
        0,
    )


def test_gamma_snn() -> None:
    counts = count_one(GAMMA_SNN)
    # t = 0: row 0 has 1 + 2 matches, row 1 has one. t = 1: row 0 has one.
    assert (counts.cycles, counts.computes) == (3 + 1, 4 + 1)
    assert counts.hits == {"x": 2 + 0, "w": 3 + 4}
    assert counts.misses == {"x": 2, "w": 1}
    assert dram(counts) == (
        4,  # a bit a spike
        4 * 8,
        4 * 6 + 4 * 6 + 4 * 6,  # coordinates of x in and of the write-back, of w in
        2 * (2 * 2 * 2 * 8) // 4,  # a quarter of what the chip sees
    )
    assert sram(counts) == (
        4 + 4,  # filled, and read
        4 * 8 + 2 * 2 * 4 * 8,  # filled, and read by two rows at two steps
        (4 * 6 + 4 * 6) + 4 * 6 + 2 * 2 * 4 * 6,  # filled; x read, w read by two rows twice
        2 * (2 * 2 * 2 * 8),  # two steps of two partial sums for 2 rows and 2 non-zero columns
    )


def test_gamma_of_activations() -> None:
    counts = count_one(GAMMA_ANN)
    assert (counts.cycles, counts.computes) == (3, 3 + 1)  # rows, as LoAS
    assert counts.hits == {"x": 3 - 1, "w": 4 - 1}
    assert counts.misses == {"x": 1, "w": 1}
    assert dram(counts) == (
        3 * 8 + 3 * 8,  # activations of 8 bits, in and of the write-back
        4 * 8,
        3 * 6 + 3 * 6 + 4 * 6,  # coordinates of x in and of the write-back, of w in
        2 * 2 * 2 * 24 // 4,  # a quarter of what the chip sees
    )
    assert sram(counts) == (
        3 * 8 + 3 * 8,  # filled, and read
        4 * 8 + 2 * 4 * 8,  # filled, and read by two rows
        (3 * 6 + 4 * 6) + 3 * 6 + 2 * 4 * 6,  # filled; x read, w read by two rows
        2 * 2 * 2 * 24,  # two partial sums for 2 rows and 2 non-zero columns
    )


def test_gamma_snn_has_no_partial_sums_for_an_empty_column() -> None:
    weights = LAYER.weights.copy()
    weights[:, 1] = 0
    counts = count_one(GAMMA_SNN, Layer("empty column", LAYER.spikes, weights))
    assert counts.moved("sram_read", "sram_write", kind="psums") == 2 * (2 * 1 * 2 * 8)
    assert counts.moved("dram", kind="psums") == 2 * (2 * 1 * 2 * 8) // 4


def words(*values: int, timesteps: int) -> NDArray[np.bool_]:
    """One row of packed words, as spikes ``bool[T, 1, K]``."""
    return np.array([[[value >> t & 1 for value in values]] for t in range(timesteps)], dtype=bool)


def test_the_step_before_the_first_is_the_last_for_spike_tiles() -> None:
    # Tiles of one neuron, three steps: A B A. The first is like the last, its bitmask bit is not
    # read again; the second and the third are read. Without the wrap-around it were three.
    layer = Layer("A B A", words(1, 3, 1, timesteps=2), np.ones((3, 1), dtype=np.int8))
    counts = count_one(replace(LOAS, tile_k=1), layer)
    # The other bitmask bits read are those of w, one at each of three steps; each operand's
    # misses fill: A and B, and the one weight tile.
    assert counts.moved("sram_read", kind="metadata") == 2 + 3
    assert counts.moved("sram_write", kind="metadata") == 2 + 1
    assert counts.misses == {"x": 2, "w": 1}


def test_the_first_step_counts_as_a_change_where_the_last_tile_is_another() -> None:
    layer = Layer("A B", words(1, 3, timesteps=2), np.ones((2, 1), dtype=np.int8))
    counts = count_one(replace(LOAS, tile_k=1), layer)
    assert counts.moved("sram_read", kind="metadata") == 2 + 2


def test_the_step_before_the_first_is_the_last_for_weight_tiles() -> None:
    # N-major reads the bitmask of w where it changes: A B A again, now of w. The bitmask of x is
    # read at every step.
    layer = Layer(
        "A B A", np.ones((1, 1, 3), dtype=bool), np.array([[4], [-4], [4]], dtype=np.int8)
    )
    counts = count_one(replace(LOAS_N_MAJOR, tile_k=1), layer)
    assert counts.moved("sram_read", kind="metadata") == 2 + 3
    # SparTen-SNN reads no bitmask of x: its raw spikes are their own.
    counts = count_one(replace(SPARTEN_SNN, tile_k=1), layer)
    assert counts.moved("sram_read", kind="metadata") == 2


def test_weight_tiles_change_at_every_step_of_a_walk_along_k() -> None:
    # Two timesteps of two tiles of K: w goes A B A B, and so the first differs from the last.
    layer = Layer("A B", np.ones((2, 1, 2), dtype=bool), np.array([[1], [2]], dtype=np.int8))
    counts = count_one(replace(SPARTEN_SNN, tile_k=1), layer)
    assert counts.moved("sram_read", kind="metadata") == 4


def test_all_zero_tiles_of_one_shape_are_the_same_tile() -> None:
    # K = 5 in tiles of 2, 2 and 1: both operands are all zero.
    layer = Layer("zeros", np.zeros((1, 1, 5), dtype=bool), np.zeros((5, 1), dtype=np.int8))
    counts = count_one(replace(LOAS, tile_k=2), layer)
    # The second tile hits with its 0 non-zeros; the first and the clipped third miss, each with
    # 0 - 1 hits.
    assert counts.misses == {"x": 2, "w": 2}
    assert counts.hits == {"x": -2, "w": -2}
    assert (counts.cycles, counts.computes) == (0, 0)
    # Bitmasks alone move: x and w in (2 + 1 each), and the write-back of M * K = 5.
    assert dram(counts) == (0, 0, 3 + 3 + 5, 0)
    # Filled (3 + 3); w read at each step (5); x read where it changed: the first step, after the
    # clipped tile, and the third, but not the second.
    assert sram(counts) == (0, 0, 3 + 3 + 5 + 2 + 1, 0)


def test_a_silent_neuron_of_every_timestep_is_the_same_tile_of_a_baseline() -> None:
    # X[1] and X[2] are empty: one of them is fetched, the other is there.
    spikes = np.zeros((3, 1, 2), dtype=bool)
    spikes[0] = True
    layer = Layer("then silent", spikes, np.ones((2, 1), dtype=np.int8))
    counts = count_one(SPARTEN_SNN, layer)
    assert counts.misses == {"x": 2, "w": 1}
    assert counts.hits == {"x": (2 - 1) + (0 - 1) + 0, "w": 1 + 2 + 2}
    # Two tiles of two raw spikes in, and T * M * K written back.
    assert counts.moved("dram", kind="spikes") == 2 * 2 + 6


def test_the_slowest_pe_sets_the_pace_of_each_pair_of_tiles() -> None:
    # Two tiles of k; row 0 has the matches in the first, row 1 in the second. Each pair takes its
    # own slowest row, so 2 + 2 although each row has only 2 matches in all.
    spikes = np.array([[[1, 1, 0, 0], [0, 0, 1, 1]]], dtype=bool)
    layer = Layer("uneven", spikes, np.ones((4, 1), dtype=np.int8))
    assert count_one(replace(LOAS, tile_k=2), layer).cycles == 4
    assert count_one(LOAS, layer).cycles == 2
    # Columns: the one column meets both rows' spikes.
    assert count_one(LOAS_N_MAJOR, layer).cycles == 4
