"""LoAS's own ``.pth`` files: with PyTorch where it is, and with a stand-in everywhere."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from loas_tl import InputError, load_tensors
from tests.workload.examples import Array, TouchesWhenUnpickled, W, X, spikes, weights


class StandInTensor:
    """As much of a ``torch.Tensor`` as loading needs; strict about the order of the calls."""

    def __init__(self, array: Array, *, attached: bool = True) -> None:
        self.array = array
        self.attached = attached

    def detach(self) -> StandInTensor:
        return StandInTensor(self.array, attached=False)

    def to_dense(self) -> StandInTensor:
        return self

    def cpu(self) -> StandInTensor:
        return self

    def is_floating_point(self) -> bool:
        return self.array.dtype.kind == "f"

    def double(self) -> StandInTensor:
        return StandInTensor(self.array.astype(np.float64), attached=self.attached)

    def numpy(self) -> Array:
        if self.attached:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        return self.array


class StandInTorch(ModuleType):
    """A module named torch whose ``load`` returns or raises what a test says."""

    def __init__(self, outcome: object) -> None:
        super().__init__("torch")
        self.outcome = outcome
        self.calls: list[tuple[Any, dict[str, Any]]] = []

    def load(self, path: Any, **options: Any) -> object:
        self.calls.append((path, options))
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def tensors(x: Array = X, w: Array = W) -> dict[str, StandInTensor]:
    return {"x": StandInTensor(x), "w": StandInTensor(w)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with something in it; the stand-in does not look."""
    path = tmp_path / "vgg16.pth"
    path.write_bytes(b"not looked at")
    return path


def stand_in(monkeypatch: pytest.MonkeyPatch, outcome: object) -> StandInTorch:
    torch = StandInTorch(outcome)
    monkeypatch.setitem(sys.modules, "torch", torch)
    return torch


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as refused:
        load_tensors(path)
    assert len(str(refused.value).splitlines()) == 1
    return str(refused.value)


@pytest.mark.parametrize("suffix", [".pth", ".pt"])
def test_layers_are_loaded_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    path = tmp_path / f"net{suffix}"
    path.write_bytes(b"not looked at")
    other = tensors(spikes(3, 4, 5).astype(np.float32), weights(5, 6).astype(np.float32))
    stand_in(monkeypatch, {"Layer_2": other, "Layer_1": tensors()})
    network = load_tensors(path)
    assert network.name == "net"
    assert [layer.name for layer in network.layers] == ["Layer_2", "Layer_1"]
    np.testing.assert_array_equal(network.layers[0].spikes, spikes(3, 4, 5))
    np.testing.assert_array_equal(network.layers[0].weights, weights(5, 6))
    np.testing.assert_array_equal(network.layers[1].spikes, X)


def test_torch_is_told_to_read_weights_only(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = stand_in(monkeypatch, {"Layer_1": tensors()})
    load_tensors(path)
    ((loaded, options),) = torch.calls
    assert Path(loaded) == path
    # By name, not by what the installed version does by default.
    assert options["weights_only"] is True
    assert options["map_location"] == "cpu"


def test_without_torch_the_message_says_how_to_get_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    message = refusal(path)
    assert message.startswith(f"{path}: ")
    assert "pip install 'loas-tl[torch]'" in message


@pytest.mark.parametrize("installed", [True, False])
def test_a_missing_or_empty_file_is_refused_with_or_without_torch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: bool
) -> None:
    monkeypatch.setitem(sys.modules, "torch", StandInTorch({}) if installed else None)
    absent, empty = tmp_path / "absent.pth", tmp_path / "empty.pth"
    empty.write_bytes(b"")
    assert refusal(absent).startswith(f"{absent}: no such file; expected ")
    assert refusal(empty).startswith(f"{empty}: is empty; expected ")


