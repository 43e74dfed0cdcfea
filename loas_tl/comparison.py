"""Compare accelerators on networks: the package's front door, ``loas_tl.compare``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from loas_tl.designs.accountings import ACCOUNTINGS, LOAS_ACCOUNTING, Accounting, Entrant, entrants
from loas_tl.designs.design import LOAS_RULES, Design
from loas_tl.designs.effects import Model as DesignModel
from loas_tl.designs.effects import idle, odd, repriced, unseen
from loas_tl.designs.naming import ALL, choose, design
from loas_tl.designs.readings import DEFAULT, READINGS, Reading, read
from loas_tl.designs.registry import compared
from loas_tl.ground.errors import InputError
from loas_tl.ground.shown import Shown
from loas_tl.ground.spread import flat, spreads
from loas_tl.models.accounting import (
    CLOCK_HZ,
    Energy,
    add,
    mean,
    physical_energy,
    published_energy,
)
from loas_tl.models.dataflow import KINDS, Dataflow, TiledAccelerator
from loas_tl.models.published.counts import Counts, UndefinedError
from loas_tl.models.published.model import count
from loas_tl.models.rules import Accounted
from loas_tl.workload.layer import Layer
from loas_tl.workload.network import Coverage
from loas_tl.workload.source import (
    LayerSource,
    Networks,
    Progress,
    Samples,
    coverages,
    layer_sources,
    on_each_sample,
)

if TYPE_CHECKING:
    import pandas as pd

    from loas_tl.models.detailed.schedule import Schedule
    from loas_tl.models.published.tiled import Operands

Model = Literal["published", "detailed", "both"]
MODELS: tuple[Model, ...] = ("published", "detailed", "both")

BESIDE = (
    *("cycles", "sram_KiB", "energy_published", "energy_pJ"),
    *("leakage_pJ", "sram_pJ", "utilization"),
    *(f"sram_{kind}_KiB" for kind in KINDS),
)
"""Columns that the detailed model counts anew; DRAM traffic and computes are as published."""

BASELINE = "SparTen-SNN"
"""What speedups are over, where it runs and nothing else was asked for."""


OF_ANN = "runs the activations of the ANN twin, not the spikes"
OF_SPIKES = "takes the SNN's active neurons for activations"
"""What is said of accelerators for ANNs: what they run, or take for it."""


@dataclass(frozen=True)
class LeftOut:
    """What has no figures.

    Attributes:
        accelerator: its name.
        why: in words.
        network, layer: where; None for everywhere. An accelerator without an answer for a layer
            has no total of that network.
    """

    accelerator: str
    why: str
    network: str | None = None
    layer: str | None = None


@dataclass(frozen=True)
class Result:
    """What one accelerator needs for one layer, or for a whole network (``layer`` is None).

    Attributes:
        network, layer, accelerator: names.
        counts: cycles, computes and traffic.
        published: energy by LoAS's published formula; None where it was not published for it.
        physical: energy in pJ, by the published powers where ``accounting`` says so; None where
            none were published.
        pe_cycles: PEs times cycles; of these ``counts.computes`` have work.
        notes: what is to be said of the figures, a line each.
        schedule: what held the cycles up, where the detailed model counted.
        detailed: the detailed model's result, where it stands beside the published one.
        samples: the result of each sample where there are several; this one is their mean then,
            counts rounded to whole numbers.
        accounting: whose rules counted.
        clock_MHz: clock that the cycles are of.
        beside: further figures of these rules by name, with the unit in the name.
    """

    network: str
    layer: str | None
    accelerator: str
    counts: Counts
    published: Energy | None
    physical: Energy | None
    pe_cycles: int = 0
    notes: tuple[str, ...] = ()
    schedule: Schedule | None = None
    detailed: Result | None = None
    samples: tuple[Result, ...] = ()
    accounting: str = LOAS_ACCOUNTING
    clock_MHz: float = CLOCK_HZ / 1e6  # noqa: N815 - the unit as it is written
    beside: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Result) -> Result:
        """The total of two layers of one network on one accelerator; it has no notes yet."""
        return Result(
            *(self.network, None, self.accelerator),
            counts=self.counts + other.counts,
            published=add(self.published, other.published),
            physical=add(self.physical, other.physical),
            pe_cycles=self.pe_cycles + other.pe_cycles,
            schedule=self.schedule + other.schedule if self.schedule and other.schedule else None,
            detailed=self.detailed + other.detailed if self.detailed and other.detailed else None,
            accounting=self.accounting,
            clock_MHz=self.clock_MHz,
            beside={key: n + other.beside[key] for key, n in self.beside.items()},
        )

    @classmethod
    def mean(cls, samples: Sequence[Result]) -> Result:
        """The mean over samples of one layer or network on one accelerator; of one, itself."""
        if len(samples) == 1:
            return samples[0]
        schedules = [one.schedule for one in samples if one.schedule is not None]
        details = [one.detailed for one in samples if one.detailed is not None]
        return replace(
            samples[0],
            counts=Counts.mean([one.counts for one in samples]),
            published=mean([one.published for one in samples]),
            physical=mean([one.physical for one in samples]),
            pe_cycles=round(sum(one.pe_cycles for one in samples) / len(samples)),
            notes=tuple(dict.fromkeys(note for one in samples for note in one.notes)),
            schedule=type(schedules[0]).mean(schedules) if schedules else None,
            detailed=cls.mean(details) if details else None,
            samples=tuple(samples),
            beside={
                key: round(sum(one.beside[key] for one in samples) / len(samples))
                for key in samples[0].beside
            },
        )

    @property
    def time_us(self) -> float:
        """Time at the clock that the cycles are of."""
        return self.counts.cycles / self.clock_MHz

    @property
    def utilization(self) -> float:
        """PE-cycles with work (a match; a kept position of a dense array) over all PE-cycles."""
        return self.counts.computes / self.pe_cycles if self.pe_cycles else 0.0

    def record(self, accounting: bool = False) -> dict[str, Any]:
        """One row of a report; the unit is in the name of the column.

        Args:
            accounting: whether it says whose rules counted, at which clock, and what these rules
                have besides; of LoAS and its baselines alone it goes without saying.
        """
        row: dict[str, Any] = {"network": self.network}
        if self.layer is not None:
            row["layer"] = self.layer
        row |= {
            "accelerator": self.accelerator,
            "cycles": self.counts.cycles,
            "computes": self.counts.computes,
            "dram_KiB": self.counts.dram_kib,
            "sram_KiB": self.counts.sram_kib,
            "energy_published": self.published and self.published.total,
            "energy_pJ": self.physical and self.physical.total,
            "leakage_pJ": self.physical and self.physical.leakage,
            "dram_pJ": self.physical and self.physical.dram,
            "sram_pJ": self.physical and self.physical.sram,
            "compute_pJ": self.physical and self.physical.compute,
            **self.counts.by_kind(),
            "utilization": self.utilization,
            "notes": list(self.notes),
        }
        if accounting:
            row |= {
                "accounting": self.accounting,
                "clock_MHz": self.clock_MHz,
                "time_us": self.time_us,
                **self.beside,
            }
        if self.detailed is not None:
            beside = self.detailed.record()
            row |= {f"detailed_{key}": beside[key] for key in BESIDE}
        schedule = self.detailed.schedule if self.detailed else self.schedule
        if schedule is not None:
            row["bound_by"] = schedule.bound_by
            row |= {f"{resource}_cycles": cycles for resource, cycles in schedule.alone.items()}
        if self.samples:
            row["samples"] = len(self.samples)
            row["spread"] = spreads([one.record(accounting) for one in self.samples])
        return row


@dataclass(frozen=True, repr=False)
class Comparison(Shown):
    """The result of :func:`compare`.

    Attributes:
        layers: one result for each layer and accelerator, in order.
        totals: the layers of each network added up, one for each accelerator.
        generated: names of the networks that were generated from the published statistics, so
            that published figures stand beside theirs.
        model: which model counted; with ``"both"`` each published result has the detailed one
            beside it.
        entrants: the accelerators with the rules that count each, in order.
        baseline: name of the accelerator that speedups and energy ratios are over.
        coverage: by network, how much of it its layers stand for; only where that is not all.
        left_out: what has no figures, and why.
        reading: of what the papers leave open (``loas_tl.designs.readings``); the detailed model
            alone depends on it.
    """

    layers: tuple[Result, ...]
    totals: tuple[Result, ...]
    generated: frozenset[str] = frozenset()
    model: Model = "published"
    entrants: tuple[Entrant, ...] = ()
    baseline: str = BASELINE
    coverage: Mapping[str, Coverage] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()

    @property
    def headline(self) -> str:
        """Accelerators, networks and model."""
        return f"{', '.join(self.accelerators)} on {', '.join(self.networks)}, {self.model} model"

    def brief(self) -> pd.DataFrame:
        """A row a network and accelerator: cycles, speedup, traffic, energy, utilization."""
        frame = self.to_frame(totals=True)
        base = frame[frame["accelerator"] == self.baseline].set_index("network")["cycles"]
        frame["speedup"] = frame["network"].map(base) / frame["cycles"]
        detailed = ["detailed_cycles"] if "detailed_cycles" in frame else []
        names = ["network", "accelerator", "cycles", *detailed, "speedup"]
        return frame[[*names, "dram_KiB", "sram_KiB", "energy_pJ", "utilization"]]

    @property
    def designs(self) -> tuple[Design, ...]:
        """The accelerators, in order."""
        return tuple(dict.fromkeys(one.design for one in self.entrants))

    @property
    def mixed(self) -> bool:
        """Whether accelerators are counted by other rules than those of LoAS's evaluation."""
        return any(said != LOAS_ACCOUNTING for said in self.accountings.values())

    @property
    def accountings(self) -> dict[str, str]:
        """By accelerator: whose rules count it."""
        return {one.label: one.accounting for one in self.entrants}

    reading: Reading = DEFAULT

    @property
    def networks(self) -> list[str]:
        """Names of the networks, in order."""
        return list(dict.fromkeys(total.network for total in self.totals))

    @property
    def accelerators(self) -> list[str]:
        """Names of the accelerators, in order."""
        return list(dict.fromkeys(total.accelerator for total in self.totals))

    @property
    def notes(self) -> dict[str, list[str]]:
        """By accelerator: what is to be said of its totals, each line once."""
        said = {
            name: [
                note for total in self.totals if total.accelerator == name for note in total.notes
            ]
            for name in self.accelerators
        }
        return {name: list(dict.fromkeys(notes)) for name, notes in said.items() if notes}

    def total(self, network: str, accelerator: str) -> Result | None:
        """The total of one accelerator on one network, None where it was not asked for."""
        for total in self.totals:
            if (total.network, total.accelerator) == (network, accelerator):
                return total
        return None

    def to_frame(self, totals: bool = False) -> pd.DataFrame:
        """A pandas frame with one row a layer and accelerator, or of the totals.

        ``notes`` are one text there, lines apart by semicolons. Where there are several samples
        a row is their mean, and has standard deviations and extremes as columns of their own.
        """
        import pandas as pd

        rows = [row.record(self.mixed) for row in (self.totals if totals else self.layers)]
        return pd.DataFrame([flat(row) for row in rows])

    def to_json(self) -> str:
        """A JSON object of ``model``, ``baseline``, ``designs``, ``layers`` and ``totals``.

        Where there are several samples, ``samples`` has the rows of each, without a layer for
        its totals; where a network is not covered as a whole, ``coverage`` says what is missing.
        Where accelerators are counted by several rules, rows and designs say whose, and
        ``left_out`` what has no figures, and why.
        Where the detailed model counted, ``reading`` stands beside ``model``.
        """
        return json.dumps(self.to_dict(), indent=2)

    def to_dict(self) -> dict[str, Any]:
        """The object of :meth:`to_json`."""
        document: dict[str, Any] = {
            "model": self.model,
            **({} if self.model == "published" else {"reading": self.reading}),
            "baseline": self.baseline,
            "designs": [
                {
                    "accelerator": one.label,
                    **({"accounting": one.accounting} if self.mixed else {}),
                    "parameters": {key: getattr(one.design, key) for key in one.design.parameters},
                    "area_mm2": one.design.area_mm2,
                    "leakage_mW": one.design.leakage_mW,
                    "notes": self.notes.get(one.label, []),
                }
                for one in self.entrants
            ],
            "layers": [row.record(self.mixed) for row in self.layers],
            "totals": [row.record(self.mixed) for row in self.totals],
        }
        if any(row.samples for row in self.totals):
            document["samples"] = [
                {"sample": number, **one.record(self.mixed)}
                for row in (*self.totals, *self.layers)
                for number, one in enumerate(row.samples)
            ]
        if self.coverage:
            document["coverage"] = {
                name: coverage.record() for name, coverage in self.coverage.items()
            }
        if self.mixed or self.left_out:
            document["left_out"] = [asdict(one) for one in self.left_out]
        return document


