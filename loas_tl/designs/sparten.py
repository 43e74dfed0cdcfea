"""SparTen-SNN: SparTen's inner join (MICRO 2019) on spikes, timesteps one after the other."""

from __future__ import annotations

from dataclasses import replace

from loas_tl.designs.composition import SpartenAnnComposition, SpartenSnnComposition
from loas_tl.designs.constants import constants
from loas_tl.models.declaration import (
    DRAM,
    FILL,
    READ,
    Charge,
    TiledAccelerator,
)
from loas_tl.models.machine import InnerJoin

SPARTEN_SNN = TiledAccelerator(
    name="SparTen-SNN",
    about="inner join, timesteps in sequence; raw spikes are their own bitmask",
    operand="per-timestep",
    loop_order="nmtk",
    tile_m=32,
    tile_k=128,
    tile_n=16,
    lanes="n",
    x_buffer=16_384,
    w_buffer=131_072,
    once=(Charge("spikes", 1, DRAM, x="numel"),),
    x_miss=(Charge("spikes", 1, FILL, x="numel"),),
    w_miss=(Charge("weights", 8, FILL, w="nnz"), Charge("metadata", 1, FILL, w="numel")),
    w_change=(Charge("metadata", 1, READ, w="numel"),),
    step=(Charge("spikes", 1, READ, x="numel"),),
    match=(Charge("weights", 8, READ),),
    machine=InnerJoin(spike_value_bits=0),
    energy=constants(SpartenSnnComposition(), published_compute=6.15, leakage_mW=124.98),
)

ACTIVATION_BITS = 8

SPARTEN_ANN = replace(
    SPARTEN_SNN,
    name="SparTen",
    about="SparTen for ANNs: two fast prefix-sums; an active neuron is one 8-bit activation",
    operand="packed",
    once=(
        Charge("spikes", ACTIVATION_BITS, DRAM, x="nnz"),
        Charge("metadata", 1, DRAM, x="numel"),
    ),
    x_miss=(
        Charge("spikes", ACTIVATION_BITS, FILL, x="nnz"),
        Charge("metadata", 1, FILL, x="numel"),
    ),
    step=(
        Charge("spikes", ACTIVATION_BITS, READ, x="nnz"),
        Charge("metadata", 1, READ, x="numel"),
    ),
    machine=InnerJoin(spike_value_bits=ACTIVATION_BITS),
    energy=constants(SpartenAnnComposition(), published_compute=7.95, leakage_mW=124.98),
)
"""Not in the comparison by default: pass it to see what an ANN of the same non-zeros would take.

Only the PE's energy is published; leakage is taken to be SparTen-SNN's.
"""
