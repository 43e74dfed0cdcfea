"""Products of Boolean matrices, 64 bits at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from loas_tl.ground.bits import set_bits
from loas_tl.ground.compiled import njit

Words = npt.NDArray[np.uint64]


def pack(bits: npt.NDArray[np.bool_]) -> Words:
    """Rows of Booleans as rows of 64-bit words, filled up with zeros.

    Args:
        bits: bool[..., columns].

    Returns:
        uint64[..., words].
    """
    packed = np.packbits(bits, axis=-1, bitorder="little")
    missing = -packed.shape[-1] % 8
    if missing:
        packed = np.pad(packed, [(0, 0)] * (packed.ndim - 1) + [(0, missing)])
    return np.ascontiguousarray(packed).view(np.uint64)


@njit
def common(left: Words, right: Words) -> npt.NDArray[np.int32]:
    """How many bits each row of one matrix has in common with each row of the other.

    Args:
        left: uint64[batch, rows, words].
        right: uint64[batch, columns, words].

    Returns:
        int32[batch, rows, columns].
    """
    batch, rows, words = left.shape
    columns = right.shape[1]
    result = np.zeros((batch, rows, columns), np.int32)
    for b in range(batch):
        for i in range(rows):
            for j in range(columns):
                total = 0
                for v in range(words):
                    total += set_bits(left[b, i, v] & right[b, j, v])
                result[b, i, j] = total
    return result
