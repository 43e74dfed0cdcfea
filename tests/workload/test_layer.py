from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from loas_tl import InputError, Layer, Network
from loas_tl.workload.layer import MAX_TIMESTEPS
from tests.workload.examples import W_EXPECTED, X_EXPECTED, W, X, spikes, weights


def layer(x: Any = X, w: Any = W, name: str = "fc") -> Layer:
    return Layer(name, x, w, origin="somewhere.npz")


def words(x: NDArray[np.bool_], fewest: int = 1) -> list[list[int]]:
    """Packed words in plain Python; neurons with fewer spikes than ``fewest`` are silent."""
    timesteps, m, k = x.shape
    packed = [[0] * k for _ in range(m)]
    for row, column in np.ndindex(m, k):
        fired = [t for t in range(timesteps) if x[t, row, column]]
        if len(fired) >= fewest:
            packed[row][column] = sum(2**t for t in fired)
    return packed


SPIKES = st.builds(
    lambda shape, rate, seed: np.random.default_rng(seed).random(shape) < rate,
    st.tuples(st.integers(1, MAX_TIMESTEPS), st.integers(1, 4), st.integers(1, 4)),
    st.sampled_from([0.02, 0.2, 0.5, 1.0]),
    st.integers(0, 2**32 - 1),
)


@settings(deadline=None)
@given(x=SPIKES)
def test_packed_has_bit_t_set_where_a_neuron_fires_at_t(x: NDArray[np.bool_]) -> None:
    assert layer(x, weights(x.shape[2], 2)).packed.tolist() == words(x)


@settings(deadline=None)
@given(x=SPIKES)
def test_fine_tuning_silences_exactly_the_neurons_that_fire_once(x: NDArray[np.bool_]) -> None:
    given_layer = layer(x, weights(x.shape[2], 2))
    assert given_layer.packed_fine_tuned.tolist() == words(x, fewest=2)
    assert given_layer.packed_fine_tuned.dtype == given_layer.packed.dtype


@pytest.mark.parametrize("timesteps", range(1, MAX_TIMESTEPS + 1))
def test_words_are_the_narrowest_unsigned_integer_that_holds_t_bits(timesteps: int) -> None:
    packed = layer(np.ones((timesteps, 2, 30), dtype=np.bool_)).packed
    width = min(bits for bits in (8, 16, 32, 64) if bits >= timesteps)
    assert packed.dtype == np.dtype(f"uint{width}")
    assert packed.tolist() == [[2**timesteps - 1] * 30] * 2


def test_a_layer_knows_its_extents() -> None:
    given_layer = layer(spikes(5, 7, 11), weights(11, 13))
    assert (given_layer.T, given_layer.M, given_layer.K, given_layer.N) == (5, 7, 11, 13)


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", ">i4", "uint64", "float16", "float64"])
def test_zeros_and_ones_of_any_type_are_spikes(dtype: str) -> None:
    given_layer = layer(X.astype(dtype))
    assert given_layer.spikes.dtype == np.bool_
    np.testing.assert_array_equal(given_layer.spikes, X)


@pytest.mark.parametrize("dtype", ["int8", "int16", ">i4", "int64", "float16", "float64"])
def test_whole_numbers_of_any_type_are_weights(dtype: str) -> None:
    given_layer = layer(w=W.astype(dtype))
    assert given_layer.weights.dtype == np.int8
    np.testing.assert_array_equal(given_layer.weights, W)


def test_the_whole_range_of_8_bits_is_accepted() -> None:
    every = np.arange(-128, 128).reshape(32, 8)
    np.testing.assert_array_equal(layer(spikes(4, 2, 32), every).weights, every)


def test_arrays_are_kept_in_row_order_whatever_order_they_came_in() -> None:
    given_layer = layer(np.asfortranarray(X), np.asfortranarray(W))
    assert given_layer.spikes.flags.c_contiguous
    assert given_layer.weights.flags.c_contiguous
    np.testing.assert_array_equal(given_layer.spikes, X)
    np.testing.assert_array_equal(given_layer.weights, W)


def test_nested_lists_are_tensors() -> None:
    given_layer = layer([[[0, 1], [1, 1]]], [[3], [-4]])
    assert given_layer.packed.tolist() == [[0, 1], [1, 1]]
    assert given_layer.weights.tolist() == [[3], [-4]]


@pytest.mark.parametrize(
    ("x", "w", "key", "mentions"),
    [
        pytest.param(X[0], W, "fc/x", ["[20,30]", X_EXPECTED], id="two extents"),
        pytest.param(X[:0], W, "fc/x", ["[0,20,30]", X_EXPECTED], id="zero timesteps"),
        pytest.param(X[:, :0], W, "fc/x", [X_EXPECTED], id="no pixels"),
        pytest.param(spikes(65, 2, 30), W, "fc/x", ["65", "at most 64"], id="65 timesteps"),
        pytest.param(X * np.nan, W, "fc/x", ["nan", "0 or 1"], id="NaN"),
        pytest.param(X * 0.25, W, "fc/x", ["0.25", "0 or 1"], id="fractional spikes"),
        pytest.param(X * -1, W, "fc/x", ["-1", "0 or 1"], id="negative spikes"),
        pytest.param(X.astype(object), W, "fc/x", ["object", X_EXPECTED], id="objects"),
        pytest.param("spikes", W, "fc/x", [X_EXPECTED], id="text"),
        pytest.param(None, W, "fc/x", [X_EXPECTED], id="None"),
        pytest.param(X, W[0], "fc/w", ["[8]", W_EXPECTED], id="weights of one extent"),
        pytest.param(X, W[:, :0], "fc/w", ["[30,0]", W_EXPECTED], id="no outputs"),
        pytest.param(X, W.astype(int) + 256, "fc/w", ["-128 to 127"], id="9-bit weights"),
        pytest.param(X, W * 0.3, "fc/w", ["whole numbers"], id="fractional weights"),
        pytest.param(X, np.full(W.shape, np.inf), "fc/w", ["whole numbers"], id="infinite weights"),
        pytest.param(X, W.astype(str), "fc/w", [W_EXPECTED], id="weights as text"),
        pytest.param(X, W[:-1], "fc", ["K = 30", "K = 29", "same K"], id="K that differs"),
    ],
)
def test_a_bad_tensor_is_refused_by_file_key_and_expectation(
    x: Any, w: Any, key: str, mentions: list[str]
) -> None:
    with pytest.raises(InputError) as refused:
        layer(x, w)
    message = str(refused.value)
    assert message.startswith(f"somewhere.npz: {key}: ")
    assert "\n" not in message
    for mention in mentions:
        assert mention in message


def test_an_input_error_is_a_value_error_of_one_line_whatever_its_cause_said() -> None:
    error = InputError("first\nsecond\r\nthird", file="a\nb", key="c")
    assert isinstance(error, ValueError)
    assert len(str(error).splitlines()) == 1
    for part in ("first", "second", "third", "c"):
        assert part in str(error)


def test_a_network_keeps_its_layers_in_order() -> None:
    layers = [layer(name=name) for name in ("b", "a", "c")]
    network = Network("net", layers)  # type: ignore[arg-type]
    assert isinstance(network.layers, tuple)
    assert [one.name for one in network.layers] == ["b", "a", "c"]


def test_a_network_without_layers_is_refused() -> None:
    with pytest.raises(InputError, match=r"^net: .*expected at least one"):
        Network("net", ())


def test_two_layers_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match=re.escape("net: two layers are called 'same'")):
        Network("net", (layer(name="same"), layer(name="other"), layer(name="same")))
