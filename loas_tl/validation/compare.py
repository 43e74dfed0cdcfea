"""Validate: layers on accelerators, predicted and executed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np

from loas_tl.designs.design import Design
from loas_tl.designs.effects import idle, unseen
from loas_tl.designs.naming import choose
from loas_tl.designs.registry import with_timeloop
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.errors import MissingEngineError
from loas_tl.timeloop.rendering.form import TimeloopForm
from loas_tl.timeloop.rendering.render import render
from loas_tl.timeloop.spec import Spec, parse_spec
from loas_tl.validation.merge import means, summed_counts, summed_cycles
from loas_tl.validation.own import Data, Source, names_a_spec, validate_data
from loas_tl.validation.records import Count, Cycles, Validation
from loas_tl.validation.side_by_side import Found, Masks, Predict, predictor, validate_spec
from loas_tl.workload.layer import Layer
from loas_tl.workload.source import (
    LayerSource,
    Networks,
    Progress,
    Samples,
    chosen,
    coverages,
    layer_sources,
    on_each_sample,
    renamed,
)


def validate(
    networks: Networks | Source | None = None,
    data: Data | None = None,
    *,
    accelerators: Iterable[str | Design] | None = None,
    settings: Mapping[str, str] | None = None,
    layer: str | Iterable[str] | None = None,
    engine: str = "native",
    tensors: str | os.PathLike[str] | None = None,
    spikes: str | os.PathLike[str] | None = None,
    layers: str | os.PathLike[str] | None = None,
    seed: int = 0,
    samples: Samples = "each",
    progress: Progress | None = None,
    chosen_layers: Iterable[str] | None = None,
) -> Validation:
    """Predict every count, count it exactly, and put them side by side.

    ``validate("vgg16", accelerators=["LoAS"])`` takes layers on accelerators, and
    ``validate("spec.yaml", {"A": a, "B": b})`` a specification of one's own with its mapping on
    tensors. A layer that an accelerator or the exact count refuses is left out, which ``notes``
    say.

    Args:
        networks: names or networks; with ``tensors``, ``spikes``, ``layers`` and ``seed`` the
            workload, as of :func:`loas_tl.workload.source.layer_sources`. With ``data`` a
            specification, or its files.
        data: of each data space its values, or where they are not zero (``bool[...]``, or any
            number): one axis a rank, in the order of the projection. The output may be left out.
            Goes with ``engine`` alone.
        accelerators: names or designs; by default all that have a Timeloop spec.
        settings: parameters for every accelerator that has them.
        layer: names of layers, or one; by default all.
        engine: ``native`` or ``timeloop``: who predicts.
        tensors: a file of spikes and weights.
        spikes: a file of recorded feature maps.
        layers: what reads each recorded feature map.
        seed: of generated tensors.
        samples: of layers that have several: see :func:`~loas_tl.compare`.
        progress: called after each layer.
        chosen_layers: what ``layer`` was called before.

    Returns:
        Counts and cycles, predicted and exact.

    Raises:
        InputError: where something given cannot be used, or nothing is left to validate.
        MissingEngineError: where Timeloop was asked for and is not installed.

    >>> import loas_tl
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> spikes, weights = rng.random((4, 8, 32)) < 0.2, rng.integers(-9, 9, (32, 16))
    >>> network = loas_tl.Network("tiny", (loas_tl.Layer("fc", spikes, weights),))
    >>> found = loas_tl.validate(network, accelerators=["LoAS"])
    >>> [(one.predicted, one.exact) for one in found.cycles]
    [(279, 326.0)]
    """
    layer = renamed(layer, chosen_layers, "chosen_layers")
    if data is not None or names_a_spec(networks):
        given = (accelerators, settings, layer, tensors, spikes, layers)
        return _of_spec(networks, data, engine, any(one is not None for one in given))
    networks = cast("Networks | None", networks)
    designs = choose(accelerators or with_timeloop(), settings)
    forms = [one.timeloop_or_refuse() for one in designs]
    predict = predictor(engine)
    sources = layer_sources(
        networks, tensors=tensors, spikes=spikes, layers=layers, seed=seed, samples=samples
    )
    sources = chosen(sources, layer)
    by_layer = on_each_sample(
        sources,
        lambda one: (
            {"T": one.T, "M": one.M, "N": one.N},
            [_or_refused(form, one, predict) for form in forms],
        ),
        progress,
    )
    extents = [of_layer[0][0][0] for of_layer in by_layer]
    counts: list[Count] = []
    cycles: list[Cycles] = []
    notes = {one.label: _notes(one, extents) for one in designs}
    refused: list[InputError] = []
    for number, one in enumerate(designs):
        for source, of_layer in zip(sources, by_layer, strict=True):
            found, error = _of_samples(of_layer, number)
            if error is not None:
                notes[one.label].append(f"{_place(source)} is left out: {error}")
                error.add_file(_place(source), f": {source.layer}: ")
                refused.append(error)
                continue
            counts += means([summed_counts([p.counts for p in s], source) for s in found])
            cycles += means([summed_cycles([p.cycles for p in s], source) for s in found])
    said = {label: lines for label, lines in notes.items() if lines}
    if not cycles:
        raise refused[0]
    return Validation(engine, tuple(counts), tuple(cycles), said, coverages(sources))


def _of_spec(source: Any, data: Data | None, engine: str, others: bool) -> Validation:
    if data is None:
        raise InputError('a specification is validated on data; expected data={"A": array, ...}')
    if others or source is None:
        raise InputError("data goes with a specification, and with engine alone")
    return validate_data(source, data, engine=engine)


def _or_refused(form: TimeloopForm, layer: Layer, predict: Predict | None) -> Found | InputError:
    """What is found of a layer, or why nothing is; an engine that is missing ends it all."""
    try:
        return validate_layer(form, layer, predict)
    except MissingEngineError:
        raise
    except InputError as error:
        if layer.origin is not None:
            error.add_file(f"{layer.origin}: {layer.name}")
        return error


def _of_samples(
    layer: Sequence[Sequence[tuple[Any, list[Found | InputError]]]], number: int
) -> tuple[list[list[Found]], InputError | None]:
    """What was found of a layer's samples on one accelerator, and the first refusal of any."""
    found: list[list[Found]] = []
    for sample in layer:
        found.append([])
        for _, of_part in sample:
            one = of_part[number]
            if isinstance(one, InputError):
                return [], one
            found[-1].append(one)
    return found, None


