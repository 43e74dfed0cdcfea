"""The trained network that comes with the package."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

import loas_tl
from loas_tl.workload.samples import SampledLayer
from loas_tl.workload.shipped import FOLDER, load_shipped, shipped_networks

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"


def test_digits_vgg9_ships_and_is_small() -> None:
    assert shipped_networks() == ["digits_vgg9"]
    assert (FOLDER / "digits_vgg9.npz").stat().st_size <= 2_000_000


def test_it_is_real_in_both_operands() -> None:
    net = load_shipped("digits_vgg9")
    assert net.samples == 16
    assert len(net.layers) + len(net.uncovered) == 9
    assert [one.name for one in net.uncovered] == ["conv1"]
    for layer in net.layers:
        assert isinstance(layer, SampledLayer)
        assert layer.T == 4
        assert 0.02 < layer.layer(0).spikes.mean() < 0.2
    weights = [layer.weights for layer in net.layers]
    kept = sum(np.count_nonzero(one) for one in weights)
    assert 0.90 <= 1 - kept / sum(one.size for one in weights) <= 0.98


def test_its_accuracy_is_stated_before_and_after() -> None:
    measured = json.loads((RESULTS / "digits_vgg9.json").read_text())
    assert measured["accuracy_dense"] > 0.98
    assert measured["accuracy_pruned"] > 0.98
    assert measured["bytes"] == (FOLDER / "digits_vgg9.npz").stat().st_size


def test_it_is_a_network_like_any_other() -> None:
    found = loas_tl.compare("Digits_VGG9", accelerators=["LoAS", "SparTen-SNN"], samples=3)
    assert found.networks == ["digits_vgg9"]
    assert not found.generated
    cycles = [total.counts.cycles for total in found.totals]
    assert cycles[0] < cycles[1]
