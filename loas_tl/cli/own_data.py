"""``--data NAME=FILE``: tensors of one's own, for ``loas-tl validate SPEC``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loas_tl.ground.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_SUFFIXES = (".npz", ".npy")


def parted(given: Sequence[str]) -> tuple[dict[str, str], list[Path]]:
    """Tensors by name, and the other files, which hold what templates take from outside.

    Raises:
        InputError: a tensor is given twice.
    """
    tensors: dict[str, str] = {}
    others = []
    for entry in given:
        name, equals, file = entry.partition("=")
        if not equals:
            others.append(Path(entry))
        elif name in tensors:
            raise InputError(f"{name} is given twice", key="--data")
        else:
            tensors[name] = file
    return tensors, others


def read_tensors(files: dict[str, str]) -> dict[str, npt.NDArray[Any]]:
    """The arrays of files.

    A file is an ``.npy``, or an ``.npz`` of one array, of one called as the tensor is, or of one
    that is named behind a colon (``A=spikes.npz:conv1``).

    Raises:
        InputError: a file cannot be read, or it is not clear which of its arrays is meant.
    """
    return {name: _read(name, file) for name, file in files.items()}


def _read(name: str, given: str) -> npt.NDArray[np.generic]:
    from loas_tl.workload.archive import open_archive, read_single

    file, colon, key = given.rpartition(":")
    if not colon or Path(given).exists():
        file, key = given, ""
    path = Path(file)
    if path.suffix not in _SUFFIXES:
        raise InputError(
            f"{name} is to come from {given!r}; expected an .npz or .npy file", key="--data"
        )
    if path.suffix == ".npy":
        return read_single(path, f"the tensor {name}")
    with open_archive(path, f"the tensor {name}") as archive:
        if not key:
            keys = archive.keys
            if len(keys) > 1 and name not in keys:
                raise InputError(
                    f"holds {', '.join(keys[:8])}; say which is {name}: {name}={file}:KEY",
                    file=path,
                )
            key = keys[0] if len(keys) == 1 else name
        return archive.read(key, f"the tensor {name}")
