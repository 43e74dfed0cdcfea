"""What an accelerator is, as data: its dataflow, its buffers, its traffic and its constants.

A tiled (dual-sparse) accelerator is one :class:`TiledAccelerator`; the walk over its tiles in
``loas_tl.models.published`` is the same for all of them. A dense output-stationary array is one
:class:`OutputStationaryArray`. To add an accelerator, write a declaration and either pass it to
:func:`loas_tl.compare` or :func:`loas_tl.register` it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from loas_tl.models.machine import Machine

Operand = Literal["packed", "packed-ft", "per-timestep"]
"""The spike operand: P, P after fine-tuning (both as tensors of one timestep), or X itself."""

Kind = Literal["spikes", "weights", "metadata", "psums"]
"""What a bit of traffic is; metadata are bitmasks and coordinates."""

Memory = Literal["dram", "sram_read", "sram_write"]

TileCount = Literal["one", "nnz", "numel", "rows", "cols", "nonzero_cols"]
"""A number that a tile has: 1, non-zero elements, elements, extents, columns that are not empty."""

FILL: tuple[Memory, ...] = ("dram", "sram_write")
"""Moved in from DRAM: counted there and as a write of the on-chip buffer."""
READ: tuple[Memory, ...] = ("sram_read",)
UPDATE: tuple[Memory, ...] = ("sram_read", "sram_write")
"""Read and written back, so counted twice."""
DRAM: tuple[Memory, ...] = ("dram",)

KINDS: tuple[Kind, ...] = ("spikes", "weights", "metadata", "psums")
MEMORIES: tuple[Memory, ...] = ("dram", "sram_read", "sram_write")


@dataclass(frozen=True)
class Charge:
    """Traffic of ``bits * x * w``, where x and w are counts of the spike and the weight tile.

    Attributes:
        kind: what moves.
        bits: width of one element; ``"T"`` is the packed word of T bits.
        to: the memories it is charged to.
        x, w: which count of the spike tile and of the weight tile it is proportional to.
    """

    kind: Kind
    bits: int | Literal["T"]
    to: tuple[Memory, ...]
    x: TileCount = "one"
    w: TileCount = "one"

    def width(self, timesteps: int) -> int:
        """Bits of one element when the layer has this many timesteps."""
        return timesteps if self.bits == "T" else self.bits


@dataclass(frozen=True)
class EnergyConstants:
    """What one accelerator's energy is made of, in both accountings.

    Attributes:
        published_compute: the published formula's weight of a compute (no coherent unit).
        leakage_mW: static power, of the published accounting.
        action_pJ: physical dynamic energy of one PE action.
        static_mW: physical static power; None is ``leakage_mW``.
    """

    published_compute: float
    leakage_mW: float  # noqa: N815 - the unit as it is written
    action_pJ: float  # noqa: N815
    static_mW: float | None = None  # noqa: N815


@dataclass(frozen=True)
class TiledAccelerator:
    """A dual-sparse accelerator that walks pairs of a spike tile and a weight tile.

    Attributes:
        name: as published.
        operand: what x is.
        loop_order: a permutation of ``"tmnk"``, outermost first.
        tile_m, tile_k, tile_n: extents of the tiles x[tile_m, tile_k] and w[tile_k, tile_n].
        lanes: what the PEs share out, one PE each: rows ``"m"`` of x or columns ``"n"`` of w.
        x_buffer, w_buffer: capacity of each operand's buffer in non-zero elements.
        once: charged once a layer (counts are those of the whole x).
        x_miss, w_miss: charged when the operand's tile is not in its buffer.
        x_change, w_change: charged when the operand's tile differs from the step before.
        step: charged at every pair of tiles.
        match: charged for every match.
        energy: see :class:`EnergyConstants`.
        machine: the processing elements, for the detailed model; None where they are not known.
        about: one line for ``loas-tl networks`` and the report.
    """

    name: str
    operand: Operand
    loop_order: str
    tile_m: int
    tile_k: int
    tile_n: int
    lanes: Literal["m", "n"]
    x_buffer: int
    w_buffer: int
    energy: EnergyConstants
    once: tuple[Charge, ...] = ()
    x_miss: tuple[Charge, ...] = ()
    w_miss: tuple[Charge, ...] = ()
    x_change: tuple[Charge, ...] = ()
    w_change: tuple[Charge, ...] = ()
    step: tuple[Charge, ...] = ()
    match: tuple[Charge, ...] = ()
    machine: Machine | None = None
    about: str = ""

    def __post_init__(self) -> None:
        if sorted(self.loop_order) != sorted("tmnk"):
            raise ValueError(
                f"{self.name}: loop_order {self.loop_order!r}; expected an order of 'tmnk'"
            )
        for key in ("tile_m", "tile_k", "tile_n"):
            if getattr(self, key) < 1:
                raise ValueError(f"{self.name}: {key} is {getattr(self, key)}; expected 1 or more")
        # A tile that cannot fit would evict everything and still not be resident.
        for key, numel in (
            ("x_buffer", self.tile_m * self.tile_k),
            ("w_buffer", self.tile_k * self.tile_n),
        ):
            if getattr(self, key) < numel:
                raise ValueError(
                    f"{self.name}: {key} is {getattr(self, key)}; "
                    f"expected room for a full tile of {numel} non-zeros"
                )


@dataclass(frozen=True)
class OutputStationaryArray:
    """A dense SNN accelerator: a systolic array that keeps outputs and streams K past them.

    Attributes:
        name: as published.
        pixels, channels, timesteps: outputs that one fold computes; ``timesteps=None`` is all.
        skew: cycles to fill and drain the array, added to the K of each fold.
        kept: share of the work that remains after spike skipping.
        on_chip_bytes: on-chip memory; an operand that fits in it moves from DRAM only once.
        energy: see :class:`EnergyConstants`.
        about: one line for the report.
    """

    name: str
    pixels: int
    channels: int
    timesteps: int | None
    skew: int
    kept: float
    on_chip_bytes: int
    energy: EnergyConstants
    about: str = ""


Accelerator = TiledAccelerator | OutputStationaryArray
