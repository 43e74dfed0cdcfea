"""A network: a named list of layers, and what of it no layer stands for."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from loas_tl.ground.errors import InputError
from loas_tl.ground.shown import Shown
from loas_tl.ground.titles import network_title
from loas_tl.workload.layer import Layer
from loas_tl.workload.samples import SampledLayer

if TYPE_CHECKING:
    import pandas as pd

    from loas_tl.workload.summary import Summary


@dataclass(frozen=True)
class Uncovered:
    """A layer of the network that is no spMspM here, so that its work is missing from the totals.

    Attributes:
        name: as in the network.
        kind: what it is, such as ``Conv2d``.
        why: in a few words.
        operations: multiply-accumulates of one sample over all timesteps, zeros included; 0 where
            nobody knows how many.
        at: how many layers of the network come before it, covered or not.
    """

    name: str
    kind: str
    why: str
    operations: int
    at: int = 0


@dataclass(frozen=True)
class Coverage:
    """How much of a network its layers stand for.

    Attributes:
        layers: of the network.
        missing: what is not covered.
        operations: multiply-accumulates of one sample, covered or not, zeros included.
    """

    layers: int
    missing: tuple[Uncovered, ...]
    operations: int

    @property
    def share(self) -> float:
        """Share of the operations that are not covered."""
        return sum(one.operations for one in self.missing) / max(self.operations, 1)

    @property
    def unknown(self) -> int:
        """How many of the missing layers have operations that are not known."""
        return sum(not one.operations for one in self.missing)

    def record(self) -> dict[str, Any]:
        """What a JSON document says of it; null is not known."""
        return {
            "network_layers": self.layers,
            "layers_missing": len(self.missing),
            "operations": self.operations,
            "operations_missing": sum(one.operations for one in self.missing),
            "missing_share": None if self.unknown else self.share,
            "missing": [
                {
                    **{key: getattr(one, key) for key in ("name", "kind", "why")},
                    "operations": one.operations or None,
                }
                for one in self.missing
            ],
        }

    def __str__(self) -> str:
        said = f"{len(self.missing)} of {self.layers} layers not captured, "
        names = [one.name for one in self.missing if not one.operations]
        if not names:
            return said + f"{100 * self.share:.3g} % of the operations"
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        return said + f"with operations that are not known: {', '.join(names[:3])}{more}"


@dataclass(frozen=True, eq=False, repr=False)
class Network(Shown):
    """A named list of layers, in order.

    Attributes:
        name: what reports call it.
        layers: at least one :class:`~loas_tl.Layer` or
            :class:`~loas_tl.workload.samples.SampledLayer`, with names that differ. Those with
            several samples have as many as each other.
        uncovered: what else the network computes.

    Raises:
        InputError: without layers, where two have the same name, or where they have samples of
            different number.

    >>> import loas_tl
    >>> spikes, weights = [[[1, 0, 1]], [[1, 0, 0]]], [[5, -1], [9, 9], [0, 2]]
    >>> layer = loas_tl.Layer("fc", spikes, weights)
    >>> network = loas_tl.Network("mine", (layer,))
    >>> network
    <Network: mine, 1 layers>
    >>> network.to_frame()[["layer", "T", "M", "N", "K", "input_density"]]
      layer  T  M  N  K  input_density
    0    fc  2  1  2  3            0.5
    """

    name: str
    layers: tuple[Any, ...]  # Any: who reads one kind would have to tell them apart
    uncovered: tuple[Uncovered, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise InputError(f"is of type {type(self.name).__name__}; expected a text", key="name")
        if not isinstance(self.uncovered, Iterable):
            kind = type(self.uncovered).__name__
            raise InputError(f"uncovered is of type {kind}; expected a list", key=self.name)
        if not isinstance(self.layers, Iterable):
            kind = type(self.layers).__name__
            raise InputError(
                f"layers are of type {kind}; expected a list of Layer objects", key=self.name
            )
        object.__setattr__(self, "layers", tuple(self.layers))
        object.__setattr__(self, "uncovered", tuple(self.uncovered))
        for other in self.uncovered:
            if not isinstance(other, Uncovered):
                kind = type(other).__name__
                raise InputError(f"uncovered holds a {kind}; expected Uncovered", key=self.name)
        if not self.layers:
            raise InputError("no layers; expected at least one", key=self.name)
        for one in self.layers:
            if not isinstance(one, Layer | SampledLayer):
                kind = type(one).__name__
                raise InputError(f"holds a {kind}; expected Layer objects", key=self.name)
        for name, times in Counter(one.name for one in self.layers).items():
            if times > 1:
                raise InputError(f"two layers are called {name!r}", key=self.name)
        counts = {one.samples for one in self.layers if isinstance(one, SampledLayer)}
        if len(counts) > 1:
            raise InputError(
                f"layers have {' and '.join(map(str, sorted(counts)))} samples; "
                "expected as many in each",
                key=self.name,
            )

    @property
    def samples(self) -> int:
        """Samples of each layer."""
        return max(one.samples if isinstance(one, SampledLayer) else 1 for one in self.layers)

    @property
    def coverage(self) -> Coverage:
        """How much of the network the layers stand for."""
        covered = sum(one.operations for one in self.layers)
        missing = sum(one.operations for one in self.uncovered)
        return Coverage(len(self.layers) + len(self.uncovered), self.uncovered, covered + missing)

    @property
    def headline(self) -> str:
        """Name, and how many layers and samples."""
        missing = f", {len(self.uncovered)} not captured" if self.uncovered else ""
        several = f", {self.samples} samples" if self.samples > 1 else ""
        return f"{network_title(self.name)}, {len(self.layers)} layers{missing}{several}"

    def to_frame(self) -> pd.DataFrame:
        """A row a layer: the frame of :meth:`summary`."""
        return self.summary().to_frame()

    def brief(self) -> pd.DataFrame:
        """Extents, densities and share of the work of each layer."""
        names = ["layer", "kind", "T", "M", "N", "K", "input_density", "weight_density", "share"]
        return self.to_frame()[names]

    def to_dict(self) -> dict[str, Any]:
        """The object of :meth:`summary`."""
        return self.summary().to_dict()

    def summary(self) -> Summary:
        """Every layer, covered or not and why: extents, densities, share of the work."""
        from loas_tl.workload.summary import summarise

        return summarise(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write an ``.npz`` that every command takes as ``--tensors``.

        Args:
            path: of the file.

        Raises:
            InputError: where it cannot be written.
        """
        from loas_tl.workload.saved import save_network

        save_network(self, path)
