from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from loas_tl import InputError, generate_network, run_network
from loas_tl.kernel import INPUT, PLif, Residual, SpikingLayer, with_thresholds
from loas_tl.workload.im2col import Convolution
from tests.kernel import plain
from tests.workload.examples import W, spikes, weights

Array = NDArray[Any]


@settings(max_examples=60, deadline=None)
@given(
    timesteps=st.sampled_from([1, 3, 4, 17, 64]),
    extent=st.tuples(st.integers(3, 7), st.integers(3, 7)),
    kernel=st.integers(1, 3),
    stride=st.integers(1, 2),
    padding=st.integers(0, 1),
    pool=st.integers(1, 2),
    v_th=st.floats(0, 200),
    tau=st.floats(0, 1),
    seed=st.integers(0, 2**32 - 1),
)
def test_convolution_pooling_and_a_classifier_are_those_of_plain_arrays(
    timesteps: int,
    extent: tuple[int, int],
    kernel: int,
    stride: int,
    padding: int,
    pool: int,
    v_th: float,
    tau: float,
    seed: int,
) -> None:
    first = spikes(timesteps, 3, *extent, seed=seed)
    w = weights(3 * kernel**2, 5, seed=seed)
    outputs = plain.convolve(first, w, kernel, stride, padding)
    fired = plain.plif(outputs, v_th, tau)
    if pool > min(fired.shape[2:]):
        pool = 1
    pooled = plain.max_pool(fired, pool)
    flat = pooled.reshape(timesteps, 1, -1)
    classifier = weights(flat.shape[2], 4, seed=seed)

    run = run_network(
        [
            SpikingLayer(
                "conv", w, PLif(v_th, tau), Convolution(kernel, stride, padding), pool=pool
            ),
            SpikingLayer("fc", classifier),
        ],
        first,
    )
    assert np.array_equal(run["conv"].outputs, plain.as_rows(outputs))
    handed_on = run["conv"].spikes
    assert handed_on is not None
    assert np.array_equal(handed_on, pooled)
    assert np.array_equal(run.outputs, plain.dense(flat, classifier))
    assert run.spikes is None
    assert run["conv"].firing_rate == pytest.approx(fired.mean())
    assert run["fc"].input_density == pytest.approx(flat.mean())
    assert run["fc"].active_density == pytest.approx(flat.any(axis=0).mean())
    assert run["conv"].weight_density == pytest.approx((w != 0).mean())


def test_fully_connected_layers_run_row_by_row_from_one_fiber_to_the_next() -> None:
    x, second = spikes(4, 6, 30), weights(8, 5, seed=1)
    run = run_network([SpikingLayer("a", W, PLif(50)), SpikingLayer("b", second, PLif(20))], x)
    hidden = plain.plif(plain.dense(x, W), 50, 0.5)
    outputs = plain.dense(hidden, second)
    fibers = run["a"].fibers
    assert fibers is not None
    assert np.array_equal(fibers.decode(), hidden)
    assert np.array_equal(run.outputs, outputs)
    assert run.spikes is not None
    assert np.array_equal(run.spikes, plain.plif(outputs, 20, 0.5))


def test_one_row_of_features_and_a_map_of_one_pixel_are_the_same_input() -> None:
    features = spikes(4, 30)
    layers = [SpikingLayer("fc", W)]
    expected = plain.dense(features[:, np.newaxis], W)
    for first in (features, features[:, np.newaxis], features[:, :, np.newaxis, np.newaxis]):
        assert np.array_equal(run_network(layers, first).outputs, expected)


def test_residuals_add_the_outputs_of_a_shortcut_and_the_spikes_of_a_layer() -> None:
    x = spikes(4, 3, 6, 6)
    w1, shortcut, w2, w3 = (weights(k, 5, seed=k) for k in (27, 3, 45, 44 + 1))
    conv, point = Convolution(3, 1, 1), Convolution(1)
    layers = [
        SpikingLayer("1", w1, PLif(90), conv),
        SpikingLayer("s", shortcut, None, point, reads=INPUT),
        SpikingLayer("2", w2, PLif(70), conv, reads="1", adds=(Residual("s", -2),)),
        SpikingLayer("3", w3, PLif(60), conv, adds=(Residual("1", 40), Residual("2"))),
    ]
    run = run_network(layers, x)
    first = plain.plif(plain.convolve(x, w1, 3, 1, 1), 90, 0.5)
    added = plain.convolve(first, w2, 3, 1, 1) - 2 * plain.convolve(x, shortcut, 1, 1, 0)
    second = plain.plif(added, 70, 0.5)
    third = plain.convolve(second, w3, 3, 1, 1) + 40 * first.astype(int) + second
    assert np.array_equal(run["s"].outputs, plain.as_rows(plain.convolve(x, shortcut, 1, 1, 0)))
    assert np.array_equal(run["2"].outputs, plain.as_rows(added))
    assert np.array_equal(run.outputs, plain.as_rows(third))
    assert run["3"].outputs.dtype == np.int32


