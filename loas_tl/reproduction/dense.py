"""Fig. 19: the dense SNN accelerators over LoAS-FT, layers 2 to 12 of VGG16."""

from __future__ import annotations

from loas_tl.designs.reference import DENSE_RATIOS
from loas_tl.reproduction.item import Row
from loas_tl.reproduction.runs import Runs

NOTES = {
    ("PTB", "dram"): "one outlier in its lists (layer 3) makes it 3.33; without it 2.76",
    ("PTB", "sram"): "the raw figure; the text has 12.5",
    ("Stellar", "sram"): "the raw figure; the text has 6.6",
}


def fig_19(runs: Runs) -> list[Row]:
    """Cycles, DRAM, SRAM and energy of PTB and Stellar; LoAS-FT's are of all twelve layers."""
    least = runs.total("vgg16", "LoAS-FT")
    rows = []
    for name, published in DENSE_RATIOS.items():
        layers = [
            one
            for one in runs.compare("vgg16").layers
            if one.accelerator == name and one.layer != "1"
        ]
        ours = {
            "cycles": sum(one.counts.cycles for one in layers) / least.counts.cycles,
            "dram": sum(one.counts.dram_kib for one in layers) / least.counts.dram_kib,
            "sram": sum(one.counts.sram_kib for one in layers) / least.counts.sram_kib,
        }
        if least.published is not None:
            energies = [one.published.total for one in layers if one.published is not None]
            ours["energy"] = sum(energies) / least.published.total
        words = {"cycles": "cycles", "dram": "DRAM", "sram": "SRAM", "energy": "energy"}
        rows += [
            Row(
                f"{name}, {words[what]}",
                value,
                getattr(published, what),
                "ratio",
                NOTES.get((name, what), ""),
            )
            for what, value in ours.items()
        ]
    return rows
