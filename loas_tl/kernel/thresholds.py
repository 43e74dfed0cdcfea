"""Find the thresholds with which a network fires as often as it should.

Source: ours; only how densely layers fire is published (LoAS, MICRO 2024, section V).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.bits import popcount_all
from loas_tl.ground.errors import InputError
from loas_tl.kernel.inner_join import CORRECTION_BITS, PSEUDO_BITS
from loas_tl.kernel.layers import SpikingLayer
from loas_tl.kernel.network import Runner
from loas_tl.kernel.plif import PLif, plif_words
from loas_tl.kernel.signals import Signal

STEPS = 24
"""Halvings of the range of thresholds."""


def with_thresholds(
    layers: Sequence[SpikingLayer], first_spikes: object, densities: Mapping[str, float]
) -> list[SpikingLayer]:
    """The layers, with thresholds that give their spikes the wanted densities.

    Layer by layer, ``v_th`` is halved in on, from 0 to beyond the largest potential. Where even a
    threshold of 0 leaves too few spikes, 0 it is.

    Args:
        layers: in the order in which they run; those with neurons keep their ``tau``.
        first_spikes: ``bool[T, C, H, W]``, ``bool[T, M, K]`` or ``bool[T, K]``, as of
            :func:`~loas_tl.kernel.run_network`.
        densities: wanted share of ones in what a layer hands on (after pooling), by its name.
            Layers that are not named keep their thresholds.

    Returns:
        The layers, in order.

    Raises:
        InputError: where a layer does not fit, a density is not from 0 to 1, or its layer is
            missing or has no neurons.
    """
    with_neurons = {layer.name for layer in layers if layer.neurons is not None}
    for name, density in densities.items():
        if name not in with_neurons:
            raise InputError("expected the name of a layer that has neurons", key=name)
        if not 0 <= density <= 1:
            raise InputError(f"is {density!r}; expected a density, 0 to 1", key=name)
    runner = Runner(first_spikes, PSEUDO_BITS, CORRECTION_BITS)
    found = []
    for layer in layers:
        outputs, statistics = runner.currents(layer)
        if layer.name in densities:
            neurons = _neurons(layer, outputs, runner.extent(layer), densities[layer.name])
            layer = replace(layer, neurons=neurons)
        runner.finish(layer, outputs, statistics)
        found.append(layer)
    return found


def _neurons(
    layer: SpikingLayer,
    outputs: NDArray[np.int32],
    extent: tuple[int, int] | None,
    density: float,
) -> PLif:
    timesteps = outputs.shape[0]
    tau = layer.neurons.tau if layer.neurons else 0.0

    def reached(v_th: float) -> float:
        fired = Signal(plif_words(outputs, PLif(v_th, tau)), timesteps, extent)
        words = fired.pooled(layer.pool, layer.name).words
        return popcount_all(words) / (words.size * timesteps)

    # The potential never outgrows the sum of all that a neuron gets.
    low, high = 0.0, float(np.abs(outputs.astype(np.int64)).sum(axis=0).max()) + 1
    if reached(low) <= density:
        return PLif(low, tau)
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if reached(middle) > density else (low, middle)
    return PLif(high, tau)
