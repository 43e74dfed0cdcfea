"""A design as its Timeloop spec, evaluated by the native engine."""

from __future__ import annotations

from loas_tl.comparison import Result as Compared
from loas_tl.designs.design import Design
from loas_tl.exploration.figures import Figures
from loas_tl.exploration.how import How
from loas_tl.models.accounting import Energy
from loas_tl.models.published.counts import Counts
from loas_tl.timeloop.mapper import search
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.prices import prices
from loas_tl.timeloop.result import Result
from loas_tl.timeloop.spec import parse_spec
from loas_tl.workload.layer import Layer


def mapped(layer: Layer, design: Design, how: How) -> Figures:
    """As ``render``, then ``model`` (its own mapping) or ``map`` (the best of a bounded search).

    Raises:
        InputError: where the design has no spec, the layer does not fit, or no mapping is found.
    """
    rendered = design.spec(layer)
    file = f"spec of {design.label}"
    if how.model == "timeloop":
        spec = parse_spec(rendered.model_spec, file=file)
        cost = prices(spec)
        return _figures(design, evaluate(spec, prices=cost))
    spec = parse_spec(rendered.search_spec, file=file)
    found = search(
        spec,
        metric=how.metric,
        max_mappings=how.mappings,
        seed=how.seed,
        jobs=1,
        prices=prices(spec),
        allow_unpriced=True,
    )
    tried = f"the best of {found.valid_mappings:,} valid mappings that were tried, of more"
    return _figures(design, found.result, *([] if found.exhaustive else [tried]))


def _figures(design: Design, result: Result, *more: str) -> Figures:
    """An engine's answer in the terms of ``compare``; energy is in its last part as a whole."""
    busy = result.computes.actual + result.computes.gated
    unpriced = [f"{each.component} has no price: it counts as 0" for each in result.unpriced]
    as_compared = Compared(
        *("", "", design.label),
        counts=Counts(_whole(result.cycles), _whole(busy), {}, {}, {}),
        published=None,
        physical=Energy(0.0, 0.0, 0.0, result.energy_pj),
        pe_cycles=_whole(result.compute.instances * result.cycles),
        notes=(*result.notes, *unpriced, *more),
        clock_MHz=design.clock_MHz,
    )
    return Figures(as_compared, result.area_um2 / 1e6, traffic=False)


def _whole(count: float) -> int:
    """A count as it is: engines count whole events, but say so in floats at times."""
    return int(count) if count == int(count) else count  # type: ignore[return-value]
