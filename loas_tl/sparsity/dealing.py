"""Rows dealt out to processing elements, each to the one that has least to do.

Source: SATO (DAC 2022) as Prosperity's public simulator has it, in place of its bucket sort.
"""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray


def deal(work: NDArray[np.int64], pes: int) -> NDArray[np.int64]:
    """Deal rows out in order; of several PEs that have least to do, the first takes the row.

    Args:
        work: ``int64[rows]``, what each row adds to its PE.
        pes: processing elements.

    Returns:
        ``int64[pes]``, the load of each.
    """
    # Without work nothing changes hands, so that order among equals is that of the numbers.
    heap = [(0, pe) for pe in range(pes)]
    for row in work[work > 0].tolist():
        load, pe = heap[0]
        heapq.heapreplace(heap, (load + row, pe))
    loads = np.zeros(pes, dtype=np.int64)
    for load, pe in heap:
        loads[pe] = load
    return loads
