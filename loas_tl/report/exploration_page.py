"""A space as an interactive page: fronts, parallel coordinates, effects, the best, a table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from loas_tl.exploration.drawing import COLOURS, label_of, logarithmic
from loas_tl.exploration.figures import OBJECTIVES
from loas_tl.exploration.points import Point
from loas_tl.exploration.result import Space
from loas_tl.report.exploration_table import lines
from loas_tl.report.made import Made
from loas_tl.report.web import Chart, Section, Sheet, page

MOST = 2500
"""Points that a page holds, so that it stays below 3 MB: the fronts, and others evenly."""

MOST_LINES = 600
"""Of the parallel coordinates, likewise."""

MOST_TICKS = 8
"""Values of a key up to which each has a tick."""

FAILED = 200
"""Failed points in the table."""


def space_page(space: Space) -> str:
    """The page; its charts hold at most :data:`MOST` points and say so, the CSV has all."""
    pairs = list(combinations(space.objectives, 2)) or [(space.varied[0], space.objectives[0])]
    fronts = [{p.number for p in _front(space, pair)} for pair in pairs]
    whole = {p.number for p in space.pareto()}
    drawn = _thinned(
        [p for p in space.points if p.error is None], MOST, set().union(whole, *fronts)
    )
    rows = [_row(space, p, fronts, whole) for p in drawn]
    return page(
        title=f"Design space of {', '.join(dict.fromkeys(p.accelerator for p in space.points))}",
        lead=_lead(space, len(drawn)),
        sections=_sections(space, pairs, drawn),
        data={"points": rows, "lines": _lines(space, drawn, whole)},
        links={"All points (CSV)": "space.csv", "All points (JSON)": "space.json"},
        footer=Made().words(_asked(space).rstrip(".")),
    )


def _sections(
    space: Space, pairs: Sequence[tuple[str, str]], drawn: Sequence[Point]
) -> list[Section]:
    sections = []
    if drawn:
        sections = [
            Section(
                "Pareto fronts",
                "Each point is a design; hover for it, click a name in a legend to see it alone. "
                "The line joins designs that no other one is better than in both.",
                charts=[_scatter(space, at, *pair, drawn) for at, pair in enumerate(pairs)],
            ),
            Section("Best designs", _best_words(space), sheet=_best(space)),
            Section(
                "Effect of each parameter",
                "Points are designs, in the colours above; the line joins the best of each value.",
                charts=[
                    _effect(space, key, name, drawn)
                    for name in space.objectives
                    for key in space.varied
                    if any(key in p.parameters for p in drawn)
                ],
            ),
            Section(
                "Parallel coordinates",
                "Each line is a design, from its parameters to its figures; those on the front of "
                "all objectives are drawn strong. An axis runs from its least to its largest.",
                charts=[_parallel(space, drawn)],
            ),
        ]
    sections.append(Section("Points", sheet=_points(space)))
    said = lines(space)
    return [*sections, *([Section("Remarks", lines=said)] if said else [])]


def _lead(space: Space, drawn: int) -> str:
    done = sum(1 for p in space.points if p.error is None)
    words = f"{len(space.points):,} points on {', '.join(space.networks)}, {space.model} model"
    if drawn < done:
        words += f"; charts show {drawn:,} of {done:,} (every one on a front, others evenly)"
    return words + "."


def _asked(space: Space) -> str:
    asked = space.asked
    parts = [f"objectives {', '.join(space.objectives)}"]
    parts += [f"constraints {', '.join(map(str, space.constraints))}"] if space.constraints else []
    if asked:
        parts += [f"sampler {asked['sampler']}", f"seed {asked['seed']}"]
    return f"Explored with {'; '.join(parts)}."


def _front(space: Space, pair: tuple[str, str]) -> list[Point]:
    return space.pareto(*(name for name in pair if name not in space.varied))


def _thinned(points: Sequence[Point], most: int, kept: set[int]) -> list[Point]:
    if len(points) <= most:
        return list(points)
    others = [p for p in points if p.number not in kept]
    room = max(most - (len(points) - len(others)), 0)
    some = {others[at].number for at in np.linspace(0, len(others) - 1, room).astype(int)}
    return [p for p in points if p.number in kept or p.number in some][: max(most, len(kept))]


def _row(space: Space, point: Point, fronts: Sequence[set[int]], whole: set[int]) -> dict[str, Any]:
    """A point as charts take it; dots in names would be paths to Vega."""
    return {
        "accelerator": point.accelerator,
        "design": point.label,
        **{_field(key): point.parameters.get(key) for key in space.varied},
        **{_field(name): _short(point.figures.get(name)) for name in _shown(space)},
        "feasible": space.keeps(point),
        "front": point.number in whole,
        **{f"front{at}": True for at, numbers in enumerate(fronts) if point.number in numbers},
    }


def _shown(space: Space) -> list[str]:
    return list(dict.fromkeys((*space.objectives, *OBJECTIVES)))


def _short(value: float | None) -> float | None:
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _field(name: str) -> str:
    return name.replace(".", "_")


def _tips(space: Space) -> list[dict[str, Any]]:
    return [
        {"field": "design", "type": "nominal", "title": "design"},
        *(
            {"field": _field(key), "type": "quantitative", "title": key, "format": ",.6~g"}
            for key in space.varied
        ),
        *(
            {"field": _field(n), "type": "quantitative", "title": n, "format": ",.5~g"}
            for n in space.objectives
        ),
    ]


def _axis(space: Space, name: str, points: Sequence[Point], base: int = 10) -> dict[str, Any]:
    values = [float(p[name]) for p in points if name in p.parameters or p.figures.get(name)]
    log = bool(values) and logarithmic(values)
    scale: dict[str, Any] = {"type": "log", "base": base} if log else {"zero": False}
    axis: dict[str, Any] = {"format": "~s", "tickCount": 6}
    if name in space.varied:
        axis = {"format": ",.6~g", "tickCount": 6}
        if len(set(values)) <= MOST_TICKS:
            axis["values"] = sorted(set(values))
    return {
        "field": _field(name),
        "type": "quantitative",
        "title": label_of(space, name),
        "scale": {**scale, "nice": not log and name not in space.varied, "padding": 8},
        "axis": axis,
    }


def _colour(space: Space) -> dict[str, Any]:
    names = list(dict.fromkeys(p.accelerator for p in space.points))
    return {
        "field": "accelerator",
        "type": "nominal",
        "scale": {"domain": names, "range": [COLOURS[i % len(COLOURS)] for i in range(len(names))]},
        "legend": {"title": None} if len(names) > 1 else None,
    }


def _scatter(space: Space, at: int, x: str, y: str, drawn: Sequence[Point]) -> Chart:
    axes = {"x": _axis(space, x, drawn), "y": _axis(space, y, drawn)}
    up = x in space.varied or space.objective(x).sign > 0
    picked = {"param": "picked"}
    return Chart(
        {
            "layer": [
                {
                    "transform": [{"filter": f"datum.front{at} === true"}],
                    "mark": {
                        "type": "line",
                        "interpolate": "step-after" if up else "step-before",
                        "color": "#888888",
                        "strokeWidth": 1.5,
                    },
                    "encoding": {**axes, "order": {"field": _field(x), "type": "quantitative"}},
                },
                {
                    "params": [
                        {
                            "name": "picked",
                            "select": {"type": "point", "fields": ["accelerator"]},
                            "bind": "legend",
                        }
                    ],
                    "mark": {"type": "point", "filled": True, "size": 36},
                    "encoding": {
                        **axes,
                        "color": _colour(space),
                        "shape": {"field": "accelerator", "type": "nominal", "legend": None},
                        "opacity": {
                            "condition": {
                                "test": {"and": [picked, "datum.feasible"]},
                                "value": 0.75,
                            },
                            "value": 0.08,
                        },
                        "tooltip": _tips(space),
                    },
                },
            ]
        },
        "points",
        f"{label_of(space, y)} over {label_of(space, x)} of {len(drawn)} designs, with their front",
    )


def _effect(space: Space, key: str, name: str, drawn: Sequence[Point]) -> Chart:
    points = [p for p in drawn if key in p.parameters]
    axes = {"x": _axis(space, key, points, 2), "y": _axis(space, name, points)}
    axes["x"]["title"] = key
    best = "min" if space.objective(name).sign > 0 else "max"
    colour = {**_colour(space), "legend": None}
    transform = [{"filter": f"datum.feasible && isValid(datum['{_field(key)}'])"}]
    return Chart(
        {
            "transform": transform,
            "layer": [
                {
                    "mark": {"type": "point", "filled": True, "size": 16, "opacity": 0.25},
                    "encoding": {**axes, "color": colour, "tooltip": _tips(space)},
                },
                {
                    "mark": {"type": "line", "strokeWidth": 2},
                    "encoding": {
                        **axes,
                        "y": {**axes["y"], "aggregate": best, "title": axes["y"]["title"]},
                        "color": colour,
                    },
                },
            ],
        },
        "points",
        f"{label_of(space, name)} over {key}",
        height=200,
    )


def _coordinates(space: Space) -> list[str]:
    return [*space.varied, *space.objectives]


def _lines(space: Space, drawn: Sequence[Point], whole: set[int]) -> list[dict[str, Any]]:
    """The points of the parallel coordinates, placed from 0 to 1 on each axis."""
    names = _coordinates(space)
    some = _thinned([p for p in drawn if space.keeps(p)], MOST_LINES, whole)
    rows: list[dict[str, Any]] = [
        {"accelerator": p.accelerator, "design": p.label, "number": p.number}
        | {"front": p.number in whole}
        for p in some
    ]
    for at, name in enumerate(names):
        # A design has no place on the axis of a parameter that it does not have.
        own = [
            (row, value)
            for row, point in zip(rows, some, strict=True)
            if (value := _value(point, name)) is not None
        ]
        values = np.array([value for _, value in own])
        if len(values) and logarithmic(values.tolist()):
            values = np.log(values)
        span = float(np.ptp(values)) if len(values) else 0.0
        for (row, _), value in zip(own, values.tolist(), strict=True):
            row[f"n{at}"] = round((value - float(values.min())) / span, 4) if span else 0.5
    return rows


def _value(point: Point, name: str) -> float | None:
    found = point.parameters.get(name, point.figures.get(name))
    return None if found is None else float(found)


def _parallel(space: Space, drawn: Sequence[Point]) -> Chart:
    names = _coordinates(space)
    ends = []
    for at, name in enumerate(names):
        values = [v for p in drawn if space.keeps(p) and (v := _value(p, name)) is not None]
        for place, value in ((1.07, max(values, default=0.0)), (-0.07, min(values, default=0.0))):
            ends.append({"key": f"n{at}", "value": place, "text": f"{value:.4g}"})
    labels = {f"n{at}": name for at, name in enumerate(names)}
    x = {
        "field": "key",
        "type": "nominal",
        "title": None,
        "sort": list(labels),
        "axis": {
            "labelExpr": f"({_object(labels)})[datum.value]",
            "labelAngle": -30,
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
                        "color": _colour(space),
                        "opacity": {
                            "condition": {"test": "datum.front", "value": 0.9},
                            "value": 0.1,
                        },
                        "strokeWidth": {
                            "condition": {"test": "datum.front", "value": 1.6},
                            "value": 0.7,
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


def _object(names: dict[str, str]) -> str:
    return "{" + ", ".join(f"'{key}': '{name}'" for key, name in names.items()) + "}"


def _best_words(space: Space) -> str:
    bounds = f" that keeps {', '.join(map(str, space.constraints))}" if space.constraints else ""
    return f"The best design of each figure{bounds}."


def _best(space: Space) -> Sheet:
    rows = []
    for name, one in OBJECTIVES.items():
        if any(p.figures.get(name) is not None for p in space.feasible):
            point = space.best(name)
            rows.append([f"{'most' if one.largest else 'least'} {name}", *_cells(space, point)])
    return Sheet(
        ["best", *_heads(space)],
        rows,
        "The best design of each figure",
        ["text", *_formats(space)],
    )


def _points(space: Space) -> Sheet:
    done = _thinned(
        [p for p in space.points if p.error is None], MOST, {p.number for p in space.pareto()}
    )
    failed = [p for p in space.points if p.error is not None][:FAILED]
    front = {p.number for p in space.pareto()}
    rows = [
        [*_cells(space, p), "yes" if p.number in front else "", p.error or ""]
        for p in (*done, *failed)
    ]
    return Sheet(
        [*_heads(space), "on the front", "error"],
        rows,
        "All points",
        [*_formats(space), "text", "text"],
    )


def _heads(space: Space) -> list[str]:
    return ["accelerator", *space.varied, *_shown(space)]


def _formats(space: Space) -> list[str]:
    return ["text", *("number" for _ in (*space.varied, *_shown(space)))]


def _cells(space: Space, point: Point) -> list[Any]:
    return [
        point.accelerator,
        *(point.parameters.get(key) for key in space.varied),
        *(_short(point.figures.get(name)) for name in _shown(space)),
    ]
