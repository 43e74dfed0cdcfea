"""Fig. 18: LoAS on a VGG16 SNN against SparTen and Gamma on the ANN."""

from __future__ import annotations

from loas_tl.comparison import Result, compare
from loas_tl.models.accounting import PUBLISHED_PER_DRAM_BYTE
from loas_tl.reproduction.item import Row
from loas_tl.reproduction.runs import Runs, figures
from loas_tl.workload.ann import generate_ann

DENSITIES = (0.561, 0.439)
"""Of VGG16's activations 43.9 % are zero, as it is stated, and the raw DRAM traffic is that of it;
the raw matches and cycles are those where 43.9 % are not."""

DRAM_HERE = 9.6
"""A DRAM byte costs in this figure what costs 2.9 in the others."""

GAMMA_SCALE = 1.18
"""What the Gamma ANN's DRAM traffic is scaled by in this figure."""

UNIFORM = "ours has one density in every layer; the ANN's own are not given"
SUMS = "ours has partial sums of 24 bits, which the raw figures leave out"


def fig_18(runs: Runs) -> list[Row]:
    """Cycles, traffic and energy of the ANN accelerators, LoAS-FT's beside them."""
    return [row for density in DENSITIES for row in _at(runs, density)]


def _at(runs: Runs, density: float) -> list[Row]:
    """At one density of activations."""
    network = generate_ann("vgg16", density, runs.seed)
    ran = compare(network, accelerators=["SparTen", "Gamma"])
    loas = runs.total("vgg16", "LoAS-FT")
    at = f"{100 * density:.1f} % of activations not zero"
    rows = []
    for total in ran.totals:
        name, raw = total.accelerator, figures()["ann"][total.accelerator]
        counts = total.counts
        why = SUMS if counts.by_kind()["dram_psums_KiB"] else UNIFORM
        rows += [
            Row(f"{at}: {name}, cycles", counts.cycles, raw["tot_cycs"], "cycles", UNIFORM),
            Row(f"{at}: {name}, matches", counts.computes, raw["tot_comps"], "matches", UNIFORM),
            Row(f"{at}: {name}, DRAM", counts.dram_kib, raw["total_dram"], "KiB", why),
            Row(f"{at}: {name}, SRAM", counts.sram_kib, raw["total_sram"], "KiB", why),
        ]
        if why == SUMS:
            what = f"{at}: {name} without partial sums"
            dram, sram = _apart(total)
            rows += [
                Row(f"{what}, DRAM", dram * counts.dram_kib, raw["total_dram"], "KiB", UNIFORM),
                Row(f"{what}, SRAM", sram * counts.sram_kib, raw["total_sram"], "KiB", UNIFORM),
            ]
    least = _energy(loas, 1.0)
    sparten, gamma_ann = ran.totals
    for total, scale, published in ((sparten, 1.0, 2.47), (gamma_ann, GAMMA_SCALE, 1.15)):
        ratio = _energy(total, scale) / least
        what = f"{at}: energy of {total.accelerator} over LoAS-FT"
        rows.append(Row(what, ratio, published, "ratio", UNIFORM))
        if min(_apart(total)) < 1:
            ratio = _energy(total, scale, *_apart(total)) / least
            rows.append(Row(f"{what}, without partial sums", ratio, published, "ratio", UNIFORM))
    impossible = "the raw figures, without partial sums, give 1.65: 0.298 cannot be had from them"
    dram, sram = loas.counts.dram_kib, loas.counts.sram_kib
    rows += [
        Row(f"{at}: LoAS-FT's DRAM over SparTen's", dram / sparten.counts.dram_kib, 0.418, "ratio"),
        Row(
            f"{at}: LoAS-FT's DRAM over Gamma's",
            dram / gamma_ann.counts.dram_kib,
            0.298,
            "ratio",
            impossible,
        ),
        Row(
            f"{at}: Gamma's SRAM over LoAS-FT's",
            gamma_ann.counts.sram_kib / sram,
            3.5,
            "ratio",
            SUMS,
        ),
    ]
    return rows


def _apart(total: Result) -> tuple[float, float]:
    """What is left of the DRAM's and of the SRAM's traffic without partial sums, as shares."""
    counts = total.counts
    kinds = counts.by_kind()
    return (
        1 - kinds["dram_psums_KiB"] / counts.dram_kib,
        1 - kinds["sram_psums_KiB"] / counts.sram_kib,
    )


def _energy(total: Result, scale: float, dram_left: float = 1.0, sram_left: float = 1.0) -> float:
    """By the published formula, with this figure's price of DRAM; its traffic scaled."""
    published = total.published
    if published is None:
        return 0.0
    dram = published.dram * DRAM_HERE / PUBLISHED_PER_DRAM_BYTE * scale * dram_left
    sram = published.sram * sram_left
    return published.total - published.dram - published.sram + dram + sram
