"""Turn feature maps into the rows of a spMspM, and count how often im2col reads each pixel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.errors import InputError

Element = TypeVar("Element", bound=np.generic)

Pair = tuple[int, int]

SAME = "same"
"""The padding that keeps a map's extent at stride 1, as PyTorch and Keras call it."""


@dataclass(frozen=True, init=False)
class Convolution:
    """A kernel sliding over a feature map; every pair is (down, across).

    Attributes:
        kernel: height and width of the kernel.
        stride: steps of the kernel.
        padding: zeros around the map: (above, below) and (left, right).
        dilation: distances of neighbouring kernel positions; 1 is a kernel without holes.

    Raises:
        InputError: for ``"same"`` with a stride other than 1, and for other words as padding.

    >>> str(Convolution(3, padding=1))
    '3x3 kernel with padding 1'
    >>> Convolution(3, stride=2, padding=1).output(32, 32)
    (16, 16)
    """

    kernel: Pair
    stride: Pair
    padding: tuple[Pair, Pair]
    dilation: Pair

    def __init__(
        self,
        kernel: int | Pair,
        stride: int | Pair = 1,
        padding: int | Pair | tuple[Pair, Pair] | str = 0,
        dilation: int | Pair = 1,
    ) -> None:
        """One number stands for both ways.

        Args:
            kernel: extent.
            stride: steps.
            padding: zeros on each side, (above and below, left and right), the four of them in
                two pairs, or ``"same"``; of an odd number of zeros the larger half is below or
                to the right, as PyTorch has it.
            dilation: distances.

        Raises:
            InputError: for ``"same"`` with a stride other than 1, and for other words.
        """
        object.__setattr__(self, "kernel", _pair(kernel))
        object.__setattr__(self, "stride", _pair(stride))
        object.__setattr__(self, "dilation", _pair(dilation))
        if isinstance(padding, str):
            if padding != SAME:
                raise InputError(f"is {padding!r}; expected numbers or {SAME!r}", key="padding")
            if self.stride != (1, 1):
                raise InputError(f"{SAME!r} goes with stride 1 only", key="padding")
            missing = [width - 1 for width in self.window]
            around = (missing[0] // 2, -(-missing[0] // 2)), (missing[1] // 2, -(-missing[1] // 2))
        else:
            down, across = _pair(padding)
            around = _pair(down), _pair(across)
        object.__setattr__(self, "padding", around)

    @property
    def taps(self) -> int:
        """Kernel positions."""
        return self.kernel[0] * self.kernel[1]

    @property
    def window(self) -> Pair:
        """Height and width of what the kernel spans, holes included."""
        down, across = (d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True))
        return down, across

    def output(self, height: int, width: int) -> Pair:
        """Height and width of the output.

        Args:
            height: of the map that is read, in pixels.
            width: of the same.

        Returns:
            Both in pixels; 0 or less where the kernel does not fit.
        """
        down, across = (
            (extent + sum(padding) - window) // stride + 1
            for extent, padding, window, stride in zip(
                (height, width), self.padding, self.window, self.stride, strict=True
            )
        )
        return down, across

    def fits(self, height: int, width: int) -> bool:
        """Whether there is an output at all.

        Args:
            height: of the map that is read, in pixels.
            width: of the same.

        Returns:
            True where the kernel fits into the padded map.
        """
        return min(self.output(height, width)) >= 1

    def __str__(self) -> str:
        """As ``3x3 kernel with padding 1``, and what else is not usual."""
        (above, below), (left, right) = self.padding
        sides = str(above) if above == below == left == right else str([*self.padding])
        if (above, left) == (below, right) and above != left:
            sides = str([above, left])
        words = f"{self.kernel[0]}x{self.kernel[1]} kernel with padding {sides}"
        for name in ("stride", "dilation"):
            down, across = getattr(self, name)
            if (down, across) != (1, 1):
                words += f", {name} {down if down == across else [down, across]}"
        return words


