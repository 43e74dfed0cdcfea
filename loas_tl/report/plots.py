"""Plots of a comparison: speedup, energy with its breakdown, traffic."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from math import ceil
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.legend import Legend

from loas_tl.comparison import Comparison, Result
from loas_tl.models.dataflow import KINDS, Memory
from loas_tl.models.published.counts import BITS_PER_KIB
from loas_tl.report.rows import label_lines, reference, rows

# Colours that stay apart for colour-blind readers (Okabe and Ito's palette).
ENERGY_PARTS = {
    "compute": "#0072B2",
    "sram": "#56B4E9",
    "dram": "#E69F00",
    "leakage": "#999999",
}
KIND_COLOURS = {
    "spikes": "#009E73",
    "weights": "#0072B2",
    "metadata": "#CC79A7",
    "psums": "#D55E00",
}
BOUND_COLOURS = {"compute": "#0072B2", "sram": "#56B4E9", "dram": "#E69F00"}
MEMORIES: tuple[tuple[str, tuple[Memory, ...]], ...] = (
    ("DRAM", ("dram",)),
    ("SRAM", ("sram_read", "sram_write")),
)
LABELS = {"sram": "SRAM", "dram": "DRAM", "psums": "partial sums"}
STYLE: Any = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "loas-tl",
    "pdf.fonttype": 42,
}


FONT_SIZE = STYLE["font.size"]
WIDEST = 13.5
"""Inches of panels side by side; what needs more goes into rows."""
NARROWEST = 12.0
"""Inches that names may take at a slant; where they need more, they stand upright."""
MARGINS, OF_LEGEND = 1.6, 0.4
"""Inches beside the bars of a panel, and of a legend."""
SLANTED, UPRIGHT = 0.36, 0.17
"""Inches from name to name, for each of their lines."""


def draw(comparison: Comparison) -> dict[str, Canvas]:
    """All plots by name."""
    return {name: draw_one(comparison, name) for name in plots_of(comparison.model)}


def draw_one(comparison: Comparison, name: str) -> Canvas:
    """The plot of that name, one of :func:`plots_of`."""
    with mpl.rc_context(STYLE):
        return DRAWN[name](comparison)


def plots_of(model: str) -> tuple[str, ...]:
    """Names of the plots of a comparison by this model."""
    return ("speedup", "energy", "traffic", *(("bounds",) if model != "published" else ()))


def render(canvas: Canvas, form: str) -> bytes:
    """A plot as ``"png"``, ``"svg"`` or ``"pdf"``; the same plot gives the same bytes."""
    buffer = BytesIO()
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(form, {})
    with mpl.rc_context(STYLE), _any_letter():
        canvas.savefig(buffer, format=form, dpi=160, metadata=metadata)
    return buffer.getvalue()


@contextmanager
def _any_letter() -> Iterator[None]:
    """A name may have letters that the font has not: draw boxes, and say nothing of it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def _speedup(comparison: Comparison) -> Canvas:
    canvas, panels = _panels(comparison, [f"speedup over {comparison.baseline}"], 3.4)
    for axes, network in zip(panels[0], comparison.networks, strict=True):
        table = rows(comparison, network)
        for at, row in enumerate(table):
            if row.speedup.ours is None:
                continue
            axes.bar(at, row.speedup.ours, color="#0072B2", width=0.7)
            top = max(row.speedup.ours, row.speedup.published or 0)
            if row.speedup.spread is not None:
                least, most = row.speedup.spread.least, row.speedup.spread.most
                axes.plot([at, at], [least, most], "_-", color="black", linewidth=1, markersize=6)
                top = max(top, most)
            axes.annotate(
                f"{row.speedup.ours:.2f}",
                (at, top),
                xytext=(0, 4),
                textcoords="offset points",
                ha="center",
                fontsize=8,
            )
            if row.speedup.published is not None:
                axes.plot(at, row.speedup.published, "D", color="black", markersize=4)
        _name_bars(axes, [row.accelerator for row in table])
        axes.margins(y=0.12)
    _legend(canvas, [("ours", "#0072B2")], "published")
    return canvas


def _energy(comparison: Comparison) -> Canvas:
    accountings: tuple[tuple[str, Callable[[Result], Any], float], ...] = (
        ("published formula (millions)", lambda result: result.published, 1e6),
        ("physical (µJ)", lambda result: result.physical, 1e6),
    )
    canvas, panels = _panels(comparison, [label for label, _, _ in accountings], 5.6)
    for line, (what, energy, scale) in zip(panels, accountings, strict=True):
        for axes, network in zip(line, comparison.networks, strict=True):
            results = _results(comparison, network)
            stacks = [
                [
                    (colour, getattr(energy(r), part) / scale)
                    for part, colour in ENERGY_PARTS.items()
                    if energy(r) is not None
                ]
                for r in results
            ]
            _stacked(axes, [r.accelerator for r in results], stacks)
            if what == accountings[0][0]:
                _mark(axes, comparison, network, "energy_published", scale)
    _legend(canvas, _named(ENERGY_PARTS), "published")
    return canvas


