"""A comparison as the files of a report."""

from __future__ import annotations

from functools import partial

from loas_tl.comparison import Comparison
from loas_tl.ground.aside import aside
from loas_tl.report import vega
from loas_tl.report.made import Made
from loas_tl.report.page import page
from loas_tl.report.paper import Width
from loas_tl.report.plots import draw_one, plots_of, render
from loas_tl.report.readings import Readings

FORMS = ("png", "svg", "pdf")


def files_of(model: str) -> tuple[str, ...]:
    """Names of the files of a report on a comparison by this model."""
    plots = (f"{name}.{form}" for name in plots_of(model) for form in FORMS)
    return (*plots, "comparison.json", "comparison.csv", "report.html")


def render_report(
    comparison: Comparison,
    readings: Readings | None = None,
    made: Made | None = None,
    width: Width = "page",
) -> dict[str, str | bytes]:
    """The content of each of :func:`files_of`; plots as PNG, SVG and PDF, one page with all of it.

    Args:
        comparison: what is shown in full.
        readings: all of them, where they were asked for; data files then hold every one.
        made: what made it, for the foot of the page.
        width: of the figures, ``"column"`` or ``"page"``.

    Raises:
        InputError: where there is no such width.
    """
    data = readings or comparison
    # Those with most panels take longest, and are asked for first.
    with aside(partial(_drawn, comparison, width), plots_of(comparison.model)[::-1]) as drawn:
        vega.begin()
        files: dict[str, str | bytes] = {
            "comparison.json": data.to_json() + "\n",
            "comparison.csv": data.to_csv(),
            "report.html": page(comparison, readings, made),
        }
        plots: dict[str, str | bytes] = {}
        for some in drawn()[::-1]:
            plots |= some
    return plots | files


def _drawn(comparison: Comparison, width: Width, name: str) -> dict[str, bytes]:
    canvas = draw_one(comparison, name, width)
    return {f"{name}.{form}": render(canvas, form) for form in FORMS}
