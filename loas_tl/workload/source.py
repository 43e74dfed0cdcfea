"""Where layers come from: names of generated networks, objects, files; and work on each of them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeVar

from loas_tl.ground.errors import InputError
from loas_tl.ground.given import check_seed, names_of, path_of
from loas_tl.ground.titles import SINGLE_LAYERS
from loas_tl.workload.generate import generate_layer, generate_variant
from loas_tl.workload.layer import Layer
from loas_tl.workload.network import Coverage, Network
from loas_tl.workload.samples import SampledLayer
from loas_tl.workload.shipped import load_shipped, shipped_networks
from loas_tl.workload.statistics import (
    NETWORKS,
    published_name,
    published_networks,
    statistics_of,
)
from loas_tl.workload.variant import KEYS, Variant

Progress = Callable[[int, int, str], None]
"""Called as ``progress(layers done, layers in all, what was done last)``."""

Networks = str | Network | Iterable[str | Network]
"""A name (``loas-tl networks`` lists them), a network, or several of either."""

Answer = TypeVar("Answer")


Samples = Literal["each", "together"] | int
"""Of layers with several: each for itself, all in one (below each other in M), or one by number."""

Piece = Callable[[], Layer]


@dataclass(frozen=True)
class LayerSource:
    """A layer that is made when its turn comes.

    Attributes:
        network, layer: names.
        make: gives the layer; raises InputError where it is more than one spMspM.
        generated: whether it is made from the published statistics as they are.
        pieces: what gives its spMspMs where it is more than one: for each sample those that are
            added up. Empty for a layer that is one.
        coverage: how much of the network its layers stand for; None where they are all of it.
    """

    network: str
    layer: str
    make: Piece
    generated: bool
    pieces: tuple[tuple[Piece, ...], ...] = ()
    coverage: Coverage | None = None

    @property
    def samples(self) -> tuple[tuple[Piece, ...], ...]:
        """For each sample, what gives the spMspMs that are added up."""
        return self.pieces or ((self.make,),)


def chosen(
    sources: list[LayerSource], layer: str | Iterable[str] | None, key: str = "--layer"
) -> list[LayerSource]:
    """The layers of these names, in their own order; None for all.

    Args:
        sources: of all layers.
        layer: a name, or several.
        key: what an error says was given.

    Raises:
        InputError: for a name that no layer has, and where there is none.
    """
    if layer is None:
        return sources
    names = names_of(layer, key)
    if not names:
        raise InputError("no layers given; expected at least one", key=key)
    known = dict.fromkeys(source.layer for source in sources)
    for name in names:
        if name not in known:
            raise InputError(f"no layer {name!r}; expected one of {', '.join(known)}", key=key)
    return [source for source in sources if source.layer in names]


def renamed(
    layer: str | Iterable[str] | None, former: Iterable[str] | None, name: str
) -> str | Iterable[str] | None:
    """``layer``, or what was given by its former name, which is warned of."""
    if former is None:
        return layer
    warnings.warn(f"{name} is called layer now", DeprecationWarning, stacklevel=3)
    return former if layer is None else layer


def layer_sources(
    networks: Networks | None = None,
    *,
    tensors: str | os.PathLike[str] | None = None,
    spikes: str | os.PathLike[str] | None = None,
    layers: str | os.PathLike[str] | None = None,
    seed: int = 0,
    settings: Mapping[str, object] | None = None,
    samples: Samples = "each",
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
        settings: ``timesteps``, ``weight_density`` and ``spike_density`` of generated networks,
            where they are not to be the published ones, and the ``activation_density`` of their
            ANN twins (:class:`~loas_tl.workload.variant.Variant`).
        samples: see :data:`Samples`.

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
    check_seed(seed)
    if variant.changed and (tensors is not None or spikes is not None):
        raise InputError(
            f"{', '.join(KEYS)} go with generated networks; tensors of files have their own"
        )
    # Readers of files are imported where a file is read: they bring large packages along.
    if tensors is not None:
        from loas_tl.workload.tensors import load_tensors

        return _given(load_tensors(path_of(tensors, "tensors")), samples)
    if spikes is not None and layers is not None:
        from loas_tl.workload.recordings import load_spikes

        files = path_of(spikes, "spikes"), path_of(layers, "layers")
        return _given(load_spikes(*files, seed), samples)
    if networks is None:
        networks = NETWORKS
    sources: list[LayerSource] = []
    named = {n if isinstance(n, Network) else _known(n): None for n in listed(networks)}
    for network in named:  # the same one twice is once
        if isinstance(network, str) and network in shipped_networks():
            network = load_shipped(network)
        if isinstance(network, Network):
            if variant.changed:
                raise InputError(
                    f"{', '.join(KEYS)} go with generated networks; this one has its own",
                    key=network.name,
                )
            made = _given(network, samples)
        else:
            made = _generated(network, seed, variant)
        if any(source.network == made[0].network for source in sources):
            raise InputError(f"two networks are called {made[0].network!r}; expected one")
        sources += made
    if not sources:
        raise InputError("no networks given; expected at least one")
    return sources


def listed(networks: Networks) -> list[str | Network]:
    """What was asked for, one by one.

    Raises:
        InputError: for anything but names and networks.
    """
    if isinstance(networks, str | Network):
        return [networks]
    several = list(networks) if isinstance(networks, Iterable) else [networks]
    for one in several:
        if not isinstance(one, str | Network):
            raise InputError(
                f"{type(one).__name__} objects; expected names (loas-tl networks lists them) or "
                "Network objects, as loas_tl.Network('mine', [layer])",
                key="networks",
            )
    return several


def on_each_layer(
    sources: Sequence[LayerSource],
    work: Callable[[Layer], Answer],
    progress: Progress | None = None,
) -> list[list[Answer]]:
    """What ``work`` answers for each layer, in order: for each spMspM that is added up, mostly one.

    Raises:
        InputError: where a layer has several samples.
    """
    for source in sources:
        if len(source.samples) > 1:
            raise _one_sample(source.layer, len(source.samples))
    return [parts for (parts,) in on_each_sample(sources, work, progress)]


def on_each_sample(
    sources: Sequence[LayerSource],
    work: Callable[[Layer], Answer],
    progress: Progress | None = None,
) -> list[list[list[Answer]]]:
    """What ``work`` answers for each layer, each of its samples, and each spMspM of that one.

    A spMspM is dropped when it is done with. What takes long lets go of the interpreter lock, so
    that threads do run side by side.
    """

    def run(piece: Piece) -> Answer:
        return work(piece())

    pool = ThreadPoolExecutor(os.cpu_count())
    waits = True
    try:
        futures = [
            [[pool.submit(run, piece) for piece in sample] for sample in source.samples]
            for source in sources
        ]
        names = {
            future: f"{source.network} layer {source.layer}"
            for source, samples in zip(sources, futures, strict=True)
            for sample in samples
            for future in sample
        }
        for done, future in enumerate(as_completed(names), start=1):
            future.result()
            if progress is not None:
                progress(done, len(names), names[future])
        return [[[f.result() for f in sample] for sample in samples] for samples in futures]
    except KeyboardInterrupt:
        waits = False  # nobody wants to know any more
        raise
    finally:
        pool.shutdown(wait=waits, cancel_futures=True)


def coverages(sources: Sequence[LayerSource]) -> dict[str, Coverage]:
    """By network, how much of it is covered, where that is not all of it."""
    return {source.network: source.coverage for source in sources if source.coverage is not None}


def _known(name: str) -> str:
    """A network's name as it is written here; raises InputError where there is none."""
    plain = published_name(name) or name.strip().lower()
    known = [*published_networks(), *shipped_networks(), *SINGLE_LAYERS]
    if plain not in known:
        raise InputError(f"unknown network {name!r}; expected one of {', '.join(known)}")
    return plain


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


