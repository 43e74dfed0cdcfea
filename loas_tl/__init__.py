"""Architecture modelling of dual-sparse spiking accelerators: LoAS and its baselines."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loas_tl.accelerators.declaration import (
        Charge,
        EnergyConstants,
        OutputStationaryArray,
        TiledAccelerator,
    )
    from loas_tl.accelerators.registry import register
    from loas_tl.comparison import Comparison, compare
    from loas_tl.errors import InputError
    from loas_tl.workload.generate import generate_network
    from loas_tl.workload.layer import Layer, Network
    from loas_tl.workload.recordings import load_spikes
    from loas_tl.workload.tensors import load_tensors

__version__ = "0.1.0"

# Imported on first use, so that the command line starts at once.
_HOMES = {
    "Charge": "loas_tl.accelerators.declaration",
    "Comparison": "loas_tl.comparison",
    "EnergyConstants": "loas_tl.accelerators.declaration",
    "InputError": "loas_tl.errors",
    "Layer": "loas_tl.workload.layer",
    "Network": "loas_tl.workload.layer",
    "OutputStationaryArray": "loas_tl.accelerators.declaration",
    "TiledAccelerator": "loas_tl.accelerators.declaration",
    "compare": "loas_tl.comparison",
    "generate_network": "loas_tl.workload.generate",
    "load_spikes": "loas_tl.workload.recordings",
    "load_tensors": "loas_tl.workload.tensors",
    "register": "loas_tl.accelerators.registry",
}

__all__ = [
    "Charge",
    "Comparison",
    "EnergyConstants",
    "InputError",
    "Layer",
    "Network",
    "OutputStationaryArray",
    "TiledAccelerator",
    "compare",
    "generate_network",
    "load_spikes",
    "load_tensors",
    "register",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
