"""Plots of what the laggy prefix-sum costs: layer by layer, and along each parameter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import Any

from matplotlib.figure import Figure as Canvas

from loas_tl.ground.titles import network_title
from loas_tl.models.machine import InnerJoin
from loas_tl.report.colours import Look, Mark, marks_of
from loas_tl.report.groups import Group, grouped
from loas_tl.report.paper import Width, inches, legend, styled, width_of
from loas_tl.report.rows import Figure
from loas_tl.studies.laggy_cost import LaggyCost
from loas_tl.studies.sweep import RANDOM, SweepRow

VARIANTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("laggy", "as asked for", {}),
    ("skipping", "skipping empty chunks", {"skip_empty": True}),
    ("two_buffers", "two offset buffers", {"offset_buffers": 2}),
    ("both", "both", {"skip_empty": True, "offset_buffers": 2}),
)
"""Attribute of :class:`LaggyCost`, name, and what is changed of the unit that was asked for."""

RANDOM_LAYER = "random 64 x 64 x 1152"

PANELS = (
    ("adders", "adders of the laggy prefix-sum", 2),
    ("fifo_depth", "FIFO depth", 2),
    ("chunk", "bits of a chunk", 2),
    ("timesteps", "timesteps", None),
    ("spike_density", "active neurons (at T = 4)", None),
    ("weight_density", "weight density", 10),
)
"""Parameter of a sweep, label and base of the logarithmic axis, if it is one."""


def variants(unit: InnerJoin) -> list[tuple[str, str]]:
    """Attribute and name of each unit to be shown; those that are one unit come once.

    A unit that skips empty chunks as it is, as in the plausible reading, has no variant that does.
    """
    shown: dict[Any, tuple[str, str]] = {}
    for key, name, changed in VARIANTS:
        laggy: Any = unit.laggy
        shown.setdefault(replace(laggy, **changed), (key, name))
    found = list(shown.values())
    # "both" is said of the two before it; alone it is what it adds.
    keys = [key for key, _ in found]
    if "both" in keys and not {"skipping", "two_buffers"} <= set(keys):
        found[keys.index("both")] = ("both", "skipping empty chunks, two offset buffers")
    return found


def draw_cost(layers: Sequence[LaggyCost], unit: InnerJoin, width: Width = "page") -> Canvas:
    """What the laggy prefix-sum costs in each layer, in the unit asked for and its variants.

    Args:
        layers: the costs.
        unit: that was asked for.
        width: ``"column"`` for 3.5 inches, ``"page"`` for 7.16.

    Raises:
        InputError: where there is no such width.
    """
    shown = variants(unit)
    marks = marks_of([name for _, name in shown])
    looks = {name: Look(mark.colour, mark.shape) for name, mark in marks.items()}
    groups = [
        Group(
            str(cost.layer),
            {name: Figure(100 * (getattr(cost, key) / cost.two_fast - 1)) for key, name in shown},
            under=network_title(cost.network),
        )
        for cost in layers
    ]
    label = "cycles over two fast prefix-sums (%)"
    return grouped(groups, looks, label, width, numbered=False)


def swept_title(row: SweepRow) -> str:
    """The network that a row of a sweep is of, as people write it."""
    return RANDOM_LAYER if row.network == RANDOM else network_title(row.network)


def swept_marks(rows: Sequence[SweepRow]) -> dict[str, Mark]:
    """How each network of a sweep is drawn; the random layer comes last."""
    names = dict.fromkeys(map(swept_title, rows))
    return marks_of(sorted(names, key=lambda name: name == RANDOM_LAYER))


def draw_sweep(rows: Sequence[SweepRow], width: Width = "page") -> Canvas:
    """The cost along each parameter, a line a network.

    Args:
        rows: of the sweep.
        width: ``"column"`` for 3.5 inches, ``"page"`` for 7.16.

    Raises:
        InputError: where there is no such width.
    """
    whole = inches(width)
    across = 3 if width == "page" else 2
    down = ceil(len(PANELS) / across)
    marks = swept_marks(rows)
    with styled():
        canvas = Canvas(figsize=(whole, 1.75 * down + 0.3), layout="constrained")
        panels = canvas.subplots(down, across).ravel()
        drawn: dict[str, Any] = {}
        for axes, (parameter, label, base) in zip(panels, PANELS, strict=True):
            for network, mark in marks.items():
                line = [row for row in rows if row.parameter == parameter]
                line = [row for row in line if swept_title(row) == network]
                if line:
                    [drawn[network]] = axes.plot(
                        [row.value for row in line],
                        [100 * row.overhead for row in line],
                        color=mark.colour,
                        marker=mark.marker,
                        markersize=3,
                        linewidth=1,
                    )
            axes.set_xlabel(label)
            axes.set_ylim(bottom=0)
            if base is not None:
                axes.set_xscale("log", base=base)
            if base == 2 or parameter == "timesteps":
                found = sorted({row.value for row in rows if row.parameter == parameter})
                kept = _apart(found, base is not None, whole / across - 0.6)
                axes.set_xticks(kept, [f"{tick:g}" for tick in kept])
                axes.minorticks_off()
        # Few adders cost hundreds of times what many do.
        panels[0].set_yscale("symlog", linthresh=10)
        canvas.supylabel("cycles over two fast prefix-sums (%)", fontsize="medium")
        legend(canvas, list(drawn.items()), whole)
        return canvas


def _apart(values: Sequence[float], log: bool, room: float) -> list[float]:
    """Those of the values whose labels stand clear of each other on an axis of so many inches."""
    places = [math.log(value) if log else value for value in values]
    reach = places[-1] - places[0] if values else 0.0
    kept: list[float] = []
    free = -math.inf
    for value, place in zip(values, places, strict=True):
        middle = (place - places[0]) / reach * room if reach else 0.0
        half = width_of(f"{value:g}") / 2 + 0.03
        if middle - half >= free:
            kept.append(value)
            free = middle + half
    return kept
