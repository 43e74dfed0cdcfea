"""What goes from layer to layer: packed spikes of a feature map or of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.errors import InputError
from loas_tl.workload.im2col import Convolution, im2col
from loas_tl.workload.layer import as_spikes, pack


@dataclass(frozen=True, eq=False)
class Signal:
    """The spikes that a layer hands on.

    Attributes:
        words: ``uint[rows, channels]``, packed; the rows of a map are its pixels, row by row.
        timesteps: T.
        extent: height and width of the map; None where the rows are not those of a map.
    """

    words: NDArray[np.unsignedinteger]
    timesteps: int
    extent: tuple[int, int] | None

    @classmethod
    def of(cls, spikes: object) -> Signal:
        """First spikes: ``bool[T,C,H,W]`` (a map), ``[T,M,K]`` (rows) or ``[T,K]`` (one row)."""
        array = np.asarray(spikes)
        if array.ndim == 4 and array.dtype.kind in "biuf":
            timesteps, channels, height, width = array.shape
            rows = array.reshape(timesteps, channels, height * width).transpose(0, 2, 1)
            checked = as_spikes(rows, None, "first_spikes")
            return cls(pack(checked), timesteps, (height, width))
        if array.ndim not in (2, 3) or array.dtype.kind not in "biuf":
            raise InputError(
                f"has dtype {array.dtype} and shape {list(array.shape)}; "
                "expected bool[T,C,H,W], bool[T,M,K] or bool[T,K]",
                key="first_spikes",
            )
        rows = array[:, np.newaxis] if array.ndim == 2 else array
        checked = as_spikes(rows, None, "first_spikes")
        return cls(pack(checked), checked.shape[0], None)

    def rows(self, convolution: Convolution | None, key: str) -> NDArray[np.unsignedinteger]:
        """The packed operand of a layer, ``uint[M, K]``; ``key`` names it in an error."""
        if convolution is None:
            # A whole map is one row, in the order of its channels.
            return self.words if self.extent is None else self.words.T.reshape(1, -1)
        if self.extent is None:
            raise InputError("reads rows with a convolution; expected a map", key=key)
        height, width = self.extent
        if not convolution.fits(height, width):
            raise InputError(f"a {convolution} does not fit a {height}x{width} map", key=key)
        # A word is moved as a whole: im2col is the same for all timesteps.
        return im2col(self.words.T.reshape(1, -1, height, width), convolution)[0]

    def pooled(self, pool: int, key: str) -> Signal:
        """Max pooling of spikes, the OR of ``pool x pool`` pixels; what is left over is dropped."""
        if pool == 1:
            return self
        if self.extent is None or pool > min(self.extent):
            what = "rows" if self.extent is None else "a {}x{} map".format(*self.extent)
            raise InputError(f"{pool}x{pool} pooling of {what}; expected a larger map", key=key)
        height, width = (extent // pool for extent in self.extent)
        maps = self.words.reshape(*self.extent, -1)[: height * pool, : width * pool]
        blocks = maps.reshape(height, pool, width, pool, -1)
        words = np.bitwise_or.reduce(np.bitwise_or.reduce(blocks, axis=3), axis=1)
        return Signal(words.reshape(height * width, -1), self.timesteps, (height, width))