@pytest.mark.parametrize(
    "error",
    [
        pickle.UnpicklingError("Weights only load failed.\nPlease file an issue\n\tat ..."),
        RuntimeError("PytorchStreamReader failed reading zip archive"),
        EOFError(),
        MemoryError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_torch_raises_becomes_one_line(
    path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    stand_in(monkeypatch, error)
    message = refusal(path)
    assert message.startswith(f"{path}: ")
    assert "expected a dict" in message


BAD_DOCUMENTS: dict[str, tuple[object, str, str]] = {
    "a list": ([tensors()], "", "expected a dict"),
    "a tensor": (StandInTensor(X), "", "expected a dict"),
    "nothing": ({}, "", "expected a dict"),
    "layers that are no dicts": ({"Layer_1": StandInTensor(X)}, "Layer_1: ", "'x' and 'w'"),
    "no weights": ({"Layer_1": {"x": StandInTensor(X)}}, "Layer_1: ", "'x' and 'w'"),
    "lists for tensors": (
        {"Layer_1": {"x": X.tolist(), "w": W.tolist()}},
        *("Layer_1/x: ", "expected a tensor"),
    ),
    "K that differs": ({"Layer_1": tensors(w=W[:-1])}, "Layer_1: ", "same K"),
    "zero timesteps": ({"Layer_1": tensors(X[:0])}, "Layer_1/x: ", "expected bool[T,M,K]"),
    "fractional spikes": ({"Layer_1": tensors(X * 0.5)}, "Layer_1/x: ", "0 or 1"),
    "NaN spikes": ({"Layer_1": tensors(X * np.nan)}, "Layer_1/x: ", "0 or 1"),
    "fractional weights": ({"Layer_1": tensors(w=W * 0.1)}, "Layer_1/w: ", "whole numbers"),
    "weights beyond 8 bits": (
        {"Layer_1": tensors(w=np.full((30, 8), 128))},
        *("Layer_1/w: ", "8-bit"),
    ),
    "a good layer and a bad one": (
        {"Layer_1": tensors(), "Layer_2": tensors(X[0])},
        *("Layer_2/x: ", "expected bool[T,M,K]"),
    ),
}


@pytest.mark.parametrize("bad", BAD_DOCUMENTS)
def test_a_bad_file_is_refused_by_name_key_and_expectation(
    path: Path, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    document, key, expectation = BAD_DOCUMENTS[bad]
    stand_in(monkeypatch, document)
    message = refusal(path)
    assert message.startswith(f"{path}: {key}")
    assert expectation in message


@pytest.mark.torch
def test_a_real_artifact_is_loaded(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    path = tmp_path / "net.pth"
    layer = {"x": torch.from_numpy(X.astype(np.float32)), "w": torch.from_numpy(W)}
    sparse = {"x": torch.from_numpy(X).float().to_sparse(), "w": torch.from_numpy(W).float()}
    grown = {
        "x": torch.from_numpy(X),
        "w": torch.nn.Parameter(torch.from_numpy(W.astype(np.float32))),
    }
    brief = {"x": torch.from_numpy(X).bfloat16(), "w": torch.from_numpy(W)}
    torch.save({"Layer_1": layer, "Layer_2": sparse, "Layer_3": grown, "Layer_4": brief}, path)
    network = load_tensors(path)
    assert [one.name for one in network.layers] == ["Layer_1", "Layer_2", "Layer_3", "Layer_4"]
    for one in network.layers:
        np.testing.assert_array_equal(one.spikes, X)
        np.testing.assert_array_equal(one.weights, W)


@pytest.mark.torch
@pytest.mark.parametrize("scale", [1.0, 0.01])
@pytest.mark.parametrize("per", ["tensor", "channel"])
def test_quantised_tensors_are_their_whole_numbers(tmp_path: Path, scale: float, per: str) -> None:
    torch = pytest.importorskip("torch")
    given = torch.tensor(W, dtype=torch.float32) * scale
    if per == "tensor":
        quantised = torch.quantize_per_tensor(given, scale, 0, torch.qint8)
    else:
        scales = torch.full((W.shape[1],), scale)
        zeros = torch.zeros(W.shape[1], dtype=torch.int64)
        quantised = torch.quantize_per_channel(given, scales, zeros, 1, torch.qint8)
    path = tmp_path / "a.pth"
    torch.save({"Layer_1": {"x": torch.tensor(X).float(), "w": quantised}}, path)
    np.testing.assert_array_equal(load_tensors(path).layers[0].weights, W)


@pytest.mark.torch
def test_a_real_artifact_that_runs_code_is_refused_and_not_run(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    path, ran = tmp_path / "net.pth", tmp_path / "ran"
    torch.save({"Layer_1": TouchesWhenUnpickled(ran)}, path)
    assert refusal(path).startswith(f"{path}: ")
    assert not ran.exists()


@pytest.mark.torch
def test_a_real_file_that_is_no_artifact_is_refused(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    damaged, single = tmp_path / "damaged.pth", tmp_path / "single.pth"
    damaged.write_bytes(b"hello")
    torch.save(torch.zeros(3), single)
    for path in (damaged, single):
        message = refusal(path)
        assert message.startswith(f"{path}: ")
        assert "expected a dict" in message
