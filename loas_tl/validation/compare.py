"""Validate: layers on accelerators, predicted and executed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loas_tl.designs.design import Design
from loas_tl.designs.effects import idle, unseen
from loas_tl.designs.naming import choose
from loas_tl.designs.registry import with_timeloop
from loas_tl.exact.execute import count, prepare
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native.evaluate import evaluate_mapping
from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.native.mapping import build_mapping
from loas_tl.timeloop.native.resolve import build_machine
from loas_tl.timeloop.rendering.form import TimeloopForm
from loas_tl.timeloop.rendering.render import render
from loas_tl.timeloop.result import Result
from loas_tl.timeloop.spec import Spec, parse_spec
from loas_tl.validation.actual_data import measure
from loas_tl.validation.merge import means, summed_counts, summed_cycles
from loas_tl.validation.overlap import Overlap, apply_overlap, measure_overlap
from loas_tl.validation.records import Count, Cycles, Validation
from loas_tl.validation.shuffle import shuffled
from loas_tl.validation.tables import exact_table, joined, predicted_table
from loas_tl.workload.layer import Layer
from loas_tl.workload.source import (
    LayerSource,
    Networks,
    Progress,
    Samples,
    coverages,
    layer_sources,
    on_each_sample,
)

Masks = dict[str, npt.NDArray[np.bool_]]
Predict = Callable[[Spec], Result]


@dataclass(frozen=True)
class _Found:
    counts: list[Count]
    cycles: list[Cycles]


def validate(
    networks: Networks | None = None,
    *,
    accelerators: Iterable[str | Design] | None = None,
    settings: Mapping[str, str] | None = None,
    chosen_layers: Iterable[str] | None = None,
    engine: str = "native",
    tensors: str | os.PathLike[str] | None = None,
    spikes: str | os.PathLike[str] | None = None,
    layers: str | os.PathLike[str] | None = None,
    seed: int = 0,
    samples: Samples = "each",
    progress: Progress | None = None,
) -> Validation:
    """Predict every count of every layer, count it exactly, and put them side by side.

    Args:
        networks: names or networks; with the next four the workload, as of
            :func:`loas_tl.workload.source.layer_sources`.
        accelerators: names or designs; by default all that have a Timeloop spec.
        settings: parameters for every accelerator that has them.
        chosen_layers: names of layers; by default all.
        engine: ``native`` or ``timeloop``: who predicts.
        tensors: a file of spikes and weights.
        spikes: a file of recorded feature maps.
        layers: what reads each recorded feature map.
        seed: of generated tensors.
        samples: of layers that have several: see :func:`~loas_tl.compare`.
        progress: called after each layer.

    Raises:
        InputError: where something given cannot be used.
        MissingEngineError: where Timeloop was asked for and is not installed.
    """
    designs = choose(accelerators or with_timeloop(), settings)
    forms = [one.timeloop_or_refuse() for one in designs]
    predict = _predictor(engine)
    sources = layer_sources(
        networks, tensors=tensors, spikes=spikes, layers=layers, seed=seed, samples=samples
    )
    sources = _chosen(sources, chosen_layers)
    by_layer = on_each_sample(
        sources,
        lambda layer: (
            {"T": layer.T, "M": layer.M, "N": layer.N},
            [validate_layer(form, layer, predict) for form in forms],
        ),
        progress,
    )
    extents = [layer[0][0][0] for layer in by_layer]
    counts: list[Count] = []
    cycles: list[Cycles] = []
    for number in range(len(designs)):
        for source, layer in zip(sources, by_layer, strict=True):
            found = [[of_part[number] for _, of_part in sample] for sample in layer]
            counts += means([summed_counts([p.counts for p in s], source) for s in found])
            cycles += means([summed_cycles([p.cycles for p in s], source) for s in found])
    notes = {one.label: _notes(one, extents) for one in designs}
    said = {label: lines for label, lines in notes.items() if lines}
    return Validation(engine, tuple(counts), tuple(cycles), said, coverages(sources))


def _notes(design: Design, extents: Sequence[dict[str, int]]) -> list[str]:
    """Settings without effect on a spec's counts, and units that layers leave idle."""
    lines = [line for layer in extents for line in idle(design, layer).values()]
    counted = [
        f"{line} (in {lines.count(line)} of {len(extents)} layers)" for line in dict.fromkeys(lines)
    ]
    return [*unseen(design, ("timeloop",)), *counted]