def _given(network: Network, samples: Samples) -> list[LayerSource]:
    if not isinstance(samples, int) and samples not in ("each", "together"):
        raise InputError(f"is {samples!r}; expected each, together or a number", key="samples")
    if isinstance(samples, int) and not 0 <= samples < network.samples:
        raise InputError(
            f"is {samples}; {network.name} has samples 0 to {network.samples - 1}", key="samples"
        )
    coverage = network.coverage if network.uncovered else None
    return [
        LayerSource(
            network.name,
            layer.name,
            partial(_itself, layer) if isinstance(layer, Layer) else partial(_only, layer, samples),
            False,
            () if isinstance(layer, Layer) else _pieces(layer, samples),
            coverage,
        )
        for layer in network.layers
    ]


def _pieces(layer: SampledLayer, samples: Samples) -> tuple[tuple[Piece, ...], ...]:
    if samples == "together":
        return (tuple(partial(layer.together, part) for part in range(layer.parts)),)
    numbers = range(layer.samples) if samples == "each" else [samples]
    return tuple(
        tuple(partial(layer.layer, number, part) for part in range(layer.parts))
        for number in numbers
    )


def _only(layer: SampledLayer, samples: Samples) -> Layer:
    """The one spMspM of a layer; raises InputError where there are several."""
    pieces = _pieces(layer, samples)
    if len(pieces) > 1:
        raise _one_sample(layer.name, len(pieces))
    if len(pieces[0]) > 1:
        raise InputError(
            f"is {len(pieces[0])} spMspMs (bit-planes, groups or timesteps), and this takes layers "
            "of one; expected the names of others (--layer NAME)",
            key=layer.name,
        )
    return pieces[0][0]()


def _one_sample(layer: str, count: int) -> InputError:
    return InputError(
        f"has {count} samples, and this takes one; choose it by its number "
        "(--samples 0) or put them together (--samples together)",
        key=layer,
    )


def _itself(layer: Layer) -> Layer:
    return layer
