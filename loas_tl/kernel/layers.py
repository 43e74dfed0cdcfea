"""What a network is made of when it runs from its first spikes to its last output.

Source: LoAS (MICRO 2024, arXiv:2407.14073), sections II and IV.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loas_tl.fiber.layout import whole_number
from loas_tl.ground.errors import InputError
from loas_tl.kernel.plif import PLif
from loas_tl.workload.im2col import Convolution
from loas_tl.workload.layer import as_weights

INPUT = "input"
"""The name that a network's first spikes go by."""


@dataclass(frozen=True)
class Residual:
    """What an earlier layer adds to the outputs of a later one, before its neurons.

    Attributes:
        layer: name of the earlier layer, or :data:`INPUT`. Where it has neurons their spikes are
            added (after pooling), otherwise its outputs.
        scale: whole number that they are multiplied with, -32,768 to 32,768; what a spike is
            worth in the unit of the weights.

    Raises:
        InputError: where the scale is no such number.
    """

    layer: str
    scale: int = 1

    def __post_init__(self) -> None:
        whole_number(self.scale, "scale", least=-(2**15), most=2**15)


@dataclass(frozen=True, eq=False)
class SpikingLayer:
    """A layer of a network: weights, then neurons, then pooling.

    Average pooling is not offered: what it gives are no spikes, and LoAS has no place for it.

    Attributes:
        name: what reports call it; not :data:`INPUT`.
        weights: ``integer[K, N]``, -128 to 127; K in im2col order (the channel is the slow index,
            the kernel position the fast one).
        neurons: None for a layer without any, whose outputs are the result or go to a later
            layer's ``adds``.
        convolution: how the layer reads a map; None for a fully connected layer, which reads
            rows, or a whole map as one row (channel, then row, then column).
        pool: extent and stride of a max pooling of the spikes, that is an OR; 1 for none.
        reads: name of the earlier layer whose spikes it reads, or :data:`INPUT`; None is the
            layer before.
        adds: see :class:`Residual`.

    Raises:
        InputError: where something does not fit.

    >>> import loas_tl
    >>> convolution = loas_tl.workload.im2col.Convolution(3, padding=1)
    >>> neurons = loas_tl.PLif(v_th=40)
    >>> weights = [[1] * 8] * 27  # K = 3 channels of 3x3, N = 8
    >>> layer = loas_tl.SpikingLayer("conv1", weights, neurons, convolution, pool=2)
    >>> layer.weights.shape
    (27, 8)
    """

    name: str
    weights: NDArray[np.int8]
    neurons: PLif | None = None
    convolution: Convolution | None = None
    pool: int = 1
    reads: str | None = None
    adds: tuple[Residual, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", as_weights(self.weights, None, f"{self.name}/w"))
        object.__setattr__(self, "adds", tuple(self.adds))
        whole_number(self.pool, f"{self.name}/pool")
        if self.name == INPUT:
            raise InputError(f"a layer is called {INPUT!r}; expected another name")
        if self.neurons is not None and not isinstance(self.neurons, PLif):
            self._refuse("neurons", self.neurons, "PLif(v_th, tau) or None")
        for residual in self.adds:
            if not isinstance(residual, Residual):
                self._refuse("adds", residual, "Residual(layer, scale)")
        if self.convolution is None:
            return
        if not isinstance(self.convolution, Convolution):
            self._refuse("convolution", self.convolution, "Convolution(kernel, stride, padding)")
        sides = (side for pair in self.convolution.padding for side in pair)
        given = {key: getattr(self.convolution, key) for key in ("kernel", "stride", "dilation")}
        for key, values in {**given, "padding": sides}.items():
            for value in values:
                whole_number(value, f"{self.name}/{key}", least=0 if key == "padding" else 1)

    def _refuse(self, key: str, found: object, expected: str) -> None:
        kind = type(found).__name__
        raise InputError(f"is a {kind}; expected {expected}", key=f"{self.name}/{key}")
