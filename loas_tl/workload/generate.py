"""Generate the layers of the published networks from their statistics."""

from __future__ import annotations

import zlib
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.data import read_data
from loas_tl.ground.given import check_seed
from loas_tl.workload.layer import Layer
from loas_tl.workload.network import Network
from loas_tl.workload.spikes import generate_spikes
from loas_tl.workload.statistics import LayerStatistics, published_name, statistics_of
from loas_tl.workload.structure import DEFAULT, Structure
from loas_tl.workload.variant import Variant
from loas_tl.workload.weights import generate_weights, spikes_per_channel


def generate_layer(
    statistics: LayerStatistics,
    seed: int = 0,
    unevenness: float | None = None,
    structure: Structure = DEFAULT,
) -> Layer:
    """Generate one layer; the same seed always gives the same tensors.

    Args:
        statistics: shapes and counts to hit.
        seed: of the random numbers; each layer has its own stream of them.
        unevenness: see :func:`~loas_tl.workload.weights.generate_weights`; by default the value
            fitted to SparTen-SNN's published cycles of that layer.
        structure: what all layers have in common.
    """
    if unevenness is None:
        unevenness = fitted_unevenness(statistics)
    spikes, weights = generate_tensors(statistics, seed, unevenness, structure)
    taps = statistics.convolution.taps
    return Layer(statistics.layer, spikes, weights, origin=statistics.network, taps=taps)


def generate_tensors(
    statistics: LayerStatistics, seed: int, unevenness: float, structure: Structure = DEFAULT
) -> tuple[NDArray[np.bool_], NDArray[np.int8]]:
    """The spikes ``bool[T, M, K]`` and the weights ``int8[K, N]`` of :func:`generate_layer`."""
    stream = zlib.crc32(f"{statistics.network}/{statistics.layer}".encode())
    seeds = np.random.SeedSequence([seed, stream]).spawn(2)
    for_spikes, for_weights = (np.random.default_rng(child) for child in seeds)
    spikes = generate_spikes(statistics, structure, for_spikes)
    taps = statistics.convolution.taps
    weights = generate_weights(
        taps,
        statistics.N,
        statistics.weights,
        spikes_per_channel(spikes, taps),
        structure,
        unevenness,
        for_weights,
    )
    return spikes, weights


def generate_variant(statistics: LayerStatistics, seed: int, variant: Variant) -> Layer:
    """Generate a layer with other timesteps or densities, with an ANN twin where it has one."""
    layer, of_ann = generate_layer(variant.statistics(statistics), seed), variant.twin(statistics)
    if variant.timesteps is not None and variant.timesteps < layer.T:
        first = layer.spikes[: variant.timesteps]
        layer = Layer(layer.name, first, layer.weights, layer.origin, layer.taps)
    return layer if of_ann is None else replace(layer, twin=generate_layer(of_ann, seed))


def generate_network(
    network: str,
    seed: int = 0,
    *,
    timesteps: int | None = None,
    weight_density: float | None = None,
    spike_density: float | None = None,
    activation_density: float | None = None,
) -> Network:
    """Generate all layers of a published network.

    Args:
        network: its name, or that of a single layer of the published figures (``"V-L8"``).
        seed: of the random numbers.
        timesteps: T, instead of the published one; see
            :class:`~loas_tl.workload.variant.Variant`, which says what becomes of the spikes.
        weight_density: share of non-zero weights in every layer, instead of the published ones.
        spike_density: share of ones among the spikes of every layer, likewise.
        activation_density: share of neurons whose activation is not zero, of an ANN twin that
            accelerators for ANNs run; see :class:`~loas_tl.workload.layer.Layer`.

    Returns:
        The network, under a name that says what was changed.

    Raises:
        InputError: for an unknown name, or a value out of range.

    >>> import loas_tl
    >>> network = loas_tl.generate_network("V-L8")
    >>> [layer] = network.layers
    >>> layer.T, layer.M, layer.N, layer.K
    (4, 16, 512, 2304)
    >>> float(layer.weights.astype(bool).mean().round(3))
    0.032
    """
    layers = statistics_of(network)
    check_seed(seed)
    variant = Variant(timesteps, weight_density, spike_density, activation_density)
    made = tuple(generate_variant(layer, seed, variant) for layer in layers)
    return Network(variant.name(published_name(network) or network), made)


def fitted_unevenness(statistics: LayerStatistics) -> float:
    """The layer's fitted number, or the median of all where it has none."""
    return _unevenness().get((statistics.network, statistics.layer), median_unevenness())


@cache
def median_unevenness() -> float:
    """The median of the fitted numbers."""
    return float(np.median([*_unevenness().values()]))


@cache
def _unevenness() -> dict[tuple[str, str], float]:
    rows = read_data("unevenness.csv")
    return {(row["network"], row["layer"]): float(row["unevenness"]) for row in rows}
