"""Scripts for timeloopfe v4, with one import changed.

    import loas_tl.timeloopfe as tl

    spec = tl.Specification.from_yaml_files("arch.yaml", "problem.yaml", "mapper.yaml")
    spec.architecture.find("buffer").attributes["depth"] *= 2
    result = tl.call_mapper(spec, output_dir="outputs")
    result.cycles, result.energy, result.per_component_energy

A document is a tree of editable dictionaries and lists (:mod:`~loas_tl.timeloopfe.common.nodes`)
that each call parses into the typed specification of :mod:`loas_tl.timeloop.spec`.
``loas_tl.timeloopfe.v4`` is the same under the name that scripts import, too.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    if name in ("v4", "common"):
        return import_module(f"{__name__}.{name}")
    return getattr(import_module(f"{__name__}.v4"), name)


def __dir__() -> list[str]:
    return ["common", "v4", *import_module(f"{__name__}.v4").__all__]
