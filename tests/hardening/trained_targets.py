"""What :mod:`loas_tl.trained` reads and writes, attacked: graphs, weights, inputs, captures."""

from __future__ import annotations

import io
import random
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from loas_tl.workload.archive import SAVED
from tests.hardening import hostile, hostile_hdf5, hostile_torch
from tests.hardening.readers import reader
from tests.workload.examples import spikes

MAPS = spikes(3, 2, 2, 6, 6).astype(np.float32)  # T, N, C, H, W
PROGRAM = """import torch

def net():
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Conv2d(2, 4, 3, bias=False),
        torch.nn.Threshold(0.5, 0.0),
        torch.nn.Flatten(),
        torch.nn.Linear(64, 5),
    )
"""


def _each(shape: Any, value: float) -> Any:
    return np.full(shape, value, np.float32)


@cache
def graph_file() -> bytes:
    """A NIR graph with one of nearly every kind of node."""
    import nir

    rng = np.random.default_rng(0)
    nodes = {
        "input": nir.Input(np.array([2, 6, 6])),
        "conv": nir.Conv2d(
            (6, 6), rng.standard_normal((4, 2, 3, 3)), 1, 1, 1, 1, rng.standard_normal(4)
        ),
        "if": nir.IF(*(_each((4, 6, 6), value) for value in (1e4, 0.5, 0))),
        "pool": nir.AvgPool2d(np.array([2, 2]), np.array([2, 2]), np.array([0, 0])),
        "over": nir.Threshold(_each((4, 3, 3), 0.3)),
        "flat": nir.Flatten({"input": np.array([4, 3, 3])}, 0, -1),
        "fc": nir.Affine(rng.standard_normal((5, 36)), rng.standard_normal(5)),
        "lif": nir.LIF(_each(5, 2e-4), _each(5, 2), _each(5, 0), _each(5, 0.3), _each(5, 0)),
        "out": nir.Linear(rng.standard_normal((3, 5))),
        "cuba": nir.CubaLIF(
            **{name: _each(3, 2e-4) for name in ("tau_syn", "tau_mem")},
            **{name: _each(3, 1) for name in ("r", "v_threshold", "w_in")},
            v_leak=_each(3, 0),
            v_reset=_each(3, 0),
        ),
        "output": nir.Output(np.array([3])),
    }
    file = io.BytesIO()
    nir.write(file, nir.NIRGraph(nodes, [*pairwise(nodes)]))
    return file.getvalue()


@cache
def captured() -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of a capture: a convolution in groups, bit-planes, and what is not covered."""
    from loas_tl import from_nir
    from tests.trained.graphs import Graph, node

    rng = np.random.default_rng(1)
    how = {"stride": 1, "padding": "same", "dilation": 1, "groups": 2}
    graph = Graph(
        {
            "conv": node("Conv2d", weight=rng.integers(-3, 4, (4, 1, 3, 3)), bias=None, **how),
            "if": node("IF", r=_each(1, 1e4), v_threshold=_each(1, 1), v_reset=_each(1, 0)),
            "sum": node("SumPool2d", kernel_size=2, stride=2, padding=0),
            "flat": node("Flatten", start_dim=0, end_dim=-1),
            "fc": node("Affine", weight=rng.standard_normal((5, 36)), bias=np.arange(5.0)),
            "real": node("Linear", weight=rng.standard_normal((2, 5))),
        },
        [("conv", "if"), ("if", "sum"), ("sum", "flat"), ("flat", "fc"), ("fc", "real")],
    )
    with TemporaryDirectory() as name:
        path = Path(name) / "n.npz"
        from_nir(graph, MAPS).save(path)
        with np.load(path) as arrays:
            return dict(arrays)


@cache
def state() -> dict[str, Any]:
    """Weights of the program's network."""
    import torch

    torch.manual_seed(1)
    shapes = {"0.weight": (4, 2, 3, 3), "3.weight": (5, 64), "3.bias": (5,)}
    return {name: torch.randn(shape) for name, shape in shapes.items()}


