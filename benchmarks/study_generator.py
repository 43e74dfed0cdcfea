"""How far the generator's tensors are from real ones: cycles on ``digits_vgg9`` and its twin.

    python benchmarks/study_generator.py

For each layer and each of its samples the generator is given the statistics that it would be given
of a published network (shape, spikes, active neurons, those that fire more than once, non-zero
weights), and the median of the numbers that were fitted to the published networks. Every
accelerator runs both. The results go to ``benchmarks/results/generator_vs_real.csv`` and ``.json``.
"""

from __future__ import annotations

import json
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np
import pandas as pd

from loas_tl import Network, compare
from loas_tl.workload.generate import generate_tensors, median_unevenness
from loas_tl.workload.im2col import Convolution
from loas_tl.workload.layer import Layer
from loas_tl.workload.samples import SampledLayer
from loas_tl.workload.shipped import load_shipped
from loas_tl.workload.statistics import LayerStatistics

TO = Path(__file__).parent / "results"
NETWORK = "digits_vgg9"


def statistics_of(layer: SampledLayer, sample: int) -> LayerStatistics:
    """What a table of the paper would say of one sample of a layer."""
    one = layer.layer(sample)
    return LayerStatistics(
        NETWORK,
        f"{layer.name}/{sample}",
        layer.convolution or Convolution(1),
        *(one.T, one.M, one.N, one.K),
        spikes=int(one.spikes.sum()),
        active_neurons=int(np.count_nonzero(one.packed)),
        active_neurons_ft=int(np.count_nonzero(one.packed_fine_tuned)),
        weights=int(np.count_nonzero(one.weights)),
    )


def twin(layer: SampledLayer, sample: int) -> Layer:
    """A generated layer with the statistics of a real one."""
    spikes, weights = generate_tensors(
        statistics_of(layer, sample), seed=sample, unevenness=median_unevenness()
    )
    return Layer(layer.name, spikes, weights)


def halves(net: Network) -> dict[str, dict[str, dict[str, float]]]:
    """Cycles and matches with one operand real and the other generated, mean over samples."""

    def mixed(which: str, layer: SampledLayer, sample: int) -> Layer:
        real, made = layer.layer(sample), twin(layer, sample)
        spikes = made.spikes if which in ("generated", "generated spikes") else real.spikes
        weights = made.weights if which in ("generated", "generated weights") else real.weights
        return Layer(layer.name, spikes, weights)

    found: dict[str, dict[str, dict[str, float]]] = {}
    for which in ("real", "generated spikes", "generated weights", "generated"):
        totals = [
            compare(Network(which, tuple(mixed(which, one, sample) for one in net.layers))).totals
            for sample in range(net.samples)
        ]
        found[which] = {
            of_samples[0].accelerator: {
                "cycles": fmean(one.counts.cycles for one in of_samples),
                "computes": fmean(one.counts.computes for one in of_samples),
            }
            for of_samples in zip(*totals, strict=True)
        }
    return found


def main() -> None:
    net = load_shipped(NETWORK)
    real = compare(net)
    made = [
        compare(Network(f"twin{sample}", tuple(twin(layer, sample) for layer in net.layers)))
        for sample in range(net.samples)
    ]
    rows: list[dict[str, Any]] = []
    for at, result in enumerate(real.layers):
        ours = fmean(one.layers[at].counts.cycles for one in made)
        truth = fmean(one.counts.cycles for one in result.samples)
        rows.append(_row(result.layer or "", result.accelerator, truth, ours))
    for at, total in enumerate(real.totals):
        ours = fmean(one.totals[at].counts.cycles for one in made)
        truth = fmean(one.counts.cycles for one in total.samples)
        rows.append(_row("all", total.accelerator, truth, ours))
    frame = pd.DataFrame(rows)
    frame.to_csv(TO / "generator_vs_real.csv", index=False, float_format="%.4f")
    by_design = {
        name: {
            "network": float(group[group.layer == "all"].difference.iloc[0]),
            "layers_median": median(abs(group[group.layer != "all"].difference)),
            "layers_worst": float(max(group[group.layer != "all"].difference, key=abs)),
        }
        for name, group in frame.groupby("accelerator", sort=False)
    }
    document = {"difference": by_design, "halves": halves(net)}
    (TO / "generator_vs_real.json").write_text(json.dumps(document, indent=1) + "\n")
    print(frame.pivot(index="layer", columns="accelerator", values="difference").to_string())
    print(json.dumps(document, indent=1))


def _row(layer: str, accelerator: str, real: float, generated: float) -> dict[str, Any]:
    return {
        "layer": layer,
        "accelerator": accelerator,
        "real_cycles": real,
        "generated_cycles": generated,
        "difference": generated / real - 1 if real else 0.0,
    }


if __name__ == "__main__":
    main()
