"""A space as the files of a report."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.figure import Figure as Canvas

from loas_tl.exploration.result import Space
from loas_tl.report.exploration_page import space_page
from loas_tl.report.exploration_plots import effects, fronts, parallel
from loas_tl.report.made import Made
from loas_tl.report.plots import render

PLOTS: dict[str, Callable[[Space], Canvas]] = {
    "fronts": fronts,
    "effects": effects,
    "parallel": parallel,
}
FORMS = ("png", "svg", "pdf")
DATA = ("space.json", "space.csv", "space.html")


def files_of() -> tuple[str, ...]:
    """Names of the files."""
    return (*(f"{name}.{form}" for name in PLOTS for form in FORMS), *DATA)


def render_space(space: Space, made: Made | None = None) -> dict[str, str | bytes]:
    """The content of each of :func:`files_of`; without plots where no point has figures.

    Args:
        space: what is shown.
        made: what made it, for the foot of the page.
    """
    files: dict[str, str | bytes] = {"space.json": space.to_json() + "\n"}
    files["space.csv"] = space.to_csv()
    files["space.html"] = space_page(space, made)
    if space.feasible:
        for name, draw in PLOTS.items():
            canvas = draw(space)
            files |= {f"{name}.{form}": render(canvas, form) for form in FORMS}
    return files
