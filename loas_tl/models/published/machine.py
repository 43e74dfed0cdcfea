"""Prosperity's machine as its public simulator has it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """Prosperity's extents: adders (columns at once), the tile of spikes, LIF cells, popcounts."""

    adders: int = 128
    tile_m: int = 256
    tile_k: int = 16
    lif_cells: int = 32
    popcounts: int = 8


MACHINE = Machine()
