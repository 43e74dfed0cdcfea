from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl import InputError, Layer, Network, load_tensors
from loas_tl.workload.im2col import Convolution, im2col
from loas_tl.workload.layer import pack
from loas_tl.workload.network import Uncovered
from loas_tl.workload.samples import Origin, SampledLayer
from loas_tl.workload.source import layer_sources, on_each_layer, on_each_sample
from tests.workload.examples import spikes, weights

CONV = Convolution(3, 1, 1)


def sampled(samples: int = 3, name: str = "conv") -> SampledLayer:
    maps = spikes(samples * 2, 4, 5, 6).reshape(samples, 2, 4, 5, 6)
    return SampledLayer.of_spikes(name, maps, weights(36, 8), CONV)


def test_each_sample_is_a_layer_with_the_same_weights() -> None:
    maps = spikes(6, 4, 5, 6).reshape(3, 2, 4, 5, 6)
    layer = SampledLayer.of_spikes("conv", maps, weights(36, 8), CONV)
    assert (layer.samples, layer.T, layer.M, layer.K, layer.N) == (3, 2, 30, 36, 8)
    for number in range(3):
        one = layer.layer(number)
        np.testing.assert_array_equal(one.spikes, im2col(maps[number], CONV))
        np.testing.assert_array_equal(one.packed, pack(one.spikes))
        np.testing.assert_array_equal(one.weights, weights(36, 8))


def test_samples_together_lie_one_below_the_other() -> None:
    layer = sampled()
    whole = layer.together()
    assert whole.M == 3 * 30
    expected = np.concatenate([layer.layer(number).spikes for number in range(3)], axis=1)
    np.testing.assert_array_equal(whole.spikes, expected)