def compare(
    networks: Networks | None = None,
    *,
    tensors: str | os.PathLike[str] | None = None,
    spikes: str | os.PathLike[str] | None = None,
    layers: str | os.PathLike[str] | None = None,
    accelerators: Iterable[str | Design] | str | Design | None = None,
    settings: Mapping[str, str] | None = None,
    baseline: str | None = None,
    seed: int = 0,
    workload: Mapping[str, object] | None = None,
    model: Model = "published",
    samples: Samples = "each",
    accounting: Accounting = "published",
    reading: Reading = DEFAULT,
    progress: Progress | None = None,
) -> Comparison:
    """Run networks through accelerators, by the published models unless asked otherwise.

    Give at most one of ``networks``, ``tensors`` and ``spikes``; by default the three networks
    with published figures are generated.

    Args:
        networks: names (``loas-tl networks`` lists them) or :class:`~loas_tl.Network` objects.
        tensors: an ``.npz`` of ``<layer>/x`` bool[T,M,K] and ``<layer>/w`` integer[K,N], or a
            ``.pth`` of LoAS's own artifact.
        spikes: an ``.npz`` of recorded feature maps, described by ``layers``.
        layers: a YAML file with each layer's kernel, stride, padding, output channels and weights.
        accelerators: names (``"LoAS"``, ``"LoAS:pes=32"``, ``"mine.py:WIDE"``) or designs;
            ``"all"`` is all that are registered; by default LoAS and its baselines.
        settings: parameters for every accelerator that has them.
        baseline: the accelerator that speedups and energy ratios are over; by default
            SparTen-SNN where it runs, else the first.
        seed: of generated tensors.
        workload: ``timesteps``, ``weight_density`` and ``spike_density`` of generated networks,
            where they are not to be the published ones, and the ``activation_density`` of an ANN
            twin that accelerators for ANNs run instead; what was published does not stand beside
            them then.
        model: ``"published"`` counts as the published evaluation did, ``"detailed"`` times the
            machines cycle by cycle (``loas_tl.models.detailed``), ``"both"`` puts them side by
            side.
        samples: of layers that have several, ``"each"`` gives their mean and spread,
            ``"together"`` puts them into M, a number takes one.
        accounting: ``"published"`` counts each accelerator by the rules it was published by,
            ``"own"`` all of them by one walk with one cache, HBM, technology and clock; with
            ``"both"`` those published by other rules than LoAS's evaluation's come twice.
        reading: how the detailed model takes what the papers leave open: ``"claimed"``,
            ``"plausible"`` or ``"literal"`` (``loas_tl.designs.readings``).
        progress: called after each layer.

    Raises:
        InputError: where something given cannot be used; the message is one line.
    """
    [comparison] = compare_readings(
        networks,
        tensors=tensors,
        spikes=spikes,
        layers=layers,
        accelerators=accelerators,
        settings=settings,
        baseline=baseline,
        seed=seed,
        workload=workload,
        model=model,
        samples=samples,
        accounting=accounting,
        readings=(reading,),
        progress=progress,
    )
    return comparison


