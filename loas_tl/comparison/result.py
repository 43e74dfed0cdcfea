"""What one accelerator needs for a layer or a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from loas_tl.designs.accountings import LOAS_ACCOUNTING
from loas_tl.ground.spread import spreads
from loas_tl.models.accounting import (
    CLOCK_HZ,
    Energy,
    add,
    mean,
)
from loas_tl.models.dataflow import KINDS
from loas_tl.models.published.counts import Counts

if TYPE_CHECKING:
    from loas_tl.models.detailed.schedule import Schedule

BESIDE = (
    *("cycles", "sram_KiB", "energy_published", "energy_pJ"),
    *("leakage_pJ", "sram_pJ", "utilization"),
    *(f"sram_{kind}_KiB" for kind in KINDS),
)
"""Columns that the detailed model counts anew; DRAM traffic and computes are as published."""


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
        """The mean over samples of one layer or network on one accelerator.

        Args:
            samples: the result of each, at least one.

        Returns:
            Their mean, counts rounded to whole numbers; of one sample itself.
        """
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
        """Time in microseconds, at the clock that the cycles are of."""
        return self.counts.cycles / self.clock_MHz

    @property
    def utilization(self) -> float:
        """Share of PE-cycles with work: a match, or a kept position of a dense array."""
        return self.counts.computes / self.pe_cycles if self.pe_cycles else 0.0

    def record(self, accounting: bool = False) -> dict[str, Any]:
        """One row of a report; the unit is in the name of the column.

        Args:
            accounting: whether it says whose rules counted, at which clock, and what these rules
                have besides; of LoAS and its baselines alone it goes without saying.

        Returns:
            Names, numbers and texts by column, as JSON takes them.
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


def whole(parts: Sequence[Result]) -> Result:
    """The spMspMs of one layer added up.

    Args:
        parts: the result of each, at least one.

    Returns:
        The result of the layer, with the notes of all.
    """
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    return replace(total, layer=parts[0].layer, notes=notes)


def added(layers: Sequence[Result]) -> Result:
    """The layers of a network, sample by sample.

    Args:
        layers: their results on one accelerator, at least one; a layer of one sample counts for
            each.

    Returns:
        The total, without notes.
    """
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
