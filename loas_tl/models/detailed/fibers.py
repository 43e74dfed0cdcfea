"""Where the fibers of an operand lie in the cache: which line, hence which bank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loas_tl.fiber.layout import Layout
from loas_tl.ground.bitmask import Bitmasks
from loas_tl.models.machine import System


@dataclass(frozen=True, eq=False)
class FiberLines:
    """Where the fibers of an operand lie; they follow each other, each from a line's start.

    Attributes:
        masks: their bitmasks.
        value_bits: width of a value; 0 where the bitmask is all there is.
        start: ``int64[fibers]``, the first line of each fiber.
        values: ``int64[fibers]``, the bit of the cache at which its values start.
        mask_lines, value_lines: ``int64[fibers]``, lines of bitmask and pointer, and lines that
            its values take beyond those.
    """

    masks: Bitmasks
    value_bits: int
    start: NDArray[np.int64]
    values: NDArray[np.int64]
    mask_lines: NDArray[np.int64]
    value_lines: NDArray[np.int64]

    @property
    def end(self) -> int:
        """The line after the last fiber."""
        return int(self.start[-1] + self.mask_lines[-1] + self.value_lines[-1])

    def part(self, first: int, last: int) -> FiberLines:
        """Some of the fibers, where they are."""
        masks = Bitmasks(self.masks.words[first:last], self.masks.chunk, self.masks.length)
        arrays = (self.start, self.values, self.mask_lines, self.value_lines)
        return FiberLines(masks, self.value_bits, *(array[first:last] for array in arrays))


def lay_out(
    masks: Bitmasks, value_bits: int, pointer_bits: int, system: System, first_line: int
) -> FiberLines:
    """Place the fibers one after the other, as :class:`~loas_tl.fiber.Layout` has it.

    Args:
        masks: the fibers.
        value_bits: width of a value; 0 for fibers without values, which need no pointer either.
        pointer_bits: of a pointer.
        system: the cache.
        first_line: where the first fiber starts.
    """
    nnz = masks.nnz
    if value_bits:
        layout = Layout(masks.length, value_bits, system.line_bytes, pointer_bits)
        header, lines, follows = layout.header_lines, layout.lines(nnz), layout.follows(nnz)
        offset = np.where(follows, layout.header_bits, header * system.line_bits)
    else:
        header = -(-masks.length // system.line_bits)
        lines, offset = np.full_like(nnz, header), np.zeros_like(nnz)
    start = first_line + np.cumsum(lines) - lines
    return FiberLines(
        masks,
        value_bits,
        start,
        start * system.line_bits + offset,
        np.full_like(nnz, header),
        lines - header,
    )
