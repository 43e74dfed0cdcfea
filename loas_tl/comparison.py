"""Compare accelerators on networks: the package's front door, ``loas_tl.compare``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from loas_tl.designs.design import Design
from loas_tl.designs.effects import Model as DesignModel
from loas_tl.designs.effects import idle, odd, repriced, unseen
from loas_tl.designs.naming import choose, design
from loas_tl.designs.registry import compared
from loas_tl.ground.errors import InputError
from loas_tl.ground.spread import flat, spreads
from loas_tl.models.accounting import Energy, physical_energy, published_energy
from loas_tl.models.dataflow import Dataflow, TiledAccelerator
from loas_tl.models.published.counts import Counts
from loas_tl.models.published.model import count
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

Model = Literal["published", "detailed", "both"]
MODELS: tuple[Model, ...] = ("published", "detailed", "both")

BESIDE = (
    *("cycles", "sram_KiB", "energy_published", "energy_pJ"),
    *("leakage_pJ", "sram_pJ", "utilization"),
)
"""Columns that the detailed model counts anew; DRAM traffic and computes are as published."""

BASELINE = "SparTen-SNN"
"""What speedups are over, where it runs and nothing else was asked for."""


@dataclass(frozen=True)
class Result:
    """What one accelerator needs for one layer, or for a whole network (``layer`` is None).

    Attributes:
        network, layer, accelerator: names.
        counts: cycles, computes and traffic.
        published: energy by the published formula.
        physical: energy in pJ.
        pe_cycles: PEs times cycles; of these ``counts.computes`` have work.
        notes: what is to be said of the figures, a line each.
        schedule: what held the cycles up, where the detailed model counted.
        detailed: the detailed model's result, where it stands beside the published one.
        samples: the result of each sample where there are several; this one is their mean then,
            counts rounded to whole numbers.
    """

    network: str
    layer: str | None
    accelerator: str
    counts: Counts
    published: Energy
    physical: Energy
    pe_cycles: int = 0
    notes: tuple[str, ...] = ()
    schedule: Schedule | None = None
    detailed: Result | None = None
    samples: tuple[Result, ...] = ()

    def __add__(self, other: Result) -> Result:
        """The total of two layers of one network on one accelerator; it has no notes yet."""
        return Result(
            *(self.network, None, self.accelerator),
            counts=self.counts + other.counts,
            published=self.published + other.published,
            physical=self.physical + other.physical,
            pe_cycles=self.pe_cycles + other.pe_cycles,
            schedule=self.schedule + other.schedule if self.schedule and other.schedule else None,
            detailed=self.detailed + other.detailed if self.detailed and other.detailed else None,
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
            published=Energy.mean([one.published for one in samples]),
            physical=Energy.mean([one.physical for one in samples]),
            pe_cycles=round(sum(one.pe_cycles for one in samples) / len(samples)),
            notes=tuple(dict.fromkeys(note for one in samples for note in one.notes)),
            schedule=type(schedules[0]).mean(schedules) if schedules else None,
            detailed=cls.mean(details) if details else None,
            samples=tuple(samples),
        )

    @property
    def utilization(self) -> float:
        """PE-cycles with work (a match; a kept position of a dense array) over all PE-cycles."""
        return self.counts.computes / self.pe_cycles if self.pe_cycles else 0.0

    def record(self) -> dict[str, Any]:
        """One row of a report; the unit is in the name of the column."""
        row: dict[str, Any] = {"network": self.network}
        if self.layer is not None:
            row["layer"] = self.layer
        row |= {
            "accelerator": self.accelerator,
            "cycles": self.counts.cycles,
            "computes": self.counts.computes,
            "dram_KiB": self.counts.dram_kib,
            "sram_KiB": self.counts.sram_kib,
            "energy_published": self.published.total,
            "energy_pJ": self.physical.total,
            "leakage_pJ": self.physical.leakage,
            "dram_pJ": self.physical.dram,
            "sram_pJ": self.physical.sram,
            "compute_pJ": self.physical.compute,
            "utilization": self.utilization,
            "notes": list(self.notes),
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
            row["spread"] = spreads([one.record() for one in self.samples])
        return row


@dataclass(frozen=True)
class Comparison:
    """The result of :func:`compare`.

    Attributes:
        layers: one result for each layer and accelerator, in order.
        totals: the layers of each network added up, one for each accelerator.
        generated: names of the networks that were generated from the published statistics, so
            that published figures stand beside theirs.
        model: which model counted; with ``"both"`` each published result has the detailed one
            beside it.
        designs: the accelerators, in order.
        baseline: name of the accelerator that speedups and energy ratios are over.
        coverage: by network, how much of it its layers stand for; only where that is not all.
    """

    layers: tuple[Result, ...]
    totals: tuple[Result, ...]
    generated: frozenset[str] = frozenset()
    model: Model = "published"
    designs: tuple[Design, ...] = ()
    baseline: str = BASELINE
    coverage: Mapping[str, Coverage] = field(default_factory=dict)

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

        rows = [row.record() for row in (self.totals if totals else self.layers)]
        return pd.DataFrame([flat(row) for row in rows])

    def to_csv(self) -> str:
        """:meth:`to_frame` as CSV."""
        return str(self.to_frame().to_csv(index=False))

    def to_json(self) -> str:
        """A JSON object of ``model``, ``baseline``, ``designs``, ``layers`` and ``totals``.

        Where there are several samples, ``samples`` has the rows of each, without a layer for
        its totals; where a network is not covered as a whole, ``coverage`` says what is missing.
        """
        document: dict[str, Any] = {
            "model": self.model,
            "baseline": self.baseline,
            "designs": [
                {
                    "accelerator": one.label,
                    "parameters": {name: getattr(one, name) for name in one.parameters},
                    "area_mm2": one.area_mm2,
                    "leakage_mW": one.leakage_mW,
                    "notes": self.notes.get(one.label, []),
                }
                for one in self.designs
            ],
            "layers": [row.record() for row in self.layers],
            "totals": [row.record() for row in self.totals],
        }
        if any(row.samples for row in self.totals):
            document["samples"] = [
                {"sample": number, **one.record()}
                for row in (*self.totals, *self.layers)
                for number, one in enumerate(row.samples)
            ]
        if self.coverage:
            document["coverage"] = {
                name: coverage.record() for name, coverage in self.coverage.items()
            }
        return json.dumps(document, indent=2)


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
        accelerators: names (``"LoAS"``, ``"LoAS:pes=32"``, ``"mine.py:WIDE"``) or designs; by
            default all that are registered, but for the ANN twins.
        settings: parameters for every accelerator that has them.
        baseline: the accelerator that speedups and energy ratios are over; by default
            SparTen-SNN where it runs, else the first.
        seed: of generated tensors.
        workload: ``timesteps`` and ``weight_density`` of generated networks, where they are not
            to be the published ones; what was published does not stand beside them then.
        model: ``"published"`` counts as the published evaluation did, ``"detailed"`` times the
            machines cycle by cycle (``loas_tl.models.detailed``), ``"both"`` puts them side by
            side.
        samples: of layers that have several, ``"each"`` gives their mean and spread,
            ``"together"`` puts them into M, a number takes one.
        progress: called after each layer.

    Raises:
        InputError: where something given cannot be used; the message is one line.
    """
    if model not in MODELS:
        raise InputError(f"unknown model {model!r}; expected one of {', '.join(MODELS)}")
    if accelerators is not None and not isinstance(accelerators, Iterable):
        accelerators = [accelerators]
    if isinstance(accelerators, str):
        accelerators = [accelerators]
    chosen = choose(compared() if accelerators is None else accelerators, settings)
    dataflows = [_dataflow(one, model) for one in chosen]
    over = _baseline(chosen, baseline)
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
    answers = on_each_sample(sources, lambda layer: _count(layer, dataflows, model), progress)
    said = {one.label: _notes(one, model) for one in chosen}
    results = [
        Result.mean(
            [
                _whole([_result(source, one, parts[at], said[one.label]) for parts in sample])
                for sample in of_layer
            ]
        )
        for source, of_layer in zip(sources, answers, strict=True)
        for at, one in enumerate(chosen)
    ]
    generated = frozenset(source.network for source in sources if source.generated)
    totals = tuple(_totals(results, said))
    covered = coverages(sources)
    return Comparison(tuple(results), totals, generated, model, tuple(chosen), over, covered)


