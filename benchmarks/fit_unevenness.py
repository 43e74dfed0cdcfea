"""Fit the one unevenness number of each layer to SparTen-SNN's published cycles, and nothing else.

The number is the spread of log-scale between the output channels of a layer's weights. It is
found by bisection on the mean cycles of SparTen-SNN over some seeds, with the same random numbers
at every trial value. Writes ``loas_tl/data/unevenness.csv``::

    python benchmarks/fit_unevenness.py
"""

from __future__ import annotations

import argparse
import csv
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from loas_tl.designs.sparten import SPARTEN_SNN
from loas_tl.ground.data import read_data
from loas_tl.models.published import matches
from loas_tl.workload.generate import generate_tensors
from loas_tl.workload.statistics import LayerStatistics, published_networks
from loas_tl.workload.structure import DEFAULT, Structure

WIDEST = 2.0
SEEDS = range(1000, 1012)  # not those that the results are reported for


def fit(
    statistics: LayerStatistics, cycles: int, structure: Structure, seeds: range = SEEDS
) -> tuple[float, float]:
    """Return the unevenness and the mean SparTen-SNN cycles it gives over ``seeds``."""

    def mean(unevenness: float) -> float:
        return float(np.mean([sparten_cycles(statistics, structure, unevenness, s) for s in seeds]))

    low, high = 0.0, WIDEST
    if mean(low) >= cycles:
        return low, mean(low)
    while high - low > 0.002:
        middle = (low + high) / 2
        low, high = (middle, high) if mean(middle) < cycles else (low, middle)
    return round((low + high) / 2, 3), mean((low + high) / 2)


def sparten_cycles(
    statistics: LayerStatistics, structure: Structure, unevenness: float, seed: int
) -> int:
    """Cycles of SparTen-SNN on one generated layer."""
    spikes, weights = generate_tensors(statistics, seed, unevenness, structure)
    a = SPARTEN_SNN.dataflow()
    slowest, _ = matches.by_columns(spikes, weights, a.tile_m, a.tile_k, a.tile_n)
    return int(slowest.sum())


def fit_all(structure: Structure = DEFAULT, seeds: range = SEEDS) -> list[tuple[str, ...]]:
    """Fit every layer that has published cycles: network, layer, unevenness, cycles reached."""
    published = {
        (row["network"], row["layer"]): int(row["cycles"])
        for row in read_data("published_layers.csv")
        if row["accelerator"] == SPARTEN_SNN.name
    }
    layers = [
        layer
        for network in published_networks().values()
        for layer in network
        if (layer.network, layer.layer) in published
    ]
    targets = [published[layer.network, layer.layer] for layer in layers]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        fitted = pool.map(fit, layers, targets, [structure] * len(layers), [seeds] * len(layers))
        return [
            (layer.network, layer.layer, f"{unevenness:.3f}", f"{cycles:.0f}")
            for layer, (unevenness, cycles) in zip(layers, fitted, strict=True)
        ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    data = Path(__file__).parents[1] / "loas_tl" / "data" / "unevenness.csv"
    parser.add_argument("--out", type=Path, default=data)
    out = parser.parse_args().out
    rows = fit_all()
    temporary = out.with_suffix(".tmp")
    with temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("network", "layer", "unevenness", "sparten_snn_cycles"))
        writer.writerows(rows)
    temporary.replace(out)


if __name__ == "__main__":
    main()
