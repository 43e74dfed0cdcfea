"""How Prosperity's public simulator counts Prosperity: cycles, traffic, neurons, energy.

Written anew from its rules; equal to what it answers, to the bit. Rows are (pixel, timestep), the
timestep running fastest; weights are dense, of 8 bits. Source: Prosperity (HPCA 2025,
arXiv:2503.03379) and its simulator, github.com/dubcyfor3/Prosperity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loas_tl.models.published.machine import MACHINE, Machine
from loas_tl.sparsity.product import ProductSparsity, product_sparsity
from loas_tl.sparsity.words import unrolled
from loas_tl.workload.layer import Layer

CLOCK_HZ = 500e6
BUS_BITS = 1024
"""Bits off the chip in a cycle: 64 GB/s at 500 MHz."""
DRAM_PJ_PER_BIT = 12.45
VALUE_BITS = 8
"""Of a weight and of a partial sum."""


@dataclass(frozen=True)
class Cost:
    """What a layer costs, its neurons aside; cycles and bits.

    Attributes:
        compute: cycles of the adders.
        detection: cycles that look for prefixes, under those of the adders.
        stall: cycles that wait for DRAM.
        weight_dram, spike_dram: bits from DRAM.
        weight_reads, spike_reads, psum_writes: bits of the on-chip buffers.
    """

    compute: int
    detection: int
    stall: int
    weight_dram: int
    spike_dram: int
    weight_reads: int
    spike_reads: int
    psum_writes: int

    @property
    def cycles(self) -> int:
        """Of the layer."""
        return max(self.compute, self.detection) + self.stall

    @property
    def dram(self) -> int:
        """All bits from DRAM."""
        return self.weight_dram + self.spike_dram


@dataclass(frozen=True)
class Lif:
    """The neurons behind a layer.

    Attributes:
        cycles: on their own.
        latency: cycles that they add behind a layer.
        dram: bits of output spikes to DRAM; none where they stay on the chip.
        stays: whether the spikes stay in the buffer for the next layer.
    """

    cycles: int
    latency: int
    dram: int
    stays: bool


@dataclass(frozen=True)
class _Tiles:
    """Tiles of a layer along M, K and N."""

    m: int
    k: int
    n: int


def _tiles(layer: Layer, machine: Machine) -> _Tiles:
    rows = layer.M * layer.T
    return _Tiles(
        -(-rows // machine.tile_m), -(-layer.K // machine.tile_k), -(-layer.N // machine.adders)
    )


def dram_traffic(layer: Layer, machine: Machine = MACHINE) -> tuple[int, int]:
    """Bits of weights, once a tile of rows, and of spikes, once a tile of columns.

    A convolution's spikes are unrolled on the chip: its im2col matrix over its kernel's size.
    """
    tiles, rows = _tiles(layer, machine), layer.M * layer.T
    weights = layer.K * layer.N * VALUE_BITS * tiles.m
    return weights, rows * layer.K * tiles.n // layer.taps


def fast_path(layer: Layer, machine: Machine = MACHINE, stored: bool = False) -> Cost:
    """The path that its results come from (written for a GPU there).

    Args:
        layer: the tensors; its weights are taken to be dense.
        machine: the extents.
        stored: whether the layer before left its spikes on the chip.
    """
    found = product_sparsity(unrolled(layer.spikes), machine.tile_m, machine.tile_k)
    return _fast(layer, machine, stored, found)


def _fast(layer: Layer, machine: Machine, stored: bool, found: ProductSparsity) -> Cost:
    tiles, rows = _tiles(layer, machine), layer.M * layer.T
    left = int(found.residual.sum())
    compute = (left + int(found.exact.sum())) * tiles.n
    detection = (int(found.searched.sum()) + rows // machine.popcounts) * tiles.n
    weight_dram, spike_dram = dram_traffic(layer, machine)
    busy = max(compute, detection)
    return Cost(
        compute=compute,
        detection=detection,
        stall=_stall(layer, machine, stored, weight_dram + spike_dram, busy),
        weight_dram=weight_dram,
        spike_dram=spike_dram,
        # The tiles of rows are in here twice: once in the ones of all tiles, once as a factor.
        weight_reads=left * layer.N * VALUE_BITS * tiles.m,
        spike_reads=rows * layer.K * tiles.n,
        psum_writes=rows * layer.N * VALUE_BITS * tiles.k,
    )


def slow_path(layer: Layer, machine: Machine = MACHINE, stored: bool = False) -> Cost:
    """The path that goes tile by tile: rounds each tile's bits, keeps what fits its buffers.

    Its buffers hold a tile each. The popcounts of a tile take a fraction of its rows in cycles.
    """
    found = product_sparsity(unrolled(layer.spikes), machine.tile_m, machine.tile_k)
    tiles, rows = _tiles(layer, machine), layer.M * layer.T
    height, width = (
        np.minimum(tile, extent - np.arange(0, extent, tile))
        for tile, extent in ((machine.tile_m, rows), (machine.tile_k, layer.K))
    )
    area = np.outer(height, width)
    whole_spikes = rows * layer.K <= machine.tile_m * machine.tile_k
    weight_tile = machine.tile_k * machine.adders * VALUE_BITS
    whole_weights = tiles.k == 1 or weight_tile >= layer.K * layer.N * VALUE_BITS
    spike_dram = int((area // layer.taps).sum()) * (1 if whole_spikes else tiles.n)
    weight_dram = layer.K * layer.N * VALUE_BITS * (1 if whole_weights else tiles.m)
    if stored:
        spike_dram = 0
    left = int(found.residual.sum())
    counting = int((height // machine.popcounts).sum()) * tiles.k
    compute = (left + int(found.exact.sum())) * tiles.n
    detection = (int(found.searched.sum()) + counting) * tiles.n
    busy = max(compute, detection)
    return Cost(
        compute=compute,
        detection=detection,
        stall=_stall(layer, machine, stored, weight_dram + spike_dram, busy),
        weight_dram=weight_dram,
        spike_dram=spike_dram,
        weight_reads=left * layer.N * VALUE_BITS,
        spike_reads=rows * layer.K * tiles.n,
        psum_writes=rows * layer.N * VALUE_BITS * tiles.k,
    )


def _stall(layer: Layer, machine: Machine, stored: bool, dram: int, busy: int) -> int:
    """Cycles for the first tiles, and those in which DRAM takes longer than the adders."""
    k, n = min(machine.tile_k, layer.K), min(machine.adders, layer.N)
    first = k * n * VALUE_BITS
    if not stored:
        first += k * min(machine.tile_m, layer.M * layer.T)
    return first // BUS_BITS + max(0, (dram - first) // BUS_BITS - busy)


def lif(neurons: int, timesteps: int, machine: Machine = MACHINE) -> Lif:
    """Neurons of a layer: two cycles a timestep on each LIF cell, overlapped but for one tile's."""
    cycles = -(-neurons // machine.lif_cells) * timesteps * 2
    of_tile = machine.tile_m * machine.adders // timesteps
    latency = min(-(-of_tile // machine.lif_cells) * timesteps * 2, cycles)
    spikes = timesteps * neurons
    stays = spikes < machine.tile_m * machine.tile_k
    return Lif(cycles, latency, 0 if stays else spikes, stays)


@dataclass(frozen=True)
class Totals:
    """A network, its neurons among it.

    Attributes:
        cycles: of layers, and of neurons where they are not under a layer.
        dram: bits.
        bit_density, product_density: share of ones among the elements of the im2col matrices,
            each layer as often as it has tiles of columns.
    """

    cycles: int
    dram: int
    bit_density: float
    product_density: float


def end_to_end(
    layers: Sequence[Layer], machine: Machine = MACHINE, neurons: Sequence[int] | None = None
) -> Totals:
    """A network as the simulator totals it: each layer, then its neurons.

    Args:
        layers: in order.
        machine: the extents.
        neurons: behind each layer, 0 for none; by default one an output.

    Returns:
        Cycles, bits and densities of all.

    Raises:
        InputError: where the inputs of a tile do not fit in a word.
    """
    cycles = dram = ones = left = elements = 0
    stored = False
    for at, layer in enumerate(layers):
        found = product_sparsity(unrolled(layer.spikes), machine.tile_m, machine.tile_k)
        cost, tiles = _fast(layer, machine, stored, found), _tiles(layer, machine).n
        cycles, dram = cycles + cost.cycles, dram + cost.dram
        ones += int(found.ones.sum()) * tiles
        left += int(found.residual.sum()) * tiles
        elements += layer.spikes.size * tiles
        count = layer.M * layer.N if neurons is None else neurons[at]
        if count:
            behind = lif(count, layer.T, machine)
            cycles, dram, stored = cycles + behind.latency, dram + behind.dram, behind.stays
    return Totals(cycles, dram, ones / elements, left / elements)
