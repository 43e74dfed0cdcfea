"""Count a layer on accelerators, and make results of the counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from loas_tl.comparison.comparison import Model
from loas_tl.comparison.result import Result
from loas_tl.designs.accountings import Entrant
from loas_tl.designs.design import LOAS_RULES, Design
from loas_tl.designs.effects import idle, narrow_weights
from loas_tl.ground.errors import InputError
from loas_tl.models.accounting import (
    Energy,
    physical_energy,
    published_energy,
)
from loas_tl.models.dataflow import Dataflow, TiledAccelerator
from loas_tl.models.published.counts import Counts, UndefinedError
from loas_tl.models.published.model import count
from loas_tl.models.rules import Accounted
from loas_tl.workload.layer import Layer
from loas_tl.workload.source import (
    LayerSource,
)

if TYPE_CHECKING:
    from loas_tl.models.detailed.schedule import Schedule
    from loas_tl.models.published.tiled import Operands

OF_ANN = "runs the activations of the ANN twin, not the spikes"
OF_SPIKES = "takes the SNN's active neurons for activations"
"""What is said of accelerators for ANNs: what they run, or take for it."""


@dataclass(frozen=True)
class Counted:
    """What was counted for one layer on one accelerator.

    Attributes:
        counts: cycles, computes and traffic.
        pes: its processing elements.
        extents: T, M and N of the layer, by name.
        schedule: what held the cycles up, where the detailed model counted.
        detailed: what the detailed model counted, where it stands beside the published one.
        accounted: what rules other than those of LoAS's evaluation counted.
        notes: what is to be said of the counts, a line each.
    """

    counts: Counts
    pes: int
    extents: dict[str, int]
    schedule: Schedule | None = None
    detailed: Counted | None = None
    accounted: Accounted | None = None
    notes: tuple[str, ...] = ()


def count_layer(
    layer: Layer,
    running: Sequence[Entrant],
    dataflows: Sequence[Dataflow],
    model: Model,
    operands: Operands | None = None,
) -> list[Counted | str]:
    """What is counted for each accelerator, or why it has no answer.

    Args:
        layer: the tensors; accelerators for ANNs take its twin, where it has one.
        running: the accelerators.
        dataflows: theirs, as :func:`dataflow_of` gives them.
        model: ``"published"``, ``"detailed"`` or ``"both"``.
        operands: of this layer, where they are at hand.

    Returns:
        One for each accelerator, in order; a text says why there is no count.

    Raises:
        InputError: where the detailed model is asked for of a dataflow without a machine.
    """
    extents = {"T": layer.T, "M": layer.M, "N": layer.N}
    by_ann = [layer.twin is not None and one.design.operand == "activations" for one in running]
    walked = {}
    for tensors, of_ann in ((layer, False), (layer.twin, True)):
        mine = [
            a
            for a, one, twin in zip(dataflows, running, by_ann, strict=True)
            if one.rules is None and twin is of_ann
        ]
        if tensors is not None and mine:
            known = None if of_ann else operands
            walked[of_ann] = iter(_walk(tensors, mine, model, known))
    answers: list[Counted | str] = []
    for one, of_ann in zip(running, by_ann, strict=True):
        if one.rules is None:
            notes = (*one.design.said_of(layer), *narrow_weights(one.design, layer))
            if of_ann:
                notes = (*notes, OF_ANN)
            elif one.design.operand == "activations" and layer.T > 1:
                notes = (*notes, OF_SPIKES)
            answers.append(replace(next(walked[of_ann]), notes=notes))
            continue
        try:
            accounted = one.rules.account(layer)
        except UndefinedError as error:
            answers.append(str(error))
        else:
            pes = one.rules.pes
            answers.append(Counted(accounted.counts, pes, extents, accounted=accounted))
    return answers


def _walk(
    layer: Layer,
    dataflows: Sequence[Dataflow],
    model: Model,
    operands: Operands | None,
) -> list[Counted]:
    extents = {"T": layer.T, "M": layer.M, "N": layer.N}
    pes = [a.pes if isinstance(a, TiledAccelerator) else a.pes(layer.T) for a in dataflows]
    if model == "published":
        found = count(layer, dataflows, operands)
        return [Counted(c, n, extents) for c, n in zip(found, pes, strict=True)]
    from loas_tl.models.detailed.model import count_detailed

    answers = []
    for detail, n in zip(count_detailed(layer, dataflows, operands=operands), pes, strict=True):
        detailed = Counted(detail.counts, n, extents, detail.schedule)
        beside = Counted(detail.published, n, extents, detailed=detailed)
        answers.append(beside if model == "both" else detailed)
    return answers


def result_of(
    source: LayerSource, entrant: Entrant, counted: Counted, said: tuple[str, ...]
) -> Result:
    """The result of what was counted for a layer.

    Args:
        source: where the layer is from, for its names.
        entrant: the accelerator, with the rules that count it.
        counted: what :func:`count_layer` answered for it.
        said: notes whatever the layer.

    Returns:
        The result, priced; energies are in pJ.
    """
    one, accounted = entrant.design, counted.accounted
    published: Energy | None = None
    if accounted is not None:
        physical, notes = accounted.energy, accounted.notes
    else:
        physical = physical_energy(counted.counts, one.constants)
        notes = (*idle(one, counted.extents).values(), *counted.notes)
        if one.counted_by == LOAS_RULES:
            published = published_energy(counted.counts, one.constants)
    return Result(
        network=source.network,
        layer=source.layer,
        accelerator=entrant.label,
        counts=counted.counts,
        published=published,
        physical=physical,
        pe_cycles=counted.pes * counted.counts.cycles,
        notes=(*said, *notes),
        schedule=counted.schedule,
        detailed=result_of(source, entrant, counted.detailed, said) if counted.detailed else None,
        accounting=entrant.accounting,
        clock_MHz=entrant.clock_MHz,
        beside={} if accounted is None else accounted.beside,
    )


def timed(one: Design) -> bool:
    """Whether it has a detailed model."""
    return "detailed" in one.models


def dataflow_of(entrant: Entrant, model: Model) -> Dataflow:
    """What is counted of an accelerator.

    Args:
        entrant: the accelerator.
        model: ``"published"``, ``"detailed"`` or ``"both"``.

    Returns:
        Its dataflow.

    Raises:
        InputError: where the design has no such model.
    """
    one = entrant.design
    dataflow = one.dataflow()
    if dataflow is None:
        raise InputError(f"{one.name} has no published model; it declares no dataflow")
    if model != "published" and not timed(one):
        raise InputError(f"{one.name} has no detailed model; its dataflow declares no machine")
    return dataflow
