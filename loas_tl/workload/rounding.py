"""Round trained weights to 8-bit whole numbers; zero stays zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.errors import InputError
from loas_tl.workload.grid import grid_step

MOST = 127
"""Largest magnitude; -128 is not used, so that a weight and its negative round alike."""

Per = Literal["tensor", "channel"]
PER: tuple[Per, ...] = ("tensor", "channel")

FEW = 1024
"""Weights that are looked at first."""


@dataclass(frozen=True, eq=False)
class Rounded:
    """What :func:`round_weights` gives.

    Attributes:
        weights: ``int8[K, N]``.
        scale: what 1 stands for: ``float64[1]``, or ``float64[N]`` where each channel has one.
        lost: weights that were not zero and are now.
        exact: whether nothing was rounded: the weights were whole numbers of steps already.
    """

    weights: NDArray[np.int8]
    scale: NDArray[np.float64]
    lost: int
    exact: bool


def round_weights(matrix: NDArray[np.generic], per: Per = "tensor") -> Rounded:
    """Round ``float[K, N]`` to ``int8[K, N]`` times a scale.

    Whole numbers from -128 to 127 stay as they are. Weights that lie on a grid of at most 127
    steps to each side (quantised before, ternary, pruned to a codebook of multiples) are taken by
    their numbers of steps. Others are divided by 1/127 of the largest magnitude and rounded half
    to even.

    Args:
        matrix: weights ``float[K, N]``, output channels last.
        per: one scale a ``"tensor"`` or one a ``"channel"`` (a column).

    Returns:
        Weights, scale, and what rounding did to them.

    Raises:
        InputError: for weights that are not finite, and for another ``per``.

    >>> import loas_tl
    >>> rounded = loas_tl.round_weights([[0.5, 0.0], [-0.25, 0.75]])  # of 1/4
    >>> rounded.weights.tolist(), rounded.scale.tolist(), rounded.exact
    ([[2, 0], [-1, 3]], [0.25], True)
    """
    if per not in PER:
        raise InputError(f"is {per!r}; expected one of {', '.join(PER)}", key="rounding")
    try:
        given = np.asarray(matrix, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("expected an array of numbers", key="matrix") from None
    if not given.size:
        raise InputError(f"has shape {given.shape}; expected weights [K, N]", key="matrix")
    if not np.isfinite(given).all():
        raise InputError("found a weight that is not finite; expected numbers", key="weights")
    if (given == np.rint(given)).all() and given.min() >= -MOST - 1 and given.max() <= MOST:
        return Rounded(given.astype(np.int8), np.ones(1), 0, True)
    columns = given.T if per == "channel" else given.reshape(1, -1)
    scale, exact = np.ones(len(columns)), True
    for at, column in enumerate(columns):
        step = _grid(column)
        exact = exact and step is not None
        scale[at] = (np.abs(column).max() / MOST or 1.0) if step is None else step
    whole = np.rint(given / scale).astype(np.int8)
    lost = int(np.count_nonzero(given) - np.count_nonzero(whole))
    return Rounded(np.ascontiguousarray(whole), scale, lost, exact)


def _grid(values: NDArray[np.float64]) -> float | None:
    """The step of the grid that all values lie on, None where there is none of 8 bits."""
    kept = values[values != 0]
    if np.unique(np.abs(kept[:FEW])).size > MOST:  # most weights are told by the first few
        return None
    sizes = np.unique(np.abs(kept))
    if not sizes.size:
        return 1.0
    return None if sizes.size > MOST else grid_step(sizes, MOST)
