"""Architecture modelling of dual-sparse spiking accelerators: LoAS and its baselines."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loas_tl import fiber, kernel, timeloop
    from loas_tl.comparison import Comparison, compare
    from loas_tl.designs.registry import register
    from loas_tl.fiber import SpikeFibers, WeightFibers, measure_formats
    from loas_tl.ground.errors import InputError
    from loas_tl.kernel import PLif, SpikingLayer, run_network, spmspm
    from loas_tl.models.declaration import (
        Charge,
        EnergyConstants,
        OutputStationaryArray,
        TiledAccelerator,
    )
    from loas_tl.workload.generate import generate_network
    from loas_tl.workload.layer import Layer, Network
    from loas_tl.workload.recordings import load_spikes
    from loas_tl.workload.tensors import load_tensors

__version__ = "0.2.0"

# Imported on first use, so that the command line starts at once.
_HOMES = {
    "Charge": "loas_tl.models.declaration",
    "Comparison": "loas_tl.comparison",
    "EnergyConstants": "loas_tl.models.declaration",
    "InputError": "loas_tl.ground.errors",
    "Layer": "loas_tl.workload.layer",
    "Network": "loas_tl.workload.layer",
    "OutputStationaryArray": "loas_tl.models.declaration",
    "PLif": "loas_tl.kernel",
    "SpikeFibers": "loas_tl.fiber",
    "SpikingLayer": "loas_tl.kernel",
    "TiledAccelerator": "loas_tl.models.declaration",
    "WeightFibers": "loas_tl.fiber",
    "compare": "loas_tl.comparison",
    "generate_network": "loas_tl.workload.generate",
    "load_spikes": "loas_tl.workload.recordings",
    "load_tensors": "loas_tl.workload.tensors",
    "measure_formats": "loas_tl.fiber",
    "register": "loas_tl.designs.registry",
    "run_network": "loas_tl.kernel",
    "spmspm": "loas_tl.kernel",
}
_PACKAGES = ("fiber", "kernel", "timeloop")

__all__ = [
    "Charge",
    "Comparison",
    "EnergyConstants",
    "InputError",
    "Layer",
    "Network",
    "OutputStationaryArray",
    "PLif",
    "SpikeFibers",
    "SpikingLayer",
    "TiledAccelerator",
    "WeightFibers",
    "compare",
    "fiber",
    "generate_network",
    "kernel",
    "load_spikes",
    "load_tensors",
    "measure_formats",
    "register",
    "run_network",
    "spmspm",
    "timeloop",
]


def __getattr__(name: str) -> object:
    if name in _PACKAGES:
        return import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
