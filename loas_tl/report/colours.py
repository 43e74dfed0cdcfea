"""What colours mean in plots and pages: an accelerator, a part or a kind of data; never two.

Those of accelerators, parts, kinds and actions were chosen so that any two of them lie apart in
OKLab, and that each stands out by 3:1 or more (WCAG 2.2, 1.4.11) from the papers of light and of
dark pages. Pages and figures take all colours of data from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loas_tl.designs.registry import names

PARTS = {
    "compute": "#5562D2",
    "sram": "#2B95CC",
    "dram": "#BF7A00",
    "leakage": "#8A8A8A",
}
"""Where energy goes, and what cycles wait for."""

KINDS = {
    "spikes": "#009E73",
    "weights": "#8A5FBF",
    "metadata": "#C4709F",
    "psums": "#988C00",
}
"""What moves."""

DYNAMIC = "#B06868"
"""Power and energy that are no leakage, of whatever part."""

ON_THE_WAY = "#008858"
"""Energy of networks between levels."""

PADDING = "#8A8A8A"
"""What a format stores beside its values and metadata."""

FAINT = "#8A8A8A"
"""What is shown for comparison, such as designs that are not on a front."""

BOUND = "#7A828B"
"""Lines that data are held against."""

PLAIN = "#708090"
"""Bars of one quantity without parts, such as areas."""

ACTIONS = {"reads": "#688098", "fills": "#A08058", "updates": "#A048B0"}
"""What is done to a level of memory."""

STAGES = {"predicted": "#A880D4", "actual_data": "#7747B5", "corrected": "#331A5C"}
"""How much of the data an analytical count knows, the darker the more; on white alone."""

NEAR, FAR = "#487098", "#D06068"
"""Figures near the published ones, and farther off."""

PER_TIMESTEP, PER_NEURON = "#487098", "#289898"
"""Shares of the positions of all timesteps, and of neurons."""

LOAS = ("#D05010", "#F85068", "#C83068", "#986828")
"""LoAS and its variants, set off from all others."""

OTHERS = (
    *("#0078B8", "#389098", "#609020", "#B078D0", "#786880", "#207880", "#8888C8"),
    *("#A85090", "#507820", "#688060", "#9870A0", "#6870B0", "#789860", "#6080E0"),
)
"""Everyone else."""

HATCHES = ("", "/////", "xxxx", "....", "-----")
"""Of accelerators that share a colour, one after the other."""

SHAPES = (
    *("circle", "square", "triangle-up", "cross"),
    *("triangle-down", "triangle-right", "triangle-left"),
)
"""Of points, as Vega calls them; a diamond is a published figure."""

MARKERS = dict(zip(SHAPES, "os^Pv><", strict=True))
"""The same, as matplotlib calls them."""

NAMES = {"sram": "SRAM", "dram": "DRAM", "psums": "partial sums"}
"""Parts and kinds as people write them, where that differs."""


@dataclass(frozen=True)
class Mark:
    """How one of several is drawn.

    Attributes:
        colour: as ``#rrggbb``.
        shape: of its points, one of :data:`SHAPES`.
    """

    colour: str
    shape: str = "square"

    @property
    def marker(self) -> str:
        """Its shape, as matplotlib calls it."""
        return MARKERS[self.shape]


@dataclass(frozen=True)
class Look(Mark):
    """How an accelerator is drawn: a colour, and a shape and a hatch of its own in that colour.

    Attributes:
        hatch: of its bars, one of :data:`HATCHES`.
    """

    hatch: str = ""


def named(part: str) -> str:
    """A part or kind as people write it."""
    return NAMES.get(part, part)


def accelerator_colours(accelerators: Sequence[str]) -> dict[str, str]:
    """A colour for each accelerator, in order; those of LoAS are warm, all others are not.

    A registered design has the same one whatever stands beside it.
    """
    return {name: look.colour for name, look in accelerator_looks(accelerators).items()}


def accelerator_looks(accelerators: Sequence[str]) -> dict[str, Look]:
    """The colour of each accelerator, as of :func:`accelerator_colours`, its shape and hatch."""
    looks: dict[str, Look] = {}
    for ours, palette in ((True, LOAS), (False, OTHERS)):
        known = [name for name in names() if _ours(name) is ours]
        asked = [name for name in accelerators if _ours(name) is ours]
        taken = [0] * len(palette)
        for name in sorted(asked, key=lambda name: name not in known):
            free = taken.index(min(taken))
            at = known.index(name) % len(palette) if name in known else free
            shape = SHAPES[(at + taken[at]) % len(SHAPES)]
            looks[name] = Look(palette[at], shape, HATCHES[taken[at] % len(HATCHES)])
            taken[at] += 1
    return {name: looks[name] for name in accelerators}


def marks_of(names: Sequence[str]) -> dict[str, Mark]:
    """A colour and a shape for each of several things that are no accelerators, in order."""
    return {
        name: Mark(OTHERS[at % len(OTHERS)], SHAPES[at % len(SHAPES)])
        for at, name in enumerate(names)
    }


def _ours(accelerator: str) -> bool:
    return accelerator.split(" ")[0].split("-")[0] == "LoAS"
