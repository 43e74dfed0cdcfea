"""Gaussian smoothing of feature maps whose opposite edges meet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

REACH = 4
"""Standard deviations after which the kernel ends."""


def smooth(maps: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """Smooth ``float64[..., H, W]`` along both of its last axes.

    Args:
        maps: the fields; what lies beyond an edge is what lies within the opposite one.
        sigma: standard deviation of the kernel in pixels, above 0.

    Returns:
        To the last bit what ``scipy.ndimage.gaussian_filter`` with ``mode="wrap"`` gives (where
        it is compiled without fused multiplication and addition).
    """
    radius = int(REACH * sigma + 0.5)
    kernel = np.exp(-0.5 / (sigma * sigma) * np.arange(-radius, radius + 1) ** 2)
    kernel /= kernel.sum()
    for axis in (-2, -1):
        extent = maps.shape[axis]
        wrap = np.arange(-radius, extent + radius) % extent
        lines = np.ascontiguousarray(np.moveaxis(maps, axis, 0))[wrap]
        total = lines[radius : radius + extent] * kernel[radius]
        pair = np.empty_like(total)
        # From the kernel's ends inwards: a sum of floats depends on its order.
        for at in range(radius):
            np.add(lines[at : at + extent], lines[2 * radius - at :][:extent], out=pair)
            pair *= kernel[at]
            total += pair
        maps = np.moveaxis(total, 0, axis)
    return np.ascontiguousarray(maps)
