from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from loas_tl import InputError, generate_network, run_network
from loas_tl.kernel import INPUT, published_stack
from loas_tl.workload.im2col import im2col
from loas_tl.workload.statistics import statistics_of
from tests.kernel import plain


@pytest.mark.parametrize("network", ["alexnet", "vgg16", "resnet19"])
def test_a_published_network_runs_through_layers_of_the_published_shapes(network: str) -> None:
    layers, first_spikes = published_stack(network)
    run = run_network(layers, first_spikes)
    by_name = {statistics.layer: statistics for statistics in statistics_of(network)}
    assert {layer.name for layer in run.layers} == set(by_name)
    for layer in run.layers:
        statistics = by_name[layer.name]
        shape = (statistics.T, statistics.M, statistics.N)
        assert (*layer.outputs.shape, layer.K) == (*shape, statistics.K)


@pytest.mark.parametrize("network", ["alexnet", "vgg16", "resnet19"])
def test_layers_hand_on_spikes_as_densely_as_published_unless_too_few_can_fire(
    network: str,
) -> None:
    layers, first_spikes = published_stack(network)
    run = run_network(layers, first_spikes)
    met = 0
    for layer, reader in pairwise(layers):
        if layer.neurons is None or reader.reads != layer.name:
            continue
        statistics = next(s for s in statistics_of(network) if s.layer == reader.name)
        published = statistics.spikes / (statistics.T * statistics.M * statistics.K)
        spikes = run[layer.name].spikes
        assert spikes is not None
        if layer.neurons.v_th > 0:
            assert spikes.mean() == pytest.approx(published, rel=0.03)
            met += 1
        else:
            assert spikes.mean() <= published
    assert met >= 3


def test_the_first_layer_computes_what_the_generated_one_does() -> None:
    for network in ("vgg16", "resnet19"):
        layers, first_spikes = published_stack(network, seed=3)
        generated = generate_network(network, seed=3).layers[0]
        assert layers[0].convolution is not None
        assert np.array_equal(im2col(first_spikes, layers[0].convolution), generated.spikes)
        run = run_network(layers[:1], first_spikes)
        assert np.array_equal(run.outputs, plain.dense(generated.spikes, generated.weights))


def test_vgg16_pools_where_its_maps_shrink() -> None:
    layers, _ = published_stack("vgg16")
    assert [layer.name for layer in layers if layer.pool == 2] == ["1", "3", "6", "9"]


def test_resnet19_has_its_shortcuts() -> None:
    layers, _ = published_stack("resnet19")
    added = {layer.name: layer.adds[0].layer for layer in layers if layer.adds}
    blocks = ("2", "3"), ("5", "2"), ("7", "5"), ("9", "10")
    assert added == dict([*blocks, ("12", "9"), ("14", "12"), ("16", "17"), ("19", "16")])
    assert [layer.name for layer in layers if layer.neurons is None] == ["3", "10", "17"]
    assert [layer.name for layer in layers if layer.reads == INPUT] == ["1", "3"]


@pytest.mark.parametrize(
    ("network", "seed", "message"),
    [("lenet", 0, "unknown network 'lenet'; expected one of"), ("vgg16", -1, "seed is -1")],
)
def test_nonsense_is_refused(network: str, seed: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        published_stack(network, seed)
