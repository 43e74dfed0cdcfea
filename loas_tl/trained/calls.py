"""The multiplications of a forward pass, one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from loas_tl.trained.operands import Operand
from loas_tl.workload.im2col import Convolution

Kind = Literal["convolution", "linear", "product", "other"]


@dataclass(frozen=True, eq=False)
class Call:
    """One multiplication, when it was called once.

    Attributes:
        operand: the first operand.
        second: the other one of a product of two that are computed; else None.
        read: shape of what the module around it was given.
        operations: multiply-accumulates.
    """

    operand: Operand
    second: Operand | None
    read: tuple[int, ...]
    operations: int


@dataclass(frozen=True, eq=False)
class Norm:
    """A batch normalisation, by channel, ``[N]`` each: ``(y - mean) * gain + shift``."""

    mean: NDArray[np.floating]
    gain: NDArray[np.floating]
    shift: NDArray[np.floating]


@dataclass(eq=False)
class Site:
    """Where a multiplication stands in the model, with every time that it was called.

    Attributes:
        name: path of the module, and which of its multiplications.
        kind: which.
        module: the class of the module.
        weights: ``[N, C / groups, kernel...]`` or ``[N, K]``, as the layer uses them, in single
            precision or in double; None for a product.
        version: what the weights were taken from, to see whether they are still the same.
        bias: ``[N]`` or None.
        convolution, groups: of a convolution.
        norm: the batch normalisation behind it, None without.
        why: why it cannot be a layer, whatever its inputs; empty where it may be.
        calls: of the batch that runs.
    """

    name: str
    kind: Kind
    module: str
    weights: NDArray[np.floating] | None = None
    version: Any = None
    bias: NDArray[np.floating] | None = None
    convolution: Convolution | None = None
    groups: int = 1
    norm: Norm | None = None
    why: str = ""
    calls: list[Call] = field(default_factory=list)
