"""What somebody with a trained network tries first: it works, or one line says what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.outcome import Run

RNG = np.random.default_rng(0)
T, N = 4, 3
SPIKES = (RNG.random((T, N, 2, 6, 6)) < 0.3).astype(np.float32)  # as a framework has them
KERNELS = RNG.normal(size=(8, 2, 3, 3)).astype(np.float32)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def recorded(run: Run, array: Any, layer: str, top: str = "", weights: Any = None) -> Any:
    np.savez("s.npz", conv=array)
    if weights is not None:
        np.savez("w.npz", conv=weights)
        top += "weights: w.npz\n"
    Path("l.yaml").write_text(f"{top}layers:\n  conv: {{{layer}}}\n")
    more = ("--accelerator", "LoAS", "--json", "-")
    return run("compare", "--spikes", "s.npz", "--layers", "l.yaml", *more)


def save(arrays: dict[str, Any]) -> None:
    np.savez("t.npz", **arrays)


CONV = "kernel: 3, padding: 1, output_channels: 8, weight_sparsity: 0.5"


def test_a_batch_axis(run: Run) -> None:
    recorded(run, SPIKES, CONV).assert_refused("s.npz: conv: ", "'batch_axis: 1'")
    recorded(run, SPIKES, CONV, "batch_axis: 1\n").assert_succeeded()
    save({"fc/x": SPIKES.reshape(T, N, 1, -1), "fc/w": np.ones((72, 4), np.int8)})
    run("compare", "--tensors", "t.npz").assert_refused("fc/x", "SampledLayer.of_spikes")


def test_spikes_as_floats(run: Run) -> None:
    recorded(run, SPIKES[:, 0], CONV).assert_succeeded()


def test_a_first_layer_that_reads_images(run: Run) -> None:
    images = RNG.random((T, 2, 6, 6)).astype(np.float32)
    recorded(run, images, CONV).assert_refused("s.npz: conv: found", "leave it out")


def test_average_pooling(run: Run) -> None:
    pooled = SPIKES[:, 0].reshape(T, 2, 3, 2, 3, 2).mean(axis=(3, 5))
    recorded(run, pooled, CONV).assert_refused("after average pooling", "leave it out")


def test_weights_as_a_framework_keeps_them(run: Run) -> None:
    how = "kernel: 3, padding: 1, output_channels: 8"
    recorded(run, SPIKES[:, 0], how, weights=KERNELS).assert_refused("'rounding: tensor'")
    recorded(run, SPIKES[:, 0], how, "rounding: tensor\n", KERNELS).assert_succeeded()
    save({"fc/x": SPIKES[:, 0].reshape(T, 1, -1), "fc/w": np.ones((4, 72))})
    run("compare", "--tensors", "t.npz").assert_refused("fc: ", "looks transposed")
    save({"fc/x": SPIKES[:, 0].reshape(T, 1, -1), "fc/w": np.ones((72, 4)) * 0.1})
    run("compare", "--tensors", "t.npz").assert_refused("fc/w: found 0.1", "round_weights")


def test_a_linear_layer_behind_a_map(run: Run) -> None:
    recorded(run, SPIKES[:, 0], "output_channels: 8, weight_sparsity: 0.5").assert_succeeded()
