"""The spMspM of a layer as LoAS sums it up, in the order that is fast on a CPU."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.bits import lowest_bit
from loas_tl.ground.compiled import njit
from loas_tl.ground.compressed import CompressedRows, compress
from loas_tl.ground.errors import InputError
from loas_tl.ground.memory import require
from loas_tl.kernel.blocks import in_blocks
from loas_tl.workload.layer import Layer


def spmspm(x: object, w: object) -> NDArray[np.int32]:
    """``O[t, m, n] = sum_k x[t, m, k] * w[k, n]``, exactly.

    Every active neuron's weights go into one pseudo-sum as if it fired in every timestep, and once
    more into the correction of each timestep in which it does not; a timestep's output is the
    pseudo-sum less its correction. Each output gets its matches in the order in which a TPPE meets
    them, so all sums are those of :func:`~loas_tl.kernel.spmspm_report`, which finds the matches
    with bitmasks and prefix-sums and watches the widths of the accumulators; here a row of
    spikes walks the rows of the weights that it matches.

    Args:
        x: ``bool[T, M, K]`` spikes, T from 1 to 64.
        w: ``integer[K, N]`` weights, -128 to 127.

    Returns:
        ``int32[T, M, N]``.

    Raises:
        InputError: where a tensor is not of that kind, the two have another K, or K is so large
            that an output might not fit 32 bits.

    Source: LoAS (MICRO 2024, arXiv:2407.14073), section IV-C.

    >>> import loas_tl
    >>> x = [[[1, 0, 1]], [[1, 0, 0]]]  # T = 2, M = 1, K = 3
    >>> w = [[5, -1], [9, 9], [0, 2]]  # K = 3, N = 2
    >>> loas_tl.spmspm(x, w).tolist()
    [[[5, 1]], [[5, -1]]]
    """
    layer = checked(x, w)
    return multiply(compress(layer.packed), compress(layer.weights), layer.T)


def checked(x: object, w: object) -> Layer:
    """The operands as a layer; raises InputError where they cannot be multiplied exactly."""
    layer = Layer("spmspm", x, w)  # type: ignore[arg-type]
    check_depth(layer.K, "spmspm")
    return layer


def check_depth(k: int, key: str) -> None:
    """Raise InputError where an output of K products might not fit 32 bits."""
    most = np.iinfo(np.int32).max // 128
    if k > most:
        raise InputError(
            f"K is {k}; expected at most {most}, so that every output fits 32 bits", key=key
        )


def multiply(words: CompressedRows, weights: CompressedRows, timesteps: int) -> NDArray[np.int32]:
    """As :func:`spmspm`, of packed words ``[M, K]`` and weights ``[K, N]`` that are compressed."""
    rows, columns = words.shape[1], weights.shape[2]
    require(4 * timesteps * rows * columns, "the outputs")
    outputs = np.empty((timesteps, rows, columns), dtype=np.int32)
    signed = weights.values.astype(np.uint8).view(np.int8)
    matches = int(np.diff(weights.starts)[words.cols].sum())

    def work(first: int, end: int) -> None:
        _multiply_rows(
            *(words.starts, words.cols, words.values),
            *(weights.starts, weights.cols, signed),
            *(first, end, outputs),
        )

    in_blocks(work, rows, matches)
    return outputs


@njit
def _multiply_rows(
    x_starts: NDArray[np.int64],
    x_cols: NDArray[np.int32],
    x_words: NDArray[np.uint64],
    w_starts: NDArray[np.int64],
    w_cols: NDArray[np.int32],
    w_values: NDArray[np.int8],
    first: int,
    end: int,
    outputs: NDArray[np.int32],
) -> None:
    timesteps, _, columns = outputs.shape
    all_ones = np.uint64(0xFFFF_FFFF_FFFF_FFFF) >> np.uint64(64 - timesteps)
    pseudo = np.zeros(columns, dtype=np.int32)
    corrections = np.zeros((timesteps, columns), dtype=np.int32)
    for row in range(first, end):
        pseudo[:] = 0
        corrections[:] = 0
        for at in range(x_starts[row], x_starts[row + 1]):
            begin, stop = w_starts[x_cols[at]], w_starts[x_cols[at] + 1]
            for i in range(begin, stop):
                pseudo[w_cols[i]] += w_values[i]
            silent = x_words[at] ^ all_ones  # nothing to correct where the word is all ones
            while silent != 0:
                correction = corrections[np.int64(lowest_bit(silent))]
                for i in range(begin, stop):
                    correction[w_cols[i]] += w_values[i]
                silent &= silent - np.uint64(1)
        for t in range(timesteps):
            for n in range(columns):
                outputs[t, row, n] = pseudo[n] - corrections[t, n]
