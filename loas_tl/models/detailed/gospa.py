"""GoSPA's array: an ID generator, FIFOs, and accumulators of a whole tile of outputs.

At every pair of tiles the spikes' coordinates stream out of the cache. Each FIFO has a filter in
front of it that lets through the spikes at which one of its columns has a weight (GoSPA's static
sparsity filter), one a cycle; the FIFO's columns accumulate it together. A pair of tiles takes
what its busiest FIFO takes. The partial sums of the outputs come from memory before and go back
after, unless the tile is the first or the last of K; the array's accumulators are one set, so
neither is hidden. A machine that is ``overlapped`` has two: partial sums travel, and the next tile
starts, under the accumulation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loas_tl.models.dataflow import TiledAccelerator
from loas_tl.models.detailed.walk import Walk
from loas_tl.models.machine import IdBroadcast, System
from loas_tl.workload.layer import Layer


def bytes_of(accelerator: TiledAccelerator, machine: IdBroadcast, layer: Layer) -> int:
    """Memory that :func:`walk` takes beside the operands, in bytes."""
    a = accelerator
    down, along, across = -(-layer.M // a.tile_m), -(-layer.K // a.tile_k), -(-layer.N // a.tile_n)
    of_pairs = layer.T * down * across * (8 * along + 4 * machine.fifos)
    return of_pairs + 4 * layer.K * (layer.T * down + across * machine.fifos)


def walk(
    accelerator: TiledAccelerator,
    machine: IdBroadcast,
    spikes: NDArray[np.bool_],
    weights: NDArray[np.int8],
    system: System,
) -> Walk:
    """Time all pairs of tiles of a layer.

    Args:
        accelerator: the tiles.
        machine: the ID generator.
        spikes: ``bool[T, M, K]``.
        weights: ``int8[K, N]``.
        system: the cache; its lines are read in sequence, so that all banks share the load.
    """
    a = accelerator
    timesteps, m, k = spikes.shape
    n = weights.shape[1]
    down, along, across = -(-m // a.tile_m), -(-k // a.tile_k), -(-n // a.tile_n)
    columns = -(-a.tile_n // machine.fifos)
    fired = np.add.reduceat(spikes, np.arange(0, m, a.tile_m), axis=1, dtype=np.float32)
    kept = weights != 0
    wanted = np.zeros((k, across, machine.fifos), dtype=np.float32)
    for tile in range(across):
        of_tile = kept[:, tile * a.tile_n : (tile + 1) * a.tile_n]
        for fifo in range(-(-of_tile.shape[1] // columns)):
            wanted[:, tile, fifo] = of_tile[:, fifo * columns : (fifo + 1) * columns].any(axis=1)

    shape = (timesteps, down, across, along)
    busiest = np.zeros(shape, dtype=np.int64)
    spikes_of = np.zeros((timesteps, down, along), dtype=np.int64)
    weights_of = np.zeros((across, along), dtype=np.int64)
    for j in range(along):
        piece = slice(j * a.tile_k, (j + 1) * a.tile_k)
        # Counts stay far below 2**24, so that float32 is exact and BLAS can be used.
        ids = np.tensordot(fired[:, :, piece], wanted[piece], axes=(2, 0))
        busiest[..., j] = ids.max(axis=-1)
        spikes_of[..., j] = fired[:, :, piece].sum(axis=2)
        weights_of[:, j] = np.add.reduceat(
            np.count_nonzero(kept[piece], axis=0), np.arange(0, n, a.tile_n)
        )

    rows = np.minimum(a.tile_m, m - a.tile_m * np.arange(down))
    cols = np.minimum(a.tile_n, n - a.tile_n * np.arange(across))
    inputs = np.minimum(a.tile_k, k - a.tile_k * np.arange(along))
    x_lines = system.lines(spikes_of * (1 + machine.coordinate_bits))[:, :, None, :]
    w_lines = system.lines(weights_of * a.weight_bits) + system.lines(np.outer(cols, inputs))
    psum_lines = system.lines(np.outer(rows, cols) * machine.psum_bits)[None, :, :, None]
    first, last = np.arange(along) == 0, np.arange(along) == along - 1
    psum_in, psum_out = psum_lines * ~first, psum_lines * ~last
    lines = x_lines + w_lines[None, None]
    if machine.overlapped:
        compute, sram = busiest, -(-(lines + psum_in + psum_out) // system.banks)
    else:
        # The partial sums travel while nothing else does: their cycles are in both.
        spill = sum(-(-moved // system.banks) for moved in (psum_in, psum_out))
        compute = np.where(busiest > 0, busiest + machine.startup_cycles, 0) + spill
        sram = -(-lines // system.banks) + spill
    everywhere = np.broadcast_to
    return Walk(
        compute,
        everywhere(sram, shape),
        np.maximum(compute, sram),
        {
            "spikes": int(everywhere(x_lines, shape).sum()),
            "weights": int(everywhere(w_lines, shape).sum()),
            "psums": int(everywhere(psum_in, shape).sum()),
        },
        {"psums": int(everywhere(psum_out, shape).sum())},
    )
