"""Recorded feature maps: which axis is what, pooling, and what a layer reads of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.errors import InputError
from loas_tl.workload.im2col import Convolution, Pair, im2col
from loas_tl.workload.layer import MAX_TIMESTEPS, as_binary, check_memory
from loas_tl.workload.weights import spikes_per_channel

EXPECTED_MAP = "bool[T,C,H,W] or bool[T,features] spikes"


@dataclass(frozen=True, eq=False)
class Maps:
    """What a layer reads.

    Attributes:
        maps: ``bool[samples, T, C, H, W]``.
        convolution: how; None where each map is one row.
        groups: of channels that are read apart.
    """

    maps: NDArray[np.bool_]
    convolution: Convolution | None
    groups: int

    @property
    def rows(self) -> NDArray[np.bool_]:
        """``bool[samples, T, 1, C * H * W]``: each map as one row."""
        samples, timesteps = self.maps.shape[:2]
        return self.maps.reshape(samples, timesteps, 1, -1)

    @property
    def depth(self) -> int:
        """K, of one group."""
        if self.convolution is None:
            return int(np.prod(self.maps.shape[2:]))
        return self.maps.shape[2] // self.groups * self.convolution.taps

    @property
    def shape(self) -> tuple[int, int, int]:
        """``[T, M, K]`` of one sample, as one group reads it."""
        timesteps, extent = self.maps.shape[1], self.maps.shape[3:]
        rows = 1 if self.convolution is None else prod(self.convolution.output(*extent))
        return timesteps, rows, self.depth

    def unrolled(self, sample: int) -> NDArray[np.bool_]:
        """``bool[T, M, K]`` of one sample, all groups side by side in K."""
        if self.convolution is None:
            return self.rows[sample]
        return im2col(self.maps[sample], self.convolution)

    def spikes_per_channel(self) -> NDArray[np.int64]:
        """``int64[C]``: how often im2col reads a spike of each channel, over all samples."""
        taps = 1 if self.convolution is None else self.convolution.taps
        counts = [
            spikes_per_channel(self.unrolled(sample), taps) for sample in range(len(self.maps))
        ]
        return np.sum(counts, axis=0, dtype=np.int64)


def maps_of(
    array: NDArray[np.generic],
    convolution: Convolution | None,
    *,
    line: bool = False,
    batch_axis: int | None = None,
    pool: Pair = (1, 1),
    groups: int = 1,
    file: object,
    key: str,
) -> Maps:
    """What a layer reads of a recorded array.

    Args:
        array: ``[T,C,H,W]``, ``[T,C,L]`` or ``[T,features]``, 0 or 1, with one more axis where
            ``batch_axis`` says which.
        convolution: how maps are read; None for a whole map as a row.
        line: whether maps have one dimension; they are given one of extent 1 above it.
        batch_axis: which axis counts samples; None for an array of one sample.
        pool: extent and stride of a max pooling before the map is read.
        groups: of channels.
        file: for messages.
        key: for messages.

    Raises:
        InputError: where the array is not such a one, or the kernel does not fit.
    """

    def refuse(problem: str) -> InputError:
        return InputError(problem, file=file, key=key)

    shape = list(array.shape)
    expected = f"expected {EXPECTED_MAP} with every extent at least 1"
    if array.dtype.kind not in "biuf" or 0 in shape:
        raise refuse(f"has dtype {array.dtype} and shape {shape}; {expected}")
    if batch_axis is not None:
        if batch_axis >= array.ndim:
            raise refuse(f"has shape {shape}, so that batch_axis {batch_axis} is none; {expected}")
        array = np.moveaxis(array, batch_axis, 0)
    else:
        array = array[np.newaxis]
    if line and array.ndim == 4:
        array = array[:, :, :, np.newaxis]
    elif array.ndim == 3 and not line:
        array = array[..., np.newaxis, np.newaxis]
    elif array.ndim != 5 or line:
        meant = "bool[T,C,L] spikes with every extent at least 1" if line else None
        raise refuse(
            f"has dtype {array.dtype} and shape {shape}; "
            + (f"expected {meant}" if meant else expected)
            + "; where an axis counts samples the YAML names it, as in 'batch_axis: 1' for "
            "[T,N,C,H,W] or [T,N,features]"
        )
    if array.shape[1] > MAX_TIMESTEPS:
        raise refuse(f"{array.shape[1]} timesteps; expected at most {MAX_TIMESTEPS}")
    maps = _binary(array, file, key)
    maps = _pooled(maps, pool, refuse)
    channels, height, width = maps.shape[2:]
    if channels % groups:
        raise refuse(f"has {channels} channels, which {groups} groups do not divide")
    if convolution is not None and not convolution.fits(height, width):
        raise refuse(f"a {convolution} does not fit a {height}x{width} map")
    if convolution is not None:
        down, across = convolution.output(height, width)
        rows = (maps.shape[1], down * across, channels * convolution.taps)
        check_memory(key, rows, 0, file)
    return Maps(maps, convolution, groups)


def _binary(array: NDArray[np.generic], file: object, key: str) -> NDArray[np.bool_]:
    try:
        return as_binary(array, file, key)
    except InputError as error:
        raise InputError(
            f"{error}; a layer that reads real values (an encoding layer, one after average "
            "pooling) is no spMspM: leave it out"
        ) from None


def _pooled(
    maps: NDArray[np.bool_], pool: Pair, refuse: Callable[[str], InputError]
) -> NDArray[np.bool_]:
    """Max pooling of spikes, which is an OR; what is left over is dropped."""
    if pool == (1, 1):
        return maps
    samples, timesteps, channels, *extent = maps.shape
    height, width = (side // by for side, by in zip(extent, pool, strict=True))
    if not height or not width:
        raise refuse(f"{pool[0]}x{pool[1]} pooling does not fit a {extent[0]}x{extent[1]} map")
    kept = maps[..., : height * pool[0], : width * pool[1]]
    blocks = kept.reshape(samples, timesteps, channels, height, pool[0], width, pool[1])
    return np.logical_or.reduce(blocks, axis=(4, 6))
