"""Read the files of NIR graphs, node by node."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from loas_tl.ground.errors import InputError
from loas_tl.workload.archive import readable

HOLDING = "a NIR graph"


@dataclass(frozen=True, eq=False)
class Graph:
    """As much of a ``nir.NIRGraph`` as running it takes.

    Attributes:
        nodes: by name.
        edges: from a node to a node, by their names.
    """

    nodes: dict[str, Any]
    edges: list[tuple[str, str]]


def read_graph(path: Path, kinds: tuple[str, ...]) -> Graph:
    """The graph of a file that ``nir.write`` wrote; nothing in it is run.

    Args:
        path: of the file.
        kinds: of nodes that are known.

    Raises:
        InputError: where nir is missing, the file is no such graph, or holds other nodes.
    """
    readable(path, HOLDING)
    try:
        import nir
    except ImportError:
        raise InputError(
            "needs nir to be read; install it with pip install 'loas-tl[nir]'", file=path
        ) from None
    from loas_tl.trained.hdf5 import read_tree

    tree = read_tree(path, "node", HOLDING)
    kind = tree.get("type")
    if not isinstance(kind, str) or kind != "NIRGraph" or not isinstance(tree.get("nodes"), dict):
        raise InputError(f"is not of type NIRGraph with nodes; expected {HOLDING}", file=path)
    nodes = {key: _node(nir, path, key, of, kinds) for key, of in tree["nodes"].items()}
    return Graph(nodes, _edges(path, tree.get("edges")))


def _edges(path: Path, edges: Any) -> list[tuple[str, str]]:
    pairs = np.asarray(edges, dtype=object)
    if pairs.size == 0:
        return []
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not all(isinstance(e, str) for e in pairs.flat):
        raise InputError("are no pairs of nodes; expected [E, 2] names", file=path, key="edges")
    return [(source, target) for source, target in pairs.tolist()]


def _node(nir: Any, path: Path, key: str, given: Any, kinds: tuple[str, ...]) -> Any:
    kind = given.get("type") if isinstance(given, dict) else None
    if not isinstance(kind, str):
        raise InputError("is no node; expected one with a type", file=path, key=key)
    if kind not in kinds:
        raise unknown(kind, kinds, file=path, key=key)
    wanted = (
        one.name
        for one in fields(getattr(nir, kind))
        if one.init and one.default is MISSING and one.default_factory is MISSING
    )
    try:
        with np.errstate(all="ignore"):
            return nir.dict2NIRNode({**given, "type": kind})
    except Exception:  # nir asserts, and hands on what numpy raises
        missing = [name for name in wanted if name not in given and not name.endswith("_type")]
        problem = f"misses {', '.join(missing)}" if missing else "is none that NIR has"
        raise InputError(f"{problem}; expected a {kind}", file=path, key=key) from None


def unknown(kind: str, kinds: tuple[str, ...], *, file: object = None, key: str) -> InputError:
    """The error for a node that is not known."""
    return InputError(
        f"is a {kind[:40]}, which is not known; expected one of {', '.join(kinds)}",
        file=file,
        key=key,
    )
