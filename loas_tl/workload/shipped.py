"""Trained networks that come with the package, real in both operands."""

from __future__ import annotations

from loas_tl.ground.data import DATA
from loas_tl.workload.network import Network

FOLDER = DATA / "networks"


def shipped_networks() -> list[str]:
    """Their names."""
    return sorted(path.stem for path in FOLDER.glob("*.npz"))


def load_shipped(name: str) -> Network:
    """One of :func:`shipped_networks`."""
    from loas_tl.workload.tensors import load_tensors

    return load_tensors(FOLDER / f"{name}.npz")
