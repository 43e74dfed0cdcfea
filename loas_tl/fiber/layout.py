"""Where the parts of a fiber lie in the lines of a memory.

A fiber is one row of the spike matrix or one column of the weight matrix, of ``length`` (K)
positions. It starts at a line of its own::

    | bitmask, length bits | pointer | values, value_bits each          |   pointer is NULL
    | bitmask, length bits | pointer | unused |
    | values, value_bits each ...             |                             pointer names this line

- Bit i of the memory is bit ``i % 8`` of byte ``i // 8``; every field starts with its lowest bit.
  Nothing within a fiber is padded to bytes.
- Bit k of the bitmask is set where position k holds a value. A spike value is the packed word of T
  bits (timestep t in bit t), a weight value 8 bits in two's complement. Values follow in the
  order of their positions.
- Where all values fit into what the pointer's line has left, they follow the pointer directly, and
  the pointer is NULL. Otherwise they start at the next line, and the pointer is the number of that
  line, counted from the start of the memory. So fibers lie in consecutive lines.
- NULL is 0: line 0 always holds a bitmask, so values never start there.

Source: LoAS (MICRO 2024, arXiv:2407.14073), sections IV-A and IV-D: bitmask, pointer, values, the
NULL pointer and the 32-byte lines. The order of bits and the width of the pointer are not
published; 32 bits are assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.errors import InputError

MOST_LINE_BYTES = 2**20
LINE_BYTES = 32
"""Bytes of a line of LoAS's cache."""

POINTER_BITS = 32
"""Width of a pointer; not published."""

NULL = 0
"""The pointer of a fiber whose values follow in the same line."""


@dataclass(frozen=True)
class Layout:
    """The layout of fibers of one length.

    Attributes:
        length: positions of a fiber (K).
        value_bits: width of a value, 1 to 64: T for packed spikes, 8 for weights.
        line_bytes: bytes of a line, 1 to 2^20.
        pointer_bits: width of the pointer, 1 to 63.

    Raises:
        InputError: where one of them is out of range.
    """

    length: int
    value_bits: int
    line_bytes: int = LINE_BYTES
    pointer_bits: int = POINTER_BITS

    def __post_init__(self) -> None:
        for key, most in (("length", None), ("value_bits", 64), ("line_bytes", MOST_LINE_BYTES)):
            whole_number(getattr(self, key), key, most=most)
        whole_number(self.pointer_bits, "pointer_bits", most=63)

    @property
    def line_bits(self) -> int:
        """Bits of a line."""
        return 8 * self.line_bytes

    @property
    def header_bits(self) -> int:
        """Bits of bitmask and pointer."""
        return self.length + self.pointer_bits

    @property
    def header_lines(self) -> int:
        """Lines that bitmask and pointer reach into."""
        return -(-self.header_bits // self.line_bits)

    def follows(self, nonzeros: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether values follow in the pointer's line, so that the pointer is NULL.

        Args:
            nonzeros: ``int64[fibers]``, values of each fiber.

        Returns:
            ``bool[fibers]``.
        """
        room = self.header_lines * self.line_bits - self.header_bits
        return np.asarray(nonzeros * self.value_bits <= room)

    def lines(self, nonzeros: NDArray[np.int64]) -> NDArray[np.int64]:
        """Lines that fibers take.

        Args:
            nonzeros: ``int64[fibers]``, values of each fiber.

        Returns:
            ``int64[fibers]``.
        """
        of_values = -(-nonzeros * self.value_bits // self.line_bits)
        return self.header_lines + np.where(self.follows(nonzeros), 0, of_values)


def whole_number(value: object, key: str, least: int = 1, most: int | None = None) -> int:
    """Return a whole number within its bounds; raises InputError for anything else."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):  # type: ignore[operator]
        bounds = f"{least} or more" if most is None else f"{least} to {most}"
        raise InputError(f"is {value!r}; expected a whole number, {bounds}", key=key)
    return int(value)  # type: ignore[call-overload]