def compare_readings(
    networks: Networks | None = None,
    *,
    tensors: str | os.PathLike[str] | None = None,
    spikes: str | os.PathLike[str] | None = None,
    layers: str | os.PathLike[str] | None = None,
    accelerators: Iterable[str | Design] | str | Design | None = None,
    settings: Mapping[str, str] | None = None,
    baseline: str | None = None,
    seed: int = 0,
    workload: Mapping[str, object] | None = None,
    model: Model = "detailed",
    samples: Samples = "each",
    accounting: Accounting = "published",
    readings: Sequence[Reading] = READINGS,
    progress: Progress | None = None,
) -> list[Comparison]:
    """:func:`compare` under several readings, by default all; tensors are made only once.

    Args and errors are those of :func:`compare`. What accelerators read from the cache does not
    depend on when, so that three readings take little longer than one.
    """
    for what, asked, known in (("model", model, MODELS), ("accounting", accounting, ACCOUNTINGS)):
        if asked not in known:
            raise InputError(f"unknown {what} {asked!r}; expected one of {', '.join(known)}")
    if accelerators is not None and not isinstance(accelerators, Iterable):
        accelerators = [accelerators]
    if isinstance(accelerators, str):
        accelerators = [accelerators]
    named = list(compared() if accelerators is None else accelerators)
    chosen = choose(named, settings)
    if model == "published" and tuple(readings) != (DEFAULT,):
        raise InputError(
            "acts on the detailed model alone; expected model detailed or both with it",
            key="--reading",
        )
    left_out = []
    if ALL in named and model != "published":
        left_out = [LeftOut(one.label, "no detailed model") for one in chosen if not _timed(one)]
        chosen = [one for one in chosen if _timed(one)]
    over = _baseline(entrants(chosen, accounting), baseline)
    read_as = [
        entrants([read(one, reading, settings or ()) for one in chosen], accounting)
        for reading in readings
    ]
    everyone = [entrant for running in read_as for entrant in running]
    dataflows = [dataflow_of(one, model) for one in everyone]
    for one in chosen:
        _ = one.constants  # complain before tensors are made
    sources = layer_sources(
        networks,
        tensors=tensors,
        spikes=spikes,
        layers=layers,
        seed=seed,
        settings=workload,
        samples=samples,
    )
    answers = on_each_sample(
        sources, lambda layer: count_layer(layer, everyone, dataflows, model), progress
    )
    comparisons = []
    for number, (reading, running) in enumerate(zip(readings, read_as, strict=True)):
        own = slice(number * len(running), (number + 1) * len(running))
        counted = [[[parts[own] for parts in sample] for sample in layer] for layer in answers]
        results, totals, without = _results(sources, running, counted, model)
        comparisons.append(
            Comparison(
                results,
                totals,
                frozenset(source.network for source in sources if source.generated),
                model,
                tuple(running),
                over,
                coverages(sources),
                (*left_out, *without),
                reading,
            )
        )
    return comparisons


