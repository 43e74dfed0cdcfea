"""Fig. 5, 16a and 17: what more timesteps, fewer zero weights and other networks do."""

from __future__ import annotations

from loas_tl.components.pes import Tppe
from loas_tl.ground.titles import SINGLE_LAYERS
from loas_tl.reproduction.item import Row
from loas_tl.reproduction.runs import Runs, figures
from loas_tl.workload.statistics import statistics_of

PSUMS = {"A-L1": ("alexnet", "1"), "V-L8": ("vgg16", "7"), "R-L8": ("resnet19", "7")}
"""Layers of Fig. 5; AlexNet's first after the encoding layer."""

INPUT_WORDS = 96
"""Packed words of a TPPE's input data buffer. Its size is not stated; what is stated of it and the
accumulators, 12.5 % of a TPPE's area and 8.4 % of its power at T = 4, is what 96 words come to on
the synthesised register, of which one word is written in a cycle."""

GROWTH = {8: (1.13, 1.08), 16: (1.37, 1.25)}
OTHER_VGG16 = "published on another VGG16 than Fig. 12's, which is not to be had"


def fig_5(runs: Runs) -> list[Row]:
    """Partial sums of GoSPA-SNN at four timesteps over one."""
    rows, ratios = [], []
    for name, (network, layer) in PSUMS.items():
        four, one = (
            next(
                result.counts.moved("dram", kind="psums")
                for result in runs.compare(network, ("GoSPA-SNN",), **changed).layers
                if result.layer == layer
            )
            for changed in ({}, {"timesteps": 1})
        )
        ratios.append(four / one)
        rows.append(Row(f"{name}, T = 4 over T = 1", four / one, None, "ratio"))
    rows.append(Row("mean", sum(ratios) / len(ratios), 4.0, "ratio"))
    return rows


def fig_16a(_: Runs) -> list[Row]:
    """A TPPE at T = 8 and 16 over T = 4, from its structure."""
    at_4 = Tppe(timesteps=4, input_words=INPUT_WORDS)
    rows = []
    for timesteps, (area, power) in GROWTH.items():
        more = Tppe(timesteps=timesteps, input_words=INPUT_WORDS)
        note = f"with an input data buffer of {INPUT_WORDS} words, whose size is not stated"
        rows += [
            Row(f"area, T = {timesteps}", float(more.area / at_4.area), area, "ratio", note),
            Row(f"power, T = {timesteps}", float(more.power / at_4.power), power, "ratio", note),
        ]
    return rows


def fig_17(runs: Runs) -> list[Row]:
    """LoAS on VGG16 with fewer zero weights, with more timesteps, and on a Transformer layer."""
    raw = figures()["fig17"]
    usual = runs.total("vgg16", "LoAS").counts.cycles
    rows = []
    for sparsity, key in ((68.4, "medium"), (25.0, "low")):
        density = round(1 - sparsity / 100, 3)
        run = runs.compare("vgg16", ("LoAS",), weight_density=density)
        cycles = run.totals[0].counts.cycles
        published = raw["high"] / raw[key]
        what = f"performance, {sparsity:g} % of the weights zero"
        rows.append(Row(what, usual / cycles, published, "ratio", OTHER_VGG16))
    for timesteps in (6, 8):
        run = runs.compare("vgg16", (f"LoAS:timesteps={timesteps}",), timesteps=timesteps)
        cycles = run.totals[0].counts.cycles
        published = raw["high"] / raw[f"high_T{timesteps}"]
        note = OTHER_VGG16
        if timesteps == 6:
            note += "; Fig. 16b, which the spikes follow, has nearly as many active at 6 as at 8"
        rows.append(Row(f"performance, T = {timesteps}", usual / cycles, published, "ratio", note))
    for fine_tuned in ("LoAS", "LoAS-FT"):
        per_mac = []
        for name in ("T-HFF", "V-L8"):
            layer = _macs(name)
            per_mac.append(runs.layer(name, fine_tuned).counts.cycles / layer)
        keys = [raw[f"cycles_per_MAC {name}"] for name in ("T-HFF", "V-L8")]
        what = f"cycles a MAC, T-HFF over V-L8, {fine_tuned}"
        rows.append(Row(what, per_mac[0] / per_mac[1], keys[0] / keys[1], "ratio", OTHER_VGG16))
    return rows


def _macs(name: str) -> int:
    """MACs of a layer in one timestep."""
    network, number = SINGLE_LAYERS[name]
    layer = next(one for one in statistics_of(network) if one.layer == number)
    return layer.M * layer.N * layer.K
