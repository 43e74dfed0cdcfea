"""What generated tensors have in common with real ones, as numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Structure:
    """Spread of the things that make one tile fuller than its neighbour.

    All spreads are standard deviations; those of weights are of a log-density, those of spikes
    of the drive of a neuron, whose noise has a standard deviation of 1.

    Attributes:
        channel_drive: between the input channels.
        common_drive: of a field that all channels share (the object in the image).
        smoothing_px: Gaussian smoothing of the drive over the feature map, in pixels.
        white: share of the drive's noise that is not smoothed.
        count_jitter: noise on the order in which active neurons get their spike counts.
        phase_power: exponent on a uniform phase; below 1 first spikes come late.
        input_spread: between the input channels of the weights.
        drive_follows: correlation of an input channel's weight density with its drive.
        kernel_share: spread between the kernels (input channel, output channel) of the weights,
            as a multiple of the layer's unevenness.
    """

    channel_drive: float = 1.0
    common_drive: float = 0.15
    smoothing_px: float = 1.0
    white: float = 0.5
    count_jitter: float = 0.5
    phase_power: float = 0.7
    input_spread: float = 0.5
    drive_follows: float = 0.0
    kernel_share: float = 0.0


DEFAULT = Structure()
