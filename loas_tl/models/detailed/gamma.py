"""Gamma's array: each processing element merges the weight rows of one row's spikes.

At every pair of tiles an element takes the spikes of its row and timestep, streams the weight row
of each into its merger, and gets one element a cycle out of it; elements of one column meet in the
accumulator. From the second tile of K on the partial row of the tiles before is one more fiber,
read from the cache and written back after. A pair of tiles takes what its slowest row takes.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from loas_tl.ground.bitmask import Bitmasks
from loas_tl.ground.bits import set_bits
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
    """Time all pairs of tiles of a layer.

    Args:
        accelerator: the tiles.
        machine: the merger.
        spikes: ``[T, M, K]``, compressed.
        weights: ``int8[K, N]``.
        system: the cache; the lines of every weight row go to their own banks.
    """
    a = accelerator
    timesteps, m, k = spikes.shape
    n = weights.shape[1]
    masks = Bitmasks.of(weights, a.tile_n)  # [K, tiles of N, words]
    element = a.weight_bits + machine.coordinate_bits
    start = np.zeros(k + 1, dtype=np.int64)
    np.cumsum(system.lines(masks.nnz * element), out=start[1:])
    shape = (timesteps, -(-m // a.tile_m), -(-n // a.tile_n), -(-k // a.tile_k))
    compute, sram = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    tallies = np.zeros(4, dtype=np.int64)
    _walk(
        spikes.starts,
        spikes.cols,
        m,
        masks.words,
        start,
        a.tile_m,
        a.tile_k,
        machine.startup_cycles,
        element,
        machine.spike_value_bits + machine.coordinate_bits,
        machine.psum_bits + machine.coordinate_bits,
        system.banks,
        system.line_bits,
        compute,
        sram,
        tallies,
    )
    spike_lines, weight_lines, psums_in, psums_out = tallies.tolist()
    return Walk(
        compute,
        sram,
        np.maximum(compute, sram),
        {"spikes": spike_lines, "weights": weight_lines, "psums": psums_in},
        {"psums": psums_out},
    )


@njit(cache=True, nogil=True)
def _walk(
    starts: NDArray[np.int64],
    columns: NDArray[np.int32],
    m: int,
    words: NDArray[np.uint64],
    first_line: NDArray[np.int64],
    tile_m: int,
    tile_k: int,
    startup: int,
    element_bits: int,
    spike_bits: int,
    psum_bits: int,
    banks: int,
    line_bits: int,
    compute: NDArray[np.int64],
    sram: NDArray[np.int64],
    tallies: NDArray[np.int64],
) -> None:
    timesteps, tiles_m, tiles_n, tiles_k = compute.shape
    per_tile = words.shape[2]
    partial = np.zeros((tiles_n, per_tile), dtype=np.uint64)  # columns with a partial sum
    merged = np.zeros(tiles_n, dtype=np.int64)
    port = np.zeros(tiles_n, dtype=np.int64)
    # Bank loads of a row of tile pairs, [tiles of N, tiles of K, banks].
    load = np.zeros((tiles_n, tiles_k, banks), dtype=np.int64)
    for t in range(timesteps):
        for i in range(tiles_m):
            load[:] = 0
            for row in range(t * m + i * tile_m, t * m + min((i + 1) * tile_m, m)):
                partial[:] = np.uint64(0)
                at, end = starts[row], starts[row + 1]
                for j in range(tiles_k):
                    merged[:] = 0
                    port[:] = 0
                    begin = at
                    while at < end and columns[at] < (j + 1) * tile_k:
                        k = columns[at]
                        before = 0
                        for tile in range(tiles_n):
                            found = 0
                            for v in range(per_tile):
                                found += set_bits(words[k, tile, v])
                            if found:
                                merged[tile] += found
                                line = first_line[k] + before * element_bits // line_bits
                                last = (
                                    first_line[k]
                                    + ((before + found) * element_bits - 1) // line_bits
                                )
                                port[tile] += last - line + 1
                                for each in range(line, last + 1):
                                    load[tile, j, each % banks] += 1
                                before += found
                        at += 1
                    if at == begin:
                        continue
                    spike_lines = -(-(at - begin) * spike_bits // line_bits)
                    for tile in range(tiles_n):
                        old = new = 0
                        for v in range(per_tile):
                            old += set_bits(partial[tile, v])
                        if merged[tile]:
                            for s in range(begin, at):
                                for v in range(per_tile):
                                    partial[tile, v] |= words[columns[s], tile, v]
                        for v in range(per_tile):
                            new += set_bits(partial[tile, v])
                        # The spikes are read to learn whether a weight row is there to merge.
                        for each in range(spike_lines):
                            load[tile, j, (row + each) % banks] += 1
                        tallies[0] += spike_lines
                        tallies[1] += port[tile]
                        cycles = 0
                        lines = port[tile] + spike_lines
                        if merged[tile]:
                            cycles = merged[tile] + old + startup
                            read = -(-old * psum_bits // line_bits)
                            written = -(-new * psum_bits // line_bits) if j + 1 < tiles_k else 0
                            tallies[2] += read
                            tallies[3] += written
                            for each in range(read + written):
                                load[tile, j, (row + each) % banks] += 1
                            lines += read + written
                        compute[t, i, tile, j] = max(compute[t, i, tile, j], cycles)
                        sram[t, i, tile, j] = max(sram[t, i, tile, j], lines)
            for tile in range(tiles_n):
                for j in range(tiles_k):
                    for bank in range(banks):
                        sram[t, i, tile, j] = max(sram[t, i, tile, j], load[tile, j, bank])