def _pair(value: object) -> tuple[int, int]:
    """A number twice, or the two that are given."""
    if isinstance(value, tuple | list):
        first, second = value
        return first, second
    return value, value  # type: ignore[return-value]


def im2col(maps: NDArray[Element], convolution: Convolution) -> NDArray[Element]:
    """Unroll maps into rows, one for each output pixel.

    Args:
        maps: ``bool[T, C, H, W]``, or any other dtype.
        convolution: how they are read.

    Returns:
        ``bool[T, M, K]``, of the dtype of the maps. M runs over the output pixels row by row; of K
        the channel is the slow index and the kernel position (row by row) the fast one.

    >>> import numpy as np
    >>> im2col(np.arange(9).reshape(1, 1, 3, 3), Convolution(2))[0].tolist()
    [[0, 1, 3, 4], [1, 2, 4, 5], [3, 4, 6, 7], [4, 5, 7, 8]]
    """
    timesteps, channels, height, width = maps.shape
    down, across = convolution.output(height, width)
    (above, below), (left, right) = convolution.padding
    padded = np.zeros(
        (timesteps, height + above + below, width + left + right, channels), dtype=maps.dtype
    )
    padded[:, above : above + height, left : left + width] = maps.transpose(0, 2, 3, 1)
    rows = np.empty((timesteps, down, across, channels, *convolution.kernel), dtype=maps.dtype)
    for (y, x), read in _reads(convolution, down, across):
        rows[..., y, x] = padded[:, read[0], read[1]]
    return rows.reshape(timesteps, down * across, channels * convolution.taps)


def fold(
    rows: NDArray[np.bool_], convolution: Convolution, height: int, width: int
) -> NDArray[np.bool_]:
    """The map that :func:`im2col` unrolled.

    Args:
        rows: ``bool[T, M, K]``.
        convolution: how they were read.
        height: of the map, in pixels.
        width: of the same.

    Returns:
        ``bool[T, C, height, width]``. Pixels that no kernel position reads are 0; so are the
        others unless some row says 1.
    """
    down, across = convolution.output(height, width)
    (above, below), (left, right) = convolution.padding
    timesteps, _, depth = rows.shape
    channels = depth // convolution.taps
    windows = rows.reshape(timesteps, down, across, channels, *convolution.kernel)
    padded = np.zeros(
        (timesteps, channels, height + above + below, width + left + right), dtype=np.bool_
    )
    for (y, x), read in _reads(convolution, down, across):
        padded[:, :, read[0], read[1]] |= windows[..., y, x].transpose(0, 3, 1, 2)
    return np.ascontiguousarray(padded[:, :, above : above + height, left : left + width])


def multiplicity(height: int, width: int, convolution: Convolution) -> NDArray[np.int64]:
    """How many rows of the im2col matrix hold each pixel of a map.

    Args:
        height: of the map, in pixels.
        width: of the same.
        convolution: how it is read.

    Returns:
        ``int64[H, W]``.
    """
    down, across = convolution.output(height, width)
    (above, below), (left, right) = convolution.padding
    counts = np.zeros((height + above + below, width + left + right), dtype=np.int64)
    for _, read in _reads(convolution, down, across):
        counts[read] += 1
    return counts[above : above + height, left : left + width]


def _reads(
    convolution: Convolution, down: int, across: int
) -> Iterator[tuple[Pair, tuple[slice, slice]]]:
    """For each kernel position, which pixels of the padded map it reads, one an output."""
    (sy, sx), (dy, dx) = convolution.stride, convolution.dilation
    for y, x in product(*(range(extent) for extent in convolution.kernel)):
        rows = slice(y * dy, y * dy + sy * (down - 1) + 1, sy)
        columns = slice(x * dx, x * dx + sx * (across - 1) + 1, sx)
        yield (y, x), (rows, columns)
