"""Where the chunks of an operand's fibers lie in the cache: which line, hence which bank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loas_tl.fiber.layout import Layout
from loas_tl.ground.bitmask import Bitmasks
from loas_tl.models.machine import System


@dataclass(frozen=True, eq=False)
class ChunkLines:
    """Where the chunks of an operand lie, fiber by fiber.

    A chunk's bitmask, its pointer and its values lie together, as
    :class:`~loas_tl.fiber.layout.Layout` has them, from the start of a line on. A fiber without
    values is a bitmask and nothing else, whose chunks share lines; it starts at a line of its own.

    Attributes:
        masks: the bitmasks.
        value_bits: width of a value; 0 where the bitmask is all there is.
        start: ``int64[fibers, chunks]``, the first line of a chunk that was not fetched with the
            chunk before.
        headers: ``int64[fibers, chunks]``, such lines with its bitmask and pointer.
        values: ``int64[fibers, chunks]``, the bit of the cache at which its values start.
        value_lines: ``int64[fibers, chunks]``, lines that its values take beyond the headers.
        end: the line after the last fiber.
    """

    masks: Bitmasks
    value_bits: int
    start: NDArray[np.int64]
    headers: NDArray[np.int64]
    values: NDArray[np.int64]
    value_lines: NDArray[np.int64]
    end: int

    def part(self, first: int, last: int) -> ChunkLines:
        """Some of the fibers, where they are."""
        masks = Bitmasks(self.masks.words[first:last], self.masks.chunk, self.masks.length)
        return ChunkLines(
            masks,
            self.value_bits,
            self.start[first:last],
            self.headers[first:last],
            self.values[first:last],
            self.value_lines[first:last],
            self.end,
        )


def lay_out(
    masks: Bitmasks, value_bits: int, pointer_bits: int, system: System, first_line: int
) -> ChunkLines:
    """Place the fibers one after the other.

    Args:
        masks: the fibers.
        value_bits: width of a value; 0 for fibers without values, which need no pointer either.
        pointer_bits: of a pointer.
        system: the cache.
        first_line: where the first fiber starts.

    Source: LoAS (MICRO 2024), section IV-A: bitmask, pointer and values in cache lines.
    """
    fibers, chunks = masks.words.shape[:2]
    if not value_bits:
        return _bare(masks, system, first_line)
    nnz = masks.nnz_of_chunks
    layout = Layout(masks.chunk, value_bits, system.line_bytes, pointer_bits)
    header, lines, follows = layout.header_lines, layout.lines(nnz), layout.follows(nnz)
    ends = first_line + np.cumsum(lines).reshape(fibers, chunks)
    start = ends - lines
    offset = np.where(follows, layout.header_bits, header * system.line_bits)
    return ChunkLines(
        masks,
        value_bits,
        start,
        np.full_like(start, header),
        start * system.line_bits + offset,
        lines - header,
        end=int(ends[-1, -1]),
    )


def _bare(masks: Bitmasks, system: System, first_line: int) -> ChunkLines:
    fibers, chunks = masks.words.shape[:2]
    first = np.arange(chunks) * masks.chunk // system.line_bits
    last = (np.minimum(np.arange(1, chunks + 1) * masks.chunk, masks.length) - 1) // (
        system.line_bits
    )
    fetched = np.append(-1, last[:-1])  # the last line that came with the chunks before
    start = np.maximum(first, fetched + 1)
    of_fiber = int(last[-1]) + 1
    starts = first_line + np.arange(fibers)[:, np.newaxis] * of_fiber + start
    nothing = np.zeros_like(starts)
    headers = np.broadcast_to(last - start + 1, starts.shape).copy()
    return ChunkLines(
        masks, 0, starts, headers, nothing, nothing, end=first_line + fibers * of_fiber
    )