def _traffic(comparison: Comparison) -> Canvas:
    labels = [f"{label} traffic (MiB)" for label, _ in MEMORIES]
    canvas, panels = _panels(comparison, labels, 5.6)
    for line, (label, memories) in zip(panels, MEMORIES, strict=True):
        for axes, network in zip(line, comparison.networks, strict=True):
            results = _results(comparison, network)
            stacks = [
                [
                    (KIND_COLOURS[kind], r.counts.moved(*memories, kind=kind) / BITS_PER_KIB / 1024)
                    for kind in KINDS
                ]
                for r in results
            ]
            _stacked(axes, [r.accelerator for r in results], stacks)
            _mark(axes, comparison, network, f"{label.lower()}_KiB", 1024)
    _legend(canvas, _named(KIND_COLOURS), "published")
    return canvas


def _bounds(comparison: Comparison) -> Canvas:
    canvas, panels = _panels(comparison, ["cycles (millions)"], 3.4)
    for axes, network in zip(panels[0], comparison.networks, strict=True):
        results = _results(comparison, network)
        stacks = []
        for result in results:
            schedule = (result.detailed or result).schedule
            bound = schedule.bound if schedule else {}
            stacks.append([(BOUND_COLOURS[on], cycles / 1e6) for on, cycles in bound.items()])
        _stacked(axes, [r.accelerator for r in results], stacks)
        for at, result in enumerate(results):
            if result.detailed is not None:
                axes.plot(at, result.counts.cycles / 1e6, "D", color="black", markersize=4)
    label = "published model" if comparison.model == "both" else None
    _legend(
        canvas, [(f"held up by {LABELS.get(on, on)}", c) for on, c in BOUND_COLOURS.items()], label
    )
    return canvas


DRAWN: dict[str, Callable[[Comparison], Canvas]] = {
    "speedup": _speedup,
    "energy": _energy,
    "traffic": _traffic,
    "bounds": _bounds,
}


