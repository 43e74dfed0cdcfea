"""Small tensors, files of them, and files that must be refused."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

X_EXPECTED = "expected bool[T,M,K]"
W_EXPECTED = "expected integer[K,N]"
MAP_EXPECTED = "expected bool[T,C,H,W] or bool[T,features]"


def spikes(*shape: int, seed: int = 0) -> NDArray[np.bool_]:
    """Spikes of any shape, about a third of them ones."""
    return np.random.default_rng(seed).random(shape) < 0.3


def weights(k: int, n: int, seed: int = 0) -> NDArray[np.int8]:
    """Signed weights, about half of them zero."""
    rng = np.random.default_rng(seed)
    return rng.integers(-128, 128, (k, n)).astype(np.int8) * (rng.random((k, n)) < 0.5)


X = spikes(4, 20, 30)
W = weights(30, 8)


def save(path: Path, arrays: dict[str, Array]) -> Path:
    """Write an ``.npz`` whose names numpy's keyword arguments could not spell."""
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


def layers_file(path: Path, **layers: tuple[Array, Array]) -> Path:
    """Write ``<layer>/x`` and ``<layer>/w``."""
    return save(
        path,
        {
            f"{name}/{part}": array
            for name, (x, w) in layers.items()
            for part, array in (("x", x), ("w", w))
        },
    )


def one_layer(path: Path, x: Array = X, w: Array = W, name: str = "fc") -> Path:
    """Write a file of one layer."""
    return layers_file(path, **{name: (x, w)})


class TouchesWhenUnpickled:
    """Leaves a file behind where anything unpickles it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


@dataclass(frozen=True)
class BadFile:
    """A file that must be refused, and what the message must say besides the file's name."""

    about: str
    write: Callable[[Path], object]
    mentions: tuple[str, ...]


def _arrays(about: str, arrays: dict[str, Array], *mentions: str) -> BadFile:
    return BadFile(about, lambda path: save(path, arrays), mentions)


def _content(about: str, data: bytes, *mentions: str) -> BadFile:
    return BadFile(about, lambda path: path.write_bytes(data), mentions)


def as_npy(array: Array) -> bytes:
    """The ``.npy`` bytes of an array."""
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def npy_header(header: str) -> bytes:
    """A ``.npy`` that has a header but no data."""
    line = header.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(line).to_bytes(2, "little") + line.encode()


