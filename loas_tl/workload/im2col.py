"""Turn feature maps into the rows of a spMspM, and count how often im2col reads each pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Element = TypeVar("Element", bound=np.generic)


@dataclass(frozen=True)
class Convolution:
    """A square kernel sliding over a feature map.

    Attributes:
        kernel: height and width of the kernel.
        stride: step of the kernel, both ways.
        padding: zeros around the map, on each side.
    """

    kernel: int
    stride: int = 1
    padding: int = 0

    def positions(self, extent: int) -> int:
        """Output pixels along an input extent; 0 or less where the kernel does not fit."""
        return (extent + 2 * self.padding - self.kernel) // self.stride + 1


def im2col(maps: NDArray[Element], convolution: Convolution) -> NDArray[Element]:
    """Unroll ``[T, C, H, W]`` of any dtype into ``[T, M, K]``.

    M runs over the output pixels row by row; of K the channel is the slow index and the kernel
    position (row by row) the fast one.
    """
    kernel, stride, padding = convolution.kernel, convolution.stride, convolution.padding
    timesteps, channels, height, width = maps.shape
    padded = np.zeros(
        (timesteps, height + 2 * padding, width + 2 * padding, channels), dtype=maps.dtype
    )
    padded[:, padding : padding + height, padding : padding + width] = maps.transpose(0, 2, 3, 1)
    down, across = (convolution.positions(extent) for extent in (height, width))
    rows = np.empty((timesteps, down, across, channels, kernel, kernel), dtype=maps.dtype)
    for y in range(kernel):
        for x in range(kernel):
            read = padded[:, y : y + stride * down : stride, x : x + stride * across : stride]
            rows[..., y, x] = read
    return rows.reshape(timesteps, down * across, channels * kernel * kernel)


def fold(
    rows: NDArray[np.bool_], convolution: Convolution, height: int, width: int
) -> NDArray[np.bool_]:
    """The map ``bool[T, C, height, width]`` that im2col unrolled into ``bool[T, M, K]`` rows.

    Pixels that no kernel position reads are 0; so are the others unless some row says 1.
    """
    kernel, stride, padding = convolution.kernel, convolution.stride, convolution.padding
    down, across = (convolution.positions(extent) for extent in (height, width))
    timesteps, _, taps = rows.shape
    channels = taps // kernel**2
    windows = rows.reshape(timesteps, down, across, channels, kernel, kernel)
    padded = np.zeros(
        (timesteps, channels, height + 2 * padding, width + 2 * padding), dtype=np.bool_
    )
    for y in range(kernel):
        for x in range(kernel):
            read = padded[:, :, y : y + stride * down : stride, x : x + stride * across : stride]
            read |= windows[..., y, x].transpose(0, 3, 1, 2)
    return np.ascontiguousarray(padded[:, :, padding : padding + height, padding : padding + width])


def multiplicity(height: int, width: int, convolution: Convolution) -> NDArray[np.int64]:
    """``int64[H, W]``: how many rows of the im2col matrix hold each pixel of a map."""
    along = [_reads(extent, convolution) for extent in (height, width)]
    return np.outer(along[0], along[1])


def _reads(extent: int, convolution: Convolution) -> NDArray[np.int64]:
    reads = np.zeros(extent, dtype=np.int64)
    for position in range(convolution.positions(extent)):
        first = position * convolution.stride - convolution.padding
        reads[max(first, 0) : max(first + convolution.kernel, 0)] += 1
    return reads
