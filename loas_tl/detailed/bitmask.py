"""Bitmasks of fibers, cut into chunks and packed into machine words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

WORD = 64


@dataclass(frozen=True, eq=False)
class Bitmasks:
    """The bitmasks of all fibers of an operand.

    Attributes:
        words: ``uint64[fibers, chunks, words]``; bit b of word v of chunk c stands for position
            ``c * chunk + v * 64 + b``. Positions past the end of a fiber are 0.
        chunk: bits of a chunk.
        length: positions of a fiber, K.
    """

    words: NDArray[np.uint64]
    chunk: int
    length: int

    @classmethod
    def of(cls, matrix: NDArray[np.generic], chunk: int) -> Bitmasks:
        """The bitmasks of the rows of ``[fibers, K]``; a bit is set where the element is not 0."""
        fibers, length = matrix.shape
        chunks, words = -(-length // chunk), -(-chunk // WORD)
        bits = np.zeros((fibers, chunks, words * WORD), dtype=np.bool_)
        padded = np.zeros((fibers, chunks * chunk), dtype=np.bool_)
        padded[:, :length] = matrix != 0
        bits[:, :, :chunk] = padded.reshape(fibers, chunks, chunk)
        packed = np.packbits(bits, axis=-1, bitorder="little").view("<u8")
        return cls(packed.astype(np.uint64, copy=False), chunk, length)

    @property
    def nnz(self) -> NDArray[np.int64]:
        """``int64[fibers]``: set bits of each fiber."""
        counts: NDArray[np.int64] = np.empty(self.words.shape[0], dtype=np.int64)
        _count(self.words, counts)
        return counts


@njit(cache=True, nogil=True)
def popcount(word: np.uint64) -> int:
    """Set bits of a 64-bit word."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + (
        (word >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True, nogil=True)
def _count(words: NDArray[np.uint64], counts: NDArray[np.int64]) -> None:
    for fiber in range(words.shape[0]):
        total = 0
        for c in range(words.shape[1]):
            for v in range(words.shape[2]):
                total += popcount(words[fiber, c, v])
        counts[fiber] = total
