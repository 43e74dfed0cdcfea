"""GoSPA-SNN: GoSPA's outer-product-like intersection (ISCA 2021) on spikes."""

from __future__ import annotations

from loas_tl.designs.composition import GospaSnnComposition
from loas_tl.designs.constants import constants
from loas_tl.models.declaration import (
    DRAM,
    FILL,
    READ,
    Charge,
    TiledAccelerator,
)
from loas_tl.models.machine import IdBroadcast

COORDINATE_BITS = 8

GOSPA_SNN = TiledAccelerator(
    name="GoSPA-SNN",
    about="K outermost, so partial sums of every timestep travel to DRAM and back",
    operand="per-timestep",
    loop_order="kntm",
    tile_m=64,
    tile_k=256,
    tile_n=16,
    lanes="n",
    x_buffer=174_080,
    w_buffer=16_384,
    once=(Charge("metadata", COORDINATE_BITS, DRAM, x="nnz"),),
    x_miss=(
        Charge("spikes", 1, FILL, x="nnz"),
        Charge("metadata", COORDINATE_BITS, FILL, x="nnz"),
    ),
    w_miss=(Charge("weights", 8, FILL, w="nnz"), Charge("metadata", 1, FILL, w="numel")),
    step=(
        Charge("spikes", 1, READ, x="nnz"),
        Charge("metadata", COORDINATE_BITS, READ, x="nnz"),
        Charge("weights", 8, READ, w="nnz"),
        Charge("metadata", 1, READ, w="numel"),
        # One partial sum in and one out for each row and column of the pair.
        Charge("psums", 2 * 8, DRAM, x="rows", w="cols"),
    ),
    machine=IdBroadcast(),
    energy=constants(GospaSnnComposition(), published_compute=1.742, leakage_mW=179.0),
)
