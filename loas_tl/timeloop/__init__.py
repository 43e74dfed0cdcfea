"""Everything that speaks Timeloop: specs, their templates, two engines, a mapper, prices.

    import loas_tl.timeloop as timeloop

    result = timeloop.run_model("spec.yaml")
    result, search = timeloop.run_mapper(["arch.yaml", "problem.yaml"], metric="edp")

The functions here run the real Timeloop (:mod:`loas_tl.timeloop.running`); the engine that needs
none is :mod:`loas_tl.timeloop.native`, its search :mod:`loas_tl.timeloop.mapper`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loas_tl.ground.lazy import modules_of

if TYPE_CHECKING:
    from loas_tl.timeloop.running import available, run_mapper, run_model, run_models

__all__ = ["available", "run_mapper", "run_model", "run_models"]

__getattr__, __dir__ = modules_of(
    __name__, __path__, dict.fromkeys(__all__, "loas_tl.timeloop.running")
)
