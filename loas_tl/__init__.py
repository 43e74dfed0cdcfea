"""Architecture modelling of dual-sparse spiking accelerators: LoAS and its baselines."""

from __future__ import annotations

# Next to nothing is imported here: the command is to hear Ctrl-C as soon as it can.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from loas_tl import (
        components,
        designs,
        exact,
        exploration,
        fiber,
        kernel,
        models,
        report,
        studies,
        timeloop,
        validation,
        workload,
    )
    from loas_tl import components as energy
    from loas_tl.comparison import Comparison, compare
    from loas_tl.designs.design import Design
    from loas_tl.designs.figures import PublishedFigures
    from loas_tl.designs.naming import design
    from loas_tl.designs.parameter import parameter
    from loas_tl.designs.registry import register
    from loas_tl.exploration.result import Space
    from loas_tl.exploration.run import explore, read_space
    from loas_tl.fiber import SpikeFibers, WeightFibers, measure_formats
    from loas_tl.ground.errors import InputError
    from loas_tl.kernel import PLif, SpikingLayer, run_network, spmspm
    from loas_tl.models.accounting import EnergyConstants
    from loas_tl.models.dataflow import Charge, OutputStationaryArray, TiledAccelerator
    from loas_tl.timeloop import mapper, native, spec
    from loas_tl.trained.model import capture
    from loas_tl.trained.nir import from_nir
    from loas_tl.validation import validate
    from loas_tl.workload.generate import generate_network
    from loas_tl.workload.layer import Layer
    from loas_tl.workload.network import Network
    from loas_tl.workload.recordings import load_spikes
    from loas_tl.workload.rounding import round_weights
    from loas_tl.workload.samples import SampledLayer
    from loas_tl.workload.tensors import load_tensors

__version__ = "0.3.0"

# Imported on first use, so that the command line starts at once.
_HOMES = {
    "Charge": "loas_tl.models.dataflow",
    "Comparison": "loas_tl.comparison",
    "Design": "loas_tl.designs.design",
    "EnergyConstants": "loas_tl.models.accounting",
    "InputError": "loas_tl.ground.errors",
    "Layer": "loas_tl.workload.layer",
    "Network": "loas_tl.workload.network",
    "OutputStationaryArray": "loas_tl.models.dataflow",
    "PLif": "loas_tl.kernel",
    "PublishedFigures": "loas_tl.designs.figures",
    "SampledLayer": "loas_tl.workload.samples",
    "Space": "loas_tl.exploration.result",
    "SpikeFibers": "loas_tl.fiber",
    "SpikingLayer": "loas_tl.kernel",
    "TiledAccelerator": "loas_tl.models.dataflow",
    "WeightFibers": "loas_tl.fiber",
    "capture": "loas_tl.trained.model",
    "compare": "loas_tl.comparison",
    "design": "loas_tl.designs.naming",
    "explore": "loas_tl.exploration.run",
    "from_nir": "loas_tl.trained.nir",
    "generate_network": "loas_tl.workload.generate",
    "load_spikes": "loas_tl.workload.recordings",
    "load_tensors": "loas_tl.workload.tensors",
    "measure_formats": "loas_tl.fiber",
    "parameter": "loas_tl.designs.parameter",
    "read_space": "loas_tl.exploration.run",
    "register": "loas_tl.designs.registry",
    "round_weights": "loas_tl.workload.rounding",
    "run_network": "loas_tl.kernel",
    "spmspm": "loas_tl.kernel",
    "validate": "loas_tl.validation",
}

_PACKAGES = {
    "components": "loas_tl.components",
    "designs": "loas_tl.designs",
    "energy": "loas_tl.components",
    "exact": "loas_tl.exact",
    "exploration": "loas_tl.exploration",
    "fiber": "loas_tl.fiber",
    "kernel": "loas_tl.kernel",
    "mapper": "loas_tl.timeloop.mapper",
    "models": "loas_tl.models",
    "native": "loas_tl.timeloop.native",
    "report": "loas_tl.report",
    "spec": "loas_tl.timeloop.spec",
    "studies": "loas_tl.studies",
    "timeloop": "loas_tl.timeloop",
    "validation": "loas_tl.validation",
    "workload": "loas_tl.workload",
}
"""Public packages by the name they have here; some lie deeper."""

__all__ = [
    "Charge",
    "Comparison",
    "Design",
    "EnergyConstants",
    "InputError",
    "Layer",
    "Network",
    "OutputStationaryArray",
    "PLif",
    "PublishedFigures",
    "SampledLayer",
    "Space",
    "SpikeFibers",
    "SpikingLayer",
    "TiledAccelerator",
    "WeightFibers",
    "capture",
    "compare",
    "components",
    "design",
    "designs",
    "energy",
    "exact",
    "exploration",
    "explore",
    "fiber",
    "from_nir",
    "generate_network",
    "kernel",
    "load_spikes",
    "load_tensors",
    "mapper",
    "measure_formats",
    "models",
    "native",
    "parameter",
    "read_space",
    "register",
    "report",
    "round_weights",
    "run_network",
    "spec",
    "spmspm",
    "studies",
    "timeloop",
    "validate",
    "validation",
    "workload",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in _PACKAGES:
        return import_module(_PACKAGES[name])
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
