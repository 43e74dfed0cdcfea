"""Write fibers into the bytes of a memory, and read them back (compiled)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.compiled import njit


@njit
def put(image: NDArray[np.uint8], at: int, value: int | np.uint64, width: int) -> None:
    """Write the lowest ``width`` bits of ``value`` at bit ``at`` of a memory that is 0 there."""
    rest = np.uint64(value)
    while width > 0:
        shift = at & 7
        taken = min(8 - shift, width)
        piece = rest & np.uint64((1 << taken) - 1)
        image[at >> 3] |= np.uint8(piece << np.uint64(shift))
        rest >>= np.uint64(taken)
        at += taken
        width -= taken


@njit
def get(image: NDArray[np.uint8], at: int, width: int) -> np.uint64:
    """The ``width`` bits at bit ``at``."""
    value = np.uint64(0)
    done = 0
    while done < width:
        shift = at & 7
        taken = min(8 - shift, width - done)
        piece = (np.uint64(image[at >> 3]) >> np.uint64(shift)) & np.uint64((1 << taken) - 1)
        value |= piece << np.uint64(done)
        done += taken
        at += taken
    return value


@njit
def write_fibers(
    values: NDArray[np.unsignedinteger],
    starts: NDArray[np.int64],
    pointers: NDArray[np.int64],
    line_bits: int,
    pointer_bits: int,
    value_bits: int,
    image: NDArray[np.uint8],
) -> None:
    """Write every row of ``values`` as a fiber into an ``image`` of zeros.

    Args:
        values: ``uint[rows, length]``; 0 is no value.
        starts: ``int64[rows]``, the line each fiber starts at.
        pointers: ``int64[rows]``, the line its values start at, 0 where they follow the pointer.
        line_bits: of a line.
        pointer_bits: of a pointer.
        value_bits: of a value.
        image: ``uint8[bytes]``.
    """
    rows, length = values.shape
    for row in range(rows):
        at = int(starts[row]) * line_bits
        for k in range(length):
            if values[row, k] != 0:
                image[(at + k) >> 3] |= np.uint8(1 << ((at + k) & 7))
        put(image, at + length, int(pointers[row]), pointer_bits)
        at += length + pointer_bits
        if pointers[row] != 0:
            at = int(pointers[row]) * line_bits
        for k in range(length):
            if values[row, k] != 0:
                put(image, at, np.uint64(values[row, k]), value_bits)
                at += value_bits


@njit
def read_fibers(
    image: NDArray[np.uint8],
    starts: NDArray[np.int64],
    line_bits: int,
    pointer_bits: int,
    value_bits: int,
    values: NDArray[np.unsignedinteger],
) -> None:
    """Read fibers into ``values``, ``uint[rows, length]`` of zeros; undoes write_fibers."""
    rows, length = values.shape
    for row in range(rows):
        bitmask = int(starts[row]) * line_bits
        pointer = int(get(image, bitmask + length, pointer_bits))
        at = pointer * line_bits if pointer != 0 else bitmask + length + pointer_bits
        for k in range(length):
            if (image[(bitmask + k) >> 3] >> ((bitmask + k) & 7)) & 1:
                values[row, k] = get(image, at, value_bits)
                at += value_bits


@njit
def count_values(image: NDArray[np.uint8], at: int, length: int) -> int:
    """Set bits of the bitmask of ``length`` bits at bit ``at``."""
    count = 0
    for bit in range(at, at + length):
        count += (image[bit >> 3] >> (bit & 7)) & 1
    return count