def _predictor(engine: str) -> Predict | None:
    """None for the native engine, which shares its resolved specification."""
    if engine == "native":
        return None
    if engine != "timeloop":
        raise InputError(f"no engine {engine!r}; expected native or timeloop")
    from loas_tl.timeloop.real import installation
    from loas_tl.timeloop.running import run_model

    installation.require("timeloop-model")
    return run_model


def _chosen(sources: list[LayerSource], layers: Iterable[str] | None) -> list[LayerSource]:
    if layers is None:
        return sources
    wanted = list(layers)
    for layer in wanted:
        if all(source.layer != layer for source in sources):
            listed = ", ".join(dict.fromkeys(source.layer for source in sources))
            raise InputError(f"no layer {layer!r}; expected one of {listed}", key="--layer")
    return [source for source in sources if source.layer in wanted]


def masks_of(layer: Layer, form: TimeloopForm, spec: Spec) -> Masks:
    """The operands of a layer as an accelerator sees them, by the specification's names."""
    packed = layer.packed_fine_tuned if form.fine_tuned else layer.packed
    operand = layer.spikes if form.operand == "spikes" else packed != 0
    weights = layer.weights != 0
    if form.dense_weights:
        weights = np.ones_like(weights)
    first, second = (s.name for s in spec.problem.data_spaces if not s.read_write)
    return {first: operand, second: weights}


def validate_layer(form: TimeloopForm, layer: Layer, predict: Predict | None = None) -> _Found:
    """One layer on one accelerator; ``predict`` None for the native engine."""
    spec = parse_spec(render(form, layer).model_spec, file=f"spec of {form.name}")
    return validate_spec(spec, masks_of(layer, form, spec), form.name, layer.name, predict)


def validate_spec(
    spec: Spec, masks: Masks, accelerator: str, layer: str, predict: Predict | None = None
) -> _Found:
    """One specification on tensors.

    Raises:
        MappingError: the architecture cannot carry out the mapping.
    """
    architecture = spec.attached()
    machine = build_machine(spec, attached=architecture)
    mapping = build_mapping(machine, architecture)
    predicted = evaluate_mapping(machine, mapping) if predict is None else predict(spec)
    prepared = prepare(machine, mapping, masks)
    exact = count(prepared)
    overlap = measure_overlap(prepared, exact)
    measured = evaluate_mapping(machine, mapping, models=measure(prepared))
    without = count(prepare(machine, mapping, shuffled(masks)))
    name = machine.compute.name
    tables = (
        predicted_table(predicted, spec.problem),
        exact_table(exact, name),
        exact_table(without, name),
        predicted_table(measured, spec.problem),
    )
    corrected = apply_overlap(tables[3], overlap)
    counts = [
        Count(accelerator, "", layer, *key, foreseen, counted, shuffle, on_tiles, overlapped)
        for key, (foreseen, counted, shuffle, on_tiles, overlapped) in joined(*tables, corrected)
    ]
    imbalance = exact.compute_cycles.imbalance
    cycles = Cycles(
        accelerator,
        "",
        layer,
        predicted=predicted.cycles,
        exact=exact.cycles,
        balanced=exact.balanced_cycles,
        corrected=_corrected_cycles(machine, measured, overlap, imbalance),
        overlap=overlap.cycles,
        imbalance=imbalance,
    )
    return _Found(counts, [cycles])


def _corrected_cycles(
    machine: Machine, result: Result, overlap: Overlap, imbalance: float
) -> float:
    """The compute units' cycles with both factors, unless a level's bandwidth takes longer."""
    waiting = [level.cycles for level in result.levels.values() if level.throttling < 1]
    latency = sum(level.latency for level in machine.levels)
    return max([result.compute.cycles * overlap.cycles * imbalance, *waiting]) + latency
