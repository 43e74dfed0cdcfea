"""Plots of a comparison: speedup, energy with its breakdown, traffic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

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
}


def draw(comparison: Comparison) -> dict[str, Canvas]:
    """All plots by name."""
    with mpl.rc_context(STYLE):
        return {name: DRAWN[name](comparison) for name in plots_of(comparison.model)}


def plots_of(model: str) -> tuple[str, ...]:
    """Names of the plots of a comparison by this model."""
    return ("speedup", "energy", "traffic", *(("bounds",) if model != "published" else ()))


def render(canvas: Canvas, form: str) -> bytes:
    """A plot as ``"png"`` or ``"svg"``; the same plot gives the same bytes."""
    buffer = BytesIO()
    metadata = {"Date": None} if form == "svg" else {}
    with mpl.rc_context(STYLE):
        canvas.savefig(buffer, format=form, dpi=160, metadata=metadata)
    return buffer.getvalue()


def _speedup(comparison: Comparison) -> Canvas:
    canvas, panels = _panels(comparison, 1, 3.4)
    for axes, network in zip(panels[0], comparison.networks, strict=True):
        table = rows(comparison, network)
        for at, row in enumerate(table):
            if row.speedup.ours is None:
                continue
            axes.bar(at, row.speedup.ours, color="#0072B2", width=0.7)
            axes.annotate(
                f"{row.speedup.ours:.2f}",
                (at, max(row.speedup.ours, row.speedup.published or 0)),
                xytext=(0, 4),
                textcoords="offset points",
                ha="center",
                fontsize=8,
            )
            if row.speedup.published is not None:
                axes.plot(at, row.speedup.published, "D", color="black", markersize=4)
        axes.set_title(network, parse_math=False)
        _name_bars(axes, [row.accelerator for row in table])
        axes.margins(y=0.12)
    panels[0][0].set_ylabel(f"speedup over {comparison.baseline}")
    _legend(canvas, [("ours", "#0072B2")], "published")
    return canvas


def _energy(comparison: Comparison) -> Canvas:
    canvas, panels = _panels(comparison, 2, 5.6)
    accountings: tuple[tuple[str, Callable[[Result], Any], float], ...] = (
        ("published formula (millions)", lambda result: result.published, 1e6),
        ("physical (µJ)", lambda result: result.physical, 1e6),
    )
    for line, (label, energy, scale) in zip(panels, accountings, strict=True):
        for axes, network in zip(line, comparison.networks, strict=True):
            results = _results(comparison, network)
            stacks = [
                [
                    (colour, getattr(energy(r), part) / scale)
                    for part, colour in ENERGY_PARTS.items()
                ]
                for r in results
            ]
            _stacked(axes, [r.accelerator for r in results], stacks)
            if energy(results[0]) is results[0].published:
                axes.set_title(network, parse_math=False)
                _mark(axes, comparison, network, "energy_published", scale)
        line[0].set_ylabel(label)
    _legend(canvas, _named(ENERGY_PARTS), "published")
    return canvas


def _traffic(comparison: Comparison) -> Canvas:
    canvas, panels = _panels(comparison, 2, 5.6)
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
            if label == "DRAM":
                axes.set_title(network, parse_math=False)
            _mark(axes, comparison, network, f"{label.lower()}_KiB", 1024)
        line[0].set_ylabel(f"{label} traffic (MiB)")
    _legend(canvas, _named(KIND_COLOURS), "published")
    return canvas


def _bounds(comparison: Comparison) -> Canvas:
    canvas, panels = _panels(comparison, 1, 3.4)
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
        axes.set_title(network, parse_math=False)
    panels[0][0].set_ylabel("cycles (millions)")
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


def _panels(comparison: Comparison, lines: int, height: float) -> tuple[Canvas, Any]:
    networks = len(comparison.networks)
    names = [label_lines(name) for name in comparison.accelerators]
    settings = max(len(of_one) - 1 for of_one in names)
    longest = max(len(line) for of_one in names for line in of_one)
    # Names stand at a slant below the bars: longer ones, and what was set, take room there.
    width = max(1.6 + (0.36 + 0.12 * settings) * len(names), 2.6)
    height += lines * (0.05 * max(longest - len("LoAS N-major"), 0) + 0.1 * settings)
    canvas = Canvas(figsize=(max(width * networks, 5.0), height), layout="constrained")
    return canvas, canvas.subplots(lines, networks, squeeze=False)


def _results(comparison: Comparison, network: str) -> list[Result]:
    found = (comparison.total(network, name) for name in comparison.accelerators)
    return [result for result in found if result is not None]


def _stacked(
    axes: Axes, names: Sequence[str], stacks: Sequence[Sequence[tuple[str, float]]]
) -> None:
    heights = [sum(height for _, height in stack) for stack in stacks]
    # A dense array would flatten all the others: cut its bar and write its height on it.
    others = sorted(heights)
    limit = None
    if len(others) > 2 and others[-1] > 4 * others[len(others) // 2] > 0:
        limit = 1.15 * max(h for h in heights if h <= 4 * others[len(others) // 2])
    for at, stack in enumerate(stacks):
        bottom = 0.0
        for colour, height in stack:
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
    _name_bars(axes, names)


def _mark(axes: Axes, comparison: Comparison, network: str, what: str, scale: float) -> None:
    for at, result in enumerate(_results(comparison, network)):
        published = reference(comparison, network, result.accelerator)
        if published is not None:
            axes.plot(at, getattr(published, what) / scale, "D", color="black", markersize=4)


def _name_bars(axes: Axes, names: Sequence[str]) -> None:
    axes.set_xticks(
        range(len(names)),
        ["\n".join(label_lines(name)) for name in names],
        parse_math=False,
        rotation=40,
        ha="right",
        rotation_mode="anchor",
    )
    axes.set_xlim(-0.6, len(names) - 0.4)


def _named(colours: dict[str, str]) -> list[tuple[str, str]]:
    return [(LABELS.get(name, name), colour) for name, colour in colours.items()]


def _legend(canvas: Canvas, entries: Sequence[tuple[str, str]], diamonds: str | None) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [Patch(color=colour, label=label) for label, colour in entries]
    if diamonds is not None:
        handles.append(
            Line2D([], [], color="black", marker="D", linestyle="", markersize=4, label=diamonds)
        )
    canvas.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False)
