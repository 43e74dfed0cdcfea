"""The layers of a space: how a worker makes each, and what of them a space varies."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import Any

from loas_tl.designs.parameter import Kind, Value
from loas_tl.exploration.identity import layer_key, text_key, version
from loas_tl.ground.errors import InputError
from loas_tl.workload.generate import generate_layer, generate_variant
from loas_tl.workload.layer import Layer
from loas_tl.workload.network import Network
from loas_tl.workload.source import LayerSource, Networks, Piece, Samples, layer_sources, listed

PREFIX = "workload."

VARIED: dict[str, Kind] = {
    "timesteps": "whole",
    "weight_density": "number",
    "spike_density": "number",
    "activation_density": "number",
    "seed": "whole",
}
"""What of a workload can vary, behind :data:`PREFIX`."""


@dataclass(frozen=True)
class Recipe:
    """A spMspM whose tensors are made where they are needed.

    Attributes:
        network: its network's name, the same for all variants of a workload.
        layer: its layer's.
        make: makes it.
        key: what it is known by before it is made; files and tensors given are hashed.
    """

    network: str
    layer: str
    make: Piece
    key: str


@dataclass(frozen=True)
class Plan:
    """A layer as its recipes.

    Attributes:
        network, layer: names.
        samples: the recipes of each sample, which are added up.
    """

    network: str
    layer: str
    samples: tuple[tuple[Recipe, ...], ...]

    @property
    def recipes(self) -> Iterator[Recipe]:
        """All of them."""
        return chain.from_iterable(self.samples)


@dataclass(frozen=True)
class Workload:
    """What was asked for, as for :func:`loas_tl.compare`.

    Attributes:
        networks, tensors, spikes, layers, seed, samples: see there.
        settings: what of generated networks is not to be as published.
    """

    networks: Networks | None = None
    tensors: str | os.PathLike[str] | None = None
    spikes: str | os.PathLike[str] | None = None
    layers: str | os.PathLike[str] | None = None
    seed: int = 0
    settings: Mapping[str, object] | None = None
    samples: Samples = "each"

    def varied(self, values: Mapping[str, Value]) -> Workload:
        """With other values of what varies, by name without the prefix."""
        settings = {name: value for name, value in values.items() if name != "seed"}
        seed = int(values.get("seed", self.seed))
        return replace(self, seed=seed, settings={**(self.settings or {}), **settings})

    @property
    def in_files(self) -> bool:
        """Whether its spikes are read from files."""
        return self.tensors is not None or self.spikes is not None

    def sources(self) -> list[LayerSource]:
        """Its layers, in order; raises InputError as :func:`loas_tl.compare` does."""
        return layer_sources(
            self.networks,
            tensors=self.tensors,
            spikes=self.spikes,
            layers=self.layers,
            seed=self.seed,
            settings=self.settings,
            samples=self.samples,
        )

    def plans(self) -> tuple[Plan, ...]:
        """How to make its layers; raises InputError as :func:`loas_tl.compare` does."""
        names = [source.network for source in replace(self, settings=None).sources()]
        return tuple(
            Plan(
                names[at],
                source.layer,
                tuple(
                    tuple(
                        self._recipe(names[at], source, piece, (at, number, part))
                        for part, piece in enumerate(sample)
                    )
                    for number, sample in enumerate(source.samples)
                ),
            )
            for at, source in enumerate(self.sources())
        )

    def _recipe(
        self, network: str, source: LayerSource, piece: Piece, place: tuple[int, int, int]
    ) -> Recipe:
        if isinstance(piece, partial) and piece.func in (generate_layer, generate_variant):
            key = text_key(f"{version()} {source.network} {source.layer} {self.seed}")
            return Recipe(network, source.layer, piece, key)
        key, again = layer_key(piece()), self._again()
        if again is not None:
            piece = partial(_piece, again, place)
        return Recipe(network, source.layer, piece, key)

    def _again(self) -> _Again | None:
        """What another process can read the same from; None of tensors that are in memory."""
        names = None if self.networks is None else listed(self.networks)
        if not self.in_files and not all(isinstance(name, str) for name in names or ()):
            return None
        paths = (self.tensors, self.spikes, self.layers)
        # A worker may have another folder to start from.
        files = (None if path is None else str(Path(path).absolute()) for path in paths)
        named = None if names is None else tuple(str(name) for name in names)
        return (named, *files, self.seed, self.samples)

    def check(self, varied: Mapping[str, object]) -> None:
        """Refuse to vary what it has not (InputError)."""
        names = [] if self.networks is None else listed(self.networks)
        generated = not self.in_files and not any(isinstance(n, Network) for n in names)
        for key in varied:
            if not generated and not (key == "seed" and self.spikes is not None):
                raise InputError(
                    "goes with generated networks; tensors of one's own have their own",
                    key=f"--vary {PREFIX}{key}",
                )


_Again = tuple[Any, ...]
"""Arguments of ``layer_sources``: networks, tensors, spikes, layers, seed, samples."""


def _piece(again: _Again, place: tuple[int, int, int]) -> Layer:
    at, number, part = place
    return _sources(again)[at].samples[number][part]()


@lru_cache(maxsize=1)
def _sources(again: _Again) -> list[LayerSource]:
    networks, tensors, spikes, layers, seed, samples = again
    return layer_sources(
        networks, tensors=tensors, spikes=spikes, layers=layers, seed=seed, samples=samples
    )
