"""Files of NIR graphs that nobody wrote by mistake: refused by name, in bounds."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loas_tl import InputError, from_nir
from loas_tl.ground import memory
from loas_tl.trained import hdf5

nir = pytest.importorskip("nir")
h5py = pytest.importorskip("h5py")

ROWS = np.ones((4, 2, 3))
MATRIX = np.array([[1.0, 0.0, 2.0], [0.0, -1.0, 0.0]])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    graph = nir.NIRGraph.from_list(
        nir.Input(np.array([3])), nir.Linear(MATRIX), nir.Output(np.array([2]))
    )
    nir.write(tmp_path / "g.nir", graph)
    return tmp_path / "g.nir"


def names(path: Path) -> list[str]:
    with h5py.File(path) as file:
        return [*file["node/nodes"]]


def test_a_graph_is_read_as_nir_reads_it(path: Path) -> None:
    ours, theirs = from_nir(path, ROWS), from_nir(nir.read(path), ROWS, name="g")
    assert ours.name == "g"
    assert str(ours.summary()) == str(theirs.summary())
    np.testing.assert_array_equal(ours.layers[0].weights, theirs.layers[0].weights)


def soft(file: Any) -> None:
    file["node/nodes/linear/weight"] = h5py.SoftLink("/node/nodes/linear/weight")


def external(file: Any) -> None:
    file["node/nodes/linear/weight"] = h5py.ExternalLink("other.nir", "/x")


def circle(file: Any) -> None:
    file["node/nodes/linear/again"] = file["node"]


def huge(file: Any) -> None:
    file.create_dataset(
        "node/nodes/linear/weight", (10**6, 10**6), "f8", chunks=(1000, 1000), compression="gzip"
    )


def huge_chunk(file: Any) -> None:
    file.create_dataset(
        "node/nodes/linear/weight", (2, 3), "u1", chunks=(40_000, 60_000), maxshape=(None, None)
    )


def elsewhere(file: Any) -> None:
    file.create_dataset("node/nodes/linear/weight", (2, 3), "f8", external=[("x.bin", 0, 48)])


def compound(file: Any) -> None:
    file.create_dataset("node/nodes/linear/weight", (2, 3), [("a", "f4"), ("b", "S3")])


def nothing(file: Any) -> None:
    file["node/nodes/linear/other"] = 1


def undecodable(file: Any) -> None:
    file["node/nodes"].create_group(b"\xff\xfe")


def no_edges(file: Any) -> None:
    del file["node/edges"]
    file["node/edges"] = [1, 2]


def untyped(file: Any) -> None:
    del file["node/nodes/linear/type"]
    file["node/nodes/linear/type"] = [1.0, 2.0]


@pytest.mark.parametrize(
    ("change", "mention"),
    [
        (soft, "weight: is a link to elsewhere"),
        (external, "weight: is a link to elsewhere"),
        (circle, "again: leads back to itself"),
        (huge, "weight: its arrays would take 8e+03 GB"),
        (huge_chunk, "weight: its arrays would take"),
        (elsewhere, "weight: is kept in another file"),
        (compound, "weight: holds neither numbers nor texts"),
        (nothing, "linear: misses weight"),
        (undecodable, "cannot be read"),
        (no_edges, "edges: are no pairs of nodes"),
        (untyped, "linear: is no node; expected one with a type"),
    ],
)
def test_what_is_no_graph_is_refused_by_name(
    path: Path, change: Callable[[Any], None], mention: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory._Allowed, "bytes", 10**9)
    [linear] = (name for name in names(path) if "linear" in name.lower())
    with h5py.File(path, "r+") as file:
        file["node/nodes"].move(linear, "linear")
        if change not in (circle, undecodable, no_edges, untyped):
            del file["node/nodes/linear/weight"]
        change(file)
    with pytest.raises(InputError) as refused:
        from_nir(path, ROWS)
    assert str(refused.value).startswith(f"{path}: ")
    assert mention in str(refused.value)


def test_a_file_that_its_library_never_ends_with_is_given_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = path.read_bytes()
    heap = at = data.index(b"GCOL")
    at += 16
    while struct.unpack_from("<H", data, at)[0]:  # objects, before what is free
        [size] = struct.unpack_from("<Q", data, at + 8)
        at += 16 + -(-size // 8) * 8
    assert at < heap + 4096
    path.write_bytes(data[: at + 8] + struct.pack("<Q", 1) + data[at + 16 :])
    monkeypatch.setattr(hdf5, "SECONDS", 1)
    began = time.process_time()
    with pytest.raises(InputError, match=r"g\.nir: is damaged: reading it .* more than 1 s"):
        from_nir(path, ROWS)
    assert time.process_time() - began < 1  # another process's were spent
