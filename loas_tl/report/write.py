"""Write a comparison's files into a folder."""

from __future__ import annotations

from pathlib import Path

from loas_tl.comparison import Comparison
from loas_tl.report.files import write_whole
from loas_tl.report.page import page
from loas_tl.report.plots import draw, render


def write_report(comparison: Comparison, folder: Path) -> list[Path]:
    """Write ``report.html``, ``comparison.json`` and ``.csv``, each plot as PNG and SVG."""
    files: dict[str, str | bytes] = {}
    plots: dict[str, str] = {}
    for name, canvas in draw(comparison).items():
        svg = render(canvas, "svg")
        files[f"{name}.png"], files[f"{name}.svg"] = render(canvas, "png"), svg
        plots[name] = svg.decode("utf-8")
    files["comparison.json"] = comparison.to_json() + "\n"
    files["comparison.csv"] = comparison.to_frame().to_csv(index=False)
    files["report.html"] = page(comparison, plots)
    # All are rendered before the first is written, so a failure leaves the folder as it was.
    for name, content in files.items():
        write_whole(folder / name, content)
    return [folder / name for name in files]
