"""Gamma's array: each processing element merges the weight rows of one row's spikes.

A row of spikes goes to the element that is free first, the rows of a timestep one after the other.
The element takes the spikes that have a weight row, as many in a pass as its merger's radix,
streams their weight rows in and gets one element a cycle out of the merger; elements of one column
meet in the accumulator. What a pass gives is one more fiber of the next one, written to the cache
and read back from it.

A step is a tile of rows in one timestep; it takes as long as it moves the array's end. Source:
Gamma (ASPLOS 2021), sections 3 and 4: a merger of radix 64 combines 64 fibers in a pass, and the
scheduler hands the next row to the next free element.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.bitmask import WORD, Bitmasks
from loas_tl.ground.bits import set_bits
from loas_tl.ground.compiled import njit
from loas_tl.ground.compressed import CompressedRows
from loas_tl.models.dataflow import TiledAccelerator
from loas_tl.models.detailed.walk import Walk
from loas_tl.models.machine import Merger, System


def walk(
    accelerator: TiledAccelerator,
    machine: Merger,
    spikes: CompressedRows,
    weights: NDArray[np.int8],
    system: System,
) -> Walk:
    """Time all rows of a layer.

    Args:
        accelerator: how many elements there are, a row of a tile each.
        machine: the merger.
        spikes: ``[T, M, K]``, compressed.
        weights: ``int8[K, N]``.
        system: the cache; the lines of every weight row go to their own banks.
    """
    timesteps, m, _ = spikes.shape
    pes = accelerator.tile_m
    masks = Bitmasks.of(weights, WORD)
    element = accelerator.weight_bits + machine.coordinate_bits
    first_line = np.append(0, np.cumsum(system.lines(masks.nnz * element)))
    tiles = timesteps, -(-m // pes)
    compute, sram, busy = (np.zeros(tiles, dtype=np.int64) for _ in range(3))
    tallies = np.zeros(4, dtype=np.int64)
    _walk(
        spikes.starts,
        spikes.cols,
        m,
        masks.words[:, :, 0],
        masks.nnz,
        first_line,
        pes,
        machine.radix,
        0 if machine.overlapped else machine.startup_cycles,
        machine.spike_value_bits + machine.coordinate_bits,
        machine.psum_bits + machine.coordinate_bits,
        system.banks,
        system.line_bits,
        compute,
        sram,
        busy,
        tallies,
    )
    spike_lines, weight_lines, psums_in, psums_out = tallies.tolist()
    every_output = (slice(None), slice(None), np.newaxis, np.newaxis)  # of N and K, one step
    return Walk(
        compute[every_output],
        sram[every_output],
        busy[every_output],
        reads={"spikes": spike_lines, "weights": weight_lines, "psums": psums_in},
        writes={"psums": psums_out},
        loop_order="tmnk",
    )


MERGING, READING, BOTH = range(3)


@njit
def _walk(
    starts: NDArray[np.int64],
    columns: NDArray[np.int32],
    m: int,
    words: NDArray[np.uint64],
    elements: NDArray[np.int64],
    first_line: NDArray[np.int64],
    pes: int,
    radix: int,
    startup: int,
    spike_bits: int,
    psum_bits: int,
    banks: int,
    line_bits: int,
    compute: NDArray[np.int64],
    sram: NDArray[np.int64],
    busy: NDArray[np.int64],
    tallies: NDArray[np.int64],
) -> None:
    partial = np.zeros(words.shape[1], dtype=np.uint64)  # columns with a partial sum
    load = np.zeros(banks, dtype=np.int64)
    free = np.zeros((3, pes), dtype=np.int64)  # when each element is, by what it waits for
    taken = np.zeros(3, dtype=np.int64)
    before = np.zeros(3, dtype=np.int64)
    for t in range(compute.shape[0]):
        for tile in range(compute.shape[1]):
            load[:] = 0
            for what in range(3):
                before[what] = free[what].max()
            for row in range(t * m + tile * pes, t * m + min((tile + 1) * pes, m)):
                partial[:] = np.uint64(0)
                taken[:] = 0
                at, end = starts[row], starts[row + 1]
                # All of a row's spikes are read, to learn which of them have a weight row.
                lines = -(-(end - at) * spike_bits // line_bits)
                tallies[0] += lines
                for each in range(lines):
                    load[(row + each) % banks] += 1
                old = 0
                while at < end:
                    merged = fibers = 0
                    while at < end and fibers < radix:
                        k = columns[at]
                        at += 1
                        if elements[k] == 0:
                            continue
                        fibers += 1
                        merged += elements[k]
                        for v in range(partial.size):
                            partial[v] |= words[k, v]
                        for each in range(first_line[k], first_line[k + 1]):
                            load[each % banks] += 1
                        tallies[1] += first_line[k + 1] - first_line[k]
                        lines += first_line[k + 1] - first_line[k]
                    while at < end and elements[columns[at]] == 0:
                        at += 1  # nothing that another pass would be needed for
                    if fibers:
                        new = 0
                        for v in range(partial.size):
                            new += set_bits(partial[v])
                        come = -(-old * psum_bits // line_bits)
                        go = -(-new * psum_bits // line_bits) if at < end else 0
                        tallies[2] += come
                        tallies[3] += go
                        for each in range(come + go):
                            load[(row + each) % banks] += 1
                        lines += come + go
                        merged += old + startup
                        old = new
                    taken[MERGING] += merged
                    taken[READING] += lines
                    taken[BOTH] += max(merged, lines)
                    lines = 0
                for what in range(3):
                    free[what, free[what].argmin()] += taken[what]
            busiest = load.max()
            compute[t, tile] = free[MERGING].max() - before[MERGING]
            sram[t, tile] = max(free[READING].max() - before[READING], busiest)
            busy[t, tile] = max(free[BOTH].max() - before[BOTH], busiest)