@dataclass(frozen=True)
class _Counted:
    """What was counted for one layer on one accelerator."""

    counts: Counts
    pes: int
    extents: dict[str, int]
    schedule: Schedule | None = None
    detailed: _Counted | None = None


def _count(layer: Layer, dataflows: Sequence[Dataflow], model: Model) -> list[_Counted]:
    extents = {"T": layer.T, "M": layer.M, "N": layer.N}
    pes = [a.pes if isinstance(a, TiledAccelerator) else a.pes(layer.T) for a in dataflows]
    if model == "published":
        found = count(layer, dataflows)
        return [_Counted(c, n, extents) for c, n in zip(found, pes, strict=True)]
    from loas_tl.models.detailed.model import count_detailed

    answers = []
    for detail, n in zip(count_detailed(layer, dataflows), pes, strict=True):
        detailed = _Counted(detail.counts, n, extents, detail.schedule)
        beside = _Counted(detail.published, n, extents, detailed=detailed)
        answers.append(beside if model == "both" else detailed)
    return answers


def _result(source: LayerSource, one: Design, counted: _Counted, said: tuple[str, ...]) -> Result:
    return Result(
        network=source.network,
        layer=source.layer,
        accelerator=one.label,
        counts=counted.counts,
        published=published_energy(counted.counts, one.constants),
        physical=physical_energy(counted.counts, one.constants),
        pe_cycles=counted.pes * counted.counts.cycles,
        notes=(*said, *idle(one, counted.extents).values()),
        schedule=counted.schedule,
        detailed=_result(source, one, counted.detailed, said) if counted.detailed else None,
    )