def _place(source: LayerSource) -> str:
    return f"layer {source.layer} of {source.network}"


def _notes(design: Design, extents: Sequence[dict[str, int]]) -> list[str]:
    """Settings without effect on a spec's counts, and units that layers leave idle."""
    lines = [line for layer in extents for line in idle(design, layer).values()]
    counted = [
        f"{line} (in {lines.count(line)} of {len(extents)} layers)" for line in dict.fromkeys(lines)
    ]
    return [*unseen(design, ("timeloop",)), *counted]


def masks_of(layer: Layer, form: TimeloopForm, spec: Spec) -> Masks:
    """The operands of a layer as an accelerator sees them, by the specification's names."""
    packed = layer.packed_fine_tuned if form.fine_tuned else layer.packed
    operand = layer.spikes if form.operand == "spikes" else packed != 0
    weights = layer.weights != 0
    if form.dense_weights:
        weights = np.ones_like(weights)
    first, second = (s.name for s in spec.problem.data_spaces if not s.read_write)
    return {first: operand, second: weights}


def validate_layer(form: TimeloopForm, layer: Layer, predict: Predict | None = None) -> Found:
    """One layer on one accelerator; ``predict`` None for the native engine."""
    spec = parse_spec(render(form, layer).model_spec, file=f"spec of {form.name}")
    return validate_spec(spec, masks_of(layer, form, spec), form.name, layer.name, predict)
