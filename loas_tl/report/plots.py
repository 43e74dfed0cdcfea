"""Plots of a comparison: speedup, energy with its breakdown, traffic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.legend import Legend

from loas_tl.comparison import Comparison, Result
from loas_tl.models.dataflow import KINDS, Memory
from loas_tl.models.published.counts import BITS_PER_KIB
from loas_tl.report.colours import KINDS as KIND_COLOURS
from loas_tl.report.colours import PARTS, accelerator_colours, named
from loas_tl.report.compare_data import BOUNDS, MEAN, Units, mean_of
from loas_tl.report.drawn import any_letter, drawn
from loas_tl.report.rows import Figure, label_lines, network_title, reference, rows

MEMORIES: tuple[tuple[str, tuple[Memory, ...]], ...] = (
    ("DRAM", ("dram",)),
    ("SRAM", ("sram_read", "sram_write")),
)
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
    return drawn(canvas, form, STYLE)


def _speedup(comparison: Comparison) -> Canvas:
    """A panel a network, and one of the mean where there are several."""
    groups = [
        {row.accelerator: row.speedup for row in rows(comparison, network)}
        for network in comparison.networks
    ]
    titles = _titles(comparison)
    if len(groups) > 1:
        titles.append(MEAN)
        groups.append(
            {
                name: mean_of([g[name] for g in groups if name in g], len(comparison.networks))
                for name in comparison.accelerators
            }
        )
    over = f"speedup over {comparison.baseline}"
    canvas, panels = _panels(comparison, titles, [over], 3.4)
    colours = accelerator_colours(comparison.accelerators)
    for axes, group in zip(panels[0], groups, strict=True):
        for at, (name, figure) in enumerate(group.items()):
            if figure.ours is not None:
                axes.bar(at, figure.ours, color=colours[name], width=0.7)
                _about(axes, at, figure, figure.ours)
        _name_bars(axes, list(group))
        axes.margins(y=0.12)
        if all(figure.ours is None for figure in group.values()):
            said = f"no figures of {comparison.baseline}"
            axes.text(0.5, 0.5, said, transform=axes.transAxes, ha="center", parse_math=False)
    beside = any(figure.published is not None for group in groups for figure in group.values())
    _legend(canvas, [], "published" if beside else None)
    return canvas


def _about(axes: Axes, at: int, figure: Figure, ours: float) -> None:
    """The figure above its bar, the published one, and the extremes of several samples."""
    top = max(ours, figure.published or 0)
    if figure.spread is not None:
        least, most = figure.spread.least, figure.spread.most
        axes.plot([at, at], [least, most], "_-", color="black", linewidth=1, markersize=6)
        top = max(top, most)
    axes.annotate(
        f"{ours:.2f}",
        (at, top),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
        fontsize=8,
    )
    if figure.published is not None:
        axes.plot(at, figure.published, "D", color="black", markersize=4)


def _energy(comparison: Comparison) -> Canvas:
    units = Units.of(comparison)
    accountings: tuple[tuple[str, Callable[[Result], Any], float, str | None], ...] = (
        (
            f"published formula ({units.formula.name})",
            lambda result: result.published,
            units.formula.size,
            "energy_published",
        ),
        (
            f"physical ({units.energy.name})",
            lambda result: result.physical,
            units.energy.size,
            None,
        ),
    )
    labels = [label for label, *_ in accountings]
    canvas, panels = _panels(comparison, _titles(comparison), labels, 5.6)
    for line, (_, energy, scale, published) in zip(panels, accountings, strict=True):
        for axes, network in zip(line, comparison.networks, strict=True):
            results = _results(comparison, network)
            stacks = [
                [
                    (colour, getattr(energy(r), part) / scale)
                    for part, colour in PARTS.items()
                    if energy(r) is not None
                ]
                for r in results
            ]
            marks = _published(comparison, network, published, scale)
            _stacked(axes, [r.accelerator for r in results], stacks, marks)
    _legend(canvas, _named(PARTS), "published" if _beside(comparison) else None)
    return canvas


def _traffic(comparison: Comparison) -> Canvas:
    unit = Units.of(comparison).traffic
    labels = [f"{label} traffic ({unit.name})" for label, _ in MEMORIES]
    canvas, panels = _panels(comparison, _titles(comparison), labels, 5.6)
    for line, (label, memories) in zip(panels, MEMORIES, strict=True):
        for axes, network in zip(line, comparison.networks, strict=True):
            results = _results(comparison, network)
            stacks = [
                [
                    (
                        KIND_COLOURS[kind],
                        r.counts.moved(*memories, kind=kind) / BITS_PER_KIB / unit.size,
                    )
                    for kind in KINDS
                ]
                for r in results
            ]
            marks = _published(comparison, network, f"{label.lower()}_KiB", unit.size)
            _stacked(axes, [r.accelerator for r in results], stacks, marks)
    _legend(canvas, _named(KIND_COLOURS), "published" if _beside(comparison) else None)
    return canvas


def _bounds(comparison: Comparison) -> Canvas:
    unit = Units.of(comparison).cycles
    canvas, panels = _panels(comparison, _titles(comparison), [unit.name], 3.4)
    for axes, network in zip(panels[0], comparison.networks, strict=True):
        results = _results(comparison, network)
        stacks = []
        for result in results:
            schedule = (result.detailed or result).schedule
            bound = schedule.bound if schedule else {}
            stacks.append([(BOUNDS[on], cycles / unit.size) for on, cycles in bound.items()])
        marks = [r.counts.cycles / unit.size if r.detailed is not None else None for r in results]
        _stacked(axes, [r.accelerator for r in results], stacks, marks)
    label = "published model" if comparison.model == "both" else None
    _legend(canvas, [(f"held up by {named(on)}", c) for on, c in BOUNDS.items()], label)
    return canvas


def _titles(comparison: Comparison) -> list[str]:
    return [network_title(comparison, network) for network in comparison.networks]


def _beside(comparison: Comparison) -> bool:
    """Whether any published totals stand beside ours."""
    return any(
        reference(comparison, total.network, total.accelerator) for total in comparison.totals
    )


def _published(
    comparison: Comparison, network: str, what: str | None, scale: float
) -> list[float | None]:
    """The published figure of each accelerator, None where there is none."""
    found = []
    for result in _results(comparison, network):
        published = what and reference(comparison, network, result.accelerator)
        found.append(getattr(published, what) / scale if what and published else None)
    return found


DRAWN: dict[str, Callable[[Comparison], Canvas]] = {
    "speedup": _speedup,
    "energy": _energy,
    "traffic": _traffic,
    "bounds": _bounds,
}


def _panels(
    comparison: Comparison, networks: Sequence[str], labels: Sequence[str], height: float
) -> tuple[Canvas, list[list[Axes]]]:
    """A panel for each quantity, by its label, and network: ``panels[quantity][network]``.

    The networks stand side by side where there is room, else in rows: several small ones a row,
    or one, with its quantities beside each other where those fit.

    Args:
        comparison: has the names below the bars.
        networks: what the panels are called.
        labels: of the quantities.
        height: inches of a row of networks, with names of usual length.
    """
    accelerators = comparison.accelerators
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
    axes: Axes,
    names: Sequence[str],
    stacks: Sequence[Sequence[tuple[str, float]]],
    published: Sequence[float | None],
) -> None:
    """Bars of parts, with published figures as diamonds.

    A bar that is cut keeps the shares of its parts, has a break, and its height written above it.
    """
    heights = [sum(height for _, height in stack) for stack in stacks]
    limit = cut_at(heights)
    for at, (stack, whole, beside) in enumerate(zip(stacks, heights, published, strict=True)):
        cut = limit is not None and whole > limit
        shown = limit / whole if limit is not None and cut else 1.0
        bottom = 0.0
        for colour, height in stack:
            if height == 0:  # its edge would hold back the margin above the bars
                continue
            axes.bar(at, height * shown, bottom=bottom, color=colour, width=0.7)
            bottom += height * shown
        if limit is not None and cut:
            said = _short(whole) if beside is None else f"{_short(whole)}\n(publ. {_short(beside)})"
            axes.text(at, limit, said, ha="center", va="bottom", fontsize=8)
            _break(axes, at, limit)
        elif beside is not None and (limit is None or beside < limit):
            axes.plot(at, beside, "D", color="black", markersize=4)
    if limit is not None:
        axes.set_ylim(0, limit)
        middle, reach = (len(names) - 1) / 2, 0.4 + 0.05 * len(axes.get_title())
        places = (abs(at - middle) for at, height in enumerate(heights) if height > limit)
        if min(places) * _standing(names)[0] < reach:
            lines = 1 + any(beside is not None for beside in published)
            axes.set_title(axes.get_title(), pad=5 + 11 * lines, parse_math=False)
    _name_bars(axes, names)


def _short(value: float) -> str:
    return f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


def _break(axes: Axes, at: int, limit: float) -> None:
    """Two white strokes through a bar that is cut."""
    for low in (0.86, 0.91):
        across, up = [at - 0.45, at + 0.45], [low * limit, (low + 0.04) * limit]
        axes.plot(across, up, color="white", linewidth=2, solid_capstyle="butt")


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
    return [(named(name), colour) for name, colour in colours.items()]


def _legend(canvas: Canvas, entries: Sequence[tuple[str, str]], diamonds: str | None) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [Patch(color=colour) for _, colour in entries]
    labels = [label for label, _ in entries]
    if diamonds is not None:
        handles.append(Line2D([], [], color="black", marker="D", linestyle="", markersize=4))
        labels.append(diamonds)
    if not handles:
        return
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
        with any_letter():
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
