from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl import InputError
from loas_tl.fiber import Layout, SpikeFibers, WeightFibers, encode, encode_weights
from tests.fiber import plain
from tests.workload.examples import W, X, spikes, weights

SHARES = st.sampled_from([0.0, 0.02, 0.2, 0.7, 1.0])
SEEDS = st.integers(0, 2**32 - 1)
LINES = st.integers(1, 80)


@settings(max_examples=200, deadline=None)
@given(
    timesteps=st.integers(1, 64),
    rows=st.integers(1, 5),
    length=st.integers(1, 300),
    share=SHARES,
    line_bytes=LINES,
    pointer_bits=st.integers(13, 63),
    seed=SEEDS,
)
def test_spikes_lie_in_memory_bit_by_bit_as_laid_out_and_come_back(
    timesteps: int,
    rows: int,
    length: int,
    share: float,
    line_bytes: int,
    pointer_bits: int,
    seed: int,
) -> None:
    x = np.random.default_rng(seed).random((timesteps, rows, length)) < share
    fibers = encode(x, line_bytes=line_bytes, pointer_bits=pointer_bits)
    expected = plain.image(plain.packed_rows(x), timesteps, line_bytes, pointer_bits)
    assert fibers.image.tobytes() == expected
    assert np.array_equal(fibers.decode(), x)
    found = SpikeFibers.from_image(expected, rows, fibers.layout)
    assert np.array_equal(found.starts, fibers.starts)
    assert np.array_equal(found.nonzeros, fibers.nonzeros)
    assert np.array_equal(found.decode(), x)


@settings(max_examples=100, deadline=None)
@given(
    length=st.integers(1, 300),
    columns=st.integers(1, 5),
    share=SHARES,
    line_bytes=LINES,
    seed=SEEDS,
)
def test_weights_lie_in_memory_bit_by_bit_as_laid_out_and_come_back(
    length: int, columns: int, share: float, line_bytes: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    w = np.where(
        rng.random((length, columns)) < share, rng.integers(-128, 128, (length, columns)), 0
    )
    fibers = encode_weights(w, line_bytes=line_bytes)
    expected = plain.image(plain.weight_columns(w.astype(np.int8)), 8, line_bytes, 32)
    assert fibers.image.tobytes() == expected
    decoded = fibers.decode()
    assert decoded.dtype == np.int8
    assert np.array_equal(decoded, w)
    found = WeightFibers.from_image(expected, columns, fibers.layout)
    assert np.array_equal(found.decode(), w)


def test_values_that_fit_follow_the_null_pointer_in_its_line() -> None:
    x = np.zeros((4, 1, 8), dtype=np.bool_)
    x[[0, 2], 0, 1] = True  # word 0b0101
    x[:, 0, 6] = True  # word 0b1111
    fibers = encode(x, line_bytes=4, pointer_bits=16)
    # Bitmask 0b01000010, pointer 0 in two bytes, then the words, the first in the lower half.
    assert fibers.image.tobytes() == bytes([0b0100_0010, 0, 0, 0b1111_0101])
    assert fibers.lines == 1


def test_values_that_do_not_fit_start_at_the_line_the_pointer_names() -> None:
    x = np.zeros((4, 2, 8), dtype=np.bool_)
    x[0, :, :3] = True  # three words of 4 bits; one byte is left in the pointer's line
    fibers = encode(x, line_bytes=4, pointer_bits=16)
    values = bytes([0b0001_0001, 0b0000_0001, 0, 0])
    assert fibers.image.tobytes() == (
        bytes([0b111, 1, 0, 0]) + values + bytes([0b111, 3, 0, 0]) + values
    )
    assert fibers.starts.tolist() == [0, 2, 4]


@pytest.mark.parametrize("active", [24, 25])
def test_a_32_byte_line_holds_a_chunk_its_pointer_and_24_words_of_4_bits(active: int) -> None:
    x = np.zeros((4, 1, 128), dtype=np.bool_)
    x[1, 0, :active] = True
    fibers = encode(x)
    pointer = int.from_bytes(fibers.image[16:20].tobytes(), "little")
    assert (fibers.lines, pointer) == ((1, 0) if active == 24 else (2, 1))
    assert fibers.payload_bits == 128 + 32 + 4 * active


def test_silent_neurons_take_a_bit_each_and_the_pointer_is_null() -> None:
    fibers = encode(np.zeros((4, 3, 100), dtype=np.bool_), line_bytes=1)
    assert not fibers.image.any()
    assert fibers.payload_bits == 3 * (100 + 32)
    assert len(fibers) == 3


def test_spikes_of_0_and_1_of_any_dtype_are_the_same() -> None:
    expected = encode(X).image
    for dtype in (np.int64, np.float32, np.uint8):
        assert np.array_equal(encode(X.astype(dtype)).image, expected)


BAD_SPIKES: dict[str, tuple[Any, str]] = {
    "NaN": (X * np.nan, "x: found nan; expected spikes that are 0 or 1"),
    "twos": (X * 2, "x: found 2"),
    "two extents": (X[0], "x: has shape [20,30]; expected bool[T,M,K]"),
    "no timesteps": (X[:0], "x: has shape [0,20,30]"),
    "65 timesteps": (spikes(65, 1, 1), "x: 65 timesteps; expected at most 64"),
    "text": (X.astype(str), "x: has dtype"),
    "nothing": (None, "x: has dtype object"),
}


@pytest.mark.parametrize("bad", BAD_SPIKES)
def test_spikes_that_are_none_are_refused(bad: str) -> None:
    x, message = BAD_SPIKES[bad]
    with pytest.raises(InputError) as refused:
        encode(x)
    assert str(refused.value).startswith(message)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("w", "message"),
    [
        (np.full((3, 2), 128), "w: found 128; expected 8-bit weights, -128 to 127"),
        (W * 0.5, "w: found"),
        (W * np.nan, "w: found nan; expected whole numbers"),
        (W[0], "w: has shape"),
    ],
    ids=["128", "halves", "NaN", "one extent"],
)
def test_weights_that_are_none_are_refused(w: Any, message: str) -> None:
    with pytest.raises(InputError) as refused:
        encode_weights(w)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("line_bytes", value) for value in (0, -1, 1.5, True, "32", None)),
        *(("pointer_bits", value) for value in (0, 64, 2.0)),
    ],
)
def test_widths_out_of_range_are_refused(key: str, value: Any) -> None:
    with pytest.raises(InputError) as refused:
        encode(X, **{key: value})
    assert str(refused.value).startswith(f"{key}: is {value!r}; expected a whole number")


def test_a_pointer_too_narrow_for_the_memory_is_refused() -> None:
    with pytest.raises(InputError, match="pointer_bits: is 4; expected enough for line"):
        encode(np.ones((4, 100, 64), dtype=np.bool_), line_bytes=8, pointer_bits=4)


def test_a_memory_that_holds_something_else_is_refused() -> None:
    fibers = encode_weights(weights(40, 3), line_bytes=8)
    memory = fibers.image.tobytes()
    layout = fibers.layout
    for damaged, message in (
        (memory[:-8], "image: ends within fiber 2"),
        (memory + bytes(8), "image: has"),
        (memory[:5] + b"\x09" + memory[6:], "fiber 0: has pointer 9; expected 2 for"),
    ):
        with pytest.raises(InputError) as refused:
            WeightFibers.from_image(damaged, 3, layout)
        assert str(refused.value).startswith(message)
    with pytest.raises(InputError, match="image: ends within fiber 0"):
        WeightFibers.from_image(b"", 1, layout)
    with pytest.raises(InputError, match="length: is 0"):
        Layout(0, 8)
