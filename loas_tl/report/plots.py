"""Plots of a comparison: speedup, energy with its breakdown, traffic, what held cycles up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from matplotlib.figure import Figure as Canvas

from loas_tl.comparison import Comparison, Result
from loas_tl.ground.kib import BITS_PER_KIB
from loas_tl.ground.titles import network_title
from loas_tl.models.dataflow import KINDS, Memory
from loas_tl.report.colours import KINDS as KIND_COLOURS
from loas_tl.report.colours import PARTS, accelerator_looks, named
from loas_tl.report.compare_data import BOUNDS, MEAN, Units, mean_of
from loas_tl.report.drawn import drawn
from loas_tl.report.groups import Group, grouped
from loas_tl.report.panel import Bar
from loas_tl.report.paper import STYLE, Width
from loas_tl.report.rows import reference, rows
from loas_tl.report.stacks import Quantity, stacked

Parts = list[tuple[str, float]]
"""Colours and lengths."""

MEMORIES: tuple[tuple[str, tuple[Memory, ...]], ...] = (
    ("DRAM", ("dram",)),
    ("SRAM", ("sram_read", "sram_write")),
)


def draw_one(comparison: Comparison, name: str, width: Width = "page") -> Canvas:
    """The plot of that name, one of :func:`plots_of`.

    Args:
        comparison: what is drawn.
        name: of the plot.
        width: ``"column"`` for 3.5 inches, ``"page"`` for 7.16.

    Raises:
        InputError: where there is no such width.
    """
    return DRAWN[name](comparison, width)


def plots_of(model: str) -> tuple[str, ...]:
    """Names of the plots of a comparison by this model."""
    return ("speedup", "energy", "traffic", *(("bounds",) if model != "published" else ()))


def render(canvas: Canvas, form: str) -> bytes:
    """A plot as ``"png"``, ``"svg"`` or ``"pdf"``; the same plot gives the same bytes."""
    return drawn(canvas, form, STYLE)


def _speedup(comparison: Comparison, width: str) -> Canvas:
    """A group a network, and one of the mean where there are several."""
    without = f"no figures of {comparison.baseline}"
    groups = [
        Group(
            network_title(network),
            {row.accelerator: row.speedup for row in rows(comparison, network)},
            without,
        )
        for network in comparison.networks
    ]
    if len(groups) > 1:
        found = {
            name: [group.figures[name] for group in groups if name in group.figures]
            for name in comparison.accelerators
        }
        means = {name: mean_of(figures, len(groups)) for name, figures in found.items()}
        groups.append(Group(MEAN, means, apart=True))
    looks = accelerator_looks(comparison.accelerators)
    return grouped(groups, looks, f"speedup over {comparison.baseline}", width, line=1.0)


def _energy(comparison: Comparison, width: str) -> Canvas:
    units = Units.of(comparison)
    accountings: tuple[tuple[str, Callable[[Result], Any], float, str | None], ...] = (
        (
            f"energy, published formula ({units.formula.name})",
            lambda result: result.published,
            units.formula.size,
            "energy_published",
        ),
        (
            f"energy, physical ({units.energy.name})",
            lambda result: result.physical,
            units.energy.size,
            None,
        ),
    )

    def parts(result: Result, of: Callable[[Result], Any], size: float) -> Parts:
        energy = of(result)
        return [
            (colour, getattr(energy, part) / size)
            for part, colour in PARTS.items()
            if energy is not None
        ]

    quantities = [
        _quantity(comparison, label, partial(parts, of=of, size=size), field, size)
        for label, of, size, field in accountings
    ]
    return _stacked(comparison, quantities, PARTS, width)


def _traffic(comparison: Comparison, width: str) -> Canvas:
    unit = Units.of(comparison).traffic

    def parts(result: Result, memories: tuple[Memory, ...]) -> Parts:
        size = BITS_PER_KIB * unit.size
        return [
            (KIND_COLOURS[kind], result.counts.moved(*memories, kind=kind) / size) for kind in KINDS
        ]

    quantities = [
        _quantity(
            comparison,
            f"{label} traffic ({unit.name})",
            partial(parts, memories=memories),
            f"{label.lower()}_KiB",
            unit.size,
        )
        for label, memories in MEMORIES
    ]
    return _stacked(comparison, quantities, KIND_COLOURS, width)


def _bounds(comparison: Comparison, width: str) -> Canvas:
    unit = Units.of(comparison).cycles
    panels = []
    for network in comparison.networks:
        bars = []
        for result in _results(comparison, network):
            schedule = (result.detailed or result).schedule
            bound: Mapping[Any, int] = schedule.bound if schedule else {}
            parts = [(BOUNDS[on], cycles / unit.size) for on, cycles in bound.items()]
            mark = None if result.detailed is None else result.counts.cycles / unit.size
            bars.append(Bar(result.accelerator, parts, mark))
        panels.append(bars)
    legend = {f"held up by {named(on)}": colour for on, colour in BOUNDS.items()}
    quantity = Quantity(f"{unit.name}, detailed model", panels)
    return stacked(_titles(comparison), [quantity], legend, width, "published model")


def _titles(comparison: Comparison) -> list[str]:
    return [network_title(network) for network in comparison.networks]


def _quantity(
    comparison: Comparison,
    label: str,
    parts: Callable[[Result], Parts],
    published: str | None,
    size: float,
) -> Quantity:
    """Bars of each network and accelerator; ``published`` is the attribute that has the mark."""
    panels = []
    for network in comparison.networks:
        bars = []
        for result in _results(comparison, network):
            beside = published and reference(comparison, network, result.accelerator)
            mark = getattr(beside, published) / size if published and beside else None
            bars.append(Bar(result.accelerator, parts(result), mark))
        panels.append(bars)
    return Quantity(label, panels)


def _stacked(
    comparison: Comparison, quantities: list[Quantity], colours: Mapping[str, str], width: str
) -> Canvas:
    legend = {named(part): colour for part, colour in colours.items()}
    return stacked(_titles(comparison), quantities, legend, width)


def _results(comparison: Comparison, network: str) -> list[Result]:
    found = (comparison.found(network, name) for name in comparison.accelerators)
    return [result for result in found if result is not None]


DRAWN: dict[str, Callable[[Comparison, str], Canvas]] = {
    "speedup": _speedup,
    "energy": _energy,
    "traffic": _traffic,
    "bounds": _bounds,
}
