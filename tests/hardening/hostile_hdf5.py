"""Damages HDF5 files by what HDF5 can say: links, types, sizes, and names that are none."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from tests.hardening import hostile

Change = Callable[[random.Random, Any], None]


def hdf5(rng: random.Random, data: bytes) -> bytes:
    """The file with one to three things changed."""
    import h5py

    file = io.BytesIO(data)
    with h5py.File(file, "r+") as opened:
        for _ in range(rng.choice((1, 1, 2, 3))):
            # What HDF5 itself would not have stays as it was.
            with suppress(ValueError, TypeError, OSError, KeyError, IndexError, RuntimeError):
                rng.choice(CHANGES)(rng, opened)
    found = file.getvalue()
    return hostile.damaged(rng, found) if rng.random() < 0.1 else found


def _names(opened: Any) -> list[str]:
    found: list[str] = []
    opened.visit(found.append)
    return found


def _some(rng: random.Random, opened: Any) -> str:
    return rng.choice(_names(opened))


def _array(rng: random.Random, opened: Any) -> str:
    return rng.choice([name for name in _names(opened) if hasattr(opened[name], "shape")])


def _group(rng: random.Random, opened: Any) -> Any:
    return opened[rng.choice([n for n in _names(opened) if not hasattr(opened[n], "shape")])]


def _without(rng: random.Random, opened: Any) -> None:
    del opened[_some(rng, opened)]


def _values(rng: random.Random, opened: Any) -> None:
    name = _array(rng, opened)
    array = opened[name][()]
    del opened[name]
    if isinstance(array, bytes):
        opened[name] = hostile.word(rng)
    else:
        opened[name] = hostile.other_values(rng, np.asarray(array))


def _number(rng: random.Random, opened: Any) -> None:
    wanted = ("stride", "padding", "groups", "dilation", "kernel_size", "start_dim", "end_dim")
    names = [name for name in _names(opened) if name.rpartition("/")[2] in wanted]
    name = rng.choice(names)
    del opened[name]
    values: tuple[Any, ...] = (
        0, -1, 3, 2**31, 2**62, [0, 0], [1, -5], [1, 2, 3], [40_000, 40_000], 0.5, np.nan, "same",
        "valid", "x", b"\xff", True, [], [[1, 1]], 1j,
    )  # fmt: skip
    opened[name] = rng.choice(values)


def _huge(rng: random.Random, opened: Any) -> None:
    """Shapes that say much of a file that holds nothing of it."""
    name = _array(rng, opened)
    del opened[name]
    shape, chunks = rng.choice(
        (
            ((10**6, 10**6), (1000, 1000)),
            ((10**9,), (10**8,)),
            ((3, 5), (3000, 5000)),
            ((2**40,), (2**20,)),
            ((1, 10**12), None),
            ((20_000_000,), (20_000_000,)),
        )
    )
    grows = tuple(None for _ in shape) if chunks else None
    how = {"chunks": chunks, "compression": "gzip"} if chunks else {}
    opened.create_dataset(name, shape=shape, dtype=rng.choice(("f8", "u1")), maxshape=grows, **how)


def _link(rng: random.Random, opened: Any) -> None:
    import h5py

    group, name = _group(rng, opened), rng.choice(("a", "weight", "nodes", "edges", "type"))
    if name in group:
        del group[name]
    group[name] = rng.choice(
        (
            h5py.SoftLink("/node"),
            h5py.SoftLink(f"{group.name}/{name}"),
            h5py.SoftLink("/nothing"),
            h5py.ExternalLink("other.nir", "/node"),
            h5py.ExternalLink("/etc/passwd", "/"),
            opened["/node"],
            opened["/"],
            opened["/node/nodes"],
        )
    )


def _kind(rng: random.Random, opened: Any) -> None:
    import h5py

    name = _array(rng, opened)
    del opened[name]
    compound = np.dtype([("r", "f4"), ("i", "f4"), ("s", "S3")])
    kinds = (
        compound,
        h5py.vlen_dtype(np.float64),
        h5py.ref_dtype,
        h5py.enum_dtype({"A": 1}),
        np.dtype("V9"),
        h5py.string_dtype(),
        h5py.string_dtype("ascii", 4),
        np.dtype(("f4", (2, 3))),
        np.dtype("c16"),
        np.dtype("?"),
        np.dtype(">f2"),
    )
    opened.create_dataset(name, shape=rng.choice(((), (3,), (2, 0))), dtype=rng.choice(kinds))


def _empty(rng: random.Random, opened: Any) -> None:
    import h5py

    name = _array(rng, opened)
    del opened[name]
    opened[name] = h5py.Empty(rng.choice(("f4", "S10")))


def _elsewhere(rng: random.Random, opened: Any) -> None:
    """Arrays that are kept in other files."""
    import h5py

    name = _array(rng, opened)
    del opened[name]
    if rng.random() < 0.5:
        other = [("other.bin", 0, 240), ("../../x", 0, 240)]
        opened.create_dataset(name, shape=(5, 6), dtype="f8", external=other)
    else:
        layout = h5py.VirtualLayout((5, 6), "f8")
        layout[:] = h5py.VirtualSource("other.nir", "x", shape=(5, 6))
        opened.create_virtual_dataset(name, layout)


def _named(rng: random.Random, opened: Any) -> None:
    name = _some(rng, opened)
    others: tuple[Any, ...] = (
        "\x1b[31m", "\x07", "a" * 5000, "\u202e", "層", " ", ".", "..", "a/b/c", b"\xff\xfe", "=1",
        "\n",
    )  # fmt: skip
    parent = opened[name].parent
    parent.move(name.rpartition("/")[2], rng.choice(others))


def _edges(rng: random.Random, opened: Any) -> None:
    import h5py

    nodes = [*opened["node/nodes"]]
    del opened["node/edges"]
    count = rng.choice((1, 3, 2000))
    pairs: Any = [[rng.choice([*nodes, "x"]) for _ in range(2)] for _ in range(count)]
    pairs = rng.choice((pairs, pairs, [1, 2], 3, pairs[0], [[p[0]] * 3 for p in pairs], "a"))
    if isinstance(pairs, list) and isinstance(pairs[0], list | str):
        opened.create_dataset("node/edges", data=pairs, dtype=h5py.string_dtype())
    else:
        opened["node/edges"] = pairs


def _deep(rng: random.Random, opened: Any) -> None:
    group = _group(rng, opened)
    for _ in range(rng.choice((5, 30, 400))):
        group = group.create_group("a")


def _many(rng: random.Random, opened: Any) -> None:
    group = _group(rng, opened)
    for at in range(rng.choice((10, 500))):
        group.create_group(f"more{at}")["type"] = rng.choice(("Input", "Output", "x"))


def _type(rng: random.Random, opened: Any) -> None:
    kinds = [name for name in _names(opened) if name.endswith("/type")]
    name = rng.choice(kinds)
    del opened[name]
    known = ("NIRGraph", "Linear", "LIF", "CubaLIF", "Conv1d", "Delay", "os", "np", "dict2NIRNode")
    opened[name] = rng.choice((*known, 1, [1.0], b"\xff", hostile.word(rng)))


CHANGES: tuple[Change, ...] = (
    _without, _values, _values, _values, _number, _number, _huge, _link, _link, _kind, _empty,
    _elsewhere, _named, _edges, _deep, _many, _type,
)  # fmt: skip
