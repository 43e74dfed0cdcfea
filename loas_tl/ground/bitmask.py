"""Bitmasks of fibers, cut into chunks and packed into machine words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.bits import set_bits
from loas_tl.ground.compiled import njit

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
        return self.nnz_of_chunks.sum(axis=1)

    @property
    def nnz_of_chunks(self) -> NDArray[np.int64]:
        """``int64[fibers, chunks]``: set bits of each chunk."""
        counts: NDArray[np.int64] = np.empty(self.words.shape[:2], dtype=np.int64)
        _count(self.words, counts)
        return counts


@njit
def _count(words: NDArray[np.uint64], counts: NDArray[np.int64]) -> None:
    for fiber in range(words.shape[0]):
        for c in range(words.shape[1]):
            total = 0
            for v in range(words.shape[2]):
                total += set_bits(words[fiber, c, v])
            counts[fiber, c] = total
