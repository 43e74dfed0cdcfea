"""What a search takes from a specification's ``mapper`` section and factors, and what it leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.mapper.budget import OPTIONS, PATIENCE, Budget, number
from loas_tl.timeloop.spec.architecture import Architecture
from loas_tl.timeloop.spec.section import describe
from loas_tl.timeloop.spec.specification import Spec

Metric = Literal["edp", "energy", "cycles"]
BY_TIMELOOPS_NAME: dict[str, Metric] = {"edp": "edp", "energy": "energy", "delay": "cycles"}
"""Our name of each metric, by that of Timeloop."""
BETWEEN_EQUALS: dict[str, Metric] = {"edp": "cycles", "energy": "cycles", "cycles": "energy"}
"""What decides between mappings of the same cost where nothing else is asked for."""
_OF_TIMELOOP_ALONE = re.compile(r"last[-_]level[-_]accesses|(ordered-)?accesses(-\d+)?")
_STEERING = ("algorithm", "max_permutations_per_if_visit", "penalize_consecutive_bypass_fails")


def metric_of(spec: Spec) -> Metric:
    """The metric that ``mapper.optimization_metrics`` has first; ``edp`` where it has none.

    Raises:
        InputError: as :func:`metrics_of`.
    """
    return metrics_of(spec)[0]


def metrics_of(spec: Spec, metric: str | None = None) -> tuple[Metric, Metric]:
    """What is made small, and what decides between equals.

    Args:
        spec: the specification, whose ``mapper.optimization_metrics`` are taken in order.
        metric: what is made small in the place of its first.

    Raises:
        InputError: the first metric is one that is not searched by, or any is unknown.
    """
    names = _metrics(spec)
    where = {
        "file": spec.files[0] if spec.files else None,
        "key": "mapper.optimization_metrics",
    }
    searched = ", ".join(BY_TIMELOOPS_NAME)
    for place, name in enumerate(names if metric is None else ()):
        if name not in BY_TIMELOOPS_NAME and not _OF_TIMELOOP_ALONE.fullmatch(name):
            raise InputError(f"{name!r} is unknown; expected {searched}", **where)
        if name not in BY_TIMELOOPS_NAME and place == 0:
            raise InputError(
                f"{name!r} is not searched by; expected one of {searched} first", **where
            )
    wanted = [BY_TIMELOOPS_NAME[name] for name in names if name in BY_TIMELOOPS_NAME]
    first = _checked(metric) if metric is not None else (wanted or ["edp"])[0]
    seconds = [name for name in wanted if name != first]
    if wanted[:1] == [first] and seconds:
        return first, seconds[0]
    return first, BETWEEN_EQUALS[first]


def _checked(metric: str) -> Metric:
    for known in BY_TIMELOOPS_NAME.values():
        if metric == known:
            return known
    raise InputError(f"metric {metric!r}; expected one of {', '.join(BY_TIMELOOPS_NAME.values())}")


def unheeded(spec: Spec, attached: Architecture, metric: str, budget: Budget) -> Iterator[str]:
    """What the specification asks of a search that this one does not do, a sentence each.

    Args:
        spec: the specification.
        attached: ``spec.attached()``.
        metric: what was searched by.
        budget: what was to end the search.
    """
    yield from _factors_above(spec, attached)
    wanted = _metrics(spec)
    if wanted and BY_TIMELOOPS_NAME.get(wanted[0]) != metric:
        yield f"mapper.optimization_metrics asks for {wanted[0]}; {metric} was asked for instead"
    for name in wanted[1:]:
        if name not in BY_TIMELOOPS_NAME:
            yield f"mapper.optimization_metrics: {name} is not searched by and is left out"
    given = [name for name in OPTIONS if number(spec, name)]
    if given and (budget.mappings is not None or budget.seconds is not None):
        yield f"mapper: {', '.join(given)} without effect: another limit was asked for"
    if budget.suboptimal is not None and budget.suboptimal > PATIENCE:
        yield (
            f"mapper.victory_condition: without another limit a search ends {PATIENCE:,} mappings "
            "after the last better one"
        )
    others = [name for name in _STEERING if (spec.mapper or {}).get(name)]
    if others:
        yield f"mapper: {', '.join(others)} without effect on this search"


def _factors_above(spec: Spec, attached: Architecture) -> Iterator[str]:
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


def held_by_mapping(spec: Spec) -> Iterator[str]:
    """That a mapping in the specification leaves the search only what it does not say."""
    if spec.mapping:
        yield (
            "the specification has a mapping, and its loops and what it keeps hold: only "
            "what it leaves open was searched; to search all, leave the mapping out, or give "
            "constraints in its place"
        )


def ended_by(spec: Spec, option: str) -> str:
    """That an option of the specification ended the search."""
    return (
        f"mapper.{option} {number(spec, option)} ended the search; with a limit of mappings or of "
        "seconds it goes on"
    )


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
