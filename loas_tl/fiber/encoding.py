"""Compress spikes and weights into fibers, bit for bit as they lie in memory.

Source: LoAS (MICRO 2024, arXiv:2407.14073), section IV-A.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from loas_tl.fiber.layout import LINE_BYTES, NULL, POINTER_BITS, Layout, whole_number
from loas_tl.fiber.memory import count_values, get, read_fibers, write_fibers
from loas_tl.ground.errors import InputError
from loas_tl.workload.layer import as_spikes, as_weights, pack, unpack, word_dtype

WEIGHT_BITS = 8

Self = TypeVar("Self", bound="Fibers")


@dataclass(frozen=True, eq=False)
class Fibers:
    """Fibers of one length in the consecutive lines of a memory.

    Attributes:
        layout: see :class:`~loas_tl.fiber.layout.Layout`, also for the meaning of every bit.
        image: ``uint8[lines * line_bytes]``, the memory.
        starts: ``int64[fibers + 1]``, the line at which each fiber starts, and the line after the
            last one.
        nonzeros: ``int64[fibers]``, values of each fiber.
    """

    layout: Layout
    image: NDArray[np.uint8]
    starts: NDArray[np.int64]
    nonzeros: NDArray[np.int64]

    def __len__(self) -> int:
        return self.nonzeros.size

    @property
    def lines(self) -> int:
        """Lines of the memory."""
        return int(self.starts[-1])

    @property
    def payload_bits(self) -> int:
        """Bits of bitmasks, pointers and values, without what is unused at the end of lines."""
        values = int(self.nonzeros.sum()) * self.layout.value_bits
        return len(self) * self.layout.header_bits + values

    @classmethod
    def from_image(
        cls: type[Self], image: bytes | NDArray[np.uint8], count: int, layout: Layout
    ) -> Self:
        """Find fibers in a memory that holds nothing but them.

        Args:
            image: the memory, bytes or ``uint8[lines * line_bytes]``.
            count: how many fibers there are.
            layout: how they lie there.

        Returns:
            The fibers.

        Raises:
            InputError: where the memory ends too early or late, or a pointer is not the one that
                the layout asks for.
        """
        memory = np.frombuffer(bytes(image), dtype=np.uint8)
        whole_number(count, "count")
        starts = np.zeros(count + 1, dtype=np.int64)
        nonzeros = np.zeros(count, dtype=np.int64)
        for fiber in range(count):
            at = int(starts[fiber]) * layout.line_bits
            _holds(memory, at + layout.header_lines * layout.line_bits, fiber)
            nonzeros[fiber] = count_values(memory, at, layout.length)
            expected = _pointers(layout, starts[fiber : fiber + 1], nonzeros[fiber : fiber + 1])[0]
            found = int(get(memory, at + layout.length, layout.pointer_bits))
            if found != expected:
                raise InputError(
                    f"has pointer {found}; expected {expected} for {nonzeros[fiber]} values",
                    key=f"fiber {fiber}",
                )
            starts[fiber + 1] = starts[fiber] + layout.lines(nonzeros[fiber : fiber + 1])[0]
            _holds(memory, int(starts[fiber + 1]) * layout.line_bits, fiber)
        if memory.size != starts[-1] * layout.line_bytes:
            raise InputError(
                f"has {memory.size} bytes; expected {starts[-1]} lines of {layout.line_bytes}",
                key="image",
            )
        return cls(layout, memory, starts, nonzeros)

    def _read(self, dtype: np.dtype[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
        values = np.zeros((len(self), self.layout.length), dtype=dtype)
        read_fibers(
            self.image,
            self.starts,
            self.layout.line_bits,
            self.layout.pointer_bits,
            self.layout.value_bits,
            values,
        )
        return values


class SpikeFibers(Fibers):
    """Packed-spike fibers, one for each row of ``x[T, M, K]``; a value is a word of T bits.

    Source: LoAS (MICRO 2024), section IV-A.

    >>> import loas_tl
    >>> x = [[[1, 0, 1]], [[1, 0, 0]]]  # T = 2, M = 1, K = 3
    >>> fibers = loas_tl.fiber.encode(x)
    >>> fibers.timesteps, len(fibers), fibers.nonzeros.tolist()
    (2, 1, [2])
    >>> fibers.decode().astype(int).tolist()
    [[[1, 0, 1]], [[1, 0, 0]]]
    """

    @property
    def timesteps(self) -> int:
        """Timesteps T of a word."""
        return self.layout.value_bits

    def words(self) -> NDArray[np.unsignedinteger]:
        """The packed-spike tensor, ``uint[M, K]``; timestep t is bit t, a silent neuron 0."""
        return self._read(word_dtype(self.timesteps))

    def decode(self) -> NDArray[np.bool_]:
        """The spikes, ``bool[T, M, K]``."""
        return unpack(self.words(), self.timesteps)


class WeightFibers(Fibers):
    """Weight fibers, one for each column of ``w[K, N]``; a value is a weight of 8 bits.

    >>> import loas_tl
    >>> fibers = loas_tl.fiber.encode_weights([[5], [0], [-1]])  # K = 3, N = 1
    >>> fibers.payload_bits  # bitmask of 3, pointer of 32, two weights of 8
    51
    >>> fibers.decode().tolist()
    [[5], [0], [-1]]
    """

    def decode(self) -> NDArray[np.int8]:
        """The weights, ``int8[K, N]``."""
        return np.ascontiguousarray(self._read(np.dtype(np.uint8)).view(np.int8).T)


def encode(
    x: object, *, line_bytes: int = LINE_BYTES, pointer_bits: int = POINTER_BITS
) -> SpikeFibers:
    """Compress spikes into packed-spike fibers.

    Args:
        x: ``bool[T, M, K]`` (or 0 and 1 of any numeric dtype), T from 1 to 64.
        line_bytes: bytes of a line of the memory.
        pointer_bits: width of a fiber's pointer.

    Returns:
        A fiber for each of the M rows, over K positions.

    Raises:
        InputError: where ``x`` is not of that kind, or a pointer is too narrow for the memory.

    Source: LoAS (MICRO 2024), section IV-A, spike compression.

    >>> import loas_tl
    >>> import numpy as np
    >>> x = np.zeros((4, 1, 8), dtype=bool)  # T, M, K
    >>> x[0, 0, 2] = x[3, 0, 2] = x[1, 0, 5] = True
    >>> fibers = loas_tl.fiber.encode(x)
    >>> fibers.words().tolist()
    [[0, 0, 9, 0, 0, 2, 0, 0]]
    >>> fibers.payload_bits  # bitmask of 8, pointer of 32, two words of 4
    48
    """
    spikes = as_spikes(x, None, "x")
    return encode_words(
        pack(spikes), spikes.shape[0], line_bytes=line_bytes, pointer_bits=pointer_bits
    )


def encode_words(
    words: NDArray[np.unsignedinteger],
    timesteps: int,
    *,
    line_bytes: int = LINE_BYTES,
    pointer_bits: int = POINTER_BITS,
) -> SpikeFibers:
    """As :func:`encode`, of spikes that are packed already, ``uint[M, K]``."""
    layout = Layout(words.shape[1], timesteps, line_bytes, pointer_bits)
    return SpikeFibers(layout, *_write(words, layout))


def encode_weights(
    w: object, *, line_bytes: int = LINE_BYTES, pointer_bits: int = POINTER_BITS
) -> WeightFibers:
    """Compress weights into weight fibers.

    Args:
        w: ``integer[K, N]``, -128 to 127.
        line_bytes: bytes of a line of the memory.
        pointer_bits: width of a fiber's pointer.

    Returns:
        A fiber for each of the N columns, over K positions.

    Raises:
        InputError: where ``w`` is not of that kind, or a pointer is too narrow for the memory.

    >>> import loas_tl
    >>> w = [[5, 0], [0, 0], [0, -1], [7, 0]]  # K = 4, N = 2
    >>> fibers = loas_tl.fiber.encode_weights(w)
    >>> fibers.nonzeros.tolist()
    [2, 1]
    """
    columns = np.ascontiguousarray(as_weights(w, None, "w").T).view(np.uint8)
    layout = Layout(columns.shape[1], WEIGHT_BITS, line_bytes, pointer_bits)
    return WeightFibers(layout, *_write(columns, layout))


def _write(
    values: NDArray[np.unsignedinteger], layout: Layout
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    nonzeros = np.count_nonzero(values, axis=1).astype(np.int64)
    starts = np.zeros(nonzeros.size + 1, dtype=np.int64)
    np.cumsum(layout.lines(nonzeros), out=starts[1:])
    pointers = _pointers(layout, starts[:-1], nonzeros)
    if pointers.max() >> layout.pointer_bits:
        raise InputError(
            f"is {layout.pointer_bits}; expected enough for line {pointers.max()}",
            key="pointer_bits",
        )
    image = np.zeros(int(starts[-1]) * layout.line_bytes, dtype=np.uint8)
    write_fibers(
        *(np.ascontiguousarray(values), starts, pointers),
        *(layout.line_bits, layout.pointer_bits, layout.value_bits),
        image,
    )
    return image, starts, nonzeros


def _pointers(
    layout: Layout, starts: NDArray[np.int64], nonzeros: NDArray[np.int64]
) -> NDArray[np.int64]:
    return np.where(layout.follows(nonzeros), NULL, starts + layout.header_lines)


def _holds(memory: NDArray[np.uint8], bits: int, fiber: int) -> None:
    if 8 * memory.size < bits:
        raise InputError(
            f"ends within fiber {fiber}; expected at least {bits // 8} bytes", key="image"
        )