def test_first_spikes_may_be_added_too() -> None:
    x = spikes(4, 5, 8)
    run = run_network([SpikingLayer("a", weights(8, 8), adds=[Residual(INPUT, 3)])], x)  # type: ignore[arg-type]
    assert np.array_equal(run.outputs, plain.dense(x, weights(8, 8)) + 3 * x)


def test_overflows_are_reported_layer_by_layer_and_the_outputs_stay_exact() -> None:
    x = spikes(4, 6, 30)
    layers = [SpikingLayer("a", W, PLif(50)), SpikingLayer("b", weights(8, 5))]
    wide = run_network(layers, x, correction_bits=11)
    narrow = run_network(layers, x, pseudo_bits=8, correction_bits=7)
    assert np.array_equal(wide.outputs, narrow.outputs)
    assert wide["a"].report.overflows == 0
    report = narrow["a"].report
    _, counts = plain.inner_joins(x, W, 8, 7)
    assert (report.pseudo_overflows, report.correction_overflows) == (
        counts["pseudo_overflows"],
        counts["correction_overflows"],
    )
    row = narrow.to_frame().iloc[0]
    assert row.wrong_outputs == counts["wrong_outputs"] > 0
    assert row.pseudo_bits_needed == report.pseudo_bits_needed > 8


MAP, ROWS = spikes(4, 3, 6, 6), spikes(4, 6, 30)
CONV = SpikingLayer("conv", weights(27, 8), PLif(50), Convolution(3, 1, 1))
DENSE = SpikingLayer("fc", W, PLif(50))

BAD_NETWORKS: dict[str, tuple[Any, Any, str]] = {
    "no layers": ([], MAP, "layers: no layers; expected at least one"),
    "weights alone": ([W], ROWS, "layers: holds a ndarray; expected SpikingLayer objects"),
    "K that differs": ([DENSE], MAP, "fc: reads K = 108 but has weights of K = 30"),
    "a convolution of rows": ([CONV], ROWS, "conv: reads rows with a convolution; expected a map"),
    "a kernel too large": (
        [replace(CONV, convolution=Convolution(9), weights=weights(243, 8))],
        MAP,
        "conv: a 9x9 kernel with padding 0 does not fit a 6x6 map",
    ),
    "pooling too large": ([replace(CONV, pool=7)], MAP, "conv: 7x7 pooling of a 6x6 map"),
    "pooling of rows": ([replace(DENSE, pool=2)], ROWS, "fc: 2x2 pooling of rows"),
    "pooling of no spikes": (
        [replace(CONV, pool=2, neurons=None)],
        MAP,
        "conv: pools, but has no neurons",
    ),
    "one name twice": ([CONV, CONV], MAP, "layers: two layers are called 'conv'"),
    "a later layer read": (
        [replace(CONV, reads="fc"), DENSE],
        MAP,
        "conv/reads: no layer 'fc' before it; expected one of input",
    ),
    "a layer without neurons read": (
        [replace(DENSE, neurons=None), SpikingLayer("next", weights(8, 2))],
        ROWS,
        "next/reads: 'fc' has no neurons",
    ),
    "an unknown layer added": (
        [replace(DENSE, adds=(Residual("x"),))],
        ROWS,
        "fc/adds: no layer 'x' before it",
    ),
    "another shape added": (
        [replace(DENSE, adds=(Residual(INPUT),))],
        ROWS,
        "fc/adds: 'input' gives [T,M,N] = [4, 6, 30]; expected [4, 6, 8]",
    ),
    "NaN spikes": ([CONV], MAP * np.nan, "first_spikes: found nan"),
    "spikes of 2": ([DENSE], ROWS * 2, "first_spikes: found 2"),
    "no timesteps": ([DENSE], ROWS[:0], "first_spikes: has shape [0,6,30]"),
    "no pixels": ([CONV], MAP[:, :, :0], "first_spikes: has shape"),
    "spikes of one extent": ([DENSE], ROWS[0, 0], "first_spikes: has dtype bool and shape [30]"),
    "spikes as text": ([DENSE], ROWS.astype(str), "first_spikes: has dtype <U5"),
    "65 timesteps": ([DENSE], spikes(65, 1, 30), "first_spikes: 65 timesteps"),
}