@settings(deadline=None, max_examples=30)
@given(
    groups=st.integers(1, 3),
    per_group=st.tuples(st.integers(1, 2), st.integers(1, 3)),
    stride=st.integers(1, 2),
    dilation=st.integers(1, 2),
    seed=st.integers(0, 2**32 - 1),
)
def test_groups_give_what_a_grouped_convolution_gives(
    groups: int, per_group: tuple[int, int], stride: int, dilation: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    channels, outputs = groups * per_group[0], groups * per_group[1]
    maps = rng.random((1, 2, channels, 6, 5)) < 0.5
    kernels = rng.integers(-9, 9, (outputs, per_group[0], 3, 2))
    how = Convolution((3, 2), stride, 1, dilation)
    layer = SampledLayer.of_spikes("conv", maps, kernels.reshape(outputs, -1).T, how, groups=groups)
    parts = [layer.layer(0, part) for part in range(layer.parts)]
    ours = np.concatenate([p.spikes.astype(int) @ p.weights.astype(int) for p in parts], axis=2)
    np.testing.assert_array_equal(ours, convolved(maps[0], kernels, how, groups))
    down, across = how.output(6, 5)
    assert layer.operations == 2 * down * across * per_group[0] * 6 * outputs


def convolved(maps: Any, kernels: Any, how: Convolution, groups: int) -> Any:
    """A grouped convolution as one would write it down, ``int[T, M, N]``."""
    timesteps, _, height, width = maps.shape
    outputs, depth, kh, kw = kernels.shape
    down, across = how.output(height, width)
    out = np.zeros((timesteps, down * across, outputs), dtype=int)
    for t, y, x, n, c, dy, dx in np.ndindex(timesteps, down, across, outputs, depth, kh, kw):
        channel = n // (outputs // groups) * depth + c
        row = y * how.stride[0] + dy * how.dilation[0] - how.padding[0][0]
        column = x * how.stride[1] + dx * how.dilation[1] - how.padding[1][0]
        if 0 <= row < height and 0 <= column < width and maps[t, channel, row, column]:
            out[t, y * across + x, n] += kernels[n, c, dy, dx]
    return out


def test_bit_planes_share_their_weights_and_count_their_operations_once() -> None:
    whole = np.random.default_rng(0).integers(0, 8, (2, 3, 5, 7))  # samples, T, M, K
    planes = np.stack([(whole >> plane) & 1 for plane in range(3)], axis=1)  # samples, planes, ..
    words = pack(planes.astype(bool).transpose(2, 0, 1, 3, 4))
    layer = SampledLayer("fc", words, weights(7, 4)[None, None], 3, planes=3)
    assert layer.parts == 3
    assert layer.operations == 3 * 5 * 7 * 4
    total = sum(
        2**plane * (layer.layer(1, plane).spikes.astype(int) @ weights(7, 4)) for plane in range(3)
    )
    np.testing.assert_array_equal(total, whole[1] @ weights(7, 4))


@pytest.mark.parametrize(
    ("changed", "mention"),
    [
        ({"words": np.zeros((1, 1, 4), dtype=np.uint8)}, "fc/words: has shape [1, 1, 4]"),
        ({"words": np.zeros((1, 1, 4, 5), dtype=np.int8)}, "fc/words"),
        ({"words": np.zeros((1, 1, 4, 6), dtype=np.uint8)}, "K = 5; expected the inputs' 6"),
        ({"weights": np.zeros((5, 2), dtype=np.int8)}, "fc/weights"),
        ({"weights": np.zeros((3, 1, 5, 2), dtype=np.int8)}, "expected those of 2 samples"),
        ({"timesteps": 9}, "fc/timesteps: is 9"),
        ({"timesteps": 0}, "fc/timesteps: is 0"),
        ({"planes": 2}, "fc/weights"),
        ({"groups": 3}, "fc/groups: is 3"),
        ({"words": np.zeros((2, 1, 4, 5, 5), dtype=np.uint8)}, "fc/words"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_name(changed: dict[str, Any], mention: str) -> None:
    good: dict[str, Any] = {
        "words": np.ones((2, 1, 4, 5), dtype=np.uint8),
        "weights": np.ones((1, 1, 5, 2), dtype=np.int8),
        "timesteps": 4,
    }
    SampledLayer("fc", **good)
    with pytest.raises(InputError) as refused:
        SampledLayer("fc", **(good | changed))
    assert mention in str(refused.value)


def test_a_network_has_as_many_samples_in_every_layer() -> None:
    one = Layer("fc", spikes(2, 3, 4), weights(4, 5))
    assert Network("mine", [sampled(3), one]).samples == 3  # type: ignore[arg-type]
    with pytest.raises(InputError, match="2 and 3 samples"):
        Network("mine", [sampled(3), sampled(2, "b")])  # type: ignore[arg-type]


def network() -> Network:
    left_out = Uncovered("first", "Conv2d", "its inputs are real-valued", 1234, 0)
    origin = Origin("Conv2d", np.array([0.5]), 1.0, np.ones(8), 0.4, 3, ("BatchNorm folded in",))
    conv = sampled(2)
    conv = SampledLayer("a.0", conv.words, conv.weights, 2, CONV, origin=origin)
    fc = SampledLayer.of_spikes("fc", spikes(4, 1, 9).reshape(2, 2, 1, 9), weights(9, 3))
    return Network("mine", (conv, fc), (left_out,))


def test_a_saved_network_is_read_as_it_was(tmp_path: Path) -> None:
    net = network()
    net.save(tmp_path / "other.npz")
    again = load_tensors(tmp_path / "other.npz")
    assert (again.name, again.uncovered) == ("mine", net.uncovered)
    for before, after in zip(net.layers, again.layers, strict=True):
        assert isinstance(before, SampledLayer)
        assert isinstance(after, SampledLayer)
        assert (before.name, before.timesteps, before.convolution) == (
            after.name,
            after.timesteps,
            after.convolution,
        )
        np.testing.assert_array_equal(before.words, after.words)
        np.testing.assert_array_equal(before.weights, after.weights)
        assert before.origin.notes == after.origin.notes
        np.testing.assert_array_equal(before.origin.scale, after.origin.scale)
    assert str(again.summary()) == str(net.summary())


def test_a_network_of_plain_layers_can_be_saved(tmp_path: Path) -> None:
    one = Layer("fc", spikes(2, 3, 4), weights(4, 5))
    Network("mine", (one,)).save(tmp_path / "a.npz")
    (source,) = layer_sources(tensors=tmp_path / "a.npz")
    np.testing.assert_array_equal(source.make().spikes, one.spikes)


def test_a_network_is_saved_as_an_npz_only(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ends in \.npz"):
        network().save(tmp_path / "mine.pth")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("key", "value", "mention"),
    [
        ("loas-tl network", np.array(3), "is no text"),
        ("loas-tl network", np.array("{"), "JSON"),
        ("loas-tl network", np.array('{"format": 2}'), "format"),
        ("fc/words", np.zeros((2, 1, 1, 9)), "fc/words: has dtype float64"),
        ("fc/words", np.zeros((2, 1, 9), dtype=np.uint8), "fc/words: has shape"),
        ("fc/w", np.zeros((1, 1, 8, 3), dtype=np.int8), "K = 8"),
    ],
)
def test_a_changed_file_is_refused_by_what_is_wrong(
    tmp_path: Path, key: str, value: Any, mention: str
) -> None:
    path = tmp_path / "a.npz"
    network().save(path)
    arrays = dict(np.load(path)) | {key: value}
    np.savez(path, **arrays)
    with pytest.raises(InputError) as refused:
        load_tensors(path)
    message = str(refused.value)
    assert message.startswith(f"{path}: ")
    assert mention in message
    assert message.count(str(path)) == 1


def test_the_summary_has_every_layer_in_order_and_shares_of_the_work() -> None:
    summary = network().summary()
    assert [row.layer for row in summary.rows] == ["first", "a.0", "fc"]
    assert [row.captured for row in summary.rows] == [False, True, True]
    operations = [1234, 2 * 30 * 36 * 8, 2 * 9 * 3]
    assert [row.operations for row in summary.rows] == operations
    assert sum(row.share or 0 for row in summary.rows) == pytest.approx(1)
    text = str(summary)
    assert "1 of 3 layers not captured, 6.65 % of the operations" in text
    assert "not captured: its inputs are real-valued" in text
    assert "BatchNorm folded in" in text
    assert summary.rows[1].rounded_to_zero == 3
    assert len(summary.to_frame()) == 3
    assert '"layers_missing": 1' in summary.to_json()


def test_what_takes_one_layer_says_how_to_choose_a_sample() -> None:
    sources = layer_sources(network())
    with pytest.raises(InputError, match=r"has 2 samples.*samples=0"):
        on_each_layer(sources, lambda layer: layer.M)
    second, both = (layer_sources(network(), samples=which) for which in (1, "together"))
    assert on_each_layer(second, lambda layer: layer.M) == [[30], [1]]
    assert on_each_layer(both, lambda layer: layer.M) == [[60], [2]]
    counted = on_each_sample(sources, lambda layer: int(layer.spikes.sum()))
    assert [[len(sample) for sample in layer] for layer in counted] == [[1, 1], [1, 1]]


@pytest.mark.parametrize("samples", ["all", 2, -1])
def test_samples_that_are_not_there_are_refused(samples: Any) -> None:
    with pytest.raises(InputError, match="samples"):
        layer_sources(network(), samples=samples)
