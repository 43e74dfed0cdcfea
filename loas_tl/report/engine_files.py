"""An engine's result as the files of a report."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from loas_tl.report.engine_page import Searched, page
from loas_tl.report.made import Made

if TYPE_CHECKING:
    from loas_tl.timeloop.result import Result

FORMS = ("png", "svg", "pdf")
PLOTS = ("energy", "accesses")
DATA = ("result.html", "result.json", "result.csv")


def files_of() -> tuple[str, ...]:
    """Names of the files."""
    return (*DATA, *(f"{name}.{form}" for name in PLOTS for form in FORMS))


def render_result(
    result: Result,
    made: Made | None = None,
    searched: Searched | None = None,
    title: str = "",
    beside: Mapping[str, str] | None = None,
) -> dict[str, str | bytes]:
    """The content of each of :func:`files_of`.

    Args:
        result: what is shown.
        made: what made it, for the foot of the page.
        searched: how its mapping was found, if by a search.
        title: what was evaluated.
        beside: further files in the folder, by what they are called.
    """
    from loas_tl.report import engine_plots
    from loas_tl.report.plots import render
    from loas_tl.report.spreadsheet import for_spreadsheets

    links = {"Data (CSV)": "result.csv", "Data (JSON)": "result.json"}
    if searched is not None:
        links |= {"Mapping (YAML)": "mapping.yaml", "Spec (YAML)": "spec.yaml"}
    links |= beside or {}
    links |= {f"Figure: {name}": f"{name}.svg" for name in PLOTS}
    files: dict[str, str | bytes] = {
        "result.html": page(result, links, made or Made(), searched, title),
        "result.json": result.to_json() + "\n",
        "result.csv": for_spreadsheets(result.to_csv()),
    }
    for name, draw in {
        name: partial(getattr(engine_plots, name), result) for name in PLOTS
    }.items():
        canvas = draw()
        files |= {f"{name}.{form}": render(canvas, form) for form in FORMS}
    return files
