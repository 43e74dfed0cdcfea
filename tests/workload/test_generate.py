from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from loas_tl import InputError, Layer, generate_network
from loas_tl.ground.data import read_data
from loas_tl.workload.generate import generate_layer
from loas_tl.workload.im2col import im2col, multiplicity
from loas_tl.workload.statistics import LayerStatistics, published_networks

LAYERS = [layer for layers in published_networks().values() for layer in layers]
# The statistics leave out Spikformer's spikes, so its own cannot be held against anything.
COUNTED = {
    (row["network"], row["layer"]) for row in read_data("layer_statistics.csv") if row["spikes"]
}
TOLERANCE = 1e-3


def named(statistics: LayerStatistics) -> str:
    """The test's name for a layer."""
    return f"{statistics.network}-{statistics.layer}"


every_layer = pytest.mark.parametrize("statistics", LAYERS, ids=named)


@cache
def generated(statistics: LayerStatistics, seed: int = 0) -> Layer:
    return generate_layer(statistics, seed)


def feature_maps(statistics: LayerStatistics, x: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Fold im2col back into ``bool[T, C, H, W]``: a pixel is set where any window has it set."""
    kernel, stride = statistics.convolution.kernel[0], statistics.convolution.stride[0]
    padding, extent = statistics.convolution.padding[0][0], statistics.extent
    side = statistics.convolution.output(extent, extent)[0]
    windows = x.reshape(statistics.T, side, side, statistics.channels, kernel, kernel)
    padded_extent = extent + 2 * padding
    padded = np.zeros(
        (statistics.T, statistics.channels, padded_extent, padded_extent), dtype=np.bool_
    )
    last = stride * (side - 1) + 1
    for dy, dx in np.ndindex(kernel, kernel):
        taps = windows[..., dy, dx].transpose(0, 3, 1, 2)
        padded[:, :, dy : dy + last : stride, dx : dx + last : stride] |= taps
    return padded[:, :, padding : padding + extent, padding : padding + extent]


def test_the_statistics_are_of_35_counted_layers_and_spikformer() -> None:
    assert len(COUNTED) == 35
    assert {(layer.network, layer.layer) for layer in LAYERS} - COUNTED == {("spikformer_hff", "1")}


@every_layer
def test_shapes_and_types_are_the_statistics(statistics: LayerStatistics) -> None:
    layer = generated(statistics)
    assert layer.spikes.shape == (statistics.T, statistics.M, statistics.K)
    assert layer.weights.shape == (statistics.K, statistics.N)
    assert layer.name == statistics.layer
    assert layer.spikes.dtype == np.bool_
    assert layer.weights.dtype == np.int8


@pytest.mark.parametrize("seed", [0, 7])
@every_layer
def test_counts_are_those_published(statistics: LayerStatistics, seed: int) -> None:
    layer = generated(statistics, seed)
    spikes_of_neuron = layer.spikes.sum(axis=0, dtype=np.uint8)
    assert np.count_nonzero(layer.weights) == statistics.weights
    active = np.count_nonzero(spikes_of_neuron)
    assert active == pytest.approx(statistics.active_neurons, rel=TOLERANCE)
    if (statistics.network, statistics.layer) in COUNTED:
        several = np.count_nonzero(spikes_of_neuron > 1)
        assert np.count_nonzero(layer.spikes) == pytest.approx(statistics.spikes, rel=TOLERANCE)
        assert several == pytest.approx(statistics.active_neurons_ft, rel=TOLERANCE)


@every_layer
def test_spikes_come_from_a_feature_map_so_that_overlapping_windows_agree(
    statistics: LayerStatistics,
) -> None:
    x = generated(statistics).spikes
    rebuilt = im2col(feature_maps(statistics, x), statistics.convolution)
    np.testing.assert_array_equal(rebuilt, x)


@every_layer
def test_channels_fire_at_unequal_rates(statistics: LayerStatistics) -> None:
    maps = feature_maps(statistics, generated(statistics).spikes)
    extent = statistics.extent
    # A 1x1 kernel with stride 2 passes over most pixels, which say nothing then.
    read = multiplicity(extent, extent, statistics.convolution) > 0
    active = np.any(maps, axis=0)[:, read]
    shuffled = np.random.default_rng(0).permutation(active.ravel()).reshape(active.shape)
    # Equal channels would differ by chance alone, as the shuffled ones do.
    assert active.mean(axis=1).std() > 1.3 * shuffled.mean(axis=1).std()


# Large enough that a blob of activity does not reach from one part to the other, and read
# everywhere.
LARGE = [
    layer
    for layer in LAYERS
    if layer.extent >= 16 and layer.convolution.kernel[0] >= layer.convolution.stride[0]
]


@pytest.mark.parametrize("statistics", LARGE, ids=named)
def test_busy_channels_are_busy_all_over_the_map(statistics: LayerStatistics) -> None:
    active = np.any(feature_maps(statistics, generated(statistics).spikes), axis=0)
    rows, middle = statistics.extent // 8, statistics.extent // 2
    above = active[:, :rows].mean(axis=(1, 2))
    below = active[:, middle : middle + rows].mean(axis=(1, 2))
    assert np.corrcoef(above, below)[0, 1] > 0.35


@every_layer
def test_timesteps_are_correlated(statistics: LayerStatistics) -> None:
    x = generated(statistics).spikes.reshape(statistics.T, -1)
    correlations = [
        np.corrcoef(x[one], x[other])[0, 1] for one, other in combinations(range(statistics.T), 2)
    ]
    # A neuron that fires at one timestep is likelier to fire at any other; independent
    # timesteps of so many neurons would have correlations within 0.05 of zero.
    assert min(correlations) > 0.1
    assert np.mean(correlations) > 0.2


@every_layer
def test_some_neurons_fire_every_time_and_some_but_once(statistics: LayerStatistics) -> None:
    spikes_of_neuron = generated(statistics).spikes.sum(axis=0, dtype=np.uint8)
    shares = (
        np.bincount(spikes_of_neuron.ravel(), minlength=statistics.T + 1) / spikes_of_neuron.size
    )
    rate = generated(statistics).spikes.mean()
    # Far more of both kinds than independent timesteps of that rate would leave.
    assert shares[0] > 1.1 * (1 - rate) ** statistics.T
    assert shares[statistics.T] > 1.1 * rate**statistics.T
    assert shares[1] > 0


@every_layer
def test_input_channels_keep_unequal_numbers_of_weights(statistics: LayerStatistics) -> None:
    kept = generated(statistics).weights != 0
    shuffled = np.random.default_rng(0).permutation(kept.ravel()).reshape(kept.shape)
    spread, by_chance = (
        one.reshape(statistics.channels, -1).sum(axis=1).std() for one in (kept, shuffled)
    )
    assert spread > 1.3 * by_chance


def test_unevenness_spreads_the_weights_over_output_channels() -> None:
    even, uneven = (
        np.count_nonzero(generate_layer(LAYERS[1], unevenness=unevenness).weights, axis=0)
        for unevenness in (0.0, 2.0)
    )
    assert even.sum() == uneven.sum()
    assert uneven.std() > 1.5 * even.std()


SOME = [LAYERS[0], LAYERS[13], LAYERS[16]]


@pytest.mark.parametrize("statistics", SOME, ids=named)
def test_the_same_seed_gives_the_same_tensors(statistics: LayerStatistics) -> None:
    again = generate_layer(statistics, seed=0)
    np.testing.assert_array_equal(again.spikes, generated(statistics).spikes)
    np.testing.assert_array_equal(again.weights, generated(statistics).weights)


@pytest.mark.parametrize("statistics", SOME, ids=named)
def test_another_seed_gives_other_tensors(statistics: LayerStatistics) -> None:
    other = generated(statistics, 7)
    assert (other.spikes != generated(statistics).spikes).any()
    assert (other.weights != generated(statistics).weights).any()


def test_layers_of_one_shape_have_random_numbers_of_their_own() -> None:
    fifth, sixth = (generated(layer) for layer in published_networks()["vgg16"][4:6])
    assert fifth.spikes.shape == sixth.spikes.shape
    agreeing = (fifth.spikes & sixth.spikes).sum()
    assert agreeing < 0.5 * fifth.spikes.sum()


def test_a_layer_is_the_same_alone_and_in_its_network() -> None:
    network = generate_network("alexnet", seed=0)
    assert network.name == "alexnet"
    for layer, statistics in zip(network.layers, published_networks()["alexnet"], strict=True):
        np.testing.assert_array_equal(layer.spikes, generated(statistics).spikes)
        np.testing.assert_array_equal(layer.weights, generated(statistics).weights)


def test_the_case_of_a_network_does_not_matter() -> None:
    assert generate_network("AlexNet").name == "alexnet"


def test_an_unknown_network_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError) as refused:
        generate_network("lenet")
    for mention in ("'lenet'", "expected", *published_networks()):
        assert mention in str(refused.value)
    assert "\n" not in str(refused.value)
