"""Networks from files of tensors."""

from __future__ import annotations

import os

from loas_tl.ground.errors import InputError
from loas_tl.ground.files import stem
from loas_tl.ground.given import path_of
from loas_tl.workload.archive import SAVED, open_archive
from loas_tl.workload.artifact import load_artifact
from loas_tl.workload.layer import Layer, check_shapes
from loas_tl.workload.network import Network

EXPECTED = {"x": "bool[T,M,K] spikes", "w": "integer[K,N] weights"}


def load_tensors(path: str | os.PathLike[str]) -> Network:
    """Load a network from ``<layer>/x`` bool[T,M,K] and ``<layer>/w`` integer[K,N] in an ``.npz``.

    An ``.npz`` that :meth:`Network.save` wrote is read as it was. A ``.pth`` is taken for a file of
    LoAS's artifact, see
    :func:`~loas_tl.workload.artifact.load_artifact`. Other networks are called as their files.

    Args:
        path: the file.

    Returns:
        The network.

    Raises:
        InputError: where the file or an array in it is not as expected.

    >>> import loas_tl
    >>> import numpy as np
    >>> x, w = np.ones((4, 2, 3), dtype=bool), np.ones((3, 5), dtype=np.int8)
    >>> np.savez("tiny.npz", **{"fc/x": x, "fc/w": w})
    >>> loas_tl.load_tensors("tiny.npz")
    <Network: tiny, 1 layers>
    """
    path = path_of(path, "path")
    if path.suffix in {".pth", ".pt"}:
        return load_artifact(path)
    layers: list[Layer] = []
    with open_archive(path, "<layer>/x and <layer>/w arrays") as archive:
        if SAVED in archive.keys:
            from loas_tl.workload.restored import read_network

            return read_network(archive)
        for key in archive.keys:
            if key.rpartition("/")[0] == "" or key.rpartition("/")[2] not in EXPECTED:
                raise InputError(
                    "unknown array; expected <layer>/x or <layer>/w", file=path, key=key
                )
        for name in dict.fromkeys(key.rpartition("/")[0] for key in archive.keys):
            shapes = [archive.header(f"{name}/{part}", EXPECTED[part]).shape for part in EXPECTED]
            if (len(shapes[0]), len(shapes[1])) == (3, 2):  # else who reads them says what is wrong
                check_shapes(name, shapes[0], shapes[1], path)
            spikes, weights = (archive.read(f"{name}/{part}", EXPECTED[part]) for part in EXPECTED)
            layers.append(Layer(name, spikes, weights, origin=path))  # type: ignore[arg-type]
    return Network(stem(path), tuple(layers))
