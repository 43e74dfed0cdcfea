"""The published networks as stacks of layers that run from first spikes to last output.

Source: LoAS (MICRO 2024), section V, and its statistics; of ResNet19 S. Zheng et al. (AAAI 2021).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.given import check_seed
from loas_tl.kernel.layers import INPUT, Residual, SpikingLayer
from loas_tl.kernel.plif import PLif
from loas_tl.kernel.thresholds import with_thresholds
from loas_tl.workload.generate import generate_layer
from loas_tl.workload.im2col import fold
from loas_tl.workload.statistics import LayerStatistics, statistics_of

IDENTITY_SCALE = 32
"""What a spike on an identity shortcut is worth in the unit of the weights; not published."""


@dataclass(frozen=True)
class _Edges:
    """Where a layer of a residual network gets its inputs from."""

    reads: str
    adds: tuple[Residual, ...] = ()
    fires: bool = True


# In the order in which the layers run: a block's shortcut, a 1x1 convolution without neurons, comes
# before the layer that adds it. S. Zheng et al., "Going Deeper With Directly-Trained Larger
# Spiking Neural Networks", AAAI 2021.
_RESNET19 = {
    "1": _Edges(INPUT),
    "3": _Edges(INPUT, fires=False),
    "2": _Edges("1", (Residual("3"),)),
    "4": _Edges("2"),
    "5": _Edges("4", (Residual("2", IDENTITY_SCALE),)),
    "6": _Edges("5"),
    "7": _Edges("6", (Residual("5", IDENTITY_SCALE),)),
    "8": _Edges("7"),
    "10": _Edges("7", fires=False),
    "9": _Edges("8", (Residual("10"),)),
    "11": _Edges("9"),
    "12": _Edges("11", (Residual("9", IDENTITY_SCALE),)),
    "13": _Edges("12"),
    "14": _Edges("13", (Residual("12", IDENTITY_SCALE),)),
    "15": _Edges("14"),
    "17": _Edges("14", fires=False),
    "16": _Edges("15", (Residual("17"),)),
    "18": _Edges("16"),
    "19": _Edges("18", (Residual("16", IDENTITY_SCALE),)),
}


def published_stack(network: str, seed: int = 0) -> tuple[list[SpikingLayer], NDArray[np.bool_]]:
    """The layers of a published network, chained, and spikes to begin with.

    The weights of all layers and the spikes of the first are those of
    :func:`~loas_tl.generate_network`. A map is max-pooled where the next layer reads a smaller
    one. ResNet19's blocks have their shortcuts: a 1x1 convolution whose outputs are added, or the
    block's own input spikes. Each threshold is set so that a layer hands on spikes as densely as
    the layer that reads them has them by the published statistics (the last layer: as densely as
    it reads them); ``tau`` is 0.5.

    Args:
        network: ``alexnet``, ``vgg16``, ``resnet19`` or ``spikformer_hff``.
        seed: of the generated tensors.

    Returns:
        The layers, and ``bool[T, C, H, W]``.

    Raises:
        InputError: for an unknown network or a negative seed.
    """
    check_seed(seed)
    by_name = {statistics.layer: statistics for statistics in statistics_of(network)}
    edges = _RESNET19 if "19" in by_name else _chain(list(by_name))
    generated = {name: generate_layer(by_name[name], seed) for name in edges}
    layers = [
        SpikingLayer(
            name,
            generated[name].weights,
            neurons=PLif(0.0) if edge.fires else None,
            convolution=by_name[name].convolution,
            pool=_pool(by_name[name], by_name, edges),
            reads=edge.reads,
            adds=edge.adds,
        )
        for name, edge in edges.items()
    ]
    first = by_name[layers[0].name]
    spikes = generated[first.layer].spikes
    first_spikes = fold(spikes, first.convolution, first.extent, first.extent)
    densities = {
        layer.name: _density(by_name[_reader(layer.name, edges) or layer.name])
        for layer in layers
        if layer.neurons is not None
    }
    return with_thresholds(layers, first_spikes, densities), first_spikes


def _chain(names: list[str]) -> dict[str, _Edges]:
    return {name: _Edges(before) for before, name in zip([INPUT, *names], names, strict=False)}


def _reader(name: str, edges: dict[str, _Edges]) -> str | None:
    """The first layer that reads this one's spikes."""
    return next((reader for reader, edge in edges.items() if edge.reads == name), None)


def _pool(
    statistics: LayerStatistics, by_name: dict[str, LayerStatistics], edges: dict[str, _Edges]
) -> int:
    reader = _reader(statistics.layer, edges)
    return 1 if reader is None else math.isqrt(statistics.M) // by_name[reader].extent


def _density(statistics: LayerStatistics) -> float:
    return statistics.spikes / (statistics.T * statistics.M * statistics.K)
