"""Where layers come from: names of generated networks, objects, files; and work on each of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from loas_tl.ground.errors import InputError
from loas_tl.workload.generate import generate_layer, generate_variant
from loas_tl.workload.layer import Layer, Network
from loas_tl.workload.statistics import NETWORKS, statistics_of
from loas_tl.workload.variant import Variant

Progress = Callable[[int, int, str], None]
"""Called as ``progress(layers done, layers in all, what was done last)``."""

Networks = str | Network | Iterable[str | Network]
"""A name (``loas-tl networks`` lists them), a network, or several of either."""

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class LayerSource:
    """A layer that is made when its turn comes.

    Attributes:
        network, layer: names.
        make: gives the layer.
        generated: whether it is made from the published statistics as they are.
    """

    network: str
    layer: str
    make: Callable[[], Layer]
    generated: bool


def layer_sources(
    networks: Networks | None = None,
    *,
    tensors: str | os.PathLike[str] | None = None,
    spikes: str | os.PathLike[str] | None = None,
    layers: str | os.PathLike[str] | None = None,
    seed: int = 0,
    settings: Mapping[str, object] | None = None,
) -> list[LayerSource]:
    """The layers of what was asked for, in order.

    Give at most one of ``networks``, ``tensors`` and ``spikes``; by default the three networks
    with published figures are generated.

    Args:
        networks: see :data:`Networks`.
        tensors: an ``.npz`` of ``<layer>/x`` bool[T,M,K] and ``<layer>/w`` integer[K,N], or a
            ``.pth`` of LoAS's own artifact.
        spikes: an ``.npz`` of recorded feature maps, described by ``layers``.
        layers: a YAML file with each layer's kernel, stride, padding, output channels and weights.
        seed: of generated tensors.
        settings: ``timesteps`` and ``weight_density`` of generated networks, where they are not to
            be the published ones (:class:`~loas_tl.workload.variant.Variant`).

    Raises:
        InputError: where something given cannot be used; the message is one line.
    """
    variant = Variant.of(settings or {})
    if sum(source is not None for source in (networks, tensors, spikes)) > 1:
        raise InputError("expected only one of networks, tensors and spikes")
    if (spikes is None) != (layers is None):
        raise InputError(
            "recorded spikes need both the .npz of feature maps (spikes) and the YAML that "
            "describes its layers (layers)"
        )
    if seed < 0:
        raise InputError(f"seed is {seed}; expected 0 or more")
    if variant.changed and (tensors is not None or spikes is not None):
        raise InputError(
            "timesteps and weight_density go with generated networks; tensors of files have their "
            "own"
        )
    # Readers of files are imported where a file is read: they bring large packages along.
    if tensors is not None:
        from loas_tl.workload.tensors import load_tensors

        return _given(load_tensors(Path(tensors)))
    if spikes is not None and layers is not None:
        from loas_tl.workload.recordings import load_spikes

        return _given(load_spikes(Path(spikes), Path(layers), seed))
    if networks is None:
        networks = NETWORKS
    if isinstance(networks, str | Network):
        networks = [networks]
    sources: list[LayerSource] = []
    named = {n if isinstance(n, Network) else statistics_of(n)[0].network: None for n in networks}
    for network in named:  # the same one twice is once
        if isinstance(network, Network):
            if variant.changed:
                raise InputError(
                    "timesteps and weight_density go with generated networks; this one has its own",
                    key=network.name,
                )
            made = _given(network)
        else:
            made = _generated(network, seed, variant)
        if any(source.network == made[0].network for source in sources):
            raise InputError(f"two networks are called {made[0].network!r}; expected one")
        sources += made
    if not sources:
        raise InputError("no networks given; expected at least one")
    return sources


def on_each_layer(
    sources: Sequence[LayerSource],
    work: Callable[[Layer], Answer],
    progress: Progress | None = None,
) -> list[Answer]:
    """What ``work`` answers for each layer, in order; a layer is dropped when it is done with.

    What takes long lets go of the interpreter lock, so that threads do run side by side.
    """

    def run(source: LayerSource) -> Answer:
        return work(source.make())

    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        futures = {pool.submit(run, source): source for source in sources}
        for done, future in enumerate(as_completed(futures), start=1):
            future.result()
            source = futures[future]
            if progress is not None:
                progress(done, len(sources), f"{source.network} layer {source.layer}")
        return [future.result() for future in futures]
    finally:
        pool.shutdown(cancel_futures=True)


def _generated(network: str, seed: int, variant: Variant) -> list[LayerSource]:
    name = variant.name(network)
    if not variant.changed:
        return [
            LayerSource(name, layer.layer, partial(generate_layer, layer, seed), True)
            for layer in statistics_of(network)
        ]
    return [
        LayerSource(name, layer.layer, partial(generate_variant, layer, seed, variant), False)
        for layer in statistics_of(network)
    ]


def _given(network: Network) -> list[LayerSource]:
    return [
        LayerSource(network.name, layer.name, partial(_itself, layer), False)
        for layer in network.layers
    ]


def _itself(layer: Layer) -> Layer:
    return layer
