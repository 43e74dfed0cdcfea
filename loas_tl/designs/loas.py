"""LoAS: packed spikes, all timesteps at once (MICRO 2024, sections IV and V)."""

from __future__ import annotations

from dataclasses import replace

from loas_tl.designs.composition import LoasComposition
from loas_tl.designs.constants import constants
from loas_tl.models.declaration import (
    DRAM,
    FILL,
    READ,
    Charge,
    TiledAccelerator,
)
from loas_tl.models.machine import InnerJoin, Laggy

_WRITE_BACK = (Charge("spikes", "T", DRAM, x="nnz"), Charge("metadata", 1, DRAM, x="numel"))
_X_FILL = (Charge("spikes", "T", FILL, x="nnz"), Charge("metadata", 1, FILL, x="numel"))
_W_FILL = (Charge("weights", 8, FILL, w="nnz"), Charge("metadata", 1, FILL, w="numel"))

LOAS = TiledAccelerator(
    name="LoAS",
    about="packed spikes, inner join with one fast and one laggy prefix-sum, rows on 16 TPPEs",
    operand="packed",
    loop_order="mntk",
    tile_m=16,
    tile_k=128,
    tile_n=32,
    lanes="m",
    x_buffer=131_072,
    w_buffer=4_096,
    once=_WRITE_BACK,
    x_miss=_X_FILL,
    w_miss=_W_FILL,
    x_change=(Charge("metadata", 1, READ, x="numel"),),
    step=(Charge("weights", 8, READ, w="nnz"), Charge("metadata", 1, READ, w="numel")),
    match=(Charge("spikes", "T", READ),),
    machine=InnerJoin(laggy=Laggy(), compress=True),
    energy=constants(LoasComposition(), published_compute=5.8, leakage_mW=124.98),
)

LOAS_FT = replace(
    LOAS,
    name="LoAS-FT",
    about="LoAS on a network fine-tuned so that a neuron firing once counts as silent",
    operand="packed-ft",
)

LOAS_N_MAJOR = replace(
    LOAS,
    name="LoAS N-major",
    about="LoAS with columns of the weights on the 16 TPPEs, weights resident",
    loop_order="nmtk",
    tile_m=32,
    tile_n=16,
    lanes="n",
    x_buffer=4_096,
    w_buffer=131_072,
    x_change=(),
    w_change=(Charge("metadata", 1, READ, w="numel"),),
    step=(Charge("spikes", "T", READ, x="nnz"), Charge("metadata", 1, READ, x="numel")),
    match=(Charge("weights", 8, READ),),
)
