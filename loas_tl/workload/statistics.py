"""The published statistics of each layer: shapes, spikes, active neurons and weights.

``loas_tl/data/layer_statistics.csv`` holds them for AlexNet, VGG16 and ResNet19 on CIFAR-10
(LTH-pruned SNNs, T = 4) and for one layer of Spikformer; ``unevenness.csv`` holds the one number a
layer that ``benchmarks/fit_unevenness.py`` fitted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from loas_tl.ground.data import read_data
from loas_tl.ground.errors import InputError
from loas_tl.ground.titles import SINGLE_LAYERS
from loas_tl.workload.im2col import Convolution, multiplicity

NETWORKS = ("alexnet", "vgg16", "resnet19")
"""The networks with published totals."""

SPIKES_PER_ACTIVE_NEURON = 2.93
"""Mean over the 35 layers with both counts; used where the statistics leave the spikes out."""

FINE_TUNED_SHARE = 0.815
"""Share of active neurons that fire more than once, mean over the same layers."""


@dataclass(frozen=True)
class LayerStatistics:
    """One row of the statistics. All counts are of the im2col matrix, over all timesteps.

    Attributes:
        network, layer: names.
        convolution: kernel, stride and padding.
        T, M, N, K: timesteps, output pixels, output channels, inputs of one output.
        spikes: ones in ``X[T,M,K]``.
        active_neurons: neurons that fire at least once.
        active_neurons_ft: those that fire at least twice (LoAS-FT).
        weights: non-zero weights.
    """

    network: str
    layer: str
    convolution: Convolution
    T: int
    M: int
    N: int
    K: int
    spikes: int
    active_neurons: int
    active_neurons_ft: int
    weights: int

    @property
    def channels(self) -> int:
        """Input channels."""
        return self.K // self.convolution.taps

    @property
    def extent(self) -> int:
        """Height and width of the (square) input feature map."""
        return math.isqrt(self.M) * self.convolution.stride[0]

    @property
    def inside(self) -> int:
        """Positions of the im2col matrix, of M times K, that read the map and not its padding."""
        reads = multiplicity(self.extent, self.extent, self.convolution)
        return int(reads.sum()) * self.channels


# The residual blocks that halve the map: their first convolution and the 1x1 shortcut beside it.
_STRIDE_2 = {("resnet19", layer) for layer in ("1", "3", "8", "10", "15", "17")}


@cache
def published_networks() -> dict[str, tuple[LayerStatistics, ...]]:
    """Every network of the statistics, in the order of the file."""
    networks: dict[str, list[LayerStatistics]] = {}
    for row in read_data("layer_statistics.csv"):
        networks.setdefault(row["network"], []).append(_parse(row))
    return {name: tuple(layers) for name, layers in networks.items()}


def statistics_of(network: str) -> tuple[LayerStatistics, ...]:
    """The layers of one network, or one of :data:`SINGLE_LAYERS`.

    Raises:
        InputError: where there is no such network.
    """
    if not isinstance(network, str):
        kind = type(network).__name__
        raise InputError(f"is of type {kind}; expected a name", key="network")
    networks, name = published_networks(), published_name(network)
    if name is None:
        raise InputError(f"unknown network {network!r}; expected one of {', '.join(networks)}")
    if name in networks:
        return networks[name]
    whole, number = SINGLE_LAYERS[name]
    return tuple(layer for layer in networks[whole] if layer.layer == number)


def published_name(network: str) -> str | None:
    """A network's or a single layer's name as it is written here; None where there is none."""
    wanted = network.strip().lower()
    names = (*published_networks(), *SINGLE_LAYERS)
    return next((name for name in names if name.lower() == wanted), None)


def _parse(row: dict[str, str]) -> LayerStatistics:
    kernel = int(row["kernel"])
    active = int(row["active_neurons"])
    return LayerStatistics(
        network=row["network"],
        layer=row["layer"],
        convolution=Convolution(
            kernel=kernel,
            stride=2 if (row["network"], row["layer"]) in _STRIDE_2 else 1,
            padding=kernel // 2,
        ),
        T=int(row["T"]),
        M=int(row["M"]),
        N=int(row["N"]),
        K=int(row["K"]),
        spikes=int(row["spikes"] or round(active * SPIKES_PER_ACTIVE_NEURON)),
        active_neurons=active,
        active_neurons_ft=int(row["active_neurons_ft"] or round(active * FINE_TUNED_SHARE)),
        weights=int(row["weights"]),
    )
