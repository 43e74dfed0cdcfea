"""The published cost models once more: slow, spelled out, and sharing nothing with the package.

Each accelerator is one function that writes its loops, its tiles and its traffic out in full, so
that the package's declarations are checked along with its walk. Tiles are numpy slices, their
content is their bytes, a buffer is a list. Extents and capacities are the published ones unless
a caller asks for smaller ones (to make tiles fall out of the buffers).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.published.kit import (
    ACTIVATION,
    BITMASK,
    GAMMA_ANN_PSUM,
    GAMMA_COORDINATE,
    GOSPA_COORDINATE,
    PSUM,
    RAW_SPIKE,
    WEIGHT,
    Counted,
    Fifo,
    Step,
    content,
    every_spike,
    fine_tuned,
    matches,
    nnz,
    numel,
    packed,
    passes,
    room,
    slices,
    slowest_column,
    slowest_row,
    word_bits,
)


def loas(
    spikes: NDArray[np.bool_],
    weights: NDArray[np.int8],
    *,
    tile_m: int = 16,
    tile_k: int = 128,
    tile_n: int = 32,
    x_capacity: int = 131_072,
    w_capacity: int = 4_096,
    lanes: int | None = 4,
    keep: Callable[[NDArray[np.bool_]], NDArray[np.bool_]] = every_spike,
) -> Counted:
    P, word = passes(keep(spikes), lanes), word_bits(len(spikes), lanes)
    M, K, N = *P[0].shape, weights.shape[1]
    # A group of timesteps is one tensor: a loop over groups stands where that over t would.
    steps: list[Step] = [
        (of_group[m, k], weights[k, n])
        for m in slices(M, tile_m)
        for n in slices(N, tile_n)
        for of_group in P
        for k in slices(K, tile_k)
    ]

    counted = Counted()
    for of_group in P:
        counted.dram["spikes"] += nnz(of_group) * word
        counted.dram["metadata"] += M * K * BITMASK
    x_buffer, w_buffer = Fifo(room(x_capacity, word, lanes)), Fifo(w_capacity)
    for step, (x, w) in enumerate(steps):
        x_before = steps[step - 1][0]  # index -1 is the last step: the comparison wraps around
        found = matches(x, w)
        counted.cycles += slowest_row(found)
        counted.computes += int(found.sum())
        if x_buffer.fetch(x):
            counted.both("spikes", nnz(x) * word)
            counted.both("metadata", numel(x) * BITMASK)
        if w_buffer.fetch(w):
            counted.both("weights", nnz(w) * WEIGHT)
            counted.both("metadata", numel(w) * BITMASK)
        if content(x) != content(x_before):
            counted.sram["metadata"] += numel(x) * BITMASK
        counted.sram["weights"] += nnz(w) * WEIGHT
        counted.sram["metadata"] += numel(w) * BITMASK
        counted.sram["spikes"] += int(found.sum()) * word
    counted.keep(x_buffer, w_buffer)
    return counted


def loas_ft(spikes: NDArray[np.bool_], weights: NDArray[np.int8], **sizes: Any) -> Counted:
    return loas(spikes, weights, keep=fine_tuned, **sizes)


def loas_n_major(
    spikes: NDArray[np.bool_],
    weights: NDArray[np.int8],
    *,
    tile_m: int = 32,
    tile_k: int = 128,
    tile_n: int = 16,
    x_capacity: int = 4_096,
    w_capacity: int = 131_072,
    lanes: int | None = 4,
) -> Counted:
    P, word = passes(spikes, lanes), word_bits(len(spikes), lanes)
    M, K, N = *P[0].shape, weights.shape[1]
    # A group of timesteps is one tensor: a loop over groups stands where that over t would.
    steps: list[Step] = [
        (of_group[m, k], weights[k, n])
        for n in slices(N, tile_n)
        for m in slices(M, tile_m)
        for of_group in P
        for k in slices(K, tile_k)
    ]

    counted = Counted()
    for of_group in P:
        counted.dram["spikes"] += nnz(of_group) * word
        counted.dram["metadata"] += M * K * BITMASK
    x_buffer, w_buffer = Fifo(room(x_capacity, word, lanes)), Fifo(w_capacity)
    for step, (x, w) in enumerate(steps):
        w_before = steps[step - 1][1]  # index -1 is the last step: the comparison wraps around
        found = matches(x, w)
        counted.cycles += slowest_column(found)
        counted.computes += int(found.sum())
        if x_buffer.fetch(x):
            counted.both("spikes", nnz(x) * word)
            counted.both("metadata", numel(x) * BITMASK)
        if w_buffer.fetch(w):
            counted.both("weights", nnz(w) * WEIGHT)
            counted.both("metadata", numel(w) * BITMASK)
        if content(w) != content(w_before):
            counted.sram["metadata"] += numel(w) * BITMASK
        counted.sram["spikes"] += nnz(x) * word
        counted.sram["metadata"] += numel(x) * BITMASK
        counted.sram["weights"] += int(found.sum()) * WEIGHT
    counted.keep(x_buffer, w_buffer)
    return counted


def sparten_snn(
    spikes: NDArray[np.bool_],
    weights: NDArray[np.int8],
    *,
    tile_m: int = 32,
    tile_k: int = 128,
    tile_n: int = 16,
    x_capacity: int = 16_384,
    w_capacity: int = 131_072,
) -> Counted:
    X = spikes
    T, M, K, N = *X.shape, weights.shape[1]
    steps: list[Step] = [
        (X[t, m, k], weights[k, n])
        for n in slices(N, tile_n)
        for m in slices(M, tile_m)
        for t in range(T)
        for k in slices(K, tile_k)
    ]

    counted = Counted()
    counted.dram["spikes"] += T * M * K * RAW_SPIKE
    x_buffer, w_buffer = Fifo(x_capacity), Fifo(w_capacity)
    for step, (x, w) in enumerate(steps):
        w_before = steps[step - 1][1]  # index -1 is the last step: the comparison wraps around
        found = matches(x, w)
        counted.cycles += slowest_column(found)
        counted.computes += int(found.sum())
        if x_buffer.fetch(x):
            counted.both("spikes", numel(x) * RAW_SPIKE)
        if w_buffer.fetch(w):
            counted.both("weights", nnz(w) * WEIGHT)
            counted.both("metadata", numel(w) * BITMASK)
        if content(w) != content(w_before):
            counted.sram["metadata"] += numel(w) * BITMASK
        counted.sram["spikes"] += numel(x) * RAW_SPIKE
        counted.sram["weights"] += int(found.sum()) * WEIGHT
    counted.keep(x_buffer, w_buffer)
    return counted


def sparten_ann(
    spikes: NDArray[np.bool_],
    weights: NDArray[np.int8],
    *,
    tile_m: int = 32,
    tile_k: int = 128,
    tile_n: int = 16,
    x_capacity: int = 16_384,
    w_capacity: int = 131_072,
) -> Counted:
    A = packed(spikes)  # an active neuron is an activation: what it is does not matter
    M, K, N = *A.shape, weights.shape[1]
    steps: list[Step] = [
        (A[m, k], weights[k, n])
        for n in slices(N, tile_n)
        for m in slices(M, tile_m)
        for k in slices(K, tile_k)
    ]

    counted = Counted()
    counted.dram["spikes"] += nnz(A) * ACTIVATION
    counted.dram["metadata"] += M * K * BITMASK
    x_buffer, w_buffer = Fifo(x_capacity), Fifo(w_capacity)
    for step, (x, w) in enumerate(steps):
        w_before = steps[step - 1][1]  # index -1 is the last step: the comparison wraps around
        found = matches(x, w)
        counted.cycles += slowest_column(found)
        counted.computes += int(found.sum())
        if x_buffer.fetch(x):
            counted.both("spikes", nnz(x) * ACTIVATION)
            counted.both("metadata", numel(x) * BITMASK)
        if w_buffer.fetch(w):
            counted.both("weights", nnz(w) * WEIGHT)
            counted.both("metadata", numel(w) * BITMASK)
        if content(w) != content(w_before):
            counted.sram["metadata"] += numel(w) * BITMASK
        counted.sram["spikes"] += nnz(x) * ACTIVATION
        counted.sram["metadata"] += numel(x) * BITMASK
        counted.sram["weights"] += int(found.sum()) * WEIGHT
    counted.keep(x_buffer, w_buffer)
    return counted


def gospa_snn(
    spikes: NDArray[np.bool_],
    weights: NDArray[np.int8],
    *,
    tile_m: int = 64,
    tile_k: int = 256,
    tile_n: int = 16,
    x_capacity: int = 174_080,
    w_capacity: int = 16_384,
) -> Counted:
    X = spikes
    T, M, K, N = *X.shape, weights.shape[1]
    steps: list[Step] = [
        (X[t, m, k], weights[k, n])
        for k in slices(K, tile_k)
        for n in slices(N, tile_n)
        for t in range(T)
        for m in slices(M, tile_m)
    ]

    counted = Counted()
    counted.dram["metadata"] += nnz(X) * GOSPA_COORDINATE
    x_buffer, w_buffer = Fifo(x_capacity), Fifo(w_capacity)
    for x, w in steps:
        found = matches(x, w)
        counted.cycles += slowest_column(found)
        counted.computes += int(found.sum())
        if x_buffer.fetch(x):
            counted.both("spikes", nnz(x) * RAW_SPIKE)
            counted.both("metadata", nnz(x) * GOSPA_COORDINATE)
        if w_buffer.fetch(w):
            counted.both("weights", nnz(w) * WEIGHT)
            counted.both("metadata", numel(w) * BITMASK)
        counted.sram["spikes"] += nnz(x) * RAW_SPIKE
        counted.sram["metadata"] += nnz(x) * GOSPA_COORDINATE
        for column in w.T:
            counted.sram["weights"] += nnz(column) * WEIGHT
            counted.sram["metadata"] += len(column) * BITMASK
            for _ in x:
                counted.dram["psums"] += 2 * PSUM
    counted.keep(x_buffer, w_buffer)
    return counted


def gamma_snn(
    spikes: NDArray[np.bool_],
    weights: NDArray[np.int8],
    *,
    tile_m: int = 16,
    tile_k: int = 64,
    tile_n: int = 64,
    x_capacity: int = 8_192,
    w_capacity: int = 131_072,
) -> Counted:
    X = spikes
    T, M, K, N = *X.shape, weights.shape[1]
    steps: list[Step] = [
        (X[t, m, k], weights[k, n])
        for m in slices(M, tile_m)
        for k in slices(K, tile_k)
        for t in range(T)
        for n in slices(N, tile_n)
    ]

    counted = Counted()
    counted.dram["metadata"] += nnz(X) * GAMMA_COORDINATE
    x_buffer, w_buffer = Fifo(x_capacity), Fifo(w_capacity)
    for x, w in steps:
        found = matches(x, w)
        counted.cycles += slowest_row(found)
        counted.computes += int(found.sum())
        if x_buffer.fetch(x):
            counted.both("spikes", nnz(x) * RAW_SPIKE)
            counted.both("metadata", nnz(x) * GAMMA_COORDINATE)
        if w_buffer.fetch(w):
            counted.both("weights", nnz(w) * WEIGHT)
            counted.both("metadata", nnz(w) * GAMMA_COORDINATE)
        non_zero_columns = sum(1 for column in w.T if nnz(column) > 0)
        for row in x:
            counted.sram["weights"] += nnz(w) * WEIGHT
            counted.sram["metadata"] += nnz(w) * GAMMA_COORDINATE
            counted.sram["spikes"] += nnz(row) * RAW_SPIKE
            counted.sram["metadata"] += nnz(row) * GAMMA_COORDINATE
            counted.sram["psums"] += 2 * PSUM * non_zero_columns
            counted.dram["psums"] += 2 * PSUM * non_zero_columns // 4  # a quarter is counted
    counted.keep(x_buffer, w_buffer)
    return counted


def gamma_ann(
    spikes: NDArray[np.bool_],
    weights: NDArray[np.int8],
    *,
    tile_m: int = 16,
    tile_k: int = 64,
    tile_n: int = 64,
    x_capacity: int = 8_192,
    w_capacity: int = 131_072,
) -> Counted:
    A = packed(spikes)  # an active neuron is an activation: what it is does not matter
    M, K, N = *A.shape, weights.shape[1]
    steps: list[Step] = [
        (A[m, k], weights[k, n])
        for m in slices(M, tile_m)
        for k in slices(K, tile_k)
        for n in slices(N, tile_n)
    ]

    counted = Counted()
    counted.dram["spikes"] += nnz(A) * ACTIVATION
    counted.dram["metadata"] += nnz(A) * GAMMA_COORDINATE
    x_buffer, w_buffer = Fifo(x_capacity), Fifo(w_capacity)
    for x, w in steps:
        found = matches(x, w)
        counted.cycles += slowest_row(found)
        counted.computes += int(found.sum())
        if x_buffer.fetch(x):
            counted.both("spikes", nnz(x) * ACTIVATION)
            counted.both("metadata", nnz(x) * GAMMA_COORDINATE)
        if w_buffer.fetch(w):
            counted.both("weights", nnz(w) * WEIGHT)
            counted.both("metadata", nnz(w) * GAMMA_COORDINATE)
        non_zero_columns = sum(1 for column in w.T if nnz(column) > 0)
        for row in x:
            counted.sram["weights"] += nnz(w) * WEIGHT
            counted.sram["metadata"] += nnz(w) * GAMMA_COORDINATE
            counted.sram["spikes"] += nnz(row) * ACTIVATION
            counted.sram["metadata"] += nnz(row) * GAMMA_COORDINATE
            counted.sram["psums"] += 2 * GAMMA_ANN_PSUM * non_zero_columns
            counted.dram["psums"] += 2 * GAMMA_ANN_PSUM * non_zero_columns // 4
    counted.keep(x_buffer, w_buffer)
    return counted


@dataclass(frozen=True)
class Dense:
    """The extents of a dense array, its fill and drain, what it keeps, its memory in bits, and the
    share of the spike vectors that it reads."""

    pixels: int
    channels: int
    timesteps: int | None
    skew: int
    kept: Fraction
    capacity: int
    read: Fraction


MEMORY = 2_097_152
PTB = Dense(16, 1, 4, skew=15, kept=Fraction(1), capacity=MEMORY, read=Fraction(1))
STELLAR = Dense(4, 4, 4, skew=6, kept=Fraction(1, 5), capacity=MEMORY, read=Fraction(1, 2))


def dense(array: Dense, timesteps: int, pixels: int, channels: int, inputs: int) -> Counted:
    """A dense array, fold by fold; what it keeps is rounded up at the end."""
    cycles = computes = spike_reads = weight_reads = Fraction(0)
    at_once = timesteps if array.timesteps is None else array.timesteps
    for m in slices(pixels, array.pixels):
        for n in slices(channels, array.channels):
            for t in slices(timesteps, at_once):
                rows, columns, steps = (one.stop - one.start for one in (m, n, t))
                cycles += array.kept * (inputs + array.skew)
                computes += array.kept * rows * columns * steps * inputs
                spike_reads += array.read * rows * steps * inputs * RAW_SPIKE
                weight_reads += columns * inputs * WEIGHT
    spikes_in = timesteps * pixels * inputs * RAW_SPIKE
    weights_in = inputs * channels * WEIGHT
    spikes_out = timesteps * pixels * channels * RAW_SPIKE
    # One operand is cut into pieces that fit, and the other streams past each piece.
    spike_pieces, weight_pieces = (
        len(slices(bits, array.capacity)) for bits in (spikes_in, weights_in)
    )
    if spikes_in + weights_in * spike_pieces <= spikes_in * weight_pieces + weights_in:
        weights_in *= spike_pieces
    else:
        spikes_in *= weight_pieces

    counted = Counted(ceil(cycles), ceil(computes))
    counted.dram["spikes"] += spikes_in
    counted.dram["weights"] += weights_in
    counted.both("spikes", spikes_out)  # through the cache on their way out
    counted.sram["spikes"] += ceil(spike_reads) + spikes_out
    counted.sram["weights"] += ceil(weight_reads)
    return counted
