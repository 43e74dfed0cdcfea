"""Find the step that numbers are whole multiples of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NEAR = 1e-4
"""How far from a whole number of steps, over the largest, a number on a grid may be."""


def grid_step(sizes: NDArray[np.float64], most: int) -> float | None:
    """The coarsest step that all sizes are whole multiples of, ``most`` of them at the most.

    Args:
        sizes: at least one, above 0, ascending, with noise of single precision.
        most: steps of the largest size.

    Returns:
        None where there is no such step.
    """
    step, noise = float(sizes[0]), NEAR * float(sizes[0])
    for size in map(float, sizes[1:]):
        step = _common(size, step, noise)
        if size / step > most + 0.5:
            return None
        step = size / round(size / step)  # of many steps the last has the most digits
    count = round(float(sizes[-1]) / step)
    if count > most:
        return None
    steps = sizes / step
    return step if np.abs(steps - np.rint(steps)).max() <= NEAR * count else None


def _common(one: float, other: float, noise: float) -> float:
    """The greatest common divisor of two numbers that are whole but for noise (Euclid)."""
    while other > noise:
        one, other = other, abs(one - other * round(one / other))
    return one
