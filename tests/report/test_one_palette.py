"""A colour means the same on a page and on a figure, and colours of data stand in one place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import loas_tl
from loas_tl.fiber.formats import measure_formats
from loas_tl.report import colours, composition, formats, plots
from loas_tl.report import page as compare_page
from loas_tl.report.innerjoin_plots import draw_cost, draw_sweep
from loas_tl.reproduction import reproduce
from loas_tl.studies.laggy_cost import laggy_cost, laggy_unit
from loas_tl.studies.sparsity import measure_sparsity
from loas_tl.studies.sweep import sweep
from loas_tl.workload.source import layer_sources
from tests.report import layer
from tests.report.pages import text_of

NETWORK = loas_tl.Network("network 0", (layer(5, "a"), layer(9, "b")))
"""That pages are of, too."""

ENTRY = re.compile(r'fill="(#[0-9A-Fa-f]{6})"/></svg>(?:<span>)?([^<]+)<')
SOURCES = Path(colours.__file__).parent


def of_page(text: str) -> dict[str, str]:
    """Colours of a page by what its keys say."""
    return {name: colour.lower() for colour, name in ENTRY.findall(text)}


def of_figure(canvas: Figure) -> dict[str, str]:
    """Colours of a figure by what its legend says."""
    found: dict[str, str] = {}
    for legend in canvas.legends:
        handles: list[Any] = list(legend.legend_handles)
        for text, handle in zip(legend.get_texts(), handles, strict=True):
            colour = getattr(handle, "get_facecolor", getattr(handle, "get_color", None))
            shade = colour() if colour else "none"
            shade = shade[0] if getattr(shade, "ndim", 1) == 2 else shade
            said = text.get_text().replace("\n", " ").removeprefix("held up by ")
            found[said] = to_hex(shade)
    return found


@cache
def compared() -> loas_tl.Comparison:
    return loas_tl.compare([NETWORK], accelerators=["LoAS", "SparTen-SNN", "PTB"], model="both")


def _energies() -> Mapping[str, Figure]:
    return {"composition": composition.draw(loas_tl.design("LoAS"))}


def _result() -> Mapping[str, Figure]:
    spec = loas_tl.design("LoAS").spec(layer())
    result = loas_tl.native.evaluate(loas_tl.spec.parse_spec(spec.model_spec))
    return {"accesses": result.plot.accesses()}


def _innerjoin() -> Mapping[str, Figure]:
    sources, design = layer_sources(networks=[NETWORK]), loas_tl.design("LoAS")
    layers, _ = laggy_cost(sources, design)
    return {
        "cost": draw_cost(layers, laggy_unit(design)[1]),
        "sweep": draw_sweep(sweep(sources, design)),
    }


def _sparsity() -> Mapping[str, Figure]:
    found = measure_sparsity(networks=[NETWORK])
    return {"left": found.plot.left(), "layers": found.plot.layers()}


def _explore() -> Mapping[str, Figure]:
    space = loas_tl.explore(
        ["LoAS", "Gamma-SNN"],
        [NETWORK],
        vary={"pes": [4, 8], "cache_KiB": [64, 256]},
        jobs=1,
    )
    return {name: getattr(space.plot, name)() for name in ("fronts", "effects", "parallel")}


def _compare() -> Mapping[str, Figure]:
    return {name: plots.draw_one(compared(), name) for name in plots.plots_of("both")}


def _validate() -> Mapping[str, Figure]:
    found = loas_tl.validate([NETWORK], accelerators=["LoAS", "Gamma-SNN"])
    return {"scatter": found.plot.scatter()}


FIGURES: dict[str, tuple[Callable[[], Mapping[str, Figure]], Callable[[], str]]] = {
    "compare": (_compare, lambda: compare_page.page(compared())),
    "result": (_result, lambda: text_of("result", 1, 1)),
    "energy": (_energies, lambda: text_of("energy", 1, 1)),
    "innerjoin": (_innerjoin, lambda: text_of("innerjoin", 1, 1)),
    "sparsity": (_sparsity, lambda: text_of("sparsity", 1, 1)),
    "explore": (_explore, lambda: text_of("explore", 2, 1)),
    "validate": (_validate, lambda: text_of("validate", 2, 1)),
    "formats": (
        lambda: {"formats": formats.draw(measure_formats([NETWORK]))},
        lambda: text_of("formats", 1, 1),
    ),
    "reproduce": (
        lambda: {"differences": reproduce(["fig5", "fig16a"]).plot.differences()},
        lambda: text_of("reproduce", 1, 1),
    ),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_page_and_its_figures_have_the_same_colours(name: str) -> None:
    make, text = FIGURES[name]
    shown = of_page(text())
    for figure, canvas in make().items():
        drawn = of_figure(canvas)
        both = drawn.keys() & shown.keys()
        assert len(both) >= 2, (figure, drawn, shown)
        assert {key: drawn[key] for key in both} == {key: shown[key] for key in both}, figure


def test_colours_of_data_stand_in_one_place() -> None:
    """Elsewhere are only greys, of lines, axes and texts."""
    for path in SOURCES.glob("*.py"):
        if path.name == "colours.py":
            continue
        for colour in re.findall(r"#[0-9A-Fa-f]{6}\b", path.read_text("utf-8")):
            parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
            assert max(parts) - min(parts) <= 10, (path.name, colour)
