"""Inputs that are not spikes: whole numbers of a step, as bit-planes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST_BITS = 8
"""Inputs of more are taken for real values."""

NEAR = 1e-4
"""How far from a whole number of steps, in steps, a value may be."""


KNOWN = sorted(
    [1 / 255, 1 / 15, 1 / 9, *(1 / 2**bits for bits in range(1, MOST_BITS + 1))], reverse=True
)
"""Steps of pixels and of averages, the coarsest first."""


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
    if distinct.size > 2**MOST_BITS:
        # Rounding noise may split a value in two; more than that is no grid.
        distinct = np.unique(np.rint(distinct / distinct[-1] * 2**16)) / 2**16 * distinct[-1]
        if distinct.size > 2**MOST_BITS:
            return None
    gaps = np.diff(np.concatenate([[0.0], distinct]))
    least = float(gaps[gaps > NEAR * distinct[-1] / 2**MOST_BITS].min())
    snapped = next((one for one in KNOWN if abs(one / least - 1) < NEAR), least)
    for step in (snapped, *KNOWN):  # the coarsest that fits
        steps = distinct / step
        if steps[-1] < 2**MOST_BITS and np.abs(steps - np.rint(steps)).max() <= 1e-2:
            return step
    return None


def planes_of(values: NDArray[np.generic], step: float = 1.0) -> NDArray[np.bool_]:
    """Bit-planes ``bool[planes, ...]``, the lowest first, as few as the largest value needs."""
    whole = np.rint(np.asarray(values, dtype=np.float64) / step).astype(np.uint16)
    count = max(int(whole.max()).bit_length(), 1)
    return np.stack([(whole >> plane) & 1 != 0 for plane in range(count)])
