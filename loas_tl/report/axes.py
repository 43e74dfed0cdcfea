"""Axes of interactive charts: numbers without exponents, names whole on lines of their own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap
from typing import Any

LETTERS = 19
"""Of a line beside an axis; more of them go on below."""

LINE, GAP = 13, 8
"""Pixels of a line of a name, and between two names."""

BEYOND = 6
"""Pixels by which a number may stand out beyond its axis; as many as half a line is high."""

_DECADE = "abs(log(datum.value) / LN10 - round(log(datum.value) / LN10)) < 1e-6"


def linear(ticks: int = 4) -> dict[str, Any]:
    """An axis of numbers in full: ``10``, where Vega's own choice is ``1e+1``."""
    return {"tickCount": ticks, "format": ",~f"}


def thousands(ticks: int = 4) -> dict[str, Any]:
    """An axis of counts with prefixes of a thousand each: ``200k``, and a plain ``0``."""
    return {"tickCount": ticks, "labelExpr": "datum.value ? format(datum.value, '~s') : '0'"}


def logarithmic(form: str = ",~g", ticks: int = 4) -> dict[str, Any]:
    """An axis of powers: grid lines at those of ten alone."""
    grid = {"condition": {"test": _DECADE, "value": 0.6}, "value": 0}
    return {"tickCount": ticks, "format": form, "gridOpacity": grid, "labelBound": BEYOND}


def shares(ticks: int = 4) -> dict[str, Any]:
    """An axis from 0 to 100 %."""
    return {"tickCount": ticks, "format": ".0%"}


def lines_of(name: str, letters: int = LETTERS) -> list[str]:
    """A name on lines, broken where it is long."""
    return wrap(name, letters, break_on_hyphens=False) or [name]


def title(name: str) -> list[str]:
    """A chart's title, on lines that fit a narrow one."""
    return wrap(name, 26) or [name]


def names(field: str, order: Sequence[str], letters: int = LETTERS) -> dict[str, Any]:
    """An axis of names from top to bottom, none of them cut.

    Args:
        field: of the data.
        order: the names.
        letters: of a line.
    """
    broken = {name: lines_of(name, letters) for name in order}
    several = {name: lines for name, lines in broken.items() if len(lines) > 1}
    axis: dict[str, Any] = {"labelLimit": 0, "labelOverlap": False, "ticks": False, "domain": False}
    if several:
        axis |= {"labelExpr": f"({json.dumps(several)})[datum.value] || datum.label"}
        axis |= {"labelLineHeight": LINE, "encoding": {"labels": {"dy": _centred(several)}}}
    return {"field": field, "type": "nominal", "sort": list(order), "title": None, "axis": axis}


def _centred(several: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """How far names of several lines are lifted, so that they stand beside their place."""
    counts = sorted({len(lines) for lines in several.values()})
    return {
        "condition": [
            {
                "test": f"indexof({json.dumps([n for n in several if len(several[n]) == count])}, "
                "datum.value) >= 0",
                "value": -LINE * (count - 1) / 2,
            }
            for count in counts
        ],
        "value": 0,
    }


def height_of(order: Iterable[str], letters: int = LETTERS) -> int:
    """Pixels that a chart with those names needs, title and axis included."""
    counts = [len(lines_of(name, letters)) for name in order]
    return (max(counts, default=1) * LINE + GAP) * len(counts) + 62
