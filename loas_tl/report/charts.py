"""Charts of pages, as Vega-Lite takes them: lines of several, bars of parts, what they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loas_tl.report import axes
from loas_tl.report.colours import Mark, named

Encoding = dict[str, Any]

DIAMOND: Encoding = {
    "type": "point",
    "shape": "diamond",
    "filled": True,
    "size": 55,
    "fill": "#ffffff",
    "stroke": "#1b1f24",
    "strokeWidth": 1.5,
    "opacity": 1,
}
"""A published figure, seen on light and dark alike."""


def by(field: str, marks: Mapping[str, Mark], of: str) -> Encoding:
    """The ``"colour"`` or the ``"shape"`` of each name in a field, without a legend."""
    return {
        "field": field,
        "type": "nominal",
        "legend": None,
        "scale": {"domain": list(marks), "range": [getattr(one, of) for one in marks.values()]},
    }


def tip(field: str, title: str = "", form: str = ",.5~g") -> Encoding:
    """A line of what hovering shows; without a form it is text."""
    kind = {"type": "quantitative", "format": form} if form else {"type": "nominal"}
    return {"field": field, **kind, "title": title or field}


def lines(
    x: Encoding,
    y: Encoding,
    series: str,
    marks: Mapping[str, Mark],
    tips: Sequence[Encoding],
    **more: Any,
) -> Encoding:
    """A line for each of several, with points of its colour and shape.

    Args:
        x: encoding of the places.
        y: encoding of the heights.
        series: field with the names of the lines.
        marks: of each name.
        tips: what hovering shows.
        more: of the specification, such as its title.
    """
    return {
        **more,
        "encoding": {"x": x, "y": y, "color": by(series, marks, "colour")},
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 1.5}},
            {
                "mark": {"type": "point", "filled": True, "size": 40, "opacity": 1},
                "encoding": {"shape": by(series, marks, "shape"), "tooltip": list(tips)},
            },
        ],
    }


def beside(
    x: Encoding,
    y: Encoding,
    series: str,
    marks: Mapping[str, Mark],
    tips: Sequence[Encoding],
    **more: Any,
) -> Encoding:
    """A group of bars for each place, one beside the other.

    Args:
        x: encoding of the places.
        y: encoding of the heights.
        series: field with the names of a group's bars.
        marks: of each name.
        tips: what hovering shows.
        more: of the specification.
    """
    return {
        **more,
        "mark": {"type": "bar"},
        "encoding": {
            "x": x,
            "xOffset": {"field": series, "type": "nominal", "sort": list(marks)},
            "y": y,
            "color": by(series, marks, "colour"),
            "tooltip": list(tips),
        },
    }


UPRIGHT = 40
"""Letters that have room side by side on the narrowest page."""


def layers(order: Sequence[str]) -> Encoding:
    """An axis of layers, from left to right; short names stand upright."""
    upright = sum(len(name) + 1 for name in order) <= UPRIGHT
    return {
        "field": "layer",
        "type": "nominal",
        "sort": list(order),
        "title": "layer",
        "axis": {"labelAngle": 0 if upright else -40, "labelLimit": 90},
    }


def stacked(
    x: str,
    label: str,
    names: tuple[str, Sequence[str]],
    parts: Mapping[str, str],
    tips: Sequence[Encoding],
    axis: Encoding | None = None,
    **more: Any,
) -> Encoding:
    """A bar for each name, of its parts one after the other; ``order`` is a field of the data.

    Args:
        x: field of the lengths.
        label: of the axis.
        names: the field of the names, and they from top to bottom.
        parts: colours by part.
        tips: what hovering shows.
        axis: of the lengths.
        more: of the specification.
    """
    colours = {named(part): Mark(colour) for part, colour in parts.items()}
    return {
        **more,
        "mark": {"type": "bar"},
        "encoding": {
            "y": axes.names(*names),
            "x": {
                "field": x,
                "type": "quantitative",
                "aggregate": "sum",
                "stack": "zero",
                "title": label,
                "axis": axis or axes.linear(),
            },
            "order": {"field": "order", "type": "quantitative"},
            "color": by("part", colours, "colour"),
            "tooltip": list(tips),
        },
    }


def only(**equal: str) -> list[Encoding]:
    """A transform that leaves the rows whose fields are these."""
    return [{"filter": {"field": field, "equal": value}} for field, value in equal.items()]
