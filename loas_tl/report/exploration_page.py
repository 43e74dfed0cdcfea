"""A space as an interactive page: fronts, parallel coordinates, effects, the best, a table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from loas_tl.exploration.axes import logarithmic
from loas_tl.exploration.figures import OBJECTIVES
from loas_tl.exploration.points import Point
from loas_tl.exploration.result import Space
from loas_tl.ground.titles import network_titles
from loas_tl.report.colours import accelerator_looks
from loas_tl.report.exploration_charts import coordinates, effect, field, parallel, scatter
from loas_tl.report.exploration_scales import Scales
from loas_tl.report.exploration_table import lines
from loas_tl.report.made import Made
from loas_tl.report.units import digits
from loas_tl.report.web import Pick, Section, Sheet, Tile, page

MOST = 2500
"""Points that a page holds, so that it stays below 3 MB: the fronts, and others evenly."""

MOST_LINES = 600
"""Of the parallel coordinates, likewise."""

MOST_TILES = 5

FAILED = 200
"""Failed points in the table."""


def space_page(space: Space, made: Made | None = None) -> str:
    """The page; its charts hold at most :data:`MOST` points and say so, the CSV has all.

    Args:
        space: what is shown.
        made: what made it, for the foot of the page.
    """
    scales = Scales.of(space)
    pairs = list(combinations(space.objectives, 2)) or [(space.varied[0], space.objectives[0])]
    fronts = [{p.number for p in _front(space, pair)} for pair in pairs]
    whole = {p.number for p in space.pareto()}
    drawn = _thinned(
        [p for p in space.points if p.error is None], MOST, set().union(whole, *fronts)
    )
    rows = [_row(scales, p, fronts, whole) for p in drawn]
    return page(
        title=f"Design space of {', '.join(dict.fromkeys(p.accelerator for p in space.points))}",
        lead=_lead(space, len(drawn)),
        sections=_sections(scales, pairs, drawn),
        data={"points": rows, "lines": _lines(scales, drawn, whole)},
        links={"All points (CSV)": "space.csv", "All points (JSON)": "space.json"},
        footer=(made or Made()).words(_asked(space).rstrip("."), f"{space.model} model"),
        pick=Pick(
            "Accelerators",
            "accelerator",
            accelerator_looks(list(dict.fromkeys(p.accelerator for p in space.points))),
        ),
    )


def _sections(
    scales: Scales, pairs: Sequence[tuple[str, str]], drawn: Sequence[Point]
) -> list[Section]:
    space, sections = scales.space, []
    if drawn:
        sections = [
            Section("Headline figures", tiles=_tiles(scales), named="top"),
            Section(
                "Pareto fronts",
                "Each point is a design; hover for it. The line joins designs that no other one "
                "is better than in both."
                + (" Outlines break a constraint." if space.constraints else ""),
                charts=[scatter(scales, at, *pair, drawn) for at, pair in enumerate(pairs)],
            ),
            Section("Best designs", _best_words(space), sheet=_best(scales)),
            Section(
                "Effect of each parameter",
                "Points are designs, in the colours above; the line joins the best of each value.",
                charts=[
                    effect(scales, key, name, drawn)
                    for name in space.objectives
                    for key in space.varied
                    if any(key in p.parameters for p in drawn)
                ],
            ),
            Section(
                "Parallel coordinates",
                "Each line is a design, from its parameters to its figures; those on the front of "
                "all objectives have their colour. An axis runs from its least to its largest.",
                charts=[parallel(scales, drawn)],
            ),
        ]
    sections.append(Section("Points", sheet=_points(scales)))
    said = lines(space)
    return [*sections, *([Section("Remarks", lines=said)] if said else [])]


def _tiles(scales: Scales) -> list[Tile]:
    """The best design of each objective, and how many are on the front."""
    space, found = scales.space, []
    if not space.feasible:
        return []
    for name in space.objectives[:MOST_TILES]:
        best = space.best(name)
        value = scales.value(best, name)
        if value is not None:
            found.append(
                Tile(
                    f"{digits(value)} {scales.unit_name(name)}".rstrip(),
                    f"{'most' if space.objective(name).largest else 'least'} {scales.short(name)}",
                    best.label,
                )
            )
    front = len(space.pareto())
    return [
        *found,
        Tile(f"{front:,} of {len(space.points):,}", "designs on the front of all objectives"),
    ]


def _lead(space: Space, drawn: int) -> str:
    done = sum(1 for p in space.points if p.error is None)
    words = f"{len(space.points):,} points on {network_titles(space.networks)}, {space.model} model"
    if len(space.networks) > 1:
        words += "; figures are geometric means over them"
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


def _row(
    scales: Scales, point: Point, fronts: Sequence[set[int]], whole: set[int]
) -> dict[str, Any]:
    """A point as charts take it."""
    space = scales.space
    return {
        "accelerator": point.accelerator,
        "design": point.label,
        **{field(name): scales.value(point, name) for name in (*space.varied, *_shown(space))},
        "feasible": space.keeps(point),
        "front": point.number in whole,
        **{f"front{at}": True for at, numbers in enumerate(fronts) if point.number in numbers},
    }


def _shown(space: Space) -> list[str]:
    return list(dict.fromkeys((*space.objectives, *OBJECTIVES)))


def _lines(scales: Scales, drawn: Sequence[Point], whole: set[int]) -> list[dict[str, Any]]:
    """The points of the parallel coordinates, placed from 0 to 1 on each axis."""
    names, space = coordinates(scales), scales.space
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
            if (value := scales.value(point, name)) is not None
        ]
        values = np.array([value for _, value in own])
        if len(values) and logarithmic(values.tolist()):
            values = np.log(values)
        span = float(np.ptp(values)) if len(values) else 0.0
        for (row, _), value in zip(own, values.tolist(), strict=True):
            row[f"n{at}"] = round((value - float(values.min())) / span, 4) if span else 0.5
    return rows


def _best_words(space: Space) -> str:
    bounds = f" that keeps {', '.join(map(str, space.constraints))}" if space.constraints else ""
    return f"The best design of each figure{bounds}."


def _best(scales: Scales) -> Sheet:
    rows, space = [], scales.space
    for name, one in OBJECTIVES.items():
        if any(p.figures.get(name) is not None for p in space.feasible):
            point = space.best(name)
            about = scales.short(name)
            rows.append([f"{'most' if one.largest else 'least'} {about}", *_cells(scales, point)])
    return Sheet(
        ["best", *_heads(scales)],
        rows,
        "The best design of each figure",
        ["text", *_formats(space)],
        pick=1,
        least=_least(scales),
    )


def _points(scales: Scales) -> Sheet:
    space = scales.space
    done = _thinned(
        [p for p in space.points if p.error is None], MOST, {p.number for p in space.pareto()}
    )
    failed = [p for p in space.points if p.error is not None][:FAILED]
    front = {p.number for p in space.pareto()}
    rows = [
        [
            *_cells(scales, p),
            "yes" if p.number in front else "",
            *([p.error or ""] if failed else []),
        ]
        for p in (*done, *failed)
    ]
    return Sheet(
        [*_heads(scales), "on the front", *(["error"] if failed else [])],
        rows,
        "All points",
        [*_formats(space), "text", *(["words"] if failed else [])],
        pick=0,
        least=_least(scales),
    )


def _heads(scales: Scales) -> list[str]:
    space = scales.space
    return ["accelerator", *space.varied, *(scales.label(name) for name in _shown(space))]


def _least(scales: Scales) -> list[str]:
    """Headings of figures that are no objectives, from the right."""
    others = [name for name in _shown(scales.space) if name not in scales.space.objectives]
    return [scales.label(name) for name in others[::-1]]


def _formats(space: Space) -> list[str]:
    return ["text", *("number" for _ in (*space.varied, *_shown(space)))]


def _cells(scales: Scales, point: Point) -> list[Any]:
    names = (*scales.space.varied, *_shown(scales.space))
    return [point.accelerator, *(scales.value(point, name) for name in names)]
