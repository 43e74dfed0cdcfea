"""Generate pruned weights: magnitude pruning of channels whose weights differ in scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loas_tl.workload.structure import Structure, stratified_normal

ASSIGNMENTS = 256
"""Orders of the input channels that are tried to find one with the wanted number of matches."""


def generate_weights(
    taps: int,
    n: int,
    nonzero: int,
    fires: NDArray[np.int64],
    structure: Structure,
    unevenness: float,
    rng: np.random.Generator,
) -> NDArray[np.int8]:
    """Generate ``int8[K, N]`` with exactly so many non-zero weights.

    Weights are normal, with a scale that is the product of their input channel's, their output
    channel's and their kernel's; the largest survive, as in lottery-ticket (magnitude) pruning.
    So the sparser a layer, the more unequal its channels.

    Args:
        taps: kernel positions.
        n: output channels.
        nonzero: weights that survive.
        fires: ``int64[channels]``, spikes of each input channel; K is ``channels * taps``.
        structure: spreads that are the same for every layer.
        unevenness: spread of the log-scale between output channels.
        rng: where the randomness comes from.
    """
    channels = fires.size
    scale = structure.input_spread * stratified_normal(channels, rng)[:, np.newaxis]
    scale = scale + unevenness * stratified_normal(n, rng)
    kernel = min(structure.kernel_share * unevenness, structure.kernel_most)
    scale = scale + kernel * rng.standard_normal((channels, n))
    trained = rng.standard_normal((channels, taps, n), dtype=np.float32)
    trained *= np.exp(scale, dtype=np.float32)[:, np.newaxis, :]
    weights = _prune(trained.reshape(-1), nonzero).reshape(channels, taps, n)
    survivors = np.array([np.count_nonzero(channel) for channel in weights])
    order = _assign(survivors, fires, structure.follows, rng)
    return weights[order].reshape(channels * taps, n)


def spikes_per_channel(spikes: NDArray[np.bool_], taps: int) -> NDArray[np.int64]:
    """``int64[channels]``: spikes of each input channel in ``bool[T, M, K]`` im2col rows."""
    return np.count_nonzero(spikes, axis=(0, 1)).reshape(-1, taps).sum(axis=1)


def _prune(trained: NDArray[np.float32], nonzero: int) -> NDArray[np.int8]:
    """Keep the largest magnitudes, quantised to 8 bits; no survivor becomes zero."""
    weights = np.zeros(trained.size, dtype=np.int8)
    if nonzero:
        first = trained.size - nonzero
        magnitudes = np.abs(trained)
        kept: NDArray[np.generic] = magnitudes >= np.partition(magnitudes, first)[first]
        if np.count_nonzero(kept) > nonzero:
            # Several have the least magnitude that is kept, and there is no room for all of them.
            kept = np.argpartition(magnitudes, first)[first:]
        survivors = trained[kept]
        levels = np.maximum(np.rint(127 * np.abs(survivors) / np.abs(survivors).max()), 1)
        weights[kept] = (np.sign(survivors) * levels).astype(np.int8)
    return weights


def _assign(
    survivors: NDArray[np.int64], fires: NDArray[np.int64], follows: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Which of the weights' input channels reads which channel of spikes, ``int64[channels]``.

    Of some random orders, the one whose matches come nearest to ``1 + follows`` times those of
    independent channels: with few channels, chance alone would move them by a quarter.
    """
    channels = fires.size
    orders = rng.permuted(np.tile(np.arange(channels), (ASSIGNMENTS, 1)), axis=1)
    matches = survivors[orders] @ fires
    wanted = (1 + follows) * survivors.sum() * fires.sum() / channels
    return orders[np.argmin(np.abs(matches - wanted))]
