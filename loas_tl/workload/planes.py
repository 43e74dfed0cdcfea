"""Inputs that are not spikes: whole numbers of a step, as bit-planes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loas_tl.workload.grid import grid_step

MOST_BITS = 8
"""Inputs of more are taken for real values."""

NOISE = 2**20
"""Of the largest value: values that are nearer to each other than one part in it are the same."""


def step_of(values: NDArray[np.floating]) -> float | None:
    """The step that values of at most 8 bits are whole numbers of; None where there is none.

    1 for whole numbers, 1/255 for pixels from 0 to 1, 1/4 after an average pooling of 2 x 2.
    Negative values have no bit-planes.
    """
    distinct = np.unique(values)
    if not np.isfinite(distinct).all() or distinct[0] < 0:
        return None
    if distinct[-1] == 0 or (distinct[-1] < 2**MOST_BITS and (distinct == np.rint(distinct)).all()):
        return 1.0
    largest = float(distinct[-1])
    # Sums of the same values in another order differ in their last digits: one stands for all.
    apart = np.diff(distinct, prepend=0.0) > largest / NOISE
    sizes = distinct[apart].astype(np.float64)
    if sizes.size >= 2**MOST_BITS:
        return None
    return grid_step(sizes, 2**MOST_BITS - 1)


def planes_of(values: NDArray[np.generic], step: float = 1.0) -> NDArray[np.bool_]:
    """Bit-planes ``bool[planes, ...]``, the lowest first, as few as the largest value needs."""
    whole = np.rint(np.asarray(values, dtype=np.float64) / step).astype(np.uint16)
    count = max(int(whole.max()).bit_length(), 1)
    return np.stack([(whole >> plane) & 1 != 0 for plane in range(count)])
