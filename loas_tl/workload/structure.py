"""What generated tensors have in common with real ones, as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Structure:
    """Spread of the things that make one tile fuller than its neighbour.

    All spreads are standard deviations; those of spikes are of the drive of a neuron, whose noise
    has a standard deviation of 1, those of weights of a log-scale. The values are the same for
    every layer of every network.

    Attributes:
        channel_drive: between the input channels.
        common_drive: of a field that all channels share (the object in the image).
        smoothing_px: Gaussian smoothing of the drive over the feature map, in pixels.
        white: share of the drive's noise that is not smoothed.
        count_jitter: noise on the order in which active neurons get their spike counts.
        phase_power: exponent on a uniform phase; below 1 first spikes come late.
        input_spread: between the input channels of the weights.
        kernel_share: between the kernels (input channel, output channel), as a multiple of the
            layer's unevenness ...
        kernel_most: ... but no more than this.
        follows: how many more matches there are than if weights did not know where spikes are.
    """

    channel_drive: float = 0.9
    common_drive: float = 0.15
    smoothing_px: float = 2.0
    white: float = 0.25
    count_jitter: float = 0.5
    phase_power: float = 0.7
    input_spread: float = 0.26
    kernel_share: float = 3.5
    kernel_most: float = 0.3
    follows: float = 0.02


DEFAULT = Structure()


def stratified_normal(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """``float64[count]``: the quantiles of a standard normal in random order.

    The spread of a layer's channels is then the one asked for, whatever the seed.
    """
    quantile = NormalDist().inv_cdf
    shares = (np.arange(count) + 0.5) / count
    return rng.permutation(np.array([quantile(share) for share in shares.tolist()]))
