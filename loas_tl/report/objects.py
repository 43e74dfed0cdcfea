"""Figures and files of the objects that a user has in hand, by what they are."""

from __future__ import annotations

from functools import partial, singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loas_tl.comparison import Comparison
from loas_tl.designs.design import Design
from loas_tl.exploration.result import Space
from loas_tl.fiber.formats import Formats
from loas_tl.ground.latex import heading
from loas_tl.ground.shown import Figures, Shown
from loas_tl.ground.titles import network_title
from loas_tl.report.made import Made
from loas_tl.report.web import Section, Sheet
from loas_tl.report.web import page as web_page
from loas_tl.reproduction.item import Reproduction
from loas_tl.studies.sparsity import Sparsity
from loas_tl.timeloop.mapper import Found
from loas_tl.timeloop.result import Result
from loas_tl.validation.records import Validation
from loas_tl.workload.network import Network

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

    from loas_tl.report.network_page import Above

FORMS = ("png", "svg", "pdf")
Contents = dict[str, str | bytes]


@singledispatch
def figures(one: Shown) -> Figures:
    """The figures of an object; TypeError where it has none."""
    raise TypeError(f"there are no figures of a {type(one).__name__}")


@singledispatch
def files(one: Shown) -> Contents:
    """The files of an object's report, by name; TypeError where it has none."""
    raise TypeError(f"there is no report of a {type(one).__name__}")


@figures.register
def _(one: Comparison) -> Figures:
    from loas_tl.report.plots import draw_one, plots_of

    return Figures({name: partial(draw_one, one, name) for name in plots_of(one.model)})


@files.register
def _(one: Comparison) -> Contents:
    from loas_tl.report.render import render_report

    return render_report(one)


@figures.register
def _(one: Space) -> Figures:
    from loas_tl.report.exploration_files import PLOTS
    from loas_tl.report.exploration_plots import scatter

    drawn = {name: partial(draw, one) for name, draw in PLOTS.items()}
    return Figures(drawn, partial(scatter, one))


@files.register
def _(one: Space) -> Contents:
    from loas_tl.report.exploration_files import render_space

    return render_space(one)


@figures.register
def _(one: Validation) -> Figures:
    from loas_tl.report.validation_counts import draw_counts
    from loas_tl.report.validation_plots import PLOTS, draw_one

    drawn = {name: partial(draw_one, one, name) for name in PLOTS[one.of]}
    return Figures(drawn, partial(draw_counts, one.to_frame(), one.of))


@files.register
def _(one: Validation) -> Contents:
    from loas_tl.report.validation_page import render_report

    return render_report(one)


@figures.register
def _(one: Design) -> Figures:
    from loas_tl.report.composition import draw

    return Figures({"composition": partial(draw, one)})


@files.register
def _(one: Design) -> Contents:
    from loas_tl.report.composition import render

    return {**_table(one, f"Design {one.label}", "design", []), **render(one)}


@figures.register
def _(one: Result) -> Figures:
    from loas_tl.report.engine_plots import accesses, energy

    return Figures({"energy": partial(energy, one), "accesses": partial(accesses, one)})


@figures.register
def _(one: Found) -> Figures:
    return figures(one.result)


@figures.register
def _(one: Network) -> Figures:
    from loas_tl.report.engine_plots import densities

    return Figures({"densities": partial(densities, one)})


@files.register
def _(one: Result) -> Contents:
    from loas_tl.report.engine_files import render_result

    return render_result(one)


@files.register
def _(one: Found) -> Contents:
    from loas_tl.report.engine_files import render_result
    from loas_tl.report.engine_page import Searched

    searched = Searched(one.to_dict()["search"], one.cycle_seconds, one.space)
    whole = {"result.json": one.to_json() + "\n", **one.files()}
    names = [Path(name).name for name in one.spec.files if Path(name).is_file()]
    title = f"Best mapping of {', '.join(names) or one.spec.problem.name}"
    return {**render_result(one.result, Made(seed=one.seed), searched, title), **whole}


@files.register
def _(one: Network) -> Contents:
    from loas_tl.report.network_page import of_network

    title = f"Network {network_title(one.name)}"
    return _table(one, title, "summary", [], of_network(one))


@figures.register
def _(one: Formats) -> Figures:
    from loas_tl.report.formats import draw

    return Figures({"sizes": partial(draw, one)})


@files.register
def _(one: Formats) -> Contents:
    from loas_tl.report.formats import render_report

    return render_report(one)


@figures.register
def _(one: Sparsity) -> Figures:
    from loas_tl.report.sparsity_plots import layers, left

    return Figures({"left": partial(left, one), "layers": partial(layers, one)})


@figures.register
def _(one: Reproduction) -> Figures:
    from loas_tl.report.reproduction_plots import differences
    from loas_tl.report.reproduction_plots import figures as of_item

    drawn = {
        item.name.replace("-", "_"): partial(of_item, rows) for item, rows in one.items() if rows
    }
    return Figures({"differences": partial(differences, one), **drawn})


@files.register
def _(one: Sparsity) -> Contents:
    from loas_tl.report.sparsity_page import files as of_sparsity

    return of_sparsity(one, Made())


@files.register
def _(one: Reproduction) -> Contents:
    from loas_tl.report.reproduction import files as of_reproduction

    return of_reproduction(one, Made())


def _table(
    one: Shown, title: str, stem: str, notes: list[str], above: Above | None = None
) -> Contents:
    """A page of a table, the figures, CSV and JSON; columns without a value are left out."""
    found: Contents = {}
    for name in figures(one):
        canvas = getattr(figures(one), name)()
        found |= {f"{name}.{form}": _saved(canvas, form) for form in FORMS}
    frame = one.to_frame()
    frame = frame.mask(frame.eq("")).dropna(axis="columns", how="all")
    numeric = [bool(kind.kind in "iuf") for kind in frame.dtypes]
    rows: list[list[Any]] = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    sheet = Sheet(
        [heading(str(name)) for name in frame],
        rows,
        one.headline,
        ["number" if number else "text" for number in numeric],
    )
    sections = [*(above.sections if above else ())]
    sections += [Section("Figures of each row", sheet=sheet, named="rows")]
    sections += [Section("Notes", lines=notes)] if notes else []
    found[f"{stem}.json"], found[f"{stem}.csv"] = one.to_json() + "\n", one.to_csv()
    links = {"Data (CSV)": f"{stem}.csv", "Data (JSON)": f"{stem}.json"}
    links |= {f"Figure: {name}": f"{name}.svg" for name in figures(one)}
    found[f"{stem}.html"] = web_page(
        title,
        one.headline,
        sections,
        above.data if above else {},
        links,
        Made().words(),
    )
    return found


def _saved(canvas: Canvas, form: str) -> bytes:
    from loas_tl.report.plots import render

    return render(canvas, form)
