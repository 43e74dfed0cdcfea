"""A network of activations in place of spikes: as many weights, one timestep."""

from __future__ import annotations

from loas_tl.ground.errors import InputError
from loas_tl.workload.generate import generate_layer
from loas_tl.workload.network import Network
from loas_tl.workload.statistics import published_name, statistics_of
from loas_tl.workload.variant import Variant


def generate_ann(network: str, density: float, seed: int = 0) -> Network:
    """The ANN twin of a published network: activations that are not zero stand for active neurons.

    How many bits an activation has is the accelerator's parameter (``activation_bits``).

    Args:
        network: its name.
        density: share of the neurons whose activation is not zero, the same in every layer; above
            0, at most 1. What im2col pads is zero besides.
        seed: of the random numbers.

    Raises:
        InputError: for an unknown name, or a density out of range.

    Source: LoAS (MICRO 2024), Fig. 18: VGG16 with 43.9 % of its activations zero.
    """
    if not 0 < density <= 1:
        raise InputError(f"density is {density:g}; expected a share above 0, at most 1")
    variant = Variant(activation_density=density)
    twins = (variant.twin(one) for one in statistics_of(network))
    layers = tuple(generate_layer(twin, seed) for twin in twins if twin is not None)
    return Network(f"{published_name(network)} ANN", layers)