def _results(
    sources: Sequence[LayerSource],
    running: Sequence[Entrant],
    answers: Sequence[Sequence[Sequence[Sequence[Counted | str]]]],
    model: Model,
) -> tuple[tuple[Result, ...], tuple[Result, ...], list[LeftOut]]:
    """Layers, totals and what has no figures, of what was counted.

    Args:
        sources: the layers.
        running: the accelerators.
        answers: of each layer, each sample and each of its parts, by accelerator; a text says why
            there is no count.
        model: which model counted.
    """
    said = {one.label: _notes(one, model) for one in running}
    results, left_out = [], []
    for source, of_layer in zip(sources, answers, strict=True):
        for at, entrant in enumerate(running):
            counted = [[parts[at] for parts in sample] for sample in of_layer]
            why = next((c for sample in counted for c in sample if isinstance(c, str)), None)
            if why is not None:
                left_out.append(LeftOut(entrant.label, why, source.network, source.layer))
                continue
            results.append(
                Result.mean(
                    [
                        whole(
                            [
                                result_of(source, entrant, part, said[entrant.label])
                                for part in sample
                                if not isinstance(part, str)
                            ]
                        )
                        for sample in counted
                    ]
                )
            )
    partly = {(one.network, one.accelerator) for one in left_out}
    totals = tuple(
        total
        for total in _totals(results, said)
        if (total.network, total.accelerator) not in partly
    )
    return tuple(results), totals, left_out


