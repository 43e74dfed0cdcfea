from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl import InputError
from loas_tl.kernel import spmspm, spmspm_report
from loas_tl.workload.generate import generate_layer
from loas_tl.workload.statistics import LayerStatistics, published_networks
from tests.kernel import plain
from tests.workload.examples import W, X, spikes, weights

LAYERS = [layer for layers in published_networks().values() for layer in layers]
CASES_AN_EXAMPLE = 110


def test_it_equals_the_dense_product_in_10_000_random_cases() -> None:
    seen: set[bytes] = set()

    @settings(max_examples=100, deadline=None, database=None)
    @given(st.integers(0, 2**64 - 1))
    def check(seed: int) -> None:
        for case in range(CASES_AN_EXAMPLE):
            x, w = plain.random_case([seed, case], (6, 290, 6))
            expected = plain.dense(x, w)
            outputs = spmspm(x, w)
            assert outputs.dtype == np.int32
            assert np.array_equal(outputs, expected)
            joined, _ = spmspm_report(x, w)
            assert np.array_equal(joined, expected)
            seen.add(x.tobytes() + w.tobytes() + bytes(str((x.shape, w.shape)), "ascii"))

    check()
    assert len(seen) >= 10_000


def test_all_published_layers_are_tested() -> None:
    assert len(LAYERS) == 36


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: f"{layer.network}-{layer.layer}")
def test_it_equals_the_dense_product_on_every_published_layer(layer: LayerStatistics) -> None:
    made = generate_layer(layer)
    outputs = spmspm(made.spikes, made.weights)
    joined, report = spmspm_report(made.spikes, made.weights)
    assert report.outputs == outputs.size
    # 24 bits of a single's mantissa hold every sum of K weights.
    assert made.K * 128 < 2**24
    w = made.weights.astype(np.float32)
    for t in range(made.T):
        expected = made.spikes[t].astype(np.float32) @ w
        assert np.array_equal(outputs[t], expected)
        assert np.array_equal(joined[t], expected)


def test_sums_larger_than_16_bits_are_exact() -> None:
    x, w = np.ones((3, 2, 5000), dtype=np.bool_), np.full((5000, 2), -128)
    assert np.array_equal(spmspm(x, w), np.full((3, 2, 2), -640_000))
    joined, report = spmspm_report(x, w)
    assert np.array_equal(joined, np.full((3, 2, 2), -640_000))
    assert report.largest_pseudo == 640_000


def test_rows_shared_out_to_threads_are_those_of_one_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x, w = spikes(4, 37, 200), weights(200, 11)
    alone, report = spmspm_report(x, w, 8, 6)
    monkeypatch.setattr("loas_tl.kernel.blocks.SMALL", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    shared, of_shared = spmspm_report(x, w, 8, 6)
    assert np.array_equal(shared, alone)
    assert of_shared == report
    assert np.array_equal(spmspm(x, w), alone)


BAD: dict[str, tuple[Any, Any, str]] = {
    "NaN spikes": (X * np.nan, W, "found nan; expected spikes that are 0 or 1"),
    "spikes of 2": (X * 2, W, "found 2; expected spikes that are 0 or 1"),
    "no timesteps": (X[:0], W, "has shape [0,20,30]; expected bool[T,M,K]"),
    "65 timesteps": (spikes(65, 2, 30), W, "65 timesteps; expected at most 64"),
    "spikes of two extents": (X[0], W, "has shape [20,30]; expected bool[T,M,K]"),
    "text": (X, W.astype(str), "expected integer[K,N]"),
    "weights of 128": (X, np.full((30, 8), 128), "found 128; expected 8-bit weights"),
    "fractional weights": (X, W * 0.5, "expected whole numbers"),
    "NaN weights": (X, W * np.nan, "found nan; expected whole numbers"),
    "K that differs": (X, W[:-1], "x has K = 30 but w has K = 29"),
    "no outputs": (X, W[:, :0], "has shape [30,0]; expected integer[K,N]"),
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("multiply", [spmspm, spmspm_report], ids=["spmspm", "spmspm_report"])
def test_bad_tensors_are_refused_in_one_line(multiply: Any, bad: str) -> None:
    x, w, message = BAD[bad]
    with pytest.raises(InputError) as refused:
        multiply(x, w)
    assert message in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_a_k_whose_sums_might_not_fit_32_bits_is_refused() -> None:
    k = 2**24
    x, w = np.zeros((1, 1, k), dtype=np.bool_), np.zeros((k, 1), dtype=np.int8)
    with pytest.raises(InputError, match="K is 16777216; expected at most 16777215"):
        spmspm(x, w)
