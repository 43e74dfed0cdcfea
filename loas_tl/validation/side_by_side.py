"""One specification on tensors: what an engine predicts and what is exact, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loas_tl.exact.execute import count, prepare
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native.evaluate import evaluate_mapping
from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.native.mapping import build_mapping
from loas_tl.timeloop.native.resolve import build_machine
from loas_tl.timeloop.result import Result
from loas_tl.timeloop.spec import Spec
from loas_tl.validation.actual_data import measure
from loas_tl.validation.copies import copies_of
from loas_tl.validation.overlap import Overlap, apply_overlap, measure_overlap
from loas_tl.validation.records import Count, Cycles
from loas_tl.validation.shuffle import shuffled
from loas_tl.validation.tables import exact_table, joined, predicted_table

Masks = dict[str, npt.NDArray[np.bool_]]
Predict = Callable[[Spec], Result]


@dataclass(frozen=True)
class Found:
    """Of one specification: its counts, its cycles, and what is to be said of the prediction."""

    counts: list[Count]
    cycles: list[Cycles]
    notes: tuple[str, ...] = ()


def predictor(engine: str) -> Predict | None:
    """Who predicts; None for the native engine, which shares its resolved specification.

    Raises:
        InputError: there is no such engine.
        MissingEngineError: it is not installed.
    """
    if engine == "native":
        return None
    if engine != "timeloop":
        raise InputError(f"no engine {engine!r}; expected native or timeloop")
    from loas_tl.timeloop.real import installation
    from loas_tl.timeloop.running import run_model

    installation.require("timeloop-model")
    return run_model


def validate_spec(
    spec: Spec, masks: Masks, accelerator: str, layer: str, predict: Predict | None = None
) -> Found:
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
    copies = copies_of(predicted, exact)
    counts = []
    for key, (foreseen, counted, shuffle, on_tiles, overlapped) in joined(*tables, corrected):
        values = (foreseen, counted, shuffle, on_tiles, overlapped)
        counts.append(Count(accelerator, "", layer, *key, *values, *copies.of(key)))
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
    return Found(counts, [cycles], predicted.notes)


def _corrected_cycles(
    machine: Machine, result: Result, overlap: Overlap, imbalance: float
) -> float:
    """The compute units' cycles with both factors, unless a level's bandwidth takes longer."""
    waiting = [level.cycles for level in result.levels.values() if level.throttling < 1]
    latency = sum(level.latency for level in machine.levels)
    return max([result.compute.cycles * overlap.cycles * imbalance, *waiting]) + latency