@dataclass(frozen=True)
class Counted:
    """What was counted for one layer on one accelerator."""

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
        running: the accelerators; dataflows: theirs, as :func:`dataflow_of` gives them.
        dataflows: see ``running``.
        model: ``"published"``, ``"detailed"`` or ``"both"``.
        operands: of this layer, where they are at hand.
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
            notes = one.design.said_of(layer)
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
    """The result of what was counted for a layer; ``said`` are notes whatever the layer."""
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


def whole(parts: Sequence[Result]) -> Result:
    """The spMspMs of one layer added up."""
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    return replace(total, layer=parts[0].layer, notes=notes)


def _timed(one: Design) -> bool:
    """Whether it has a detailed model."""
    return "detailed" in one.models


def dataflow_of(entrant: Entrant, model: Model) -> Dataflow:
    """What is counted; InputError where the design has no such model."""
    one = entrant.design
    dataflow = one.dataflow()
    if dataflow is None:
        raise InputError(f"{one.name} has no published model; it declares no dataflow")
    if model != "published" and not _timed(one):
        raise InputError(f"{one.name} has no detailed model; its dataflow declares no machine")
    return dataflow


def _baseline(running: Sequence[Entrant], asked: str | None) -> str:
    """The label of the accelerator that ratios are over; InputError where it does not run."""
    labels = [one.label for one in running]
    if asked is not None:
        if asked in labels:
            return asked
        wanted = design(asked)
        first = [one for one in running if not one.beside]
        exact = [one for one in first if one.design == wanted and one.label == wanted.label]
        found = exact or [one for one in first if wanted in (one.design, one.design.origin)]
        if len(found) != 1:
            raise InputError(
                f"{asked!r} {'is several' if found else 'does not run'} here; expected one of "
                f"{', '.join(labels)}",
                key="--baseline",
            )
        return found[0].label
    if BASELINE in labels:
        return BASELINE
    return next((one.label for one in running if one.design.name == BASELINE), labels[0])


