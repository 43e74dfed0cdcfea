"""Arrays of inner-join units: LoAS and SparTen.

Each lane keeps a fiber of its own and fetches its bitmask chunk by chunk, once for every output;
the fibers of the other operand are broadcast, one after the other, and the next one waits for the
slowest lane. Every match reads one value of the lane's own fiber from the cache: a packed word in
LoAS, a weight in SparTen.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from loas_tl.ground.bitmask import Bitmasks
from loas_tl.ground.bits import set_bits
from loas_tl.models.dataflow import Kind, TiledAccelerator
from loas_tl.models.detailed.fibers import lay_out
from loas_tl.models.detailed.unit import PARTS, Timeline, join, memory, settings
from loas_tl.models.detailed.walk import LaneTime, Walk
from loas_tl.models.machine import InnerJoin, System


def walk(
    accelerator: TiledAccelerator,
    unit: InnerJoin,
    spikes: NDArray[np.generic],
    weights: NDArray[np.int8],
    timesteps: int,
    system: System,
) -> Walk:
    """Time all outputs of a layer, one broadcast fiber after the other.

    Args:
        accelerator: which operand the lanes keep, and how many lanes there are.
        unit: the inner-join unit.
        spikes: ``[T or 1, M, K]``, the spike operand; 0 where silent.
        weights: ``int8[K, N]``.
        timesteps: of a packed word, its width in bits.
        system: the cache.

    Returns:
        Its arrays are as if every broadcast fiber were a tile; :func:`by_tiles` adds those up.
    """
    own_spikes = accelerator.lanes == "m"
    value_bits = timesteps if unit.spike_value_bits is None else unit.spike_value_bits
    depth, rows, length = spikes.shape
    pointer = accelerator.pointer_bits
    masks = Bitmasks.of(weights.T, unit.chunk)
    w = lay_out(masks, accelerator.weight_bits, pointer, system, 0)
    masks = Bitmasks.of(spikes.reshape(depth * rows, length), unit.chunk)
    x = lay_out(masks, value_bits, pointer, system, w.end)
    lanes = accelerator.tile_m if own_spikes else accelerator.tile_n
    parts = np.zeros(PARTS, dtype=np.int64)
    tallies = np.zeros(6, dtype=np.int64)
    results = []
    for t in range(depth):
        at_t = x.part(t * rows, (t + 1) * rows)
        own, shared = (at_t, w) if own_spikes else (w, at_t)
        compute, sram, busy = (
            np.zeros((-(-own.start.size // lanes), shared.start.size), dtype=np.int64)
            for _ in range(3)
        )
        _walk(
            own.masks.words,
            own.start,
            own.values,
            own.value_bits,
            shared.masks.words,
            shared.start,
            shared.mask_lines,
            shared.value_lines,
            lanes,
            *settings(unit),
            *memory(unit),
            unit.chunk,
            unit.handover_cycles,
            system.banks,
            system.line_bits,
            compute,
            sram,
            busy,
            parts,
            tallies,
        )
        results.append(tuple(a if own_spikes else a.T for a in (compute, sram, busy)))
    compute, sram, busy = (np.stack(arrays) for arrays in zip(*results, strict=True))
    every_k = (slice(None),) * 3 + (np.newaxis,)  # all tiles of K are one step
    return Walk(
        compute[every_k],
        sram[every_k],
        busy[every_k],
        reads=_reads(tallies, own_spikes, bool(value_bits)),
        lanes=LaneTime(Timeline(*parts.tolist()), int(tallies[HANDOVER]), int(tallies[IDLE])),
    )


def by_tiles(by_fiber: Walk, accelerator: TiledAccelerator) -> Walk:
    """What :func:`walk` answers, by the accelerator's tiles of the fibers that are broadcast."""
    axis, group = (2, accelerator.tile_n) if accelerator.lanes == "m" else (1, accelerator.tile_m)
    starts = np.arange(0, by_fiber.compute.shape[axis], group)

    def added(array: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.add.reduceat(array, starts, axis=axis)

    return replace(
        by_fiber,
        compute=added(by_fiber.compute),
        sram=added(by_fiber.sram),
        busy=added(by_fiber.busy),
    )


def _reads(
    tallies: NDArray[np.int64], own_spikes: bool, spikes_have_values: bool
) -> dict[Kind, int]:
    # Raw spikes are their own bitmask: reading it is reading spikes.
    x_mask: Kind = "metadata" if spikes_have_values else "spikes"
    x: tuple[Kind, Kind] = (x_mask, "spikes")
    w: tuple[Kind, Kind] = ("metadata", "weights")
    reads: dict[Kind, int] = {"spikes": 0, "weights": 0, "metadata": 0}
    for kind, lines in zip((x + w) if own_spikes else (w + x), tallies, strict=False):
        reads[kind] += int(lines)
    return reads


# Lines read and lane-cycles that the walk adds up.
OWN_MASKS, OWN_VALUES, SHARED_MASKS, SHARED_VALUES, HANDOVER, IDLE = range(6)


@njit(cache=True, nogil=True)
def _walk(
    own: NDArray[np.uint64],
    own_start: NDArray[np.int64],
    own_values: NDArray[np.int64],
    value_bits: int,
    shared: NDArray[np.uint64],
    shared_start: NDArray[np.int64],
    shared_mask_lines: NDArray[np.int64],
    shared_value_lines: NDArray[np.int64],
    lanes: int,
    fetch: int,
    latency: int,
    skip_empty: bool,
    popped: NDArray[np.int64],
    released: NDArray[np.int64],
    chunk: int,
    handover: int,
    banks: int,
    line_bits: int,
    compute: NDArray[np.int64],
    sram: NDArray[np.int64],
    busy: NDArray[np.int64],
    parts: NDArray[np.int64],
    tallies: NDArray[np.int64],
) -> None:
    fibers, chunks, words = own.shape
    one = np.uint64(1)
    matches = np.zeros(chunks, dtype=np.int64)
    load = np.zeros(banks, dtype=np.int64)
    lines_of_chunk = -(-chunk // line_bits)
    for tile in range(compute.shape[0]):
        first, last = tile * lanes, min((tile + 1) * lanes, fibers)
        for s in range(shared.shape[0]):
            load[:] = 0
            port = shared_mask_lines[s] + shared_value_lines[s]
            for line in range(shared_start[s], shared_start[s] + port):
                load[line % banks] += 1
            tallies[SHARED_MASKS] += shared_mask_lines[s]
            tallies[SHARED_VALUES] += shared_value_lines[s]
            slowest = working = 0
            for r in range(first, last):
                before = 0  # values of the fiber ahead of this word's
                reads = 0
                for c in range(chunks):
                    line = own_start[r] + c * chunk // line_bits
                    for more in range(lines_of_chunk):
                        load[(line + more) % banks] += 1
                    found = 0
                    for v in range(words):
                        mine = own[r, c, v]
                        both = mine & shared[s, c, v]
                        while both != 0:
                            lowest = both & (~both + one)
                            offset = before + set_bits(mine & (lowest - one))
                            bit = own_values[r] + offset * value_bits
                            load[bit // line_bits % banks] += 1
                            found += 1
                            both ^= lowest
                        before += set_bits(mine)
                    matches[c] = found
                    reads += found
                cycles = join(matches, chunks, fetch, latency, skip_empty, popped, released, parts)
                working += cycles
                slowest = max(slowest, cycles)
                tallies[OWN_MASKS] += chunks * lines_of_chunk
                tallies[OWN_VALUES] += reads
                port = max(port, chunks * lines_of_chunk + reads)
            slowest += handover
            busiest = port
            for bank in range(banks):
                busiest = max(busiest, load[bank])
            tallies[IDLE] += lanes * slowest - working - (last - first) * handover
            tallies[HANDOVER] += (last - first) * handover
            compute[tile, s] = slowest
            sram[tile, s] = busiest
            busy[tile, s] = max(slowest, busiest)