def as_zip(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """The bytes of a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _with_field(archive: bytes, local: int, central: int, value: int) -> bytes:
    """Overwrite a 16-bit field of all headers of a zip archive."""
    changed = bytearray(archive)
    for signature, offset in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        at = changed.find(signature)
        while at >= 0:
            changed[at + offset : at + offset + 2] = value.to_bytes(2, "little")
            at = changed.find(signature, at + 4)
    return bytes(changed)


def _scribbled(archive: bytes, first: int, last: int) -> bytes:
    return archive[:first] + bytes(last - first) + archive[last:]


def with_unknown_compression(archive: bytes) -> bytes:
    """The archive, claiming a compression method that does not exist."""
    return _with_field(archive, 8, 10, 99)


def with_password(archive: bytes) -> bytes:
    """The archive, claiming to be encrypted."""
    return _with_field(archive, 6, 8, 1)


def _pickled_object(path: Path) -> None:
    save(path, {"a/x": np.array([TouchesWhenUnpickled(path.with_suffix(".ran"))]), "a/w": W})


def _pickle(path: Path) -> None:
    path.write_bytes(pickle.dumps(TouchesWhenUnpickled(path.with_suffix(".ran"))))


_GOOD = {"a/x.npy": as_npy(X), "a/w.npy": as_npy(W)}
_HUGE = "{'descr': '|b1', 'fortran_order': False, 'shape': (4, 268435456, 268435456), }"
_ONE_LAYER = "expected <layer>/x and <layer>/w arrays"

NOT_ARCHIVES = [
    _content("empty", b"", "is empty", "expected"),
    _content("text", b"hello", "expected"),
    _content("a single array", as_npy(X), "expected"),
    _content("cut in half", as_zip(_GOOD)[:2000], "expected"),
    _content("an archive of nothing", as_zip({}), "expected"),
    BadFile("a pickle", _pickle, ("expected",)),
]
"""Files that hold no arrays at all."""

DAMAGED = [
    _content("not .npy", as_zip(_GOOD | {"a/x.npy": b"hello"})),
    _content("an empty member", as_zip(_GOOD | {"a/x.npy": b""})),
    _content("no .npy suffix", as_zip({"a/x": b"hello", "a/w": b"hello"})),
    _content("a member cut short", as_zip(_GOOD | {"a/x.npy": as_npy(X)[:-100]})),
    _content("a flipped byte", _scribbled(as_zip(_GOOD), 200, 260)),
    _content("damaged compression", _scribbled(as_zip(_GOOD, zipfile.ZIP_DEFLATED), 60, 140)),
    _content("an unknown compression", with_unknown_compression(as_zip(_GOOD))),
    _content("a password", with_password(as_zip(_GOOD))),
    _content("a shape beyond any memory", as_zip(_GOOD | {"a/x.npy": npy_header(_HUGE)})),
    _content("a header that is no dict", as_zip(_GOOD | {"a/x.npy": npy_header("{'descr': (")})),
]
"""Archives whose ``a/x`` cannot be read."""

BAD_TENSORS = [
    *(BadFile(bad.about, bad.write, (*bad.mentions, "<layer>/x")) for bad in NOT_ARCHIVES),
    *(BadFile(bad.about, bad.write, ("a/x", X_EXPECTED)) for bad in DAMAGED),
    _arrays("K that differs", {"a/x": X, "a/w": W[:-1]}, "a", "K = 30", "K = 29", "same K"),
    _arrays("NaN spikes", {"a/x": np.where(X, np.nan, 0), "a/w": W}, "a/x", "nan", "0 or 1"),
    _arrays("fractional spikes", {"a/x": X * 0.5, "a/w": W}, "a/x", "0.5", "0 or 1"),
    _arrays("negative spikes", {"a/x": X * -1, "a/w": W}, "a/x", "-1", "0 or 1"),
    _arrays("spikes of 2", {"a/x": X * 2, "a/w": W}, "a/x", "2", "0 or 1"),
    _arrays("spikes of two extents", {"a/x": X[0], "a/w": W}, "a/x", "[20,30]", X_EXPECTED),
    _arrays("spikes of no extent", {"a/x": np.array(True), "a/w": W}, "a/x", X_EXPECTED),
    _arrays("zero timesteps", {"a/x": X[:0], "a/w": W}, "a/x", "[0,20,30]", X_EXPECTED),
    _arrays("no pixels", {"a/x": X[:, :0], "a/w": W}, "a/x", "[4,0,30]", X_EXPECTED),
    _arrays("no inputs", {"a/x": X[:, :, :0], "a/w": W[:0]}, "a/x", X_EXPECTED),
    _arrays("no outputs", {"a/x": X, "a/w": W[:, :0]}, "a/w", "[30,0]", W_EXPECTED),
    _arrays("65 timesteps", {"a/x": spikes(65, 2, 30), "a/w": W}, "a/x", "65", "at most 64"),
    _arrays("spikes as text", {"a/x": X.astype(str), "a/w": W}, "a/x", X_EXPECTED),
    _arrays("complex spikes", {"a/x": X.astype(complex), "a/w": W}, "a/x", X_EXPECTED),
    _arrays("object spikes", {"a/x": X.astype(object), "a/w": W}, "a/x", "objects", X_EXPECTED),
    _arrays("object weights", {"a/x": X, "a/w": W.astype(object)}, "a/w", "objects", W_EXPECTED),
    BadFile("an object that runs code", _pickled_object, ("a/x", "objects", X_EXPECTED)),
    _arrays("weights of 128", {"a/x": X, "a/w": np.full((30, 8), 128)}, "a/w", "128", "8-bit"),
    _arrays("weights of -129", {"a/x": X, "a/w": np.full((30, 8), -129)}, "a/w", "8-bit"),
    _arrays(
        "weights of 64 bits",
        {"a/x": X, "a/w": np.full((30, 8), 2**64 - 1, dtype=np.uint64)},
        *("a/w", "8-bit"),
    ),
    _arrays("fractional weights", {"a/x": X, "a/w": W * 0.5}, "a/w", "whole numbers"),
    _arrays("NaN weights", {"a/x": X, "a/w": W * np.nan}, "a/w", "nan", "whole numbers"),
    _arrays("infinite weights", {"a/x": X, "a/w": W + np.inf}, "a/w", "inf", "whole numbers"),
    _arrays("weights of three extents", {"a/x": X, "a/w": W[None]}, "a/w", "[1,30,8]", W_EXPECTED),
    _arrays("no weights", {"a/x": X}, "a/w", "missing", W_EXPECTED),
    _arrays("no spikes", {"a/w": W}, "a/x", "missing", X_EXPECTED),
    _arrays("an array of another name", {"a/x": X, "a/w": W, "a/bias": W}, "a/bias", "expected"),
    _arrays("arrays without a layer", {"x": X, "w": W}, "x", "expected <layer>/x"),
]
"""Files of tensors that must be refused; the offending layer is ``a``."""


def ids(cases: list[BadFile]) -> list[str]:
    """Names for pytest."""
    return [case.about for case in cases]
