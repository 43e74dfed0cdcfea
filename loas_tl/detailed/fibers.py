"""Where the fibers of an operand lie in the cache: which line, hence which bank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loas_tl.detailed.bitmask import Bitmasks
from loas_tl.detailed.system import System

POINTER_BITS = 32


@dataclass(frozen=True, eq=False)
class FiberLines:
    """Lines of the fibers of an operand; fibers follow each other, each from a line's start.

    Attributes:
        masks: their bitmasks.
        value_bits: width of a value; 0 where the bitmask is all there is.
        start: ``int64[fibers]``, the first line of each fiber: its bitmask and pointer.
        values: ``int64[fibers]``, the first line of its values.
        end: ``int64[fibers]``, the line after its last.
    """

    masks: Bitmasks
    value_bits: int
    start: NDArray[np.int64]
    values: NDArray[np.int64]
    end: NDArray[np.int64]

    @property
    def last(self) -> int:
        """The line after the last fiber."""
        return int(self.end[-1])

    @property
    def mask_lines(self) -> NDArray[np.int64]:
        """``int64[fibers]``: lines of bitmask and pointer."""
        return self.values - self.start

    @property
    def value_lines(self) -> NDArray[np.int64]:
        """``int64[fibers]``: lines of values."""
        return self.end - self.values


def lay_out(masks: Bitmasks, value_bits: int, system: System, first_line: int) -> FiberLines:
    """Place the fibers one after the other (LoAS, MICRO 2024, section IV-B).

    Args:
        masks: the fibers.
        value_bits: width of a value; 0 for fibers without values, which need no pointer either.
        system: the cache.
        first_line: where the first fiber starts.
    """
    fibers = masks.words.shape[0]
    mask_bits = masks.length + (POINTER_BITS if value_bits else 0)
    of_mask = np.full(fibers, -(-mask_bits // system.line_bits), dtype=np.int64)
    of_values = system.lines(masks.nnz * value_bits)
    end = first_line + np.cumsum(of_mask + of_values)
    start = end - of_mask - of_values
    return FiberLines(masks, value_bits, start, start + of_mask, end)
