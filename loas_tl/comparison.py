"""Compare accelerators on networks: the package's front door, ``loas_tl.compare``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from loas_tl.designs.registry import check, find, names
from loas_tl.ground.errors import InputError
from loas_tl.models.accounting import Energy, physical_energy, published_energy
from loas_tl.models.declaration import Accelerator
from loas_tl.models.published.counts import Counts
from loas_tl.models.published.model import count
from loas_tl.workload.layer import Layer
from loas_tl.workload.source import (
    LayerSource,
    Networks,
    Progress,
    layer_sources,
    on_each_layer,
)

if TYPE_CHECKING:
    import pandas as pd

    from loas_tl.models.detailed.schedule import Schedule

Model = Literal["published", "detailed", "both"]
MODELS: tuple[Model, ...] = ("published", "detailed", "both")

BESIDE = ("cycles", "sram_KiB", "energy_published", "energy_pJ")
"""Columns that the detailed model counts anew; DRAM traffic and computes are as published."""


@dataclass(frozen=True)
class Result:
    """What one accelerator needs for one layer, or for a whole network (``layer`` is None).

    Attributes:
        network, layer, accelerator: names.
        counts: cycles, computes and traffic.
        published: energy by the published formula.
        physical: energy in pJ.
        schedule: what held the cycles up, where the detailed model counted.
        detailed: the detailed model's result, where it stands beside the published one.
    """

    network: str
    layer: str | None
    accelerator: str
    counts: Counts
    published: Energy
    physical: Energy
    schedule: Schedule | None = None
    detailed: Result | None = None

    def __add__(self, other: Result) -> Result:
        """The total of two layers of one network on one accelerator."""
        return Result(
            *(self.network, None, self.accelerator),
            counts=self.counts + other.counts,
            published=self.published + other.published,
            physical=self.physical + other.physical,
            schedule=self.schedule + other.schedule if self.schedule and other.schedule else None,
            detailed=self.detailed + other.detailed if self.detailed and other.detailed else None,
        )

    def record(self) -> dict[str, str | int | float]:
        """One row of a report; the unit is in the name of the column."""
        row: dict[str, str | int | float] = {"network": self.network}
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
        }
        if self.detailed is not None:
            beside = self.detailed.record()
            row |= {f"detailed_{key}": beside[key] for key in BESIDE}
        schedule = self.detailed.schedule if self.detailed else self.schedule
        if schedule is not None:
            row["bound_by"] = schedule.bound_by
            row |= {f"{resource}_cycles": cycles for resource, cycles in schedule.alone.items()}
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
    """

    layers: tuple[Result, ...]
    totals: tuple[Result, ...]
    generated: frozenset[str] = frozenset()
    model: Model = "published"

    @property
    def networks(self) -> list[str]:
        """Names of the networks, in order."""
        return list(dict.fromkeys(total.network for total in self.totals))

    @property
    def accelerators(self) -> list[str]:
        """Names of the accelerators, in order."""
        return list(dict.fromkeys(total.accelerator for total in self.totals))

    def total(self, network: str, accelerator: str) -> Result | None:
        """The total of one accelerator on one network, None where it was not asked for."""
        for total in self.totals:
            if (total.network, total.accelerator) == (network, accelerator):
                return total
        return None

    def to_frame(self, totals: bool = False) -> pd.DataFrame:
        """A pandas frame with one row a layer and accelerator, or of the totals."""
        import pandas as pd

        return pd.DataFrame([row.record() for row in (self.totals if totals else self.layers)])

    def to_csv(self) -> str:
        """:meth:`to_frame` as CSV."""
        return str(self.to_frame().to_csv(index=False))

    def to_json(self) -> str:
        """A JSON object of ``model``, ``layers`` and ``totals``."""
        document: dict[str, Any] = {
            "model": self.model,
            "layers": [row.record() for row in self.layers],
            "totals": [row.record() for row in self.totals],
        }
        return json.dumps(document, indent=2)


def compare(
    networks: Networks | None = None,
    *,
    tensors: str | os.PathLike[str] | None = None,
    spikes: str | os.PathLike[str] | None = None,
    layers: str | os.PathLike[str] | None = None,
    accelerators: Iterable[str | Accelerator] | None = None,
    seed: int = 0,
    model: Model = "published",
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
        accelerators: names or declarations; by default all that are registered.
        seed: of generated tensors.
        model: ``"published"`` counts as the published evaluation did, ``"detailed"`` times the
            machines cycle by cycle (``loas_tl.models.detailed``), ``"both"`` puts them side by
            side.
        progress: called after each layer.

    Raises:
        InputError: where something given cannot be used; the message is one line.
    """
    if model not in MODELS:
        raise InputError(f"unknown model {model!r}; expected one of {', '.join(MODELS)}")
    chosen = _choose(accelerators)
    sources = layer_sources(networks, tensors=tensors, spikes=spikes, layers=layers, seed=seed)
    answers = on_each_layer(sources, lambda layer: _count(layer, chosen, model), progress)
    results = [
        _result(source, accelerator, counted)
        for source, of_layer in zip(sources, answers, strict=True)
        for accelerator, counted in zip(chosen, of_layer, strict=True)
    ]
    generated = frozenset(source.network for source in sources if source.generated)
    return Comparison(tuple(results), tuple(_totals(results)), generated, model)


@dataclass(frozen=True)
class _Counted:
    """What was counted for one layer on one accelerator."""

    counts: Counts
    schedule: Schedule | None = None
    detailed: _Counted | None = None


def _count(layer: Layer, chosen: Sequence[Accelerator], model: Model) -> list[_Counted]:
    if model == "published":
        return [_Counted(counts) for counts in count(layer, chosen)]
    from loas_tl.models.detailed.model import count_detailed

    answers = []
    for detail in count_detailed(layer, chosen):
        detailed = _Counted(detail.counts, detail.schedule)
        beside = _Counted(detail.published, detailed=detailed)
        answers.append(beside if model == "both" else detailed)
    return answers


def _result(source: LayerSource, accelerator: Accelerator, counted: _Counted) -> Result:
    return Result(
        network=source.network,
        layer=source.layer,
        accelerator=accelerator.name,
        counts=counted.counts,
        published=published_energy(counted.counts, accelerator.energy),
        physical=physical_energy(counted.counts, accelerator.energy),
        schedule=counted.schedule,
        detailed=_result(source, accelerator, counted.detailed) if counted.detailed else None,
    )


def _choose(accelerators: Iterable[str | Accelerator] | None) -> list[Accelerator]:
    if isinstance(accelerators, str):
        accelerators = [accelerators]
    asked = names() if accelerators is None else list(accelerators)
    chosen = [find(one) if isinstance(one, str) else check(one) for one in asked]
    if not chosen:
        raise InputError("no accelerators given; expected at least one")
    by_name = {accelerator.name: accelerator for accelerator in chosen}
    for accelerator in chosen:
        if by_name[accelerator.name] != accelerator:
            raise InputError(
                f"two accelerators are called {accelerator.name!r}; give one another name"
            )
    return list(by_name.values())


def _totals(results: Sequence[Result]) -> list[Result]:
    totals: dict[tuple[str, str], Result] = {}
    for result in results:
        key = (result.network, result.accelerator)
        before = totals.get(key)
        totals[key] = before + result if before else replace(result, layer=None)
    return list(totals.values())
