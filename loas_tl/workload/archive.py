"""Read ``.npz`` files that anyone may have made: never unpickle, and say what is wrong."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.errors import InputError
from loas_tl.ground.memory import require
from loas_tl.ground.raised import as_input_error, reading

SAVED = "loas-tl network"
"""The array that says that a file is a saved network, see ``loas_tl.workload.saved``."""


_NPY = b"\x93NUMPY"


@dataclass(frozen=True)
class Header:
    """What an array says of itself."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def bytes(self) -> int:
        """That it takes in memory."""
        return prod(self.shape) * self.dtype.itemsize


class Archive:
    """An open ``.npz``; arrays are read when asked for, all together up to what memory allows."""

    def __init__(self, path: Path, arrays: np.lib.npyio.NpzFile) -> None:
        self.path = path
        self._arrays = arrays
        zipped: Any = arrays.zip
        # Sets, as there may be many: numpy and zipfile look through lists.
        self._files, self._members = frozenset(arrays.files), frozenset(zipped.namelist())
        self._taken = 0

    @property
    def keys(self) -> list[str]:
        """Names of the arrays, in the file's order."""
        return list(self._arrays.files)

    def read(self, key: str, expected: str) -> NDArray[np.generic]:
        """One array; raises InputError where it is missing, damaged or of Python objects."""
        header = self.header(key, expected)
        require(self._taken + header.bytes, "its arrays", file=self.path, key=key)
        self._taken += header.bytes
        with reading(self.path, expected, key=key):
            array = self._arrays[key]
        if not isinstance(array, np.ndarray):
            raise InputError(f"is not an array; expected {expected}", file=self.path, key=key)
        return array

    def header(self, key: str, expected: str) -> Header:
        """Shape and type of an array without its values; raises InputError as :meth:`read`."""
        if key not in self._files:
            raise InputError(f"missing; expected {expected}", file=self.path, key=key)
        with reading(self.path, expected, key=key):
            kept: Any = self._arrays.zip
            name = f"{key}.npy" if f"{key}.npy" in self._members else key
            with kept.open(name) as stream:
                header = _header(stream)
            size = kept.getinfo(name).file_size
        if header.dtype.hasobject:
            raise InputError(
                f"holds Python objects, which are not loaded; expected {expected}",
                file=self.path,
                key=key,
            )
        if header.bytes > size or min(header.shape, default=0) < 0:
            raise InputError(
                f"is damaged: shape {list(header.shape)} of {header.dtype} is more than the "
                f"{size} bytes that are there; expected {expected}",
                file=self.path,
                key=key,
            )
        return header


def _header(stream: IO[bytes]) -> Header:
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0
    if version != (1, 0):
        read = np.lib.format.read_array_header_2_0
    shape, _, dtype = read(stream)
    return Header(shape, dtype)


def read_single(path: Path, expected: str) -> NDArray[np.generic]:
    """The array of an ``.npy``.

    Raises:
        InputError: it is none, damaged, of Python objects, or larger than memory allows.
    """
    readable(path, f"an .npy of {expected}")
    with reading(path, expected):
        with path.open("rb") as stream:
            header = _header(stream)
        if not header.dtype.hasobject:
            require(header.bytes, "its array", file=path)
        size = path.stat().st_size
        if header.bytes > size:
            raise InputError(f"is damaged: holds less than it says; expected {expected}", file=path)
        array: NDArray[np.generic] = np.load(path, allow_pickle=False)
    return array


@contextmanager
def open_archive(path: Path, holding: str) -> Iterator[Archive]:
    """Open an ``.npz``; ``holding`` says what it should hold, for the messages."""
    readable(path, f"an .npz of {holding}")
    with path.open("rb") as file:
        start = file.read(len(_NPY))
    if start == _NPY:
        raise InputError(f"holds a single array; expected an .npz of {holding}", file=path)
    try:
        if not start.startswith(b"PK"):  # numpy would try to read it as something else
            raise zipfile.BadZipFile
        arrays = np.load(path, allow_pickle=False)
    except Exception:  # zipfile and numpy raise nearly anything for damage
        raise InputError(f"is not an .npz file; expected {holding}", file=path) from None
    with arrays:
        if not arrays.files:
            raise InputError(f"holds no arrays; expected {holding}", file=path)
        yield Archive(path, arrays)


def readable(path: Path, expected: str) -> None:
    """Raise InputError unless ``path`` is a file with something in it that may be read."""
    try:
        if not path.exists():
            raise InputError(f"no such file; expected {expected}", file=path)
        if not path.is_file():
            raise InputError(f"is not a file; expected {expected}", file=path)
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise as_input_error(error, file=path, expected=expected) from None
    if empty:
        raise InputError(f"is empty; expected {expected}", file=path)
