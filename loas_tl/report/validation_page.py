"""A validation as the files of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from loas_tl.ground.titles import titled
from loas_tl.report import axes, charts
from loas_tl.report.colours import BOUND, accelerator_looks
from loas_tl.report.made import Made
from loas_tl.report.plots import render
from loas_tl.report.validation_plots import PLOTS, draw
from loas_tl.report.validation_table import CAUSES, COLUMNS, percent
from loas_tl.report.web import Cell, Chart, Pick, Section, Sheet, Tile
from loas_tl.report.web import page as web_page
from loas_tl.validation.records import Validation, summary

if TYPE_CHECKING:
    import pandas as pd

FORMS = ("png", "svg", "pdf")
MOST = 2500
"""Counts that a chart holds: those that are farthest off, and others evenly."""

LARGEST = 40
EACH = ("predicted for one instance", "exact for one instance")
ERRORS_LEAST = ("counts", "rounding", "independence", "actual_data", "+ overlap")
EACH_ERROR = "The worst error; below it the median and the 95th percentile."
ABOUT = (
    "The size of the worst error, below it the median and the 95th percentile: of counts, and of "
    f"cycles, which are predicted with the work shared evenly. {CAUSES}"
)
CYCLES = {
    "error": "predicted",
    "corrected_error": "+ overlap, imbalance",
}
"""What errors of cycles are of."""
STAGES = {
    "predicted from densities": "predicted",
    "with actual_data": "actual_data",
    "with actual_data and overlap": "corrected",
}
"""What counts come from, by the column that has them."""


def file_names(of: str) -> tuple[str, ...]:
    """Of a report's files.

    Args:
        of: what is validated: ``accelerator`` or ``spec``.
    """
    plots = (f"{name}.{form}" for name in PLOTS[of] for form in FORMS)
    return (*plots, "validation.json", "validation.csv", "validation.html")


def render_report(validation: Validation, made: Made | None = None) -> dict[str, str | bytes]:
    """The content of each of :func:`file_names`.

    Args:
        validation: what is shown.
        made: what made it, for the foot of the page.
    """
    files: dict[str, str | bytes] = {}
    for name, canvas in draw(validation).items():
        files |= {f"{name}.{form}": render(canvas, form) for form in FORMS}
    files["validation.json"] = validation.to_json() + "\n"
    files["validation.csv"] = validation.to_csv()
    files["validation.html"] = page(validation, made or Made())
    return files


def page(validation: Validation, made: Made) -> str:
    """The page; its chart holds at most :data:`MOST` counts, the CSV has all."""
    frame, of = titled(validation.to_frame()), validation.of
    actual = frame[frame["kind"] == "actual"]
    names = [str(name) for name in dict.fromkeys(frame[of])]
    sections = [
        Section("Headline figures", ABOUT, tiles=_tiles(validation, actual), named="top"),
        Section(
            "Every actual count",
            "Over the exact one, which is the line. Hover for the count.",
            charts=[_scatter(names, of)],
            view=next(iter(STAGES)),
        ),
        *(
            Section(title, EACH_ERROR, sheet=_errors(title, by, rows, of))
            for title, by, rows in (
                (f"Actual counts by {of}", [of], summary(actual, [of])),
                ("Actual counts by level", [of, "level"], summary(actual, [of, "level"])),
                ("All counts by kind", [of, "kind"], summary(frame, [of, "kind"])),
            )
        ),
        Section("Cycles", sheet=_cycles(validation)),
        Section("Largest errors of actual counts", sheet=_largest(validation)),
        Section(
            "Notes",
            lines=[f"{name}: {line}" for name, lines in validation.notes.items() for line in lines],
        ),
    ]
    return web_page(
        title="Predicted and exact counts",
        lead=f"Predicted by the {validation.engine} engine from densities; exact on the tensors "
        "themselves.",
        sections=sections,
        data={"counts": _points(actual, of, list(validation.names.values()))},
        links={"Data (CSV)": "validation.csv", "Data (JSON)": "validation.json"},
        footer=made.words(f"{validation.engine} engine"),
        pick=Pick(f"{of.capitalize()}s", of, accelerator_looks(names)),
    )


def _tiles(validation: Validation, actual: pd.DataFrame) -> list[Tile]:
    """The worst errors: of what is predicted of counts and of cycles, then of what is measured."""
    cycles = validation.cycles_frame()
    first, *others = (("error", "predicted"), *COLUMNS[3:])
    found = _tile(actual, *first, "an actual count")
    for key, heading in CYCLES.items():
        found += _tile(cycles, key, heading, "a layer's cycles")
    for key, heading in others:
        found += _tile(actual, key, heading, "an actual count")
    return found


def _tile(frame: pd.DataFrame, key: str, heading: str, of: str) -> list[Tile]:
    size = frame[key].abs()
    if not len(size):
        return []
    median, high = float(size.median()), float(size.quantile(0.95))
    return [
        Tile(
            percent(float(size.max())),
            f"worst error of {of}, {heading}",
            f"median {percent(median)}, 95th percentile {percent(high)}",
        )
    ]


def _points(actual: pd.DataFrame, of: str, names: Sequence[str]) -> list[dict[str, Any]]:
    drawn = actual[actual["exact"] > 0]
    if len(drawn) > MOST:
        far = drawn["error"].abs().sort_values(ascending=False, kind="stable").index[: MOST // 2]
        others = drawn.index.difference(far, sort=False)
        even = others[np.linspace(0, len(others) - 1, MOST - len(far)).astype(int)]
        drawn = drawn.loc[drawn.index.isin(far) | drawn.index.isin(even)]
    return [
        {
            of: str(row[of]),
            "count": " ".join(
                str(row[key]) for key in (*names[1:], "level", "tensor", "action") if row[key]
            ),
            "exact": float(f"{row['exact']:.6g}"),
            **{
                column: float(f"{row[column] / row['exact']:.5g}")
                for column in STAGES.values()
                if row[column] > 0
            },
        }
        for row in drawn.to_dict("records")
    ]


def _scatter(names: Sequence[str], of: str) -> Chart:
    specs = {title: _against(names, of, column) for title, column in STAGES.items()}
    first, *_ = specs
    alt = "every actual count over the exact one, by the exact one"
    return Chart(specs.pop(first), "counts", alt, height=340, wide=True, views=specs)


def _against(names: Sequence[str], of: str, column: str) -> dict[str, Any]:
    marks = accelerator_looks(names)
    log = {"type": "log", "nice": False, "padding": 12}
    x = {"field": "exact", "type": "quantitative", "scale": log, "title": "exact count"}
    y = {"field": column, "type": "quantitative", "scale": log, "title": "count over exact count"}
    return {
        "layer": [
            {
                "data": {"values": [{"one": 1}]},
                "mark": {"type": "rule", "color": BOUND},
                "encoding": {"y": {"field": "one", "type": "quantitative", "scale": log}},
            },
            {
                "transform": [{"filter": f"isValid(datum.{column})"}],
                "mark": {"type": "point", "filled": True, "size": 26, "opacity": 0.7},
                "encoding": {
                    "x": {**x, "axis": axes.logarithmic("~s", 6)},
                    "y": {**y, "axis": axes.logarithmic(ticks=5)},
                    "color": charts.by(of, marks, "colour"),
                    "shape": charts.by(of, marks, "shape"),
                    "tooltip": [
                        {"field": of, "type": "nominal"},
                        {"field": "count", "type": "nominal"},
                        {"field": "exact", "type": "quantitative", "format": ",.6~g"},
                        {"field": column, "type": "quantitative", "title": "over exact"},
                    ],
                },
            },
        ]
    }


def _errors(title: str, by: Sequence[str], rows: Sequence[Mapping[str, Any]], of: str) -> Sheet:
    parts = ("median", "p95", "worst")
    table = []
    for row in rows:
        cells: list[Any] = [str(row[name]) for name in by]
        cells.append(Cell(row["counts"], f"{row['counts']:,}"))
        for key, _ in COLUMNS:
            worst, words = row[f"{key}_worst"], [percent(row[f"{key}_{part}"]) for part in parts]
            below = "" if words[-1] == "0" else " / ".join(words[:-1])
            cells.append(Cell(worst, words[-1], below))
        table.append(cells)
    headings = [*by, "counts", *(heading for _, heading in COLUMNS)]
    formats = [*("text" for _ in by), *("number" for _ in range(1 + len(COLUMNS)))]
    return Sheet(
        headings,
        table,
        f"{title}; below the worst error the median and the 95th percentile",
        formats,
        pick=list(by).index(of),
        static=True,
        least=ERRORS_LEAST,
    )


def _cycles(validation: Validation) -> Sheet:
    names = list(validation.names.values())
    table = [
        [
            *(str(row[name]) for name in names),
            _count(row["predicted"]),
            _count(row["exact"]),
            Cell(row["error"], f"{100 * row['error']:+.1f}%"),
            Cell(row["overlap"], f"{row['overlap']:.3f}"),
            Cell(row["imbalance"], f"{row['imbalance']:.3f}"),
            _count(row["corrected"]),
            Cell(row["corrected_error"], f"{100 * row['corrected_error']:+.2f}%"),
        ]
        for row in titled(validation.cycles_frame()).to_dict("records")
    ]
    figures = ("predicted", "exact", "error", "overlap", "imbalance", "corrected", "error after")
    least = ("imbalance", "overlap", "corrected", "error", "exact")
    return _sheet("Cycles, predicted and exact", [*names], [], figures, table, least)


def _largest(validation: Validation) -> Sheet:
    names = list(validation.names.values())
    words = [*("level", "tensor", "action")]
    table = [
        [
            *(str(row[name]) for name in (*names, *words)),
            _count(row["predicted"]),
            _count(row["exact"]),
            Cell(row["error"], f"{100 * row['error']:+.1f}%"),
            Cell(row["predicted_per_instance"], f"{row['predicted_per_instance']:,.1f}"),
            Cell(row["exact_per_instance"], f"{row['exact_per_instance']:,.1f}"),
            _count(row["shuffled"]),
            _count(row["actual_data"]),
            _count(row["corrected"]),
        ]
        for row in titled(validation.worst(LARGEST)).to_dict("records")
    ]
    figures = (
        *("predicted", "exact", "error", *EACH),
        *("shuffled", "actual_data", "+ overlap"),
    )
    title = "The actual counts that are farthest off"
    least = (*EACH, "shuffled", "actual_data", "+ overlap")
    return _sheet(title, names, words, figures, table, least)


def _sheet(
    caption: str,
    names: Sequence[str],
    words: Sequence[str],
    figures: Sequence[str],
    table: Sequence[Sequence[Any]],
    least: Sequence[str],
) -> Sheet:
    formats = [*("text" for _ in (*names, *words)), *("number" for _ in figures)]
    return Sheet(
        [*names, *words, *figures], table, caption, formats, pick=0, static=True, least=least
    )


def _count(value: float) -> Cell:
    return Cell(value, f"{value:,.0f}")