@pytest.mark.parametrize("bad", BAD_NETWORKS)
def test_a_network_that_does_not_fit_is_refused_in_one_line(bad: str) -> None:
    layers, first, message = BAD_NETWORKS[bad]
    with pytest.raises(InputError) as refused:
        run_network(layers, first)
    assert str(refused.value).startswith(message)
    assert len(str(refused.value).splitlines()) == 1


BAD_LAYERS: dict[str, tuple[dict[str, Any], str]] = {
    "weights of 128": ({"weights": np.full((3, 2), 128)}, "a/w: found 128"),
    "NaN weights": ({"weights": np.full((3, 2), np.nan)}, "a/w: found nan"),
    "weights of one extent": ({"weights": np.ones(3)}, "a/w: has shape [3]"),
    "a reserved name": ({"name": INPUT}, "a layer is called 'input'"),
    "a number for neurons": ({"neurons": 3.0}, "a/neurons: is a float; expected PLif"),
    "a number for a convolution": ({"convolution": 3}, "a/convolution: is a int"),
    "no kernel": ({"convolution": Convolution(0)}, "a/kernel: is 0; expected a whole number"),
    "no stride": ({"convolution": Convolution(1, 0)}, "a/stride: is 0"),
    "negative padding": ({"convolution": Convolution(1, 1, -1)}, "a/padding: is -1"),
    "no pooling": ({"pool": 0}, "a/pool: is 0; expected a whole number, 1 or more"),
    "a name added": ({"adds": ("b",)}, "a/adds: is a str; expected Residual"),
}


@pytest.mark.parametrize("bad", BAD_LAYERS)
def test_a_layer_that_is_none_is_refused(bad: str) -> None:
    options, message = BAD_LAYERS[bad]
    with pytest.raises(InputError) as refused:
        SpikingLayer(**({"name": "a", "weights": W} | options))
    assert str(refused.value).startswith(message)


def test_a_scale_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match=r"scale: is 0\.5; expected a whole number"):
        Residual("a", 0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["pseudo_bits", "correction_bits"])
def test_accumulators_without_bits_are_refused(key: str) -> None:
    with pytest.raises(InputError, match=f"{key}: is 0; expected a whole number, 1 to 32"):
        run_network([DENSE], ROWS, **{key: 0})


def test_an_unknown_layer_of_a_run_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="conv"):
        run_network([DENSE], ROWS)["conv"]


def test_thresholds_are_found_that_give_the_wanted_densities() -> None:
    layers = [replace(CONV, pool=2, neurons=PLif(0, 0.25)), SpikingLayer("fc", weights(72, 40))]
    layers[1] = replace(layers[1], neurons=PLif(7))
    first = spikes(4, 3, 6, 6)
    found = with_thresholds(layers, first, {"conv": 0.3})
    handed_on = run_network(found, first)["conv"].spikes
    assert handed_on is not None
    assert handed_on.mean() == pytest.approx(0.3, abs=0.02)
    assert found[0].neurons is not None
    assert found[0].neurons.tau == 0.25
    assert found[1].neurons == PLif(7)


def test_where_too_few_can_fire_the_threshold_is_0() -> None:
    found = with_thresholds([DENSE], ROWS, {"fc": 1.0})
    assert found[0].neurons == PLif(0)


@pytest.mark.parametrize(
    ("densities", "message"),
    [
        ({"x": 0.5}, "x: expected the name of a layer that has neurons"),
        ({"fc": 1.5}, "fc: is 1.5; expected a density, 0 to 1"),
        ({"fc": float("nan")}, "fc: is nan; expected a density"),
    ],
)
def test_densities_that_are_none_are_refused(densities: dict[str, float], message: str) -> None:
    with pytest.raises(InputError) as refused:
        with_thresholds([DENSE], ROWS, densities)
    assert str(refused.value).startswith(message)


def test_generated_layers_are_no_network_to_run() -> None:
    with pytest.raises(InputError, match="holds a Layer; expected SpikingLayer objects"):
        run_network(generate_network("alexnet").layers, MAP)
