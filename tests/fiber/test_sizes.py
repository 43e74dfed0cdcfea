from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from loas_tl import InputError, Layer
from loas_tl.fiber import encode, encode_weights
from loas_tl.fiber.formats import layer_sizes
from loas_tl.fiber.sizes import (
    Size,
    best_run_bits,
    bitmask_size,
    coo_size,
    coordinate_bits,
    csr_size,
    gap_histogram,
    run_length_size,
)
from tests.fiber import plain
from tests.workload.examples import spikes, weights


@st.composite
def stacks(draw: st.DrawFn) -> tuple[NDArray[Any], int]:
    """A stack of matrices and the width of their values: spikes (0 bits) or weights (8)."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = (draw(st.integers(1, 4)), draw(st.integers(1, 5)), draw(st.integers(1, 70)))
    share = draw(st.sampled_from([0.0, 0.03, 0.3, 1.0]))
    there = rng.random(shape) < share
    if draw(st.booleans()):
        return there, 0
    return np.where(there, rng.integers(-128, 128, shape), 0).astype(np.int8), 8


def extents(stack: NDArray[Any]) -> dict[str, int]:
    matrices, rows, columns = stack.shape
    nonzeros = int(np.count_nonzero(stack))
    return {"matrices": matrices, "rows": rows, "columns": columns, "nonzeros": nonzeros}


@settings(max_examples=100, deadline=None)
@given(made=stacks(), pointer_bits=st.integers(16, 40))
def test_csr_and_coo_sizes_are_those_of_the_encoded_bits(
    made: tuple[NDArray[Any], int], pointer_bits: int
) -> None:
    stack, value_bits = made
    _, rows, columns = stack.shape
    widths = {"value_bits": value_bits, "pointer_bits": pointer_bits}
    csr, coo = csr_size(**extents(stack), **widths), coo_size(**extents(stack), **widths)
    column_bits, row_bits = coordinate_bits(columns), coordinate_bits(rows)
    assert csr.bits == sum(
        len(plain.csr(matrix, value_bits, column_bits, pointer_bits)) for matrix in stack
    )
    assert coo.bits == sum(
        len(plain.coo(matrix, value_bits, row_bits, column_bits, pointer_bits)) for matrix in stack
    )
    by_scipy = [csr_array(matrix) for matrix in stack]
    assert csr.coordinates == sum(m.indices.size + m.indptr.size for m in by_scipy)
    lists = [coo_array(matrix) for matrix in stack]
    assert coo.coordinates == sum(m.row.size + m.col.size + 1 for m in lists)


@settings(max_examples=100, deadline=None)
@given(made=stacks(), run_bits=st.integers(1, 9), pointer_bits=st.integers(16, 40))
def test_run_length_sizes_are_those_of_bits_that_can_be_decoded(
    made: tuple[NDArray[Any], int], run_bits: int, pointer_bits: int
) -> None:
    stack, value_bits = made
    matrices, rows, columns = stack.shape
    gaps = gap_histogram(stack.reshape(-1, columns))
    found = run_length_size(
        gaps,
        matrices=matrices,
        rows=rows,
        value_bits=value_bits,
        run_bits=run_bits,
        pointer_bits=pointer_bits,
    )
    encoded = 0
    for matrix in stack:
        pointers, stream = plain.run_lengths(matrix, value_bits, run_bits, pointer_bits)
        encoded += len(pointers) + len(stream)
        decoded = plain.from_run_lengths(
            pointers, stream, rows, columns, (value_bits, run_bits, pointer_bits)
        )
        assert np.array_equal(decoded.astype(np.uint8), matrix.astype(np.uint8))
    assert found.bits == encoded


@settings(max_examples=50, deadline=None)
@given(made=stacks())
def test_the_best_run_length_is_no_longer_than_any(made: tuple[NDArray[Any], int]) -> None:
    stack, _ = made
    gaps = gap_histogram(stack.reshape(-1, stack.shape[2]))

    def bits(run_bits: int) -> int:
        return run_length_size(
            gaps, matrices=1, rows=1, value_bits=0, run_bits=run_bits, pointer_bits=1
        ).bits

    assert bits(best_run_bits(gaps)) == min(bits(run_bits) for run_bits in range(1, 17))


@settings(max_examples=100, deadline=None)
@given(
    timesteps=st.integers(1, 64),
    rows=st.integers(1, 6),
    length=st.integers(1, 200),
    line_bytes=st.integers(1, 64),
    seed=st.integers(0, 2**32 - 1),
)
def test_fiber_sizes_are_those_of_the_encoded_memory(
    timesteps: int, rows: int, length: int, line_bytes: int, seed: int
) -> None:
    layer = Layer("a", spikes(timesteps, rows, length, seed=seed), weights(length, 3, seed=seed))
    measured = layer_sizes(layer, line_bytes=line_bytes)
    for operand, fibers in (
        ("spikes", encode(layer.spikes, line_bytes=line_bytes)),
        ("weights", encode_weights(layer.weights, line_bytes=line_bytes)),
    ):
        of = measured[operand][1]  # type: ignore[index]
        assert of["fiber"].bits == fibers.payload_bits
        assert of["fiber-lines"].bits == 8 * fibers.image.size
        assert of["fiber-lines"].values == of["fiber"].values
        assert of["fiber"].values == int(fibers.nonzeros.sum()) * fibers.layout.value_bits


def test_hand_worked_sizes_of_spikes() -> None:
    x = np.zeros((2, 2, 8), dtype=np.bool_)
    x[0, 0, [1, 2]] = x[1, 0, 2] = x[1, 1, 7] = True
    nonzeros, of = layer_sizes(Layer("a", x, weights(8, 1)), line_bytes=4, pointer_bits=10)[
        "spikes"
    ]
    assert nonzeros == 4
    # Two fibers of 8 + 10 bits and three words of 2 bits; both fit a line of 32 bits.
    assert of["fiber"] == Size(6, 36, 0, 2)
    assert of["fiber-lines"] == Size(6, 36, 22, 2)
    # Three row pointers for each of two timesteps, 3 bits for each of four columns.
    assert of["csr"] == Size(0, 6 * 10 + 4 * 3, 0, 10)
    # A length for each timestep, 1 + 3 bits for each spike.
    assert of["coo"] == Size(0, 2 * 10 + 4 * 4, 0, 10)
    # The raw bits.
    assert of["bitmask"] == Size(32, 0)
    # Zeros before the spikes: 1, 0, 2 and 7. In fields of 2 bits: 1 + 1 + 1 + 3; of 3: 1 + 1 + 1
    # + 2 fields; of 1: 2 + 1 + 3 + 8. Two-bit fields take the fewest bits.
    assert of["run-length"] == Size(0, 6 * 10 + 6 * 2, 0, 12)


def test_hand_worked_sizes_of_weights() -> None:
    w = np.zeros((5, 2), dtype=np.int8)
    w[[0, 4], 1] = 3
    nonzeros, of = layer_sizes(Layer("a", spikes(1, 1, 5), w), line_bytes=4, pointer_bits=10)[
        "weights"
    ]
    assert nonzeros == 2
    assert of["fiber"] == Size(16, 2 * 15, 0, 2)
    # The second fiber's 16 bits fit behind its header: 15 + 16 of 32.
    assert of["fiber-lines"] == Size(16, 30, 18, 2)
    assert of["csr"] == Size(16, 3 * 10 + 2 * 3, 0, 5)
    assert of["coo"] == Size(16, 10 + 2 * (1 + 3), 0, 5)
    assert of["bitmask"] == bitmask_size(matrices=1, rows=2, columns=5, nonzeros=2, value_bits=8)
    assert of["bitmask"] == Size(16, 10)


@pytest.mark.parametrize(("extent", "bits"), [(1, 0), (2, 1), (3, 2), (128, 7), (129, 8)])
def test_coordinates_are_as_narrow_as_can_be(extent: int, bits: int) -> None:
    assert coordinate_bits(extent) == bits


def test_nonsense_is_refused() -> None:
    with pytest.raises(InputError, match="extent: is 0; expected a whole number, 1 or more"):
        coordinate_bits(0)
    gaps = gap_histogram(spikes(1, 3, 5)[0])
    with pytest.raises(InputError, match="run_bits: is 0"):
        run_length_size(gaps, matrices=1, rows=3, value_bits=0, run_bits=0)
