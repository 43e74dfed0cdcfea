"""Shapes of recorded layers: kernels, groups, pooling, batch axes, flattening."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loas_tl import InputError, compare, load_spikes
from loas_tl.workload.im2col import Convolution, im2col
from loas_tl.workload.samples import SampledLayer

MAP = np.random.default_rng(1).random((2, 4, 6, 5)) < 0.3
BATCH = np.random.default_rng(7).random((4, 3, 2, 5, 5)) < 0.3  # T, N, C, H, W


def recorded(folder: Path, how: str, array: Any = MAP, more: str = "", **weights: Any) -> Any:
    np.savez(folder / "s.npz", conv=array)
    if weights:
        np.savez(folder / "w.npz", **weights)
        more += "weights: w.npz\n"
    (folder / "l.yaml").write_text(f"{more}layers:\n  conv: {{{how}}}\n")
    return load_spikes(folder / "s.npz", folder / "l.yaml")


def computes(network: Any) -> dict[str, int]:
    found = compare(network, accelerators=["LoAS", "SparTen-SNN"])
    return {total.accelerator: total.counts.computes for total in found.totals}


def unrolled(maps: Any, kernel: Any, stride: Any, padding: Any, dilation: int = 1) -> Any:
    """Im2col by windows of a padded map, for LoAS's and SparTen's matches with dense weights."""
    padded = np.pad(maps, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    reach = [dilation * (k - 1) + 1 for k in kernel]
    rows = range(0, padded.shape[2] - reach[0] + 1, stride[0])
    columns = range(0, padded.shape[3] - reach[1] + 1, stride[1])
    windows = [
        padded[:, :, y : y + reach[0] : dilation, x : x + reach[1] : dilation].reshape(
            len(maps), -1
        )
        for y in rows
        for x in columns
    ]
    return np.stack(windows, axis=1)


@pytest.mark.parametrize(
    ("how", "kernel", "stride", "padding", "dilation", "share"),
    [
        ("kernel: 3, padding: 1", (3, 3), (1, 1), (1, 1), 1, 1),
        ("kernel: 3, stride: 2, padding: 1", (3, 3), (2, 2), (1, 1), 1, 1),
        ("kernel: 2, stride: 3", (2, 2), (3, 3), (0, 0), 1, 1),
        ("kernel: 4, stride: 2, padding: 1", (4, 4), (2, 2), (1, 1), 1, 1),
        ("kernel: 1", (1, 1), (1, 1), (0, 0), 1, 1),
        ("kernel: [3, 1], padding: [1, 0]", (3, 1), (1, 1), (1, 0), 1, 1),
        ("kernel: 3, padding: same", (3, 3), (1, 1), (1, 1), 1, 1),
        ("kernel: 3, padding: 2, dilation: 2", (3, 3), (1, 1), (2, 2), 2, 1),
        ("kernel: 3, padding: 1, groups: 4", (3, 3), (1, 1), (1, 1), 1, 4),
        ("kernel: 3, padding: 1, groups: 2", (3, 3), (1, 1), (1, 1), 1, 2),
        ("kernel: 3, padding: 1, stride: [2, 1]", (3, 3), (2, 1), (1, 1), 1, 1),
    ],
)
def test_matches_of_dense_weights_are_those_of_the_windows(
    tmp_path: Path, how: str, kernel: Any, stride: Any, padding: Any, dilation: int, share: int
) -> None:
    network = recorded(tmp_path, f"{how}, output_channels: 8, weight_sparsity: 0.0")
    windows = unrolled(MAP, kernel, stride, padding, dilation)
    assert computes(network) == {
        "LoAS": windows.any(axis=0).sum() * 8 // share,
        "SparTen-SNN": windows.sum() * 8 // share,
    }


def test_a_depthwise_layer_has_as_many_matches_as_counted_by_hand(tmp_path: Path) -> None:
    how = "kernel: 3, padding: 1, groups: 4, output_channels: 4, weight_sparsity: 0.0"
    assert computes(recorded(tmp_path, how)) == {"LoAS": 438, "SparTen-SNN": 492}


@pytest.mark.parametrize("sparsity", [0.0, 0.3, 0.75, 1.0])
@pytest.mark.parametrize("groups", [1, 2, 4])
def test_generated_weights_of_groups_are_as_sparse_as_asked(
    tmp_path: Path, groups: int, sparsity: float
) -> None:
    how = f"kernel: 3, groups: {groups}, output_channels: 8, weight_sparsity: {sparsity}"
    (layer,) = recorded(tmp_path, how).layers
    assert np.count_nonzero(layer.weights) == round((1 - sparsity) * layer.weights.size)


def test_pooling_before_a_layer_is_an_or(tmp_path: Path) -> None:
    how = "kernel: 3, padding: 1, pool: [2, 1], output_channels: 8, weight_sparsity: 0.5"
    (layer,) = recorded(tmp_path, how).layers
    pooled = np.logical_or(MAP[:, :, ::2], MAP[:, :, 1::2])
    np.testing.assert_array_equal(layer.spikes, im2col(pooled, Convolution(3, 1, 1)))


def test_a_map_of_one_dimension_is_read_where_the_kernel_is_one_number_in_a_list(
    tmp_path: Path,
) -> None:
    line = MAP[:, :, 0]
    how = "kernel: [3], padding: 1, stride: 2, output_channels: 8, weight_sparsity: 0.5"
    (layer,) = recorded(tmp_path, how, line).layers
    expected = unrolled(line[:, :, None], (1, 3), (1, 2), (0, 1))
    np.testing.assert_array_equal(layer.spikes, expected)
    with pytest.raises(InputError, match=r"expected bool\[T,C,L\]"):
        recorded(tmp_path, how)


def test_without_a_kernel_a_whole_map_is_one_row(tmp_path: Path) -> None:
    how = "output_channels: 8, weight_sparsity: 0.0"
    mapped, flat = recorded(tmp_path, how), recorded(tmp_path, how, MAP.reshape(2, -1))
    assert mapped.layers[0].K == 120
    one, other = (compare(n, accelerators=["LoAS"]).totals[0].counts for n in (mapped, flat))
    assert one.cycles == other.cycles == 512
    assert round(one.dram_kib, 3) == round(other.dram_kib, 3) == 1.115


def test_weights_of_a_flattened_map_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    how = "output_channels: 8"
    given = np.ones((120, 8), np.int8)
    assert recorded(tmp_path, how, conv=given).layers[0].K == 120
    with pytest.raises(InputError, match="K = 4, but its layer's x has K = 120"):
        recorded(tmp_path, how, conv=given[:4])
    with pytest.raises(InputError, match="they look transposed"):
        recorded(tmp_path, how, conv=given.T)


@pytest.mark.parametrize(
    ("array", "axis"),
    [
        (BATCH, 1),
        (BATCH.transpose(1, 0, 2, 3, 4), 0),
        (BATCH.astype(np.float32), 1),
    ],
)
def test_a_batch_axis_counts_samples(tmp_path: Path, array: Any, axis: int) -> None:
    how = "kernel: 3, stride: 1, padding: 1, output_channels: 4, weight_sparsity: 0.0"
    network = recorded(tmp_path, f"{how}, batch_axis: {axis}", array)
    assert network.samples == 3
    found = compare(network, accelerators=["LoAS", "SparTen-SNN"])
    for total in found.totals:
        alone = [
            compare(recorded(tmp_path, how, BATCH[:, n]), accelerators=[total.accelerator])
            for n in range(3)
        ]
        cycles = [one.totals[0].counts.cycles for one in alone]
        assert [one.counts.cycles for one in total.samples] == cycles
    # Of the first sample 54 spikes; matches with dense weights counted by hand.
    first = [total.samples[0].counts.computes for total in found.totals]
    assert first == [976, 1436]


def test_a_batch_axis_of_all_layers_stands_at_the_top(tmp_path: Path) -> None:
    how = "output_channels: 4, weight_sparsity: 0.0"
    features = BATCH.reshape(4, 3, -1)[..., :12]
    network = recorded(tmp_path, how, features, "batch_axis: 1\n")
    assert isinstance(network.layers[0], SampledLayer)
    np.testing.assert_array_equal(network.layers[0].layer(2).spikes[:, 0], features[:, 2])


@pytest.mark.parametrize(
    "array", [BATCH, BATCH[:, :1], BATCH.transpose(1, 0, 2, 3, 4), BATCH.reshape(4, 3, -1)]
)
def test_an_unnamed_batch_axis_is_refused_with_how_to_name_it(tmp_path: Path, array: Any) -> None:
    how = "output_channels: 4, weight_sparsity: 0.0" + (", kernel: 3" if array.ndim == 5 else "")
    with pytest.raises(InputError, match="'batch_axis: 1'"):
        recorded(tmp_path, how, array)


@pytest.mark.parametrize("axis", [4, 3])
def test_a_batch_axis_that_is_not_there_is_refused(tmp_path: Path, axis: int) -> None:
    how = f"kernel: 3, batch_axis: {axis}, output_channels: 4, weight_sparsity: 0.0"
    with pytest.raises(InputError, match="shape"):
        recorded(tmp_path, how)


def test_real_values_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"found 0\.5.*leave it out"):
        recorded(tmp_path, "kernel: 3, output_channels: 4, weight_sparsity: 0.0", MAP * 0.5)


def test_weights_may_be_as_pytorch_keeps_them_and_rounded(tmp_path: Path) -> None:
    kernels = np.random.default_rng(2).normal(size=(8, 4, 3, 3)).astype(np.float32)
    kernels[np.abs(kernels) < 0.5] = 0
    how = "kernel: 3, padding: 1, output_channels: 8"
    (layer,) = recorded(tmp_path, how, more="rounding: channel\n", conv=kernels).layers
    matrix = kernels.reshape(8, -1).T
    assert layer.weights.max(axis=0).max() == 127
    np.testing.assert_array_equal(layer.weights != 0, matrix != 0)
    scale = np.abs(matrix).max(axis=0) / 127
    assert np.abs(layer.weights * scale - matrix).max() <= scale.max() / 2 + 1e-6
    with pytest.raises(InputError, match="'rounding: tensor' in the YAML"):
        recorded(tmp_path, how, conv=kernels)


def test_grouped_weights_of_a_file_are_those_of_each_group(tmp_path: Path) -> None:
    kernels = np.random.default_rng(2).integers(-3, 4, (8, 2, 3, 3))
    how = "kernel: 3, groups: 2, output_channels: 8"
    (layer,) = recorded(tmp_path, how, conv=kernels).layers
    np.testing.assert_array_equal(layer.layer(0, 1).weights, kernels[4:].reshape(4, -1).T)
