"""Read ``.npz`` files that anyone may have made: never unpickle, and say what is wrong."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.errors import InputError

SAVED = "loas-tl network"
"""The array that says that a file is a saved network, see ``loas_tl.workload.saved``."""


class Archive:
    """An open ``.npz``; arrays are read when asked for."""

    def __init__(self, path: Path, arrays: np.lib.npyio.NpzFile) -> None:
        self.path = path
        self._arrays = arrays

    @property
    def keys(self) -> list[str]:
        """Names of the arrays, in the file's order."""
        return list(self._arrays.files)

    def read(self, key: str, expected: str) -> NDArray[np.generic]:
        """One array; raises InputError where it is missing, damaged or of Python objects."""
        if key not in self._arrays.files:
            raise InputError(f"missing; expected {expected}", file=self.path, key=key)
        try:
            array = self._arrays[key]
        except Exception as error:  # numpy, zipfile and zlib raise nearly anything for damage
            objects = isinstance(error, ValueError) and "allow_pickle" in str(error)
            what = (
                "holds Python objects, which are not loaded"
                if objects
                else f"cannot be read ({error})"
            )
            raise InputError(f"{what}; expected {expected}", file=self.path, key=key) from None
        if not isinstance(array, np.ndarray):
            raise InputError(f"is not an array; expected {expected}", file=self.path, key=key)
        return array


@contextmanager
def open_archive(path: Path, holding: str) -> Iterator[Archive]:
    """Open an ``.npz``; ``holding`` says what it should hold, for the messages."""
    readable(path, f"an .npz of {holding}")
    try:
        arrays = np.load(path, allow_pickle=False)
    except (ValueError, EOFError, OSError, zipfile.BadZipFile):
        raise InputError(f"is not an .npz file; expected {holding}", file=path) from None
    if not isinstance(arrays, np.lib.npyio.NpzFile):
        raise InputError(f"holds a single array; expected an .npz of {holding}", file=path)
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
        raise InputError(
            f"cannot be read ({error.strerror}); expected {expected}", file=path
        ) from None
    if empty:
        raise InputError(f"is empty; expected {expected}", file=path)