def _whole(parts: Sequence[Result]) -> Result:
    """The spMspMs of one layer added up."""
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    return replace(total, layer=parts[0].layer, notes=notes)


def _dataflow(one: Design, model: Model) -> Dataflow:
    """What is counted; InputError where the design has no such model."""
    dataflow = one.dataflow()
    if dataflow is None:
        raise InputError(f"{one.name} has no published model; it declares no dataflow")
    if model != "published" and "detailed" not in one.models:
        raise InputError(f"{one.name} has no detailed model; its dataflow declares no machine")
    return dataflow


def _baseline(chosen: Sequence[Design], asked: str | None) -> str:
    """The label of the accelerator that ratios are over; InputError where it does not run."""
    labels = [one.label for one in chosen]
    if asked is not None:
        if asked in labels:
            return asked
        wanted = design(asked)
        exact = [one for one in chosen if one == wanted and one.label == wanted.label]
        found = exact or [one for one in chosen if wanted in (one, one.origin)]
        if len(found) != 1:
            raise InputError(
                f"{asked!r} {'is several' if found else 'does not run'} here; expected one of "
                f"{', '.join(labels)}",
                key="--baseline",
            )
        return found[0].label
    if BASELINE in labels:
        return BASELINE
    return next((one.label for one in chosen if one.name == BASELINE), labels[0])


def _notes(one: Design, model: Model) -> tuple[str, ...]:
    """What is to be said of a design's figures, whatever the layer."""
    asked: tuple[DesignModel, ...] = ("published", "detailed") if model == "both" else (model,)
    notes = unseen(one, (*asked, "energy"))
    if one.published is not None and repriced(one):
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
        total = _sum(of_network)
        general = said[accelerator]
        of_layers = [note for r in of_network for note in r.notes if note not in general]
        words = [
            f"{note} (in {of_layers.count(note)} of {len(of_network)} layers)"
            for note in dict.fromkeys(of_layers)
        ]
        totals.append(replace(total, notes=(*general, *words)))
    return totals


def _sum(layers: Sequence[Result]) -> Result:
    """The layers of a network, sample by sample; a layer of one sample counts for each."""
    count = max(len(one.samples) for one in layers)
    if count:
        return Result.mean(
            [
                _sum([one.samples[at] if one.samples else one for one in layers])
                for at in range(count)
            ]
        )
    total = replace(layers[0], layer=None)
    for one in layers[1:]:
        total = total + one
    return replace(total, notes=())
