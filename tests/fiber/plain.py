"""Fibers and other formats written out bit by bit: slow, and plainly what the layout says."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Bits = list[int]


def field(value: int, width: int) -> Bits:
    """A number, lowest bit first."""
    assert value >> width == 0
    return [(value >> bit) & 1 for bit in range(width)]


def number(bits: Bits) -> int:
    """The number of a field."""
    return sum(bit << at for at, bit in enumerate(bits))


def to_bytes(bits: Bits) -> bytes:
    """Whole bytes; bit i is bit i % 8 of byte i // 8."""
    assert len(bits) % 8 == 0
    return bytes(number(bits[at : at + 8]) for at in range(0, len(bits), 8))


def image(rows: list[list[int]], value_bits: int, line_bytes: int, pointer_bits: int) -> bytes:
    """The memory of fibers of these values, 0 for none."""
    line = 8 * line_bytes
    memory: Bits = []
    for row in rows:
        values = [bit for value in row if value for bit in field(value, value_bits)]
        header = [int(value != 0) for value in row]
        to_line_end = -(len(header) + pointer_bits) % line
        if len(values) <= to_line_end:
            fiber = header + field(0, pointer_bits) + values
        else:
            lines_before = len(memory) // line
            lines_of_header = (len(header) + pointer_bits + to_line_end) // line
            fiber = header + field(lines_before + lines_of_header, pointer_bits)
            fiber += [0] * to_line_end + values
        memory += fiber + [0] * (-len(fiber) % line)
    return to_bytes(memory)


def packed_rows(x: NDArray[np.bool_]) -> list[list[int]]:
    """The word of each neuron of ``bool[T, M, K]``."""
    timesteps, rows, columns = x.shape
    return [
        [sum(int(x[t, m, k]) << t for t in range(timesteps)) for k in range(columns)]
        for m in range(rows)
    ]


def weight_columns(w: NDArray[np.int8]) -> list[list[int]]:
    """The columns of ``int8[K, N]`` as unsigned bytes."""
    return [[int(weight) & 0xFF for weight in column] for column in w.T]


def csr(matrix: NDArray[Any], value_bits: int, column_bits: int, pointer_bits: int) -> Bits:
    """Row pointers, then columns, then values (two's complement; none for 0 bits)."""
    pointers, columns, values = [0], [], []
    for row in matrix.tolist():
        for at, value in enumerate(row):
            if value:
                columns.append(at)
                values.append(int(value) & ((1 << value_bits) - 1))
        pointers.append(len(columns))
    return [
        *(bit for pointer in pointers for bit in field(pointer, pointer_bits)),
        *(bit for column in columns for bit in field(column, column_bits)),
        *(bit for value in values for bit in field(value, value_bits)),
    ]


def coo(
    matrix: NDArray[Any], value_bits: int, row_bits: int, column_bits: int, pointer_bits: int
) -> Bits:
    """How many there are, then row, column and value of each."""
    found = [
        field(m, row_bits)
        + field(k, column_bits)
        + field(int(value) & ((1 << value_bits) - 1), value_bits)
        for m, row in enumerate(matrix.tolist())
        for k, value in enumerate(row)
        if value
    ]
    return field(len(found), pointer_bits) + [bit for entry in found for bit in entry]


def run_lengths(
    matrix: NDArray[Any], value_bits: int, run_bits: int, pointer_bits: int
) -> tuple[Bits, Bits]:
    """The pointers (to a bit each), and the stream of run lengths and values."""
    full = (1 << run_bits) - 1
    starts, stream = [0], []
    for row in matrix.tolist():
        zeros = 0
        for value in row:
            if not value:
                zeros += 1
                continue
            while zeros >= full:
                stream += field(full, run_bits)
                zeros -= full
            stream += field(zeros, run_bits)
            stream += field(int(value) & ((1 << value_bits) - 1), value_bits)
            zeros = 0
        starts.append(len(stream))
    return [bit for start in starts for bit in field(start, pointer_bits)], stream


def from_run_lengths(
    pointers: Bits, stream: Bits, rows: int, columns: int, widths: tuple[int, int, int]
) -> NDArray[np.int64]:
    """The matrix again, with values as unsigned numbers, 1 where they have no bits."""
    value_bits, run_bits, pointer_bits = widths
    full = (1 << run_bits) - 1
    starts = [
        number(pointers[at : at + pointer_bits]) for at in range(0, len(pointers), pointer_bits)
    ]
    matrix = np.zeros((rows, columns), dtype=np.int64)
    for row in range(rows):
        at, column = starts[row], 0
        while at < starts[row + 1]:
            run = number(stream[at : at + run_bits])
            at += run_bits
            column += run
            if run < full:
                matrix[row, column] = number(stream[at : at + value_bits]) if value_bits else 1
                at += value_bits
                column += 1
    return matrix
