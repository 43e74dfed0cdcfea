from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl import InputError, fiber
from loas_tl.kernel import PLif, compress, plif, plif_words
from tests.kernel import plain
from tests.workload.examples import X


@settings(max_examples=100, deadline=None)
@given(
    timesteps=st.integers(1, 64),
    rows=st.integers(1, 4),
    columns=st.integers(1, 6),
    v_th=st.floats(0, 300),
    tau=st.floats(0, 1),
    whole=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_spikes_are_those_of_neurons_taken_one_by_one(
    timesteps: int, rows: int, columns: int, v_th: float, tau: float, whole: bool, seed: int
) -> None:
    outputs: Any = np.random.default_rng(seed).integers(-300, 300, (timesteps, rows, columns))
    outputs = outputs.astype(np.int32) if whole else outputs / 7
    spikes = plif(outputs, v_th, tau)
    assert spikes.dtype == np.bool_
    assert np.array_equal(spikes, plain.plif(outputs, v_th, tau))


def test_a_hand_worked_neuron_leaks_fires_only_above_the_threshold_and_resets_to_zero() -> None:
    outputs = np.array([8, 6, 1, 9, 4, -6, 12]).reshape(7, 1, 1)
    # Potentials 8, 4 + 6 = 10 (not above), 5 + 1 = 6, 3 + 9 = 12 (fires), 4, 2 - 6 = -4, -2 + 12.
    assert plif(outputs, 10)[:, 0, 0].tolist() == [False, False, False, True, False, False, False]
    assert plif(outputs, 9)[:, 0, 0].tolist() == [False, True, False, True, False, False, True]


def test_without_leak_and_with_full_leak() -> None:
    outputs = np.full((4, 1, 1), 3)
    assert plif(outputs, 5, tau=1)[:, 0, 0].tolist() == [False, True, False, True]
    assert not plif(outputs, 3, tau=0).any()


@settings(max_examples=50, deadline=None)
@given(timesteps=st.integers(1, 64), line_bytes=st.integers(1, 64), seed=st.integers(0, 2**32 - 1))
def test_the_compressor_writes_the_fibers_of_the_spikes(
    timesteps: int, line_bytes: int, seed: int
) -> None:
    outputs = np.random.default_rng(seed).integers(-300, 200, (timesteps, 3, 150))
    words = plif_words(outputs, PLif(100))
    written = compress(words, timesteps, line_bytes=line_bytes)
    expected = fiber.encode(plif(outputs, 100), line_bytes=line_bytes)
    assert np.array_equal(written.image, expected.image)
    assert np.array_equal(written.words(), words)


NONSENSE = [-1, float("nan"), float("inf"), None, "1", True, 1j]


@pytest.mark.parametrize("v_th", NONSENSE)
def test_a_threshold_that_is_none_is_refused(v_th: Any) -> None:
    with pytest.raises(InputError) as refused:
        plif(X, v_th)
    assert str(refused.value) == f"v_th: is {v_th!r}; expected a number, 0 or more"


@pytest.mark.parametrize("tau", [*NONSENSE, 1.001])
def test_a_leak_that_is_none_is_refused(tau: Any) -> None:
    with pytest.raises(InputError) as refused:
        plif(X, 1, tau)
    assert str(refused.value) == f"tau: is {tau!r}; expected a number, 0 to 1"


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        (X * np.nan, "outputs: found nan; expected finite numbers"),
        (np.where(X, np.inf, 0), "outputs: found inf; expected finite numbers"),
        (X[0], "outputs: has dtype bool and shape [20, 30]; expected int32[T,M,N]"),
        (X[:0], "outputs: has dtype bool and shape [0, 20, 30]"),
        (X.astype(complex), "outputs: has dtype complex128"),
        (np.zeros((65, 1, 1)), "outputs: 65 timesteps; expected at most 64"),
    ],
    ids=["NaN", "infinity", "two extents", "no timesteps", "complex", "65 timesteps"],
)
def test_outputs_that_are_none_are_refused(outputs: Any, message: str) -> None:
    with pytest.raises(InputError) as refused:
        plif(outputs, 1)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("words", "timesteps", "message"),
    [
        (np.array([[16]], dtype=np.uint8), 4, "words: found 0x10; expected words of 4 bits"),
        (np.array([[1]]), 4, "words: has dtype int64 and shape [1, 1]; expected uint[M,N]"),
        (np.array([1], dtype=np.uint8), 4, "words: has dtype uint8 and shape [1]"),
        (np.array([[1]], dtype=np.uint8), 0, "timesteps: is 0; expected a whole number, 1 to 64"),
    ],
    ids=["too wide", "signed", "one extent", "no timesteps"],
)
def test_words_that_are_none_are_refused(words: Any, timesteps: int, message: str) -> None:
    with pytest.raises(InputError) as refused:
        compress(words, timesteps)
    assert str(refused.value).startswith(message)
