"""NIR's neurons, a timestep at a time, as the framework that wrote the graph runs them.

NIR defines neurons by differential equations and leaves steps to who runs them. A graph does not
say who wrote it, so that is asked for (``like``):

========================  ===========================================================
``nir`` (Norse)           forward Euler; fires above the threshold, then is set back
``spikingjelly``          the same, but fires at the threshold, too
``snntorch``              fires above it; the threshold is subtracted a timestep later
``snntorch-zero``         fires above it; is set to zero a timestep later (Synaptic: with
                          that one's input), as ``reset_mechanism="zero"`` has it
========================  ===========================================================

snnTorch writes the same graph for both of its mechanisms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Like = Literal["nir", "spikingjelly", "snntorch", "snntorch-zero"]
LIKE: tuple[Like, ...] = ("nir", "spikingjelly", "snntorch", "snntorch-zero")

Array = NDArray[np.float32]
Step = Callable[[Array], Array]
"""A node with a state: one timestep's input ``[N, ...]`` to its output."""

NEAR = 1e-5
"""A gain that is 1 but for rounding is 1, as it was before it was written as a ratio."""


def single(value: Any) -> Array:
    """A parameter in single precision, as frameworks compute."""
    return np.asarray(value, dtype=np.float32)


def neuron(kind: str, node: Any, dt: float, like: Like) -> Step:
    """A node of kind ``IF``, ``LIF``, ``LI``, ``CubaLIF`` or ``CubaLI``."""
    membrane = _membrane(kind, node, dt)
    if kind.startswith("Cuba"):
        membrane = _after(_synapse(node, dt), membrane)
    if kind in ("LI", "CubaLI"):
        return _without_spikes(membrane)
    threshold, reset = single(node.v_threshold), single(node.v_reset)
    return _firing(membrane, threshold, reset, like, kind.startswith("Cuba"))


Membrane = Callable[[Any, Array], Array]
"""The voltage of the last timestep and the input to the voltage of this one."""


def _membrane(kind: str, node: Any, dt: float) -> Membrane:
    if kind == "IF":
        gain = _near_one(single(np.asarray(node.r, dtype=np.float64) * dt))
        return lambda volts, current: volts + gain * current
    tau = np.asarray(node.tau_mem if kind.startswith("Cuba") else node.tau, dtype=np.float64)
    ratio, leak = single(tau / dt), single(node.v_leak)
    resistance = np.asarray(node.r, dtype=np.float64)
    gain = _near_one(single(resistance * dt / tau))
    if (gain == 1).all():  # the input is not scaled
        decay = single(1 - dt / tau)
        if not leak.any():
            return lambda volts, current: decay * volts + current
        return lambda volts, current: volts - (volts - leak) / ratio + current
    scale = single(resistance)
    return lambda volts, current: volts + (scale * current - (volts - leak)) / ratio


def _synapse(node: Any, dt: float) -> Step:
    tau = np.asarray(node.tau_syn, dtype=np.float64)
    decay = single(1 - dt / tau)
    gain = _near_one(single(np.asarray(node.w_in, dtype=np.float64) * dt / tau))
    state: Any = np.float32(0)

    def step(current: Array) -> Array:
        nonlocal state
        state = decay * state + gain * current
        return np.asarray(state, dtype=np.float32)

    return step


def _after(synapse: Step, membrane: Membrane) -> Membrane:
    return lambda volts, current: membrane(volts, synapse(current))


def _without_spikes(membrane: Membrane) -> Step:
    volts: Any = np.float32(0)

    def step(current: Array) -> Array:
        nonlocal volts
        volts = membrane(volts, current)
        return np.asarray(volts, dtype=np.float32)

    return step


def _firing(
    membrane: Membrane, threshold: Array, reset: Array, like: Like, has_synapse: bool
) -> Step:
    volts: Any = reset if like == "spikingjelly" else np.float32(0)

    def step(current: Array) -> Array:
        nonlocal volts
        if like == "snntorch":
            fired = single(volts - threshold > 0)
            volts = membrane(volts, current) - fired * threshold
            return single(volts - threshold > 0)
        if like == "snntorch-zero" and has_synapse:
            volts = (1 - single(volts - threshold > 0)) * membrane(volts, current)
            return single(volts - threshold > 0)
        volts = membrane(volts, current)
        over = volts - threshold
        spikes = single(over >= 0 if like == "spikingjelly" else over > 0)
        volts = (1 - spikes) * volts + spikes * reset
        return spikes

    return step


def _near_one(gain: Array) -> Array:
    return np.where(np.abs(gain - 1) < NEAR, np.float32(1), gain)
