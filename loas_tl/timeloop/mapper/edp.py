"""The energy-delay product in J s, as everywhere in data.

Timeloop counts it in joules times cycles, and so do the searches: a cycle is the same in all
mappings of a specification, so that both have one order.
"""

from __future__ import annotations

from loas_tl.components.component import GLOBAL_CYCLE_SECONDS
from loas_tl.timeloop.spec.cycle import cycle_seconds
from loas_tl.timeloop.spec.specification import Spec


def cycle_of(spec: Spec) -> float:
    """Seconds of a cycle: the specification's, else those in which the component models leak."""
    given = cycle_seconds(spec)
    return GLOBAL_CYCLE_SECONDS if given is None else given


def edp(energy_pj: float, cycles: float, cycle: float) -> float:
    """The energy-delay product in J s, with cycles of so many seconds."""
    return energy_pj * 1e-12 * cycles * cycle
