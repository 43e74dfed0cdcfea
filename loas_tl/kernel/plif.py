"""P-LIF: leaky integrate-and-fire neurons, all timesteps at once.

Source: LoAS (MICRO 2024, arXiv:2407.14073), section IV-D.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.compiled import njit
from loas_tl.ground.errors import InputError
from loas_tl.workload.layer import MAX_TIMESTEPS, unpack, word_dtype

TAU = 0.5
"""Leak of the membrane potential from one timestep to the next."""


@dataclass(frozen=True)
class PLif:
    """The neurons of a layer: ``X[t] = O[t] + U[t-1]``, a spike where ``X[t] > v_th``.

    The reset is hard: ``U[t] = tau * X[t]`` without a spike, 0 with one; ``U[-1] = 0``.

    Attributes:
        v_th: threshold, in the unit of the outputs (that of the weights), dimensionless; 0 or
            more.
        tau: share of the potential that is left a timestep later, 0 to 1.

    Raises:
        InputError: where one of them is out of range.

    >>> import loas_tl
    >>> neurons = loas_tl.PLif(v_th=2)
    >>> neurons.tau
    0.5
    >>> loas_tl.kernel.plif([[[2]], [[2]], [[2]]], neurons.v_th, neurons.tau).ravel()
    array([False,  True, False])
    """

    v_th: float
    tau: float = TAU

    def __post_init__(self) -> None:
        for key, least, most in (("v_th", 0.0, math.inf), ("tau", 0.0, 1.0)):
            value = getattr(self, key)
            number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
            if not number or not math.isfinite(value) or not least <= value <= most:
                bounds = f"{least:g} or more" if most == math.inf else f"{least:g} to {most:g}"
                raise InputError(f"is {value!r}; expected a number, {bounds}", key=key)


def plif(outputs: object, v_th: float, tau: float = TAU) -> NDArray[np.bool_]:
    """The spikes of P-LIF neurons.

    Args:
        outputs: ``int32[T, M, N]`` (or any finite real numbers), T from 1 to 64.
        v_th: threshold, in the unit of ``outputs``, dimensionless.
        tau: share of the potential that is left a timestep later, 0 to 1.

    Returns:
        ``bool[T, M, N]``. Potentials are kept as 64-bit floating point numbers.

    Raises:
        InputError: for a shape, type or value that does not fit.

    Source: LoAS (MICRO 2024, arXiv:2407.14073), section IV-D: the P-LIF unit is unrolled over T,
    so that all T spikes of a neuron come out at once.
    """
    words = plif_words(outputs, PLif(v_th, tau))
    return unpack(words, len(np.asarray(outputs)))


def plif_words(outputs: object, neurons: PLif) -> NDArray[np.unsignedinteger]:
    """As :func:`plif`, as the units hand it over.

    Args:
        outputs: ``int32[T, M, N]`` (or any finite real numbers), T from 1 to 64.
        neurons: their threshold and leak.

    Returns:
        Packed words ``uint[M, N]``, timestep t in bit t.

    Raises:
        InputError: for a shape, type or value that does not fit.
    """
    array = np.asarray(outputs)
    if array.dtype.kind not in "biuf" or array.ndim != 3 or 0 in array.shape:
        raise InputError(
            f"has dtype {array.dtype} and shape {list(array.shape)}; expected int32[T,M,N] with "
            "every extent at least 1",
            key="outputs",
        )
    timesteps, rows, columns = array.shape
    if timesteps > MAX_TIMESTEPS:
        raise InputError(f"{timesteps} timesteps; expected at most {MAX_TIMESTEPS}", key="outputs")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        found = array[~np.isfinite(array)][0]
        raise InputError(f"found {found}; expected finite numbers", key="outputs")
    # Two types are compiled; both are exact for all that an accumulator can hold.
    exact = array if array.dtype == np.int32 else array.astype(np.float64)
    words = np.zeros(rows * columns, dtype=np.uint64)
    flat = np.ascontiguousarray(exact).reshape(timesteps, rows * columns)
    _fire(flat, float(neurons.v_th), float(neurons.tau), words)
    return words.astype(word_dtype(timesteps)).reshape(rows, columns)


@njit
def _fire(outputs: NDArray[np.generic], v_th: float, tau: float, words: NDArray[np.uint64]) -> None:
    timesteps, neurons = outputs.shape
    left = np.zeros(neurons, dtype=np.float64)
    for t in range(timesteps):
        bit = np.uint64(1) << np.uint64(t)
        for neuron in range(neurons):
            potential = outputs[t, neuron] + left[neuron]
            if potential > v_th:
                words[neuron] |= bit
                left[neuron] = 0.0
            else:
                left[neuron] = tau * potential
