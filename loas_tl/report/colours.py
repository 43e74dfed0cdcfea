"""What colours mean in plots and pages: an accelerator, a part or a kind of data; never two."""

from __future__ import annotations

from collections.abc import Sequence

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

LOAS = ("#C2410C", "#E2703A", "#B45309")
"""LoAS and its variants, set off from all others."""

OTHERS = (
    *("#4C6A92", "#7D9CC0", "#5E8C7D", "#8F83AD", "#7A7A7A", "#4F9BA6", "#A39A5E"),
    *("#566080", "#8DAE9A", "#B08CA0", "#6F6257", "#86B4CC", "#9A7B6A"),
)
"""Everyone else."""

NAMES = {"sram": "SRAM", "dram": "DRAM", "psums": "partial sums"}
"""Parts and kinds as people write them, where that differs."""


def named(part: str) -> str:
    """A part or kind as people write it."""
    return NAMES.get(part, part)


def accelerator_colours(accelerators: Sequence[str]) -> dict[str, str]:
    """A colour for each accelerator, in order; those of LoAS are warm, all others cool."""
    counts = {True: 0, False: 0}
    colours = {}
    for name in accelerators:
        ours = name.split(" ")[0].split("-")[0] == "LoAS"
        palette = LOAS if ours else OTHERS
        colours[name] = palette[counts[ours] % len(palette)]
        counts[ours] += 1
    return colours
