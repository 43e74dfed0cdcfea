"""Arrays of inner-join units: LoAS and SparTen.

Each lane keeps a fiber of its own; the fibers of the other operand are broadcast, one after the
other, and the next one waits for the slowest lane. What a chunk needs comes in whole cache lines:
the broadcast fiber's all of it, once for all lanes; of a lane's own fiber the lines of its bitmask,
and of its values those in which a match is, each once an output. A lane that keeps its chunk
(SparTen's) reads all of it once, for as many fibers as are broadcast in a tile.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.bitmask import Bitmasks
from loas_tl.ground.bits import set_bits
from loas_tl.ground.compiled import njit
from loas_tl.models.dataflow import Kind, TiledAccelerator
from loas_tl.models.detailed.fibers import lay_out
from loas_tl.models.detailed.unit import PARTS, Timeline, join, memory, settings
from loas_tl.models.detailed.walk import LaneTime, Walk
from loas_tl.models.machine import InnerJoin, System
from loas_tl.workload.layer import Layer


def bytes_of(accelerator: TiledAccelerator, units: int, layer: Layer, timesteps: int) -> int:
    """Memory that :func:`walk` takes for its steps, in bytes.

    Args:
        accelerator: which operand the lanes keep, and how many lanes there are.
        units: how many are walked together.
        layer: the layer.
        timesteps: of a packed word; each of the others is walked by itself.
    """
    a = accelerator
    m, n = (
        (-(-layer.M // a.tile_m), layer.N) if a.lanes == "m" else (layer.M, -(-layer.N // a.tile_n))
    )
    steps = (1 if timesteps > 1 else layer.T) * m * n
    return 2 * 8 * steps * (2 * units + 1)  # of each array a copy, once all timesteps are walked


def walk(
    accelerator: TiledAccelerator,
    units: Sequence[InnerJoin],
    spikes: NDArray[np.generic],
    weights: NDArray[np.int8],
    timesteps: int,
    system: System,
) -> list[Walk]:
    """Time all outputs of a layer, one broadcast fiber after the other.

    Args:
        accelerator: which operand the lanes keep, how many lanes there are, and the tiles.
        units: several inner-join units, for all of which :func:`reads_alike` is the same.
        spikes: ``[T or 1, M, K]``, the spike operand; 0 where silent.
        weights: ``int8[K, N]``.
        timesteps: of a packed word, its width in bits.
        system: the cache.

    Returns:
        A walk for each unit; its arrays are as if every broadcast fiber were a tile, and
        :func:`by_tiles` adds those up.
    """
    own_spikes, unit = accelerator.lanes == "m", units[0]
    value_bits = timesteps if unit.spike_value_bits is None else unit.spike_value_bits
    depth, rows, length = spikes.shape
    pointer = accelerator.pointer_bits
    masks = Bitmasks.of(weights.T, unit.chunk)
    w = lay_out(masks, accelerator.weight_bits, pointer, system, 0)
    masks = Bitmasks.of(spikes.reshape(depth * rows, length), unit.chunk)
    x = lay_out(masks, value_bits, pointer, system, w.end)
    lanes, group = (
        (accelerator.tile_m, accelerator.tile_n)
        if own_spikes
        else (accelerator.tile_n, accelerator.tile_m)
    )
    each = np.stack([settings(unit) for unit in units])
    handover = np.array([unit.handover_cycles for unit in units])
    parts = np.zeros((len(units), PARTS), dtype=np.int64)
    spent = np.zeros((len(units), 2), dtype=np.int64)
    lines = np.zeros(4, dtype=np.int64)
    results = []
    for t in range(depth):
        at_t = x.part(t * rows, (t + 1) * rows)
        own, shared = (at_t, w) if own_spikes else (w, at_t)
        tiles = -(-len(own.start) // lanes), len(shared.start)
        compute, busy = (np.zeros((len(units), *tiles), dtype=np.int64) for _ in range(2))
        sram = np.zeros(tiles, dtype=np.int64)
        _walk(
            own.masks.words,
            own.start,
            own.headers,
            own.values,
            own.value_lines,
            own.value_bits,
            shared.masks.words,
            shared.start,
            shared.headers,
            shared.value_lines,
            lanes,
            group,
            unit.keeps_chunk,
            each,
            handover,
            *memory(*units),
            system.banks,
            system.line_bits,
            compute,
            sram,
            busy,
            parts,
            spent,
            lines,
        )
        by_rows = compute, np.broadcast_to(sram, compute.shape), busy
        results.append([a if own_spikes else a.transpose(0, 2, 1) for a in by_rows])
    compute, sram, busy = (np.stack(arrays, axis=1) for arrays in zip(*results, strict=True))
    every_k = (slice(None),) * 3 + (np.newaxis,)  # all tiles of K are one step
    reads = _reads(lines, own_spikes, bool(value_bits))
    return [
        Walk(
            compute[at][every_k],
            sram[at][every_k],
            busy[at][every_k],
            reads=dict(reads),
            lanes=LaneTime(
                Timeline(*parts[at].tolist()), int(spent[at, HANDOVER]), int(spent[at, IDLE])
            ),
        )
        for at in range(len(units))
    ]


def reads_alike(accelerator: TiledAccelerator, unit: InnerJoin) -> Hashable:
    """What of an array the cache sees, beside the operands; the rest is timing alone."""
    a = accelerator
    lanes, group = (a.tile_m, a.tile_n) if a.lanes == "m" else (a.tile_n, a.tile_m)
    # How many fibers a tile broadcasts is seen only where a chunk is kept for all of them.
    kept = group if unit.keeps_chunk else 0
    return a.lanes, lanes, kept, unit.chunk, unit.spike_value_bits


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


def _reads(lines: NDArray[np.int64], own_spikes: bool, spikes_have_values: bool) -> dict[Kind, int]:
    """Lines by what they hold; one with a bitmask counts as metadata, whatever else is in it."""
    # Raw spikes are their own bitmask: reading it is reading spikes.
    x: tuple[Kind, Kind] = ("metadata" if spikes_have_values else "spikes", "spikes")
    w: tuple[Kind, Kind] = ("metadata", "weights")
    reads: dict[Kind, int] = {"spikes": 0, "weights": 0, "metadata": 0}
    for kind, of_kind in zip((x + w) if own_spikes else (w + x), lines, strict=True):
        reads[kind] += int(of_kind)
    return reads


# Lines read and lane-cycles that the walk adds up.
OWN_HEADERS, OWN_VALUES, SHARED_HEADERS, SHARED_VALUES = range(4)
HANDOVER, IDLE = range(2)


@njit
def _walk(
    own: NDArray[np.uint64],
    own_start: NDArray[np.int64],
    own_headers: NDArray[np.int64],
    own_values: NDArray[np.int64],
    own_value_lines: NDArray[np.int64],
    value_bits: int,
    shared: NDArray[np.uint64],
    shared_start: NDArray[np.int64],
    shared_headers: NDArray[np.int64],
    shared_value_lines: NDArray[np.int64],
    lanes: int,
    group: int,
    keeps_chunk: bool,
    units: NDArray[np.int64],
    handover: NDArray[np.int64],
    popped: NDArray[np.int64],
    released: NDArray[np.int64],
    banks: int,
    line_bits: int,
    compute: NDArray[np.int64],
    sram: NDArray[np.int64],
    busy: NDArray[np.int64],
    parts: NDArray[np.int64],
    spent: NDArray[np.int64],
    lines: NDArray[np.int64],
) -> None:
    fibers, chunks, words = own.shape
    one = np.uint64(1)
    matches = np.zeros(chunks, dtype=np.int64)
    load = np.zeros(banks, dtype=np.int64)
    slowest = np.zeros(len(units), dtype=np.int64)
    working = np.zeros(len(units), dtype=np.int64)
    for tile in range(sram.shape[0]):
        first, last = tile * lanes, min((tile + 1) * lanes, fibers)
        for s in range(shared.shape[0]):
            load[:] = 0
            port = 0
            for c in range(chunks):
                fetched = shared_headers[s, c] + shared_value_lines[s, c]
                for more in range(fetched):
                    load[(shared_start[s, c] + more) % banks] += 1
                port += fetched
                lines[SHARED_HEADERS] += shared_headers[s, c]
                lines[SHARED_VALUES] += shared_value_lines[s, c]
            slowest[:] = 0
            working[:] = 0
            for r in range(first, last):
                headers = values = 0
                for c in range(chunks):
                    line = own_start[r, c]
                    if not keeps_chunk:
                        of_chunk = own_headers[r, c]
                        headers += of_chunk
                    elif s % group == 0:
                        of_chunk = own_headers[r, c] + own_value_lines[r, c]
                        headers += own_headers[r, c]
                        values += own_value_lines[r, c]
                    else:
                        of_chunk = 0
                    for more in range(of_chunk):
                        load[(line + more) % banks] += 1
                    seen = line + own_headers[r, c] - 1  # the last line that has been fetched
                    found = before = 0  # before: values of the chunk ahead of this word's
                    for v in range(words):
                        mine = own[r, c, v]
                        both = mine & shared[s, c, v]
                        if keeps_chunk or value_bits == 0:
                            found += set_bits(both)
                            continue
                        while both != 0:
                            lowest = both & (~both + one)
                            offset = before + set_bits(mine & (lowest - one))
                            bit = own_values[r, c] + offset * value_bits
                            until = (bit + value_bits - 1) // line_bits
                            if until > seen:
                                begin = max(bit // line_bits, seen + 1)
                                for each in range(begin, until + 1):
                                    load[each % banks] += 1
                                values += until + 1 - begin
                                seen = until
                            found += 1
                            both ^= lowest
                        before += set_bits(mine)
                    matches[c] = found
                for u in range(len(units)):
                    cycles = join(matches, chunks, units[u], popped, released, parts[u])
                    working[u] += cycles
                    slowest[u] = max(slowest[u], cycles)
                lines[OWN_HEADERS] += headers
                lines[OWN_VALUES] += values
                port = max(port, headers + values)
            busiest = port
            for bank in range(banks):
                busiest = max(busiest, load[bank])
            sram[tile, s] = busiest
            for u in range(len(units)):
                taken = slowest[u] + handover[u]
                spent[u, HANDOVER] += (last - first) * handover[u]
                spent[u, IDLE] += lanes * taken - working[u] - (last - first) * handover[u]
                compute[u, tile, s] = taken
                busy[u, tile, s] = max(taken, busiest)
