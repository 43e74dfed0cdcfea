"""What a spec needs to know of a layer: its shape and the densities of its tensors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loas_tl.timeloop.rendering.form import TimeloopForm
from loas_tl.workload.layer import Layer


@dataclass(frozen=True)
class Measured:
    """A layer in numbers, as one accelerator sees it.

    Attributes:
        T, M, N, K: timesteps, output pixels, output channels, inputs of one output.
        input_density: non-zeros of the first operand over its size: active neurons of P and A,
            spikes of X.
        weight_density: non-zero weights over K * N; 1 where the accelerator runs on unpruned ones.
        corrections: share of zero bits in the packed words that meet a non-zero weight; what
            LoAS's pseudo-accumulator adds in vain (MICRO 2024, section IV-C). 0 without matches.
    """

    T: int
    M: int
    N: int
    K: int
    input_density: float
    weight_density: float
    corrections: float


def measure(layer: Layer, form: TimeloopForm) -> Measured:
    """Measure a layer's tensors for an accelerator; the ANN forms take P's zeros for theirs."""
    packed = layer.packed_fine_tuned if form.fine_tuned else layer.packed
    if form.operand == "spikes":
        density = np.count_nonzero(layer.spikes) / layer.spikes.size
    else:
        density = np.count_nonzero(packed) / packed.size
    weights = layer.weights != 0
    return Measured(
        T=layer.T,
        M=layer.M,
        N=layer.N,
        K=layer.K,
        input_density=float(density),
        weight_density=1.0 if form.dense_weights else float(weights.mean()),
        corrections=_corrections(layer, packed, weights.sum(axis=1)),
    )


def _corrections(layer: Layer, packed: np.ndarray, weights_per_row: np.ndarray) -> float:
    """Zero bits over all bits of the words that match: each (m,k) meets the weights of row k."""
    active = packed != 0
    ones = (layer.spikes & active).sum(axis=(0, 1)) @ weights_per_row
    bits = layer.T * (active.sum(axis=0) @ weights_per_row)
    return float(1 - ones / bits) if bits else 0.0
