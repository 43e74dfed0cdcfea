"""The charts of a space's page: fronts, effects of keys, parallel coordinates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from loas_tl.exploration.axes import logarithmic
from loas_tl.exploration.points import Point
from loas_tl.report import axes, charts
from loas_tl.report.colours import BOUND, FAINT, accelerator_looks
from loas_tl.report.exploration_scales import Scales
from loas_tl.report.units import digits
from loas_tl.report.web import Chart

MOST_TICKS = 8
"""Values of a key up to which each has a tick."""


def _tips(scales: Scales) -> list[dict[str, Any]]:
    return [
        {"field": "design", "type": "nominal", "title": "design"},
        *(
            {"field": field(key), "type": "quantitative", "title": key, "format": ",.6~g"}
            for key in scales.space.varied
        ),
        *(
            {"field": field(n), "type": "quantitative", "title": scales.label(n), "format": ",.5~g"}
            for n in scales.space.objectives
        ),
    ]


def _axis(scales: Scales, name: str, points: Sequence[Point], base: int = 10) -> dict[str, Any]:
    values = [float(p[name]) for p in points if name in p.parameters or p.figures.get(name)]
    log = bool(values) and logarithmic(values)
    scale: dict[str, Any] = {"type": "log", "base": base} if log else {"zero": False}
    # A number that would stand out beyond a panel is left out.
    axis = {**axes.logarithmic("~s", 6), "labelBound": 1} if log else axes.linear(6)
    if name in scales.space.varied:
        axis = {"format": ",.6~g", "tickCount": 6}
        if len(set(values)) <= MOST_TICKS:
            axis["values"] = sorted(set(values))
    return {
        "field": field(name),
        "type": "quantitative",
        "title": scales.label(name),
        "scale": {**scale, "nice": not log and name not in scales.space.varied, "padding": 8},
        "axis": axis,
    }


def _drawn_by(scales: Scales, of: str) -> dict[str, Any]:
    """The colour or the shape of each accelerator."""
    marks = accelerator_looks(list(dict.fromkeys(p.accelerator for p in scales.space.points)))
    return charts.by("accelerator", marks, of)


def scatter(scales: Scales, at: int, x: str, y: str, drawn: Sequence[Point]) -> Chart:
    """Two figures of each design, with the front in both."""
    both = {"x": _axis(scales, x, drawn), "y": _axis(scales, y, drawn)}
    up = x in scales.space.varied or scales.space.objective(x).sign > 0
    return Chart(
        {
            "title": axes.title(f"{scales.short(y)} over {scales.short(x)}"),
            "layer": [
                {
                    "transform": [{"filter": f"datum.front{at} === true"}],
                    "mark": {
                        "type": "line",
                        "interpolate": "step-after" if up else "step-before",
                        "color": BOUND,
                        "strokeWidth": 1.5,
                    },
                    "encoding": {**both, "order": {"field": field(x), "type": "quantitative"}},
                },
                {
                    "mark": {"type": "point", "size": 34, "opacity": 1, "strokeWidth": 1},
                    "encoding": {
                        **both,
                        "stroke": _drawn_by(scales, "colour"),
                        "fill": _drawn_by(scales, "colour"),
                        "shape": _drawn_by(scales, "shape"),
                        # What breaks a constraint is an outline.
                        "fillOpacity": {
                            "condition": {"test": "datum.feasible", "value": 1},
                            "value": 0,
                        },
                        "tooltip": _tips(scales),
                    },
                },
            ],
        },
        "points",
        f"{scales.label(y)} over {scales.label(x)} of {len(drawn)} designs, with their front",
    )


def effect(scales: Scales, key: str, name: str, drawn: Sequence[Point]) -> Chart:
    """A figure over a parameter, with the best of each value."""
    points = [p for p in drawn if key in p.parameters]
    both = {"x": _axis(scales, key, points, 2), "y": _axis(scales, name, points)}
    both["x"]["title"] = key
    best = "min" if scales.space.objective(name).sign > 0 else "max"
    colour = _drawn_by(scales, "colour")
    transform = [{"filter": f"datum.feasible && isValid(datum['{field(key)}'])"}]
    return Chart(
        {
            "title": axes.title(f"{scales.short(name)} over {key}"),
            "transform": transform,
            "layer": [
                {
                    "mark": {"type": "point", "size": 18, "opacity": 1, "strokeWidth": 1.2},
                    "encoding": {
                        **both,
                        "color": colour,
                        "shape": _drawn_by(scales, "shape"),
                        "tooltip": _tips(scales),
                    },
                },
                {
                    "mark": {"type": "line", "strokeWidth": 2},
                    "encoding": {
                        **both,
                        "y": {**both["y"], "aggregate": best, "title": both["y"]["title"]},
                        "color": colour,
                    },
                },
            ],
        },
        "points",
        f"{scales.label(name)} over {key}",
        height=220,
    )


def parallel(scales: Scales, drawn: Sequence[Point]) -> Chart:
    """A line a design, from its parameters to its figures."""
    names = coordinates(scales)
    ends = []
    for at, name in enumerate(names):
        values = [
            v for p in drawn if scales.space.keeps(p) and (v := scales.value(p, name)) is not None
        ]
        for place, value in ((1.07, max(values, default=0.0)), (-0.07, min(values, default=0.0))):
            ends.append({"key": f"n{at}", "value": place, "text": digits(value)})
    labels = {f"n{at}": scales.label(name) for at, name in enumerate(names)}
    x: dict[str, Any] = {
        "field": "key",
        "type": "nominal",
        "title": None,
        "sort": list(labels),
        "axis": {
            "labelExpr": f"({json.dumps(labels)})[datum.value]",
            "labelAngle": -60,
            "labelLimit": 0,
            "grid": True,
            "domain": False,
            "ticks": False,
        },
        "scale": {"type": "point", "padding": 0.4},
    }
    y = {
        "field": "value",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [-0.12, 1.12], "nice": False},
    }
    return Chart(
        {
            "layer": [
                {
                    "transform": [{"fold": list(labels)}, {"filter": "isValid(datum.value)"}],
                    "mark": {"type": "line"},
                    "encoding": {
                        "x": x,
                        "y": y,
                        "detail": {"field": "number", "type": "nominal"},
                        "color": {
                            "condition": {
                                "test": "datum.front",
                                **_drawn_by(scales, "colour"),
                            },
                            "value": FAINT,
                        },
                        "strokeWidth": {
                            "condition": {"test": "datum.front", "value": 1.6},
                            "value": 0.4,
                        },
                        "tooltip": {"field": "design", "type": "nominal"},
                    },
                },
                {
                    "data": {"values": ends},
                    "mark": {"type": "text", "fontSize": 10},
                    "encoding": {"x": x, "y": y, "text": {"field": "text", "type": "nominal"}},
                },
            ]
        },
        "lines",
        f"parallel coordinates of {', '.join(names)}",
        height=320,
        wide=True,
    )


def coordinates(scales: Scales) -> list[str]:
    """What parallel coordinates have an axis of."""
    return [*scales.space.varied, *scales.space.objectives]


def field(name: str) -> str:
    """A name as charts take it; dots in names would be paths to Vega."""
    return name.replace(".", "_")
