"""StSAP: rows of a systolic array's columns that do not overlap share a slot.

Source: PTB (HPCA 2022), spatiotemporally-non-overlapping spiking activity packing, as Prosperity's
public simulator has it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.compiled import njit
from loas_tl.sparsity.words import as_words


def packed_rows(rows: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rows that are left of each matrix once non-overlapping ones share a slot.

    Rows without a one vanish, full rows stay. Of the others, in order, each that no earlier one
    took takes the first later one that nobody took and that it does not overlap with.

    Args:
        rows: ``bool[matrices, rows, columns]``, 16 columns at most.

    Returns:
        ``int64[matrices]``.
    """
    matrices, count, columns = rows.shape
    words = as_words(rows.reshape(-1, columns), 8 if columns <= 8 else 16)
    return _pack(words.reshape(matrices, count), np.uint16(2**columns - 1))


@njit
def _pack(words: NDArray[Any], full: np.uint16) -> NDArray[np.int64]:
    """A queue of rows for each pattern; the row to take heads one of the fitting queues."""
    matrices, count = words.shape
    left = np.zeros(matrices, dtype=np.int64)
    patterns = np.int64(full) + 1
    head = np.empty(patterns, dtype=np.int64)
    tail = np.empty(patterns, dtype=np.int64)
    follows = np.empty(count, dtype=np.int64)
    taken = np.empty(count, dtype=np.bool_)
    for which in range(matrices):
        head[:] = -1
        taken[:] = False
        partial = 0
        for row in range(count):
            word = words[which, row]
            if word == 0:
                continue
            if word == full:
                left[which] += 1
                continue
            partial += 1
            follows[row] = -1
            if head[word] < 0:
                head[word] = row
            else:
                follows[tail[word]] = row
            tail[word] = row
        left[which] += partial
        for row in range(count):
            word = words[which, row]
            if word == 0 or word == full:
                continue
            if head[word] == row:
                head[word] = follows[row]
            if taken[row]:
                continue
            rest = np.int64(full) & ~np.int64(word)
            best = -1
            other = rest
            while other > 0:  # every pattern that does not overlap
                if head[other] >= 0 and (best < 0 or head[other] < best):
                    best = head[other]
                other = (other - 1) & rest
            if best >= 0:
                taken[best] = True
                head[words[which, best]] = follows[best]
                left[which] -= 1
    return left
