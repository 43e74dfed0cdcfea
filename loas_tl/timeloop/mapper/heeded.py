"""What a search takes from a specification's ``mapper`` section and factors, and what it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec.architecture import Architecture
from loas_tl.timeloop.spec.section import describe
from loas_tl.timeloop.spec.specification import Spec

Metric = Literal["edp", "energy", "cycles"]
BY_TIMELOOPS_NAME: dict[str, Metric] = {"edp": "edp", "energy": "energy", "delay": "cycles"}
"""Our name of each metric, by that of Timeloop."""
_BUDGET = ("search_size", "timeout", "victory_condition")
_OTHERS = ("algorithm", "num_threads", "max_permutations_per_if_visit")


def metric_of(spec: Spec) -> Metric:
    """The metric that ``mapper.optimization_metrics`` has first; ``edp`` where it has none.

    Raises:
        InputError: it is one that is not searched by.
    """
    wanted = _metrics(spec)
    if not wanted:
        return "edp"
    if wanted[0] not in BY_TIMELOOPS_NAME:
        raise InputError(
            f"{wanted[0]!r} is not searched by; expected one of {', '.join(BY_TIMELOOPS_NAME)}",
            file=spec.files[0] if spec.files else None,
            key="mapper.optimization_metrics",
        )
    return BY_TIMELOOPS_NAME[wanted[0]]


def unheeded(spec: Spec, attached: Architecture, metric: str) -> Iterator[str]:
    """What the specification asks of a search that this one does not do, a sentence each.

    Args:
        spec: the specification.
        attached: ``spec.attached()``.
        metric: what was searched by.
    """
    for placed in attached.placed():
        node = placed.node
        for kind in ("temporal", "spatial"):
            for factor in getattr(node.constraints, kind).factors:
                size = spec.problem.sizes[factor.dimension]
                if factor.relation == "=" and factor.bound > size:
                    yield (
                        f"{node.name}: the {kind} factor {factor} is more than {factor.dimension} "
                        f"({size}) and is ignored, as Timeloop does"
                    )
    wanted = _metrics(spec)
    if wanted and BY_TIMELOOPS_NAME.get(wanted[0]) != metric:
        yield f"mapper.optimization_metrics asks for {wanted[0]}; {metric} was asked for instead"
    # Between equals the other of energy and cycles decides, or cycles under edp.
    second = {"energy": "delay", "cycles": "energy", "edp": "delay"}[metric]
    if len(wanted) > 1 and wanted[1:] != (second,):
        yield (
            f"mapper.optimization_metrics: of {', '.join(wanted)} the first counts; between "
            f"equals {second} decides"
        )
    options = spec.mapper or {}
    budget = [name for name in _BUDGET if options.get(name)]
    if budget:
        yield (
            f"mapper: {', '.join(budget)} without effect: a limit of mappings or of seconds ends "
            "this search, or that nothing better turns up"
        )
    others = [name for name in _OTHERS if options.get(name)]
    if others:
        yield f"mapper: {', '.join(others)} without effect on this search"


def _metrics(spec: Spec) -> tuple[str, ...]:
    options = spec.mapper or {}
    given = options.get("optimization_metrics") or options.get("optimization_metric") or ()
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, list | tuple):
        raise InputError(
            f"expected a list of metrics, such as [energy], got {describe(names)}",
            file=spec.files[0] if spec.files else None,
            key="mapper.optimization_metrics",
        )
    return tuple(str(name) for name in names)
