"""Real spikes: the kept results, and the recordings themselves where they are at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from loas_tl import compare
from loas_tl.designs.reference import published_totals
from loas_tl.workload.description import read_recording
from loas_tl.workload.recordings import shipped_descriptions
from loas_tl.workload.statistics import statistics_of

ROOT = Path(__file__).parents[1]
FOLDER = Path(os.environ.get("LOAS_TL_RECORDINGS", ROOT.parent / "shared" / "spikes"))
DESCRIPTIONS = {path.stem: path for path in shipped_descriptions()}
PUBLISHED = ("alexnet_cifar10", "vgg16_cifar10")
"""Of networks that the published evaluation has, too."""
NAMES = (*PUBLISHED, "vgg9_cifar10")
KEPT = ("cycles", "computes", "dram_KiB", "sram_KiB", "energy_published", "energy_pJ")


def kept(name: str) -> Any:
    return json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text())


@pytest.mark.shared
@pytest.mark.parametrize("name", NAMES)
def test_recorded_spikes_give_the_kept_results(name: str) -> None:
    spikes = FOLDER / f"{name}.npz"
    if not spikes.exists():
        pytest.skip(f"{spikes.name} does not come with the project; set LOAS_TL_RECORDINGS")
    found = json.loads(compare(spikes=spikes, layers=DESCRIPTIONS[name]).to_json())
    for ours, recorded in zip(found["layers"], kept(name)["layers"], strict=True):
        assert set(recorded) >= {"network", "layer", "accelerator", *KEPT}
        assert ours.keys() >= recorded.keys()
        for key, value in recorded.items():
            if isinstance(value, str | list):
                assert ours[key] == value
            else:
                # Weights are drawn, and another numpy may round a few of them otherwise.
                assert ours[key] == pytest.approx(value, rel=0.01)


@pytest.mark.parametrize("name", NAMES)
def test_kept_results_add_up(name: str) -> None:
    document = kept(name)
    added_since = ("baseline", "designs")
    assert [key for key in document if key not in added_since] == ["model", "layers", "totals"]
    assert document["model"] == "published"
    for total in document["totals"]:
        layers = [r for r in document["layers"] if r["accelerator"] == total["accelerator"]]
        assert [r["layer"] for r in layers] == list(read_recording(DESCRIPTIONS[name]).layers)
        for key in KEPT:
            assert sum(r[key] for r in layers) == pytest.approx(total[key])


@pytest.mark.parametrize("name", PUBLISHED)
def test_loas_wins_on_real_spikes_as_published(name: str) -> None:
    network = name.partition("_")[0]
    totals = {row["accelerator"]: row["cycles"] for row in kept(name)["totals"]}
    for baseline in ("SparTen-SNN", "GoSPA-SNN", "Gamma-SNN"):
        published = (
            published_totals()[baseline, network].cycles
            / published_totals()["LoAS", network].cycles
        )
        assert totals[baseline] / totals["LoAS"] == pytest.approx(published, rel=0.2)


@pytest.mark.parametrize("name", PUBLISHED)
def test_descriptions_have_the_published_shapes_and_weights(name: str) -> None:
    layers = read_recording(DESCRIPTIONS[name]).layers
    statistics = statistics_of(name.partition("_")[0])
    assert list(layers) == [f"conv{layer.layer}" for layer in statistics]
    for described, layer in zip(layers.values(), statistics, strict=True):
        assert described.convolution == layer.convolution
        assert described.output_channels == layer.N
        assert described.weight_sparsity is not None
        assert round((1 - described.weight_sparsity) * layer.K * layer.N) == layer.weights
