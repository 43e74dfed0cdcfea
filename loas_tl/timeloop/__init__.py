"""Everything that speaks Timeloop: specs, their templates, two engines, a mapper, prices.

    import loas_tl.timeloop as timeloop

    result = timeloop.run_model("spec.yaml")
    result, search = timeloop.run_mapper(["arch.yaml", "problem.yaml"], metric="edp")

The functions here run the real Timeloop (:mod:`loas_tl.timeloop.running`); the engine that needs
none is :mod:`loas_tl.timeloop.native`, its search :mod:`loas_tl.timeloop.mapper`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loas_tl.timeloop.running import available, run_mapper, run_model, run_models

_FUNCTIONS = ("available", "run_mapper", "run_model", "run_models")
_PACKAGES = ("accelergy", "mapper", "native", "real", "rendering", "spec")

__all__ = ["available", "run_mapper", "run_model", "run_models"]


def __getattr__(name: str) -> object:
    # Imported on first use: most of what lies in this folder needs no Timeloop.
    if name in _FUNCTIONS:
        return getattr(import_module(f"{__name__}.running"), name)
    if name in _PACKAGES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__, *_PACKAGES])
