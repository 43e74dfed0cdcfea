"""The detailed model of a whole small layer, element by element; slow and plain."""

from __future__ import annotations

from collections import Counter
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


class Fiber:
    """A fiber in the cache: which line each part of it is in."""

    def __init__(
        self, values: list[int], value_bits: int, at: int, line_bits: int, pointer_bits: int
    ) -> None:
        self.values = values
        self.value_bits = value_bits
        self.line_bits = line_bits
        self.at = at
        header = len(values) + (pointer_bits if value_bits else 0)
        self.mask_lines = ceil(header / line_bits)
        bits = sum(v != 0 for v in values) * value_bits
        # Values that fit follow in the pointer's line, the others start at the next one.
        fits = header + bits <= self.mask_lines * line_bits
        self.value_lines = 0 if fits else ceil(bits / line_bits)
        self.first_value = at * line_bits + header if fits else (at + self.mask_lines) * line_bits
        self.end = at + self.mask_lines + self.value_lines

    def line_of_bit(self, position: int) -> int:
        return self.at + position // self.line_bits

    def line_of_value(self, position: int) -> int:
        rank = sum(v != 0 for v in self.values[:position])
        return (self.first_value + rank * self.value_bits) // self.line_bits


def lay_out(
    rows: list[list[int]], value_bits: int, at: int, line_bits: int, pointer_bits: int
) -> list[Fiber]:
    fibers = []
    for row in rows:
        fibers.append(Fiber(row, value_bits, at, line_bits, pointer_bits))
        at = fibers[-1].end
    return fibers


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
    weights = lay_out(columns, a.weight_bits, 0, line_bits, a.pointer_bits)
    at = weights[-1].end
    chunks = ceil(layer.K / unit.chunk)
    for t, rows in enumerate(spike_operand(a, layer)):
        spikes = lay_out(rows, spike_bits, at, line_bits, a.pointer_bits)
        at = spikes[-1].end
        own, shared = (spikes, weights) if a.lanes == "m" else (weights, spikes)
        lanes, group = (a.tile_m, a.tile_n) if a.lanes == "m" else (a.tile_n, a.tile_m)
        own_is = "spikes" if a.lanes == "m" else "weights"
        shared_is = "weights" if a.lanes == "m" else "spikes"

        def mask_is(operand: str) -> str:
            return "spikes" if operand == "spikes" and not spike_bits else "metadata"

        for first in range(0, len(own), lanes):
            for s, broadcast in enumerate(shared):
                load: Counter[int] = Counter()
                ports = [broadcast.end - broadcast.at]
                for line in range(broadcast.at, broadcast.end):
                    load[line % system.banks] += 1
                plain.lines["sram_read", mask_is(shared_is)] += broadcast.mask_lines
                plain.lines["sram_read", shared_is] += broadcast.value_lines
                times = []
                for fiber in own[first : first + lanes]:
                    read = 0
                    matches = [0] * chunks
                    for c in range(chunks):
                        for more in range(ceil(unit.chunk / line_bits)):
                            line = fiber.line_of_bit(c * unit.chunk) + more
                            load[line % system.banks] += 1
                            plain.lines["sram_read", mask_is(own_is)] += 1
                            read += 1
                        for k in range(c * unit.chunk, min((c + 1) * unit.chunk, layer.K)):
                            if fiber.values[k] and broadcast.values[k]:
                                matches[c] += 1
                                load[fiber.line_of_value(k) % system.banks] += 1
                                plain.lines["sram_read", own_is] += 1
                                read += 1
                    ports.append(read)
                    spent = Unit(unit, matches).run()
                    plain.lanes.update(spent)
                    times.append(spent.total() + unit.handover_cycles)
                    plain.lanes["handover"] += unit.handover_cycles
                slowest = max(times)
                plain.lanes["idle"] += lanes * slowest - sum(times)
                where = (first // lanes, s // group)
                m, n = where if a.lanes == "m" else where[::-1]
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
        spill = ceil(come / system.banks) + ceil(go / system.banks)
        compute = max(entered) + machine.startup_cycles if max(entered) else 0
        sram = ceil((x_lines + w_lines) / system.banks)
        plain.add((t, i, n, j), compute + spill, sram + spill)
    return plain


def gamma(a: TiledAccelerator, machine: Merger, layer: Layer, system: System) -> Plain:
    plain = Plain()
    line_bits = 8 * system.line_bytes
    element = a.weight_bits + machine.coordinate_bits
    spikes = spike_operand(a, layer)
    psum = machine.psum_bits + machine.coordinate_bits
    starts = [0]
    for k in range(layer.K):
        starts.append(starts[-1] + ceil(int((layer.weights[k] != 0).sum()) * element / line_bits))
    tiles_k = pieces(layer.K, a.tile_k)
    partial: dict[tuple[int, int], set[int]] = {}  # columns with a partial sum, by (t, m)
    for (i, rows), (j, inputs), t, (n, cols) in product(
        enumerate(pieces(layer.M, a.tile_m)),
        enumerate(tiles_k),
        range(len(spikes)),
        enumerate(pieces(layer.N, a.tile_n)),
    ):
        load: Counter[int] = Counter()
        slowest = [0]
        ports = [0]
        for m in rows:
            fired = [k for k in inputs if spikes[t][m][k]]
            touched: list[int] = []
            read = []
            for k in fired:
                here = [col for col in cols if layer.weights[k, col]]
                touched += here
                if here:
                    before = int((layer.weights[k, : cols[0]] != 0).sum())
                    first = before * element // line_bits
                    last = ((before + len(here)) * element - 1) // line_bits
                    read += [starts[k] + line for line in range(first, last + 1)]
            plain.lines["sram_read", "weights"] += len(read)
            spike = machine.spike_value_bits + machine.coordinate_bits
            of_spikes = ceil(len(fired) * spike / line_bits)
            plain.lines["sram_read", "spikes"] += of_spikes
            own = of_spikes
            row_lines = list(range(of_spikes))
            if touched:
                had = partial.setdefault((t, m), set()) & set(cols)
                slowest.append(len(touched) + len(had) + machine.startup_cycles)
                has = had | set(touched)
                partial[t, m] |= has
                come = ceil(len(had) * psum / line_bits)
                go = ceil(len(has) * psum / line_bits) if j + 1 < len(tiles_k) else 0
                plain.lines["sram_read", "psums"] += come
                plain.lines["sram_write", "psums"] += go
                own += come + go
                row_lines += range(come + go)
            for line in (*read, *(t * layer.M + m + line for line in row_lines)):
                load[line % system.banks] += 1
            ports.append(len(read) + own)
        plain.add((t, i, n, j), max(slowest), max(*ports, *load.values(), 0))
    return plain


def plain_overlap(steps: list[tuple[int, int, int]], per_cycle: float, tail: int) -> Counter[str]:
    """Cycles by what they were spent on; a step is (compute, busy, DRAM bits)."""
    arrived = 0
    bits = 0
    clock: Counter[str] = Counter()
    ends = []
    for _, _, moved in steps:
        bits += moved
        ends.append(ceil(bits / per_cycle))
    clock["dram"] += ends[0]
    for at, (_, busy, _) in enumerate(steps):
        arrived = ends[at + 1] - ends[at] if at + 1 < len(steps) else 0
        clock["dram" if arrived > busy else "on chip"] += max(arrived, busy)
    clock["on chip"] += tail
    return clock
