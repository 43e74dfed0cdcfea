"""The detailed model of a whole small layer, element by element; slow and plain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product
from math import ceil

import numpy as np

from loas_tl.models.dataflow import TiledAccelerator
from loas_tl.models.machine import IdBroadcast, InnerJoin, Merger, System
from loas_tl.workload.layer import Layer
from tests.detailed.plain_unit import Unit


@dataclass
class Plain:
    """Cycles by (t, tile of m, tile of n, tile of k), and lines by (memory, kind)."""

    compute: Counter[tuple[int, int, int, int]] = field(default_factory=Counter)
    sram: Counter[tuple[int, int, int, int]] = field(default_factory=Counter)
    busy: Counter[tuple[int, int, int, int]] = field(default_factory=Counter)
    lines: Counter[tuple[str, str]] = field(default_factory=Counter)
    lanes: Counter[str] = field(default_factory=Counter)

    def add(self, step: tuple[int, int, int, int], compute: int, sram: int) -> None:
        self.compute[step] += compute
        self.sram[step] += sram
        self.busy[step] += max(compute, sram)


def plain_layer(a: TiledAccelerator, layer: Layer, system: System) -> Plain:
    if isinstance(a.machine, InnerJoin):
        return inner_join(a, a.machine, layer, system)
    if isinstance(a.machine, IdBroadcast):
        return gospa(a, a.machine, layer, system)
    assert isinstance(a.machine, Merger)
    return gamma(a, a.machine, layer, system)


class Chunk:
    """A chunk of a fiber in the cache: its positions, and the lines of each part of it."""

    def __init__(self, values: list[int], headers: list[int], first_value: int, end: int) -> None:
        self.values = values
        self.headers = headers  # lines with its bitmask and pointer, if they have not come before
        self.first_value = first_value  # the bit at which its values start
        self.end = end  # the line after it

    @property
    def lines(self) -> list[int]:
        """All its lines that have not come before."""
        return [*self.headers, *range(self.headers[-1] + 1, self.end)] if self.headers else []

    def lines_of_value(self, position: int, bits: int, line_bits: int) -> list[int]:
        rank = sum(v != 0 for v in self.values[:position])
        first = self.first_value + rank * bits
        return list(range(first // line_bits, (first + bits - 1) // line_bits + 1))


def lay_out(
    rows: list[list[int]], chunk: int, value_bits: int, at: int, line_bits: int, pointer_bits: int
) -> tuple[list[list[Chunk]], int]:
    """The chunks of each fiber, and the line after the last of them."""
    fibers = []
    for row in rows:
        chunks = []
        first = at
        for begin in range(0, len(row), chunk):
            values = row[begin : begin + chunk]
            if not value_bits:  # bitmasks follow each other within the fiber's lines
                end = first + (begin + len(values) - 1) // line_bits + 1
                chunks.append(Chunk(values, list(range(at, end)), 0, end))
            else:
                header = chunk + pointer_bits
                bits = sum(v != 0 for v in values) * value_bits
                headers = list(range(at, at + ceil(header / line_bits)))
                # Values that fit follow in the pointer's line, others start at the next one.
                fits = header + bits <= len(headers) * line_bits
                end = headers[-1] + 1 + (0 if fits else ceil(bits / line_bits))
                value = at * line_bits + header if fits else (headers[-1] + 1) * line_bits
                chunks.append(Chunk(values, headers, value, end))
            at = end
        fibers.append(chunks)
    return fibers, at


def lanes_of(a: TiledAccelerator, layer: Layer) -> int:
    """Timesteps of a packed word."""
    return layer.T if a.timesteps is None else min(layer.T, a.timesteps)


def spike_operand(a: TiledAccelerator, layer: Layer) -> list[list[list[int]]]:
    """As ``[t][m][k]``, the words of a pass as one timestep."""
    bits = layer.spikes.astype(int)
    if a.operand == "per-timestep":
        return bits.tolist()
    if a.operand == "packed-ft":
        bits = np.where(bits.sum(axis=0) == 1, 0, bits)
    passes = []
    for group in pieces(layer.T, lanes_of(a, layer)):
        words = sum(bits[t] << (t - group.start) for t in group)
        passes.append(np.asarray(words).tolist())
    return passes


def inner_join(a: TiledAccelerator, unit: InnerJoin, layer: Layer, system: System) -> Plain:
    plain = Plain()
    line_bits = 8 * system.line_bytes
    spike_bits = lanes_of(a, layer) if unit.spike_value_bits is None else unit.spike_value_bits
    columns = layer.weights.T.astype(int).tolist()
    weights, at = lay_out(columns, unit.chunk, a.weight_bits, 0, line_bits, a.pointer_bits)
    own_is, shared_is = ("spikes", "weights") if a.lanes == "m" else ("weights", "spikes")
    own_bits = spike_bits if own_is == "spikes" else a.weight_bits

    def read(operand: str, chunk: Chunk, lines: Iterable[int], load: Counter[int]) -> int:
        """Read lines of a chunk; one with a bitmask counts as metadata."""
        mask_is = "spikes" if operand == "spikes" and not spike_bits else "metadata"
        count = 0
        for line in lines:
            load[line % system.banks] += 1
            plain.lines["sram_read", mask_is if line in chunk.headers else operand] += 1
            count += 1
        return count

    for t, rows in enumerate(spike_operand(a, layer)):
        spikes, at = lay_out(rows, unit.chunk, spike_bits, at, line_bits, a.pointer_bits)
        own, shared = (spikes, weights) if own_is == "spikes" else (weights, spikes)
        lanes, group = (a.tile_m, a.tile_n) if own_is == "spikes" else (a.tile_n, a.tile_m)
        for first, (s, broadcast) in product(range(0, len(own), lanes), enumerate(shared)):
            load: Counter[int] = Counter()
            ports = [sum(read(shared_is, chunk, chunk.lines, load) for chunk in broadcast)]
            times = []
            for fiber in own[first : first + lanes]:
                lines_read = 0
                matches = []
                for mine, theirs in zip(fiber, broadcast, strict=True):
                    pairs = zip(mine.values, theirs.values, strict=True)
                    matched = [at for at, (v, w) in enumerate(pairs) if v and w]
                    matches.append(len(matched))
                    touched = list(mine.headers)
                    if unit.keeps_chunk:  # all of it, once in each tile of the other operand
                        touched = mine.lines if s % group == 0 else []
                    elif own_bits:
                        for position in matched:
                            touched += mine.lines_of_value(position, own_bits, line_bits)
                    lines_read += read(own_is, mine, dict.fromkeys(touched), load)
                ports.append(lines_read)
                spent = Unit(unit, matches).run()
                plain.lanes.update(spent)
                times.append(spent.total() + unit.handover_cycles)
                plain.lanes["handover"] += unit.handover_cycles
            slowest = max(times)
            plain.lanes["idle"] += lanes * slowest - sum(times)
            where = (first // lanes, s // group)
            m, n = where if own_is == "spikes" else where[::-1]
            plain.add((t, m, n, 0), slowest, max(*load.values(), *ports))
    return plain


def pieces(extent: int, tile: int) -> list[range]:
    return [range(at, min(at + tile, extent)) for at in range(0, extent, tile)]


def gospa(a: TiledAccelerator, machine: IdBroadcast, layer: Layer, system: System) -> Plain:
    plain = Plain()
    line_bits = 8 * system.line_bytes

    def lines(bits: int) -> int:
        return ceil(bits / line_bits)

    tiles_k = pieces(layer.K, a.tile_k)
    for (t, (i, rows)), (n, cols), (j, inputs) in product(
        product(range(layer.T), enumerate(pieces(layer.M, a.tile_m))),
        enumerate(pieces(layer.N, a.tile_n)),
        enumerate(tiles_k),
    ):
        columns = ceil(a.tile_n / machine.fifos)
        entered = [0] * machine.fifos
        spikes = weights = 0
        for m, k in product(rows, inputs):
            if layer.spikes[t, m, k]:
                spikes += 1
                for fifo in range(machine.fifos):
                    of_fifo = cols[fifo * columns : (fifo + 1) * columns]
                    entered[fifo] += any(layer.weights[k, col] for col in of_fifo)
        weights = sum(bool(layer.weights[k, col]) for k, col in product(inputs, cols))
        x_lines = lines(spikes * (1 + machine.coordinate_bits))
        w_lines = lines(weights * a.weight_bits) + lines(len(inputs) * len(cols))
        psums = lines(len(rows) * len(cols) * machine.psum_bits)
        come, go = psums * (j > 0), psums * (j + 1 < len(tiles_k))
        plain.lines["sram_read", "spikes"] += x_lines
        plain.lines["sram_read", "weights"] += w_lines
        plain.lines["sram_read", "psums"] += come
        plain.lines["sram_write", "psums"] += go
        if machine.overlapped:
            sram = ceil((x_lines + w_lines + come + go) / system.banks)
            plain.add((t, i, n, j), max(entered), sram)
            continue
        spill = ceil(come / system.banks) + ceil(go / system.banks)
        compute = max(entered) + machine.startup_cycles if max(entered) else 0
        sram = ceil((x_lines + w_lines) / system.banks)
        plain.add((t, i, n, j), compute + spill, sram + spill)
    return plain


def gamma(a: TiledAccelerator, machine: Merger, layer: Layer, system: System) -> Plain:
    plain = Plain()
    line_bits = 8 * system.line_bytes
    element = a.weight_bits + machine.coordinate_bits
    spike = machine.spike_value_bits + machine.coordinate_bits
    psum = machine.psum_bits + machine.coordinate_bits
    columns = [set(np.flatnonzero(row).tolist()) for row in layer.weights]
    starts = [0]
    for row_columns in columns:
        starts.append(starts[-1] + ceil(len(row_columns) * element / line_bits))
    # When each element is free: by merging alone, by reading alone, by what takes longer.
    free = {what: [0] * a.tile_m for what in ("merging", "reading", "both")}
    for t, spikes in enumerate(spike_operand(a, layer)):
        for i, rows in enumerate(pieces(layer.M, a.tile_m)):
            load: Counter[int] = Counter()
            ends = {what: max(each) for what, each in free.items()}
            for m in rows:
                fired = [k for k in range(layer.K) if spikes[m][k]]
                at = t * layer.M + m
                lines = ceil(len(fired) * spike / line_bits)
                plain.lines["sram_read", "spikes"] += lines
                load.update((at + line) % system.banks for line in range(lines))
                wanted = [k for k in fired if columns[k]]
                passes = [
                    wanted[p : p + machine.radix] for p in range(0, len(wanted), machine.radix)
                ]
                partial: set[int] = set()
                taken: Counter[str] = Counter()
                for number, fibers in enumerate(passes):
                    of_weights = [line for k in fibers for line in range(starts[k], starts[k + 1])]
                    plain.lines["sram_read", "weights"] += len(of_weights)
                    load.update(line % system.banks for line in of_weights)
                    merged = sum(len(columns[k]) for k in fibers) + len(partial)
                    merged += 0 if machine.overlapped else machine.startup_cycles
                    come = ceil(len(partial) * psum / line_bits)
                    partial = partial.union(*(columns[k] for k in fibers))
                    last = number == len(passes) - 1
                    go = 0 if last else ceil(len(partial) * psum / line_bits)
                    plain.lines["sram_read", "psums"] += come
                    plain.lines["sram_write", "psums"] += go
                    load.update((at + line) % system.banks for line in range(come + go))
                    lines += len(of_weights) + come + go
                    taken.update(merging=merged, reading=lines, both=max(merged, lines))
                    lines = 0
                taken.update(reading=lines, both=lines)
                for what, each in free.items():
                    first = each.index(min(each))
                    each[first] += taken[what]
            more = {what: max(each) - ends[what] for what, each in free.items()}
            busiest = max(load.values(), default=0)
            step = (t, i, 0, 0)
            plain.compute[step] += more["merging"]
            plain.sram[step] += max(more["reading"], busiest)
            plain.busy[step] += max(more["both"], busiest)
    return plain


def plain_overlap(
    steps: list[tuple[int, int, int, int]], per_cycle: float, tail: int
) -> Counter[str]:
    """Cycles by what they were spent on; a step is (compute, SRAM, busy, DRAM bits)."""
    bits = 0
    clock: Counter[str] = Counter()
    ends = []
    for *_, moved in steps:
        bits += moved
        ends.append(ceil(bits / per_cycle))
    clock["dram"] += ends[0]
    for at, (compute, sram, busy, _) in enumerate(steps):
        arrived = ends[at + 1] - ends[at] if at + 1 < len(steps) else 0
        on_chip = "sram" if sram > compute else "compute"
        clock["dram" if arrived > busy else on_chip] += max(arrived, busy)
    clock["compute"] += tail
    return clock
