"""The 36 published layers in numbers, without making their tensors."""

from __future__ import annotations

from loas_tl.designs.design import Design
from loas_tl.timeloop.rendering.measure import Measured
from loas_tl.workload.statistics import LayerStatistics, published_networks

LAYERS = [layer for layers in published_networks().values() for layer in layers]


def measured(layer: LayerStatistics, design: Design) -> Measured:
    """From the published counts."""
    size = layer.M * layer.K
    active = layer.active_neurons_ft if design.fine_tuned else layer.active_neurons
    density = layer.spikes / (layer.T * size) if design.operand == "spikes" else active / size
    return Measured(
        T=layer.T,
        M=layer.M,
        N=layer.N,
        K=layer.K,
        input_density=density,
        weight_density=1.0 if design.dense_weights else layer.weights / (layer.K * layer.N),
        corrections=1 - layer.spikes / (layer.T * layer.active_neurons),
    )