def _notes(entrant: Entrant, model: Model) -> tuple[str, ...]:
    """What is to be said of a design's figures, whatever the layer."""
    one = entrant.design
    if entrant.rules is not None:
        return (*unseen(one, ("rules",)), *entrant.rules.notes)
    asked: tuple[DesignModel, ...] = ("published", "detailed") if model == "both" else (model,)
    notes = unseen(one, (*asked, "energy"))
    if one.published is not None and one.published.compute is not None and repriced(one):
        notes.append(
            f"energy_published has {type(one).name}'s published constants, whatever is set"
        )
    if one.pe() is None:
        notes.append("its PEs are not declared: their energy, area and leakage are unpriced")
    return (*notes, *odd(one), *one.chip.outside())


def _totals(results: Sequence[Result], said: Mapping[str, tuple[str, ...]]) -> list[Result]:
    """The layers of each network and accelerator added up, with their notes counted."""
    layers: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        layers.setdefault((result.network, result.accelerator), []).append(result)
    totals = []
    for (_, accelerator), of_network in layers.items():
        total = added(of_network)
        general = said[accelerator]
        of_layers = [note for r in of_network for note in r.notes if note not in general]
        words = [
            f"{note} (in {of_layers.count(note)} of {len(of_network)} layers)"
            for note in dict.fromkeys(of_layers)
        ]
        totals.append(replace(total, notes=(*general, *words)))
    return totals


def added(layers: Sequence[Result]) -> Result:
    """The layers of a network, sample by sample; a layer of one sample counts for each."""
    count = max(len(one.samples) for one in layers)
    if count:
        return Result.mean(
            [
                added([one.samples[at] if one.samples else one for one in layers])
                for at in range(count)
            ]
        )
    total = replace(layers[0], layer=None)
    for one in layers[1:]:
        total = total + one
    return replace(total, notes=())
