"""What colours mean in plots and pages: an accelerator, a part or a kind of data; never two.

Those of accelerators were chosen so that any two of them, and any of them and a part's or a kind's,
lie apart in OKLab, also as people see them who cannot tell red from green.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loas_tl.designs.registry import names

PARTS = {
    "compute": "#0072B2",
    "sram": "#56B4E9",
    "dram": "#E69F00",
    "leakage": "#999999",
}
"""Where energy goes, and what cycles wait for."""

KINDS = {
    "spikes": "#009E73",
    "weights": "#8A5FBF",
    "metadata": "#CC79A7",
    "psums": "#A79A00",
}
"""What moves."""

PADDING = "#C8C8C8"
"""What a format stores beside its values and metadata."""

PLAIN = "#5F6B7A"
"""Bars of one quantity without parts, such as areas."""

ACTIONS = {"reads": "#35506E", "fills": "#7890AB", "updates": "#B9C6D4"}
"""What is done to a level of memory."""

STAGES = {"predicted": "#B08ADB", "actual_data": "#7747B5", "corrected": "#331A5C"}
"""How much of the data an analytical count knows, the darker the more."""

NETWORKS = ("#332288", "#44AA99", "#AA4499", "#999933", "#88CCEE", "#882255")
"""Lines that are networks'; markers tell them apart as well."""

LOAS = ("#C2410C", "#EE8A5A", "#8F3420", "#E5484D")
"""LoAS and its variants, set off from all others."""

OTHERS = (
    *("#7F9EE5", "#346720", "#5557A2", "#89AB5D", "#907515", "#C38F9E", "#905B74"),
    *("#097B93", "#2BA7A3", "#328A53", "#535E5B", "#5B7FC6", "#8B8979", "#A279C6"),
)
"""Everyone else."""

HATCHES = ("", "/////", "xxxx", "....", "-----")
"""Of accelerators that share a colour, one after the other."""

NAMES = {"sram": "SRAM", "dram": "DRAM", "psums": "partial sums"}
"""Parts and kinds as people write them, where that differs."""


@dataclass(frozen=True)
class Look:
    """How an accelerator's bars look: a colour, and a hatch where another one has that colour."""

    colour: str
    hatch: str


def named(part: str) -> str:
    """A part or kind as people write it."""
    return NAMES.get(part, part)


def accelerator_colours(accelerators: Sequence[str]) -> dict[str, str]:
    """A colour for each accelerator, in order; those of LoAS are warm, all others are not.

    A registered design has the same one whatever stands beside it.
    """
    return {name: look.colour for name, look in accelerator_looks(accelerators).items()}


def accelerator_looks(accelerators: Sequence[str]) -> dict[str, Look]:
    """The colour of each accelerator, as of :func:`accelerator_colours`, and its hatch."""
    looks: dict[str, Look] = {}
    for ours, palette in ((True, LOAS), (False, OTHERS)):
        known = [name for name in names() if _ours(name) is ours]
        asked = [name for name in accelerators if _ours(name) is ours]
        taken = [0] * len(palette)
        for name in sorted(asked, key=lambda name: name not in known):
            free = taken.index(min(taken))
            at = known.index(name) % len(palette) if name in known else free
            looks[name] = Look(palette[at], HATCHES[taken[at] % len(HATCHES)])
            taken[at] += 1
    return {name: looks[name] for name in accelerators}


def _ours(accelerator: str) -> bool:
    return accelerator.split(" ")[0].split("-")[0] == "LoAS"
