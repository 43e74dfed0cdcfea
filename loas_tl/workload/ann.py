"""A network of activations in place of spikes: the same weights, one timestep."""

from __future__ import annotations

from dataclasses import replace

from loas_tl.ground.errors import InputError
from loas_tl.workload.generate import generate_layer
from loas_tl.workload.network import Network
from loas_tl.workload.statistics import statistics_of


def generate_ann(network: str, density: float, seed: int = 0) -> Network:
    """The ANN twin of a published network: activations that are not zero stand for active neurons.

    How many bits an activation has is the accelerator's parameter (``activation_bits``).

    Args:
        network: its name.
        density: share of the activations that are not zero, the same in every layer; above 0, at
            most 1.
        seed: of the random numbers.

    Raises:
        InputError: for an unknown name, or a density out of range.

    Source: LoAS (MICRO 2024), Fig. 18: VGG16 with 43.9 % of its activations zero.
    """
    if not 0 < density <= 1:
        raise InputError(f"density is {density:g}; expected a share above 0, at most 1")
    layers = []
    for one in statistics_of(network):
        active = round(density * one.M * one.K)
        twin = replace(one, T=1, spikes=active, active_neurons=active, active_neurons_ft=active)
        layers.append(generate_layer(twin, seed))
    return Network(f"{statistics_of(network)[0].network} ANN", tuple(layers))
