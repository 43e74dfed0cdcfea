"""What sparse matrices take in bits, format by format: exact formulas with stated widths.

All formats are given the narrowest coordinates that their extents allow
(:func:`coordinate_bits`) and pointers of one width, so that none is favoured. A spike needs no
value where its coordinate is stored (``value_bits=0``), and a stack of matrices (one for each
timestep) is stored matrix by matrix.

Source: of fibers LoAS (MICRO 2024), section IV-A; the other formats are common ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from loas_tl.fiber.layout import POINTER_BITS, Layout, whole_number

LONGEST_RUN_BITS = 16
"""Widest field of a run length that :func:`best_run_bits` considers."""


@dataclass(frozen=True)
class Size:
    """The bits of an operand in some format.

    Attributes:
        values: bits of the values themselves.
        metadata: bits of bitmasks, coordinates, run lengths and pointers.
        padding: bits that hold nothing.
        coordinates: how many coordinates, run lengths and pointers are stored.
    """

    values: int
    metadata: int
    padding: int = 0
    coordinates: int = 0

    @property
    def bits(self) -> int:
        """All of them."""
        return self.values + self.metadata + self.padding

    @classmethod
    def mean(cls, sizes: Sequence[Size]) -> Size:
        """The mean of several.

        Args:
            sizes: at least one.

        Returns:
            Their mean, each figure rounded to a whole number of bits.
        """
        parts = zip(*map(astuple, sizes), strict=True)
        return cls(*(round(sum(part) / len(sizes)) for part in parts))

    def __add__(self, other: Size) -> Size:
        return Size(
            self.values + other.values,
            self.metadata + other.metadata,
            self.padding + other.padding,
            self.coordinates + other.coordinates,
        )


def coordinate_bits(extent: int) -> int:
    """The narrowest width that tells ``extent`` positions apart: 0 for 1, 7 for 128."""
    return (whole_number(extent, "extent") - 1).bit_length()


def fiber_size(nonzeros: NDArray[np.int64], layout: Layout) -> Size:
    """Fibers with so many values each (``int64[fibers]``), without padding to lines."""
    values = int(nonzeros.sum()) * layout.value_bits
    return Size(values, nonzeros.size * layout.header_bits, 0, nonzeros.size)


def fiber_lines_size(nonzeros: NDArray[np.int64], layout: Layout) -> Size:
    """As :func:`fiber_size`, in whole lines, as they lie in memory."""
    bare = fiber_size(nonzeros, layout)
    in_lines = int(layout.lines(nonzeros).sum()) * layout.line_bits
    return Size(bare.values, bare.metadata, in_lines - bare.bits, bare.coordinates)


def csr_size(
    *, matrices: int, rows: int, columns: int, nonzeros: int, value_bits: int, pointer_bits: int
) -> Size:
    """Compressed sparse rows: for each non-zero its column, and ``rows + 1`` pointers a matrix."""
    pointers = matrices * (rows + 1)
    metadata = nonzeros * coordinate_bits(columns) + pointers * pointer_bits
    return Size(nonzeros * value_bits, metadata, 0, nonzeros + pointers)


def coo_size(
    *, matrices: int, rows: int, columns: int, nonzeros: int, value_bits: int, pointer_bits: int
) -> Size:
    """Coordinate lists: for each non-zero its row and column, and the length of each list."""
    of_each = coordinate_bits(rows) + coordinate_bits(columns)
    metadata = nonzeros * of_each + matrices * pointer_bits
    return Size(nonzeros * value_bits, metadata, 0, 2 * nonzeros + matrices)


def bitmask_size(*, matrices: int, rows: int, columns: int, nonzeros: int, value_bits: int) -> Size:
    """A bit for each position, then the values; of spikes the bits are the values."""
    positions = matrices * rows * columns
    return Size(nonzeros * value_bits, positions) if value_bits else Size(positions, 0)


def run_length_size(
    gaps: NDArray[np.int64],
    *,
    matrices: int,
    rows: int,
    value_bits: int,
    run_bits: int,
    pointer_bits: int = POINTER_BITS,
) -> Size:
    """Run-length codes: the zeros before each non-zero, row by row, and a pointer to each row.

    A field of ``run_bits`` holds how many zeros come before the next non-zero; all ones stands
    for ``2**run_bits - 1`` zeros and no non-zero yet. The zeros at the end of a row are left out.
    There are ``rows + 1`` pointers a matrix.

    Args:
        gaps: ``int64[longest + 1]``, how many non-zeros have that many zeros before them in their
            row, see :func:`gap_histogram`.
        matrices: of the stack.
        rows: of a matrix.
        value_bits: width of a value.
        run_bits: width of a run length.
        pointer_bits: width of a pointer.
    """
    fields = _run_fields(gaps, run_bits)
    pointers = matrices * (rows + 1)
    nonzeros = int(gaps.sum())
    metadata = fields * run_bits + pointers * pointer_bits
    return Size(nonzeros * value_bits, metadata, 0, fields + pointers)


def best_run_bits(gaps: NDArray[np.int64]) -> int:
    """The width of a run length, 1 to LONGEST_RUN_BITS, that takes the fewest bits."""
    widths = range(1, LONGEST_RUN_BITS + 1)
    return min(widths, key=lambda run_bits: _run_fields(gaps, run_bits) * run_bits)


def gap_histogram(matrix: NDArray[np.generic]) -> NDArray[np.int64]:
    """How many non-zeros of ``[rows, columns]`` have 0, 1, 2, ... zeros before them in their row.

    Returns ``int64[longest + 1]``.
    """
    columns = matrix.shape[1]
    at = np.flatnonzero(np.ascontiguousarray(matrix != 0))
    before = np.empty_like(at)
    before[:1] = -1
    before[1:] = at[:-1]
    # The position before a row's first, unless the non-zero before is in the same row.
    row_start = at - at % columns - 1
    return np.bincount(at - np.maximum(before, row_start) - 1).astype(np.int64)


def _run_fields(gaps: NDArray[np.int64], run_bits: int) -> int:
    longest = (1 << whole_number(run_bits, "run_bits", most=62)) - 1
    return int((gaps * (np.arange(gaps.size) // longest + 1)).sum())
