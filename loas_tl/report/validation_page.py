"""A validation as the files of a report."""

from __future__ import annotations

from importlib import resources

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

import loas_tl
from loas_tl.report.plots import render
from loas_tl.report.validation_plots import PLOTS, draw
from loas_tl.report.validation_table import ABOUT, COLUMNS, percent
from loas_tl.validation.records import Validation, summary

FILES = (
    *(f"{name}.{form}" for name in PLOTS for form in ("png", "svg")),
    "validation.json",
    "validation.csv",
    "validation.html",
)
CAPTIONS = {
    "heat_map": "Worst error of the actual counts of a level, over tensors and layers.",
    "scatter": "Every actual count over the exact one.",
    "cycles": "Every layer's cycles over the exact ones.",
}


def render_report(validation: Validation) -> dict[str, str | bytes]:
    """The content of each of :data:`FILES`."""
    files: dict[str, str | bytes] = {}
    plots = {}
    for name, canvas in draw(validation).items():
        svg = render(canvas, "svg")
        files[f"{name}.png"], files[f"{name}.svg"] = render(canvas, "png"), svg
        text = svg.decode("utf-8")
        plots[name] = text[text.index("<svg") :]
    files["validation.json"] = validation.to_json() + "\n"
    files["validation.csv"] = validation.to_csv()
    files["validation.html"] = _page(validation, plots)
    return files


def _page(validation: Validation, plots: dict[str, str]) -> str:
    environment = SandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = resources.files("loas_tl.report").joinpath("validation_page.html.jinja")
    frame = validation.to_frame()
    actual = frame[frame["kind"] == "actual"]
    tables = [
        ("Actual counts by accelerator", ["accelerator"], summary(actual, ["accelerator"])),
        (
            "Actual counts by level",
            ["accelerator", "level"],
            summary(actual, ["accelerator", "level"]),
        ),
        ("All counts by kind", ["accelerator", "kind"], summary(frame, ["accelerator", "kind"])),
    ]
    largest = actual.reindex(actual["error"].abs().sort_values(ascending=False).index).head(40)
    return environment.from_string(source.read_text(encoding="utf-8")).render(
        engine=validation.engine,
        about=ABOUT,
        tables=tables,
        columns=COLUMNS,
        percent=percent,
        cycles=validation.cycles_frame().to_dict("records"),
        largest=largest.to_dict("records"),
        plots=plots,
        captions=CAPTIONS,
        version=loas_tl.__version__,
    )