def _npz(path: Path, array: Any) -> None:
    np.savez(path, x=array)


def capture(rng: random.Random, folder: Path) -> list[str]:
    """A damaged capture."""
    arrays = dict(captured())
    if rng.random() < 0.5:
        text = hostile.text(rng, str(arrays[SAVED]))[:50_000].replace("\x00", "")
        np.savez(folder / "t.npz", **(arrays | {SAVED: np.array(text)}))
    else:
        (folder / "t.npz").write_bytes(hostile.archive(rng, arrays))
    return reader(rng, "--tensors", "t.npz")


def graph(rng: random.Random, folder: Path) -> list[str]:
    """A damaged NIR graph, or damaged inputs."""
    data = graph_file()
    wrong = rng.choice(("bytes", "file", "file", "file", "file", "inputs"))
    if wrong == "bytes":
        data = hostile.damaged(rng, data)
    elif wrong == "file":
        data = hostile_hdf5.hdf5(rng, data)
    (folder / "g.nir").write_bytes(data)
    if wrong != "inputs":
        _npz(folder / "i.npz", MAPS)
    elif rng.random() < 0.5:
        _npz(folder / "i.npz", hostile.other_values(rng, MAPS))
    else:
        (folder / "i.npz").write_bytes(hostile.archive(rng, {"x": MAPS}))
    more: list[str] = []
    if rng.random() < 0.3:
        more += ["--like", rng.choice(("spikingjelly", "snntorch", "snntorch-zero"))]
    if rng.random() < 0.2:
        more += rng.choice((["--timesteps", rng.choice(("2", "64", "65", "1000000000"))],
                            [f"--dt={hostile.word(rng)}"], ["--encoding", "bitplanes"],
                            ["--rounding", "channel"]))  # fmt: skip
    return ["capture", "g.nir", "--inputs", "i.npz", "--out", "n.npz", *_plain(more)]


def weights(rng: random.Random, folder: Path) -> list[str]:
    """Damaged weights of a model."""
    (folder / "m.py").write_text(PROGRAM)
    _npz(folder / "i.npz", MAPS[0] != 0)
    if rng.random() < 0.3:
        name, data = "w.safetensors", hostile_torch.safetensors(rng, state())
    else:
        name, data = rng.choice(("w.pth", "w.pt", "w")), hostile_torch.pth(rng, state())
    (folder / name).write_bytes(data)
    return [*_CAPTURE, "--inputs", "i.npz", "--weights", name]


def inputs(rng: random.Random, folder: Path) -> list[str]:
    """Damaged inputs of a model."""
    import torch

    (folder / "m.py").write_text(PROGRAM)
    maps = torch.tensor(MAPS[0])
    if rng.random() < 0.3:
        (folder / "i.npz").write_bytes(hostile.archive(rng, {"x": MAPS[0]}))
        return [*_CAPTURE, "--inputs", "i.npz"]
    if rng.random() < 0.5:
        data = hostile_torch.pth(rng, {"x": maps})
    else:
        others: Any = (
            hostile_torch.tensor(rng, maps),
            (maps, maps),
            [maps, 1],
            [],
            (),
            torch.zeros(1).expand(10**6, 2, 10**6, 6),
            torch.zeros(0, 2, 6, 6),
            torch.tensor(1.0),
            maps[0],
        )
        file = io.BytesIO()
        torch.save(rng.choice(others), file)
        data = file.getvalue()
    (folder / "i.pt").write_bytes(data)
    return [*_CAPTURE, "--inputs", "i.pt"]


_CAPTURE = ("capture", "m.py:net", "--out", "n.npz", "--timesteps", "1", "--batch-axis", "0")


def _plain(arguments: list[str]) -> list[str]:
    return [one.replace("\x00", "0") for one in arguments]
