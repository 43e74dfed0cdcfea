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


def file_names(of: str) -> tuple[str, ...]:
    """Of a report's files.

    Args:
        of: what is validated: ``accelerator`` or ``spec``.
    """
    plots = (f"{name}.{form}" for name in PLOTS[of] for form in ("png", "svg"))
    return (*plots, "validation.json", "validation.csv", "validation.html")


CAPTIONS = {
    "heat_map": "Worst error of the actual counts of a level, over tensors and layers.",
    "scatter": "Every actual count over the exact one.",
    "cycles": "Cycles over the exact ones, of each layer or specification.",
    "counts": "Actual counts over the exact ones, those first that are farthest off.",
}


def render_report(validation: Validation) -> dict[str, str | bytes]:
    """The content of each of :func:`file_names`."""
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
    of = validation.of
    tables = [
        (f"Actual counts by {of}", [of], summary(actual, [of])),
        ("Actual counts by level", [of, "level"], summary(actual, [of, "level"])),
        ("All counts by kind", [of, "kind"], summary(frame, [of, "kind"])),
    ]
    return environment.from_string(source.read_text(encoding="utf-8")).render(
        engine=validation.engine,
        about=ABOUT,
        tables=tables,
        columns=COLUMNS,
        percent=percent,
        cycles=validation.cycles_frame().to_dict("records"),
        largest=validation.worst(40).to_dict("records"),
        names=list(validation.names.values()),
        notes=validation.notes,
        plots=plots,
        captions=CAPTIONS,
        version=loas_tl.__version__,
    )