def _panels(
    comparison: Comparison, labels: Sequence[str], height: float
) -> tuple[Canvas, list[list[Axes]]]:
    """A panel for each quantity, by its label, and network: ``panels[quantity][network]``.

    The networks stand side by side where there is room, else in rows: several small ones a row,
    or one, with its quantities beside each other where those fit.

    Args:
        comparison: has the networks and the names below the bars.
        labels: of the quantities.
        height: inches of a row of networks, with names of usual length.
    """
    networks, accelerators = comparison.networks, comparison.accelerators
    spacing, upright, size = _standing(accelerators)
    width = max(MARGINS + spacing * len(accelerators), 2.6)
    columns = min(int(WIDEST // width), len(networks))
    if columns < len(networks):
        columns = 1 if columns < 3 else ceil(len(networks) / ceil(len(networks) / columns))
    beside = columns == 1 < len(networks) and width * len(labels) <= WIDEST
    rows, across = ceil(len(networks) / columns), columns
    if beside:
        across = len(labels)
    else:
        rows *= len(labels)
    lines = [label_lines(name) for name in accelerators]
    longest = max(len(line) for of_one in lines for line in of_one)
    if upright:
        room = 0.075 * size / FONT_SIZE * longest - 0.6
    else:
        room = 0.05 * max(longest - len("LoAS N-major"), 0)
        room += 0.1 * (max(map(len, lines)) - 1)
    panel = (height - OF_LEGEND) / len(labels) + room
    canvas = Canvas(figsize=(max(width * across, 5.0), OF_LEGEND + rows * panel))
    canvas.set_layout_engine("constrained")
    grid = canvas.add_gridspec(rows, across)
    panels: list[list[Axes]] = []
    for which, label in enumerate(labels):
        panels.append([])
        for at, network in enumerate(networks):
            row, column = at // columns * len(labels) + which, at % columns
            axes = canvas.add_subplot(grid[at, which] if beside else grid[row, column])
            if beside or which == 0:
                axes.set_title(network, parse_math=False)
            if beside or column == 0:
                axes.set_ylabel(label, parse_math=False)
            panels[-1].append(axes)
    return canvas, panels


def _standing(names: Sequence[str]) -> tuple[float, bool, float]:
    """How names stand below bars: inches from one to the next, whether upright, and their size."""
    lines = max(len(label_lines(name)) for name in names)
    slanted, upright = SLANTED * lines, max(UPRIGHT * lines, SLANTED)
    room = NARROWEST - MARGINS
    if slanted * len(names) <= room:
        return slanted, False, FONT_SIZE
    size = min(1.0, room / (UPRIGHT * lines * len(names)))
    return min(upright, room / len(names)), True, FONT_SIZE * size


def _results(comparison: Comparison, network: str) -> list[Result]:
    found = (comparison.total(network, name) for name in comparison.accelerators)
    return [result for result in found if result is not None]


def cut_at(heights: Sequence[float]) -> float | None:
    """Where bars are cut that would flatten all the others, as a dense array's; None for nowhere.

    A bar is too tall from four times the median on; the highest of the others sets the limit, and
    where all of them reach no higher than that, none is cut.
    """
    if len(heights) < 3:
        return None
    tall = 4 * sorted(heights)[len(heights) // 2]
    limit = 1.15 * max((height for height in heights if height <= tall), default=0.0)
    return limit if 0 < limit < max(heights) else None


def _stacked(
    axes: Axes, names: Sequence[str], stacks: Sequence[Sequence[tuple[str, float]]]
) -> None:
    heights = [sum(height for _, height in stack) for stack in stacks]
    limit = cut_at(heights)
    for at, stack in enumerate(stacks):
        bottom = 0.0
        for colour, height in stack:
            if height == 0:  # its edge would hold back the margin above the bars
                continue
            axes.bar(at, height, bottom=bottom, color=colour, width=0.7)
            bottom += height
        if limit is not None and bottom > limit:
            axes.text(
                at,
                limit,
                f"{bottom:,.3g}" if bottom < 1000 else f"{bottom:,.0f}",
                ha="center",
                va="bottom",
                fontsize=8,
            )
    if limit is not None:
        axes.set_ylim(0, limit)
        middle, reach = (len(names) - 1) / 2, 0.4 + 0.05 * len(axes.get_title())
        cut = (abs(at - middle) for at, height in enumerate(heights) if height > limit)
        if min(cut) * _standing(names)[0] < reach:
            axes.set_title(axes.get_title(), pad=16, parse_math=False)
    _name_bars(axes, names)


def _mark(axes: Axes, comparison: Comparison, network: str, what: str, scale: float) -> None:
    for at, result in enumerate(_results(comparison, network)):
        published = reference(comparison, network, result.accelerator)
        if published is not None:
            axes.plot(at, getattr(published, what) / scale, "D", color="black", markersize=4)


def _name_bars(axes: Axes, names: Sequence[str]) -> None:
    _, upright, size = _standing(names)
    # A slanted name has its corner below its bar, an upright one its middle.
    stand: dict[str, Any] = {"rotation": 90, "va": "center"} if upright else {"rotation": 40}
    axes.set_xticks(
        range(len(names)),
        ["\n".join(label_lines(name)) for name in names],
        parse_math=False,
        ha="right",
        rotation_mode="anchor",
        fontsize=size,
        **stand,
    )
    axes.set_xlim(-0.6, len(names) - 0.4)


def _named(colours: dict[str, str]) -> list[tuple[str, str]]:
    return [(LABELS.get(name, name), colour) for name, colour in colours.items()]


def _legend(canvas: Canvas, entries: Sequence[tuple[str, str]], diamonds: str | None) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [Patch(color=colour) for _, colour in entries]
    labels = [label for label, _ in entries]
    if diamonds is not None:
        handles.append(Line2D([], [], color="black", marker="D", linestyle="", markersize=4))
        labels.append(diamonds)
    legend(canvas, handles, labels)


def legend(canvas: Canvas, handles: Sequence[Any], labels: Sequence[str]) -> None:
    """A legend below the panels, in as many columns as there is room for."""
    room = max(canvas.get_figwidth(), NARROWEST)
    for columns in range(len(handles), 0, -1):
        below = canvas.legend(
            *(handles, [" "] * len(handles)),
            loc="outside lower center",
            ncols=columns,
            frameon=False,
        )
        name_entries(below, labels)
        with _any_letter():
            width = below.get_window_extent().width / canvas.dpi
        if width <= room:
            break
        if columns > 1:
            below.remove()
    canvas.set_figwidth(max(canvas.get_figwidth(), width))


def name_entries(of: Legend, labels: Sequence[str]) -> None:
    """Write the labels of a legend as they are, whatever is in them."""
    for text, label in zip(of.get_texts(), labels, strict=True):
        text.set_parse_math(False)
        text.set_text(label)
