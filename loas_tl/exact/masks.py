"""Where each tensor is not zero."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from loas_tl.exact.arrays import Bools
from loas_tl.exact.nest import Nest
from loas_tl.exact.windows import shape_of, spread_out
from loas_tl.ground.errors import InputError


class Masks:
    """Of each tensor, by index, where it is not zero; one axis a rank.

    The output's, where it is not given, is worked out the first time it is asked for.
    """

    def __init__(self, nest: Nest, given: Mapping[int, Bools]) -> None:
        self._nest = nest
        self._known = dict(given)

    def __len__(self) -> int:
        return len(self._nest.tensors)

    def __getitem__(self, tensor: int) -> Bools:
        if tensor not in self._known:
            self._known[tensor] = self._products(tensor)
        return self._known[tensor]

    def _products(self, tensor: int) -> Bools:
        """Where any product of the operands adds to the output."""
        operands: list[object] = []
        used: set[int] = set()
        for other, written in enumerate(self._nest.written):
            if not written:
                operands += [self._known[other].astype(np.float32), list(self._nest.tensors[other])]
                used |= set(self._nest.tensors[other])
        for d in self._nest.tensors[tensor]:
            if d not in used:
                operands += [np.ones(self._nest.sizes[d], np.float32), [d]]
        axes = list(self._nest.tensors[tensor])
        # Sums of ones stop growing at 2^24 in float32, but whether there is any stays exact.
        sums = np.einsum(*operands, axes, optimize="greedy")  # type: ignore[call-overload]
        return np.ascontiguousarray(sums > 0)


def read_masks(
    nest: Nest, names: list[str], tensors: Mapping[str, npt.NDArray[np.generic]]
) -> Masks:
    """The masks of tensors that were given by name.

    Raises:
        InputError: a tensor is unknown, missing (only the output may be) or of the wrong shape.
    """
    for name in tensors:
        if name not in names:
            raise InputError(f"{name!r} is no data space; they are {', '.join(names)}")
    given = {}
    for tensor, name in enumerate(names):
        if name not in tensors:
            if not nest.written[tensor]:
                raise InputError(f"no values given for the tensor {name}")
            continue
        values = np.asarray(tensors[name])
        shape = shape_of(nest, tensor)
        if values.shape != shape:
            raise InputError(f"{name} has the shape {values.shape}; expected {shape}")
        mask = values if values.dtype == np.bool_ else values != 0
        if nest.window(tensor):
            mask = spread_out(nest, tensor, mask)
        given[tensor] = np.ascontiguousarray(mask)
    return Masks(nest, given)
