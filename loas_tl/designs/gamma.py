"""Gamma-SNN: Gamma's row-wise (Gustavson) dataflow (ASPLOS 2021) on spikes."""

from __future__ import annotations

from loas_tl.designs.composition import GammaSnnComposition
from loas_tl.designs.constants import constants
from loas_tl.models.declaration import (
    DRAM,
    FILL,
    READ,
    UPDATE,
    Charge,
    TiledAccelerator,
)
from loas_tl.models.machine import Merger

COORDINATE_BITS = 6

GAMMA_SNN = TiledAccelerator(
    name="Gamma-SNN",
    about="rows on 16 PEs with mergers; partial rows of every timestep spill",
    operand="per-timestep",
    loop_order="mktn",
    tile_m=16,
    tile_k=64,
    tile_n=64,
    lanes="m",
    x_buffer=8_192,
    w_buffer=131_072,
    once=(Charge("metadata", COORDINATE_BITS, DRAM, x="nnz"),),
    x_miss=(
        Charge("spikes", 1, FILL, x="nnz"),
        Charge("metadata", COORDINATE_BITS, FILL, x="nnz"),
    ),
    w_miss=(
        Charge("weights", 8, FILL, w="nnz"),
        Charge("metadata", COORDINATE_BITS, FILL, w="nnz"),
    ),
    step=(
        # Every row of the spike tile streams the weight tile's non-zeros.
        Charge("weights", 8, READ, x="rows", w="nnz"),
        Charge("metadata", COORDINATE_BITS, READ, x="rows", w="nnz"),
        Charge("spikes", 1, READ, x="nnz"),
        Charge("metadata", COORDINATE_BITS, READ, x="nnz"),
        Charge("psums", 8, UPDATE, x="rows", w="nonzero_cols"),
        # Two 8-bit partial sums, of which the published model lets a quarter reach DRAM.
        Charge("psums", 2 * 8 // 4, DRAM, x="rows", w="nonzero_cols"),
    ),
    machine=Merger(),
    energy=constants(GammaSnnComposition(), published_compute=3.735, leakage_mW=148.32),
)
