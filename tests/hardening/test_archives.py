"""Archives that say more than they hold."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loas_tl.ground import memory
from loas_tl.ground.errors import InputError
from loas_tl.kernel import spmspm, spmspm_report
from loas_tl.timeloop.mapper import search
from loas_tl.timeloop.spec import parse_spec
from loas_tl.workload.tensors import load_tensors
from tests.cli.outcome import Run
from tests.mapper.examples import matmul
from tests.workload.examples import W as ALL
from tests.workload.examples import one_layer, save


def _npy(shape: str, content: bytes) -> bytes:
    header = f"{{'descr': '|b1', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + content


def _archive(
    path: Path, spikes: bytes, weights: np.ndarray[tuple[int, int], np.dtype[np.int8]]
) -> Path:
    file = io.BytesIO()
    np.save(file, weights)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("fc/x.npy", spikes)
        archive.writestr("fc/w.npy", file.getvalue())
    return path


WEIGHTS = np.zeros((20, 8), np.int8)


@pytest.mark.parametrize(
    ("shape", "mention"),
    [
        ("(4, 1000000, 1000000)", "K"),  # the weights say otherwise
        ("(4, 1000000000, 20)", "more than the"),
        ("(4, -1, 20)", "damaged"),
        ("(" * 3000, "expected"),
        ("(4, 5, 20", "expected"),
    ],
)
def test_a_header_is_not_believed(tmp_path: Path, shape: str, mention: str) -> None:
    path = _archive(tmp_path / "t.npz", _npy(shape, b""), WEIGHTS)
    with pytest.raises(InputError, match=mention) as refused:
        load_tensors(path)
    assert str(path) in str(refused.value)


def test_what_unpacks_to_more_than_there_may_be_is_refused_before_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spikes = _npy("(4, 50000, 20)", bytes(4_000_000))
    path = _archive(tmp_path / "t.npz", spikes, WEIGHTS)
    assert load_tensors(path).layers[0].M == 50000
    monkeypatch.setattr(memory._Allowed, "bytes", 1_000_000)
    monkeypatch.setattr(np, "frombuffer", None)
    with pytest.raises(InputError, match=r"fc: its tensors would take .*memory.allow"):
        load_tensors(path)


@pytest.mark.parametrize("content", [_npy("(4000000000000,)", b""), b"\x93NUMPY\x01\x00\xff\xff{("])
def test_a_single_array_is_not_loaded_to_be_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match="single array"):
        load_tensors(path)


SMALL = matmul(m=64, n=48, k=36)


def test_a_checkpoint_of_other_shapes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "search.npz"
    asked: dict[str, Any] = {
        "max_mappings": 1000,
        "jobs": 1,
        "allow_unpriced": True,
        "checkpoint": path,
    }
    search(parse_spec(SMALL), **asked)
    with np.load(path) as archive:
        arrays = dict(archive)
    wrong = {
        "best_factors": arrays["best_factors"][..., :0],
        "best_keep": np.append(arrays["best_keep"], 0),
        "island0_order": arrays["island0_order"] + 1,
        "island0_split": -arrays["island0_split"] - 1,
        "island0_cost": arrays["island0_cost"][:-1],
        "island0_tie": arrays["island0_tie"].astype(str),
        "seen0": arrays["seen0"][:0],
    }
    for name, array in wrong.items():
        np.savez(path, **{**arrays, name: array})
        before = path.read_bytes()
        with pytest.raises(InputError, match=r"search\.npz"):
            search(parse_spec(SMALL), **asked)
        assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("compare", "--model", "detailed", "--accelerator", "LoAS"), "LoAS's walk"),
        (("compare", "--accelerator", "GoSPA-SNN"), "GoSPA-SNN's pairs of tiles"),
        (("compare", "--model", "detailed", "--accelerator", "GoSPA-SNN"), "GoSPA-SNN's"),
        (("innerjoin",), "LoAS's walk"),
        (("validate", "--accelerator", "LoAS"), "words of its tensors"),
    ],
)
def test_what_a_layer_takes_is_said_before_it_is_taken(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], said: str
) -> None:
    rng = np.random.default_rng(0)
    tensors = one_layer(tmp_path / "t.npz", rng.random((4, 3000, 3)) < 0.5, ALL[:3].repeat(400, 1))
    monkeypatch.setattr(memory._Allowed, "bytes", 200_000)
    run(*command, "--tensors", tensors).assert_refused(f"{tensors}: fc: ", said, "--max-memory")


def test_weights_are_not_made_where_they_would_not_fit(run: Run, tmp_path: Path) -> None:
    maps = save(tmp_path / "s.npz", {"fc": np.zeros((1, 200_000), np.bool_)})
    layers = tmp_path / "l.yaml"
    layers.write_text("layers: {fc: {output_channels: 65536, weight_sparsity: 0.5}}")
    outcome = run("formats", "--spikes", maps, "--layers", layers)
    outcome.assert_refused(f"{maps}: fc: its tensors would take 13.1 GB", "--max-memory")


def test_outputs_are_not_made_where_they_would_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory._Allowed, "bytes", 100_000)
    spikes, weights = np.ones((4, 100, 3), np.bool_), np.ones((3, 100), np.int8)
    for multiplied in (spmspm, spmspm_report):
        with pytest.raises(InputError, match=r"the outputs would take .*memory.allow"):
            multiplied(spikes, weights)
