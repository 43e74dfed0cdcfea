"""Rows of a spike matrix as words, one for each run of inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.errors import InputError

WIDEST = 64
"""Inputs of a run at most: a word of 64 bits."""


def unrolled(spikes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The rows of all timesteps as one matrix, pixel by pixel, the timestep running fastest.

    Args:
        spikes: ``bool[T, M, K]``.

    Returns:
        ``bool[M * T, K]``.
    """
    timesteps, m, k = spikes.shape
    return np.ascontiguousarray(spikes.transpose(1, 0, 2)).reshape(m * timesteps, k)


def as_words(rows: NDArray[np.bool_], run: int) -> NDArray[Any]:
    """Cut rows into runs of inputs, a word each.

    Args:
        rows: ``bool[R, K]``.
        run: inputs of a run, 1 to 64; the last one may be cut off.

    Returns:
        ``uint[ceil(K / run), R]``, the narrowest word that holds a run; input i of a run is bit i.

    Raises:
        InputError: where a run does not fit in a word.
    """
    if not 1 <= run <= WIDEST:
        raise InputError(f"a run of {run} inputs; expected 1 to {WIDEST}")
    count, k = rows.shape
    width = next(bits for bits in (8, 16, 32, 64) if run <= bits)
    runs = -(-k // run)
    if k == runs * run == runs * width:
        padded = np.ascontiguousarray(rows)
    else:
        padded = np.zeros((count, runs, width), dtype=np.bool_)
        whole = k // run
        padded[:, :whole, :run] = rows[:, : whole * run].reshape(count, whole, run)
        padded[:, whole:, : k - whole * run] = rows[:, np.newaxis, whole * run :]
    packed = np.packbits(padded.reshape(count, -1), axis=1, bitorder="little")
    words = packed.view(f"<u{width // 8}").astype(f"u{width // 8}", copy=False)
    return np.ascontiguousarray(words.T)


def from_words(words: NDArray[Any], run: int, k: int) -> NDArray[np.bool_]:
    """The rows ``bool[R, K]`` of words ``uint[runs, R]``; undoes :func:`as_words`."""
    width = 8 * words.dtype.itemsize
    runs, count = words.shape
    packed = np.ascontiguousarray(words.T).astype(f"<u{width // 8}", copy=False).view(np.uint8)
    bits = np.unpackbits(packed, axis=1, bitorder="little").reshape(count, runs, width)
    return bits[:, :, :run].reshape(count, runs * run)[:, :k].astype(np.bool_)
