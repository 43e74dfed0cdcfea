"""Figures for papers have room for what is on them, at any number of networks and accelerators."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

import loas_tl
from loas_tl.designs.registry import names
from loas_tl.report.panel import Bar, cut_at
from loas_tl.report.paper import SIZE, WIDTHS, Width, width_of, wrapped
from loas_tl.report.plots import draw_one, plots_of, render
from loas_tl.report.stacks import Quantity, stacked
from tests.report import layer
from tests.report.clear import assert_clear

BUILT_IN = ["LoAS", "LoAS-FT", "LoAS N-major", "SparTen-SNN", "GoSPA-SNN", "Gamma-SNN", "PTB"]
SET = [f"LoAS:pes={pes},cache_KiB=512,chunk_bits=64" for pes in range(4, 9)]
CHOSEN = {
    1: ["LoAS"],
    2: ["LoAS", SET[0]],
    12: [*SET, *BUILT_IN],
    17: names(),
}


@cache
def compared(accelerators: int, networks: int) -> loas_tl.Comparison:
    asked = [loas_tl.Network(f"network {i}", (layer(),)) for i in range(networks)]
    model = "published" if accelerators > 12 else "both"
    return loas_tl.compare(asked, accelerators=CHOSEN[accelerators], model=model)  # type: ignore[arg-type]


@pytest.mark.parametrize("networks", [1, 8])
@pytest.mark.parametrize("accelerators", list(CHOSEN))
def test_nothing_is_cut_or_overlaps(accelerators: int, networks: int) -> None:
    found = compared(accelerators, networks)
    for width, inches in WIDTHS.items():
        for name in plots_of(found.model):
            if name == "traffic" and accelerators > 2:
                continue  # it is made as energy is
            canvas = draw_one(found, name, width)  # type: ignore[arg-type]
            assert canvas.get_figwidth() == inches
            assert_clear(canvas)
            said = said_on(canvas)
            shown = [text for text in said if text.startswith("network ")]
            assert sorted(set(shown)) == [f"network {i}" for i in range(networks)]
            assert ("mean" in said) == (name == "speedup" and networks > 1)


@pytest.mark.parametrize("width", WIDTHS)
def test_published_figures_stand_beside_ours(width: Width) -> None:
    found = loas_tl.compare("alexnet")
    for name in plots_of(found.model):
        canvas = draw_one(found, name, width)
        assert_clear(canvas)
        assert "published" in said_on(canvas)
        if name == "speedup":
            assert "AlexNet" in said_on(canvas)


def said_on(canvas: Figure) -> list[str]:
    """Every text of a figure."""
    return [" ".join(text.get_text().split()) for text in canvas.findobj(Text)]


def test_letters_are_of_one_size_and_embedded() -> None:
    found = compared(2, 1)
    canvas = draw_one(found, "speedup", "column")
    assert {text.get_fontsize() for text in canvas.findobj(Text) if text.get_text()} == {SIZE}
    assert b"/FontFile2" in render(canvas, "pdf")
    assert b"<text" not in render(canvas, "svg")
    assert render(canvas, "png") == render(draw_one(found, "speedup", "column"), "png")


def test_only_two_widths_are_known() -> None:
    with pytest.raises(loas_tl.InputError, match="expected one of column, page"):
        draw_one(compared(1, 1), plots_of("both")[0], "poster")  # type: ignore[arg-type]


def test_a_bar_that_is_cut_keeps_its_parts_and_its_published_mark() -> None:
    usual = [Bar(f"one {at}", [("#0072B2", 1.0), ("#E69F00", 1.0)], 1.5) for at in range(3)]
    tall = Bar("tall", [("#0072B2", 60.0), ("#E69F00", 20.0)], 76.0)
    canvas = stacked([""], [Quantity("length", [[*usual, tall]])], {"a": "#0072B2"}, "column")
    assert_clear(canvas)
    [axes] = canvas.axes
    bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    lowest = max(bar.get_y() for bar in bars)
    pieces = [bar for bar in bars if bar.get_y() == lowest]
    lengths = [piece.get_width() for piece in pieces]
    assert lengths[0] / sum(lengths) == pytest.approx(0.75)
    marks = [
        np.asarray(line.get_xydata())[0] for line in axes.get_lines() if line.get_marker() == "D"
    ]
    [mark] = [place[0] for place in marks if place[1] > lowest]
    assert mark / sum(lengths) == pytest.approx(76 / 80)
    assert "80" in [text.get_text() for text in axes.texts]


def test_a_published_mark_far_off_is_said_in_words() -> None:
    bars = [Bar(f"one {at}", [("#0072B2", 1.0)], 40.0 if at else None) for at in range(2)]
    canvas = stacked([""], [Quantity("length", [bars])], {}, "column")
    assert_clear(canvas)
    assert "(publ. 40)" in [text.get_text() for text in canvas.axes[0].texts]


@pytest.mark.parametrize("text", ["", "a", "a word", "x" * 200, "some words " * 9, "漢字 " * 30])
def test_text_is_wrapped_to_the_room_there_is(text: str) -> None:
    lines = wrapped(text, 1.0)
    assert all(width_of(line) <= 1.0 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("heights", "limit"),
    [
        ([1.0, 2.0, 3.0], None),
        ([1.0, 9.0], None),
        ([0.0, 0.0, 0.0], None),
        ([0.0, 0.0, 5.0], None),
        ([2.0, 2.0, 2.0, 90.0], 2.3),
        # More than four times the median, and yet no higher than what is left above the others.
        ([1.0, 1.0, 1.0, 3.9, 4.2], None),
    ],
)
def test_only_bars_that_stick_out_are_cut(heights: list[float], limit: float | None) -> None:
    assert cut_at(heights) == (None if limit is None else pytest.approx(limit))
