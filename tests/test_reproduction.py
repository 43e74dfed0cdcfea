"""The generated networks against the published figures, over five seeds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from statistics import mean, median

import pytest

from loas_tl import Comparison, compare
from loas_tl.designs.reference import published_layers, published_totals
from loas_tl.ground.data import read_data
from loas_tl.report.rows import headlines

ACCELERATORS = ("LoAS", "LoAS-FT", "SparTen-SNN", "GoSPA-SNN", "Gamma-SNN", "PTB", "Stellar")
WITHIN = 0.04

# Where the generated networks do not come within 4 %; docs/limits.md says why.
BEYOND: Mapping[tuple[str, str, str], float] = {
    ("GoSPA-SNN", "vgg16", "dram_KiB"): 0.055,
    ("Gamma-SNN", "resnet19", "dram_KiB"): 0.045,
}


@cache
def runs() -> list[Comparison]:
    """One comparison a seed."""
    return [compare(accelerators=ACCELERATORS, seed=seed) for seed in range(5)]


def difference(ours: float, published: float) -> float:
    return abs(ours / published - 1)


@pytest.mark.parametrize("figure", ["cycles", "dram_KiB", "sram_KiB"])
@pytest.mark.parametrize(("accelerator", "network"), sorted(published_totals()))
def test_network_totals_are_near_the_published_ones(
    accelerator: str, network: str, figure: str
) -> None:
    records = [run.total(network, accelerator) for run in runs()]
    ours = mean(float(record.record()[figure]) for record in records if record)
    published = getattr(published_totals()[accelerator, network], figure)
    assert difference(ours, published) <= BEYOND.get((accelerator, network, figure), WITHIN)


def test_cycles_of_layers_are_near_the_published_ones() -> None:
    ours: dict[tuple[str, str, str], list[int]] = {}
    for run in runs():
        for result in run.layers:
            key = (result.accelerator, result.network, str(result.layer))
            ours.setdefault(key, []).append(result.counts.cycles)
    by_accelerator: dict[str, list[float]] = {}
    for key, row in published_layers().items():
        by_accelerator.setdefault(key[0], []).append(difference(mean(ours[key]), row.cycles))
    assert set(by_accelerator) == set(ACCELERATORS) - {"PTB", "Stellar"}
    for accelerator, differences in by_accelerator.items():
        assert median(differences) <= 0.06, accelerator


@pytest.mark.parametrize(
    "claim",
    [
        "speedup of LoAS over SparTen-SNN, mean of three networks",
        "speedup of LoAS over GoSPA-SNN, mean of three networks",
        "speedup of LoAS over Gamma-SNN, mean of three networks",
        "speedup of LoAS over SparTen-SNN, ResNet19",
        "energy of SparTen-SNN over LoAS-FT, AlexNet",
        "cycles of PTB (layers 2 to 12) over LoAS-FT, VGG16",
        "cycles of Stellar (layers 2 to 12) over LoAS-FT, VGG16",
        "DRAM traffic of Stellar (layers 2 to 12) over LoAS-FT, VGG16",
    ],
)
def test_published_claims_come_out(claim: str) -> None:
    figures = [line.figure for run in runs() for line in headlines(run) if line.claim == claim]
    assert len(figures) == 5
    published = figures[0].published
    assert published
    assert difference(mean(figure.ours or 0.0 for figure in figures), published) <= 0.05


def test_the_fit_reached_the_published_cycles_of_sparten_snn() -> None:
    rows = read_data("unevenness.csv")
    assert len(rows) == 35
    for row in rows:
        published = published_layers()["SparTen-SNN", row["network"], row["layer"]]
        reached = difference(float(row["sparten_snn_cycles"]), published.cycles)
        # An even layer already costs SparTen-SNN a little more than was published; it cannot be
        # made more even.
        assert reached <= (0.02 if float(row["unevenness"]) > 0 else 0.04), row
