"""What a report says: ours, the published figure and how far they part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from statistics import mean
from typing import Any

from loas_tl.comparison import Comparison, Result
from loas_tl.designs.readings import NEVER_MEASURED, READINGS
from loas_tl.designs.reference import (
    DENSE_RATIOS,
    MEAN_SPEEDUP,
    Published,
    published_totals,
)
from loas_tl.ground.spread import Spread
from loas_tl.ground.titles import network_title, network_titles
from loas_tl.workload.statistics import NETWORKS

FITTED = "SparTen-SNN"
"""Whose published cycles the generated weights were fitted to, and what claims are over."""


@dataclass(frozen=True)
class Figure:
    """One measured number beside the published one, where there is one.

    Where there are several samples ours is their mean, and ``spread`` what they say of it.
    """

    ours: float | None
    published: float | None = None
    spread: Spread | None = None

    @property
    def difference(self) -> float | None:
        """Ours over published less one."""
        if self.ours is None or not self.published:
            return None
        return self.ours / self.published - 1


@dataclass(frozen=True)
class Row:
    """One accelerator on one network; the accounting says whose rules count it."""

    accelerator: str
    accounting: str
    cycles: Figure
    speedup: Figure
    energy_published: Figure
    energy_physical: Figure
    energy_ratio: Figure
    dram: Figure
    sram: Figure
    utilization: Figure


@dataclass(frozen=True)
class DetailRow:
    """What the detailed model finds for one accelerator on one network.

    Attributes:
        accelerator: name.
        published_model: cycles by the published model, None where it was not asked for.
        cycles: by the detailed model.
        ratio: the latter over the former.
        speedup: over the baseline, by the detailed model.
        compute, sram, dram: cycles that each would need without the others.
        utilization: PE-cycles with work over all.
        bound_by: what held most of the cycles up.
    """

    accelerator: str
    published_model: int | None
    cycles: int
    ratio: float | None
    speedup: float | None
    compute: int
    sram: int
    dram: int
    utilization: float
    bound_by: str


@dataclass(frozen=True)
class Headline:
    """A published claim and what we get."""

    claim: str
    figure: Figure


PREDICTION = (
    f"Generated weights were fitted to {FITTED}'s published cycles of each layer; what the other "
    "accelerators need, and all traffic, is a prediction."
)
"""Said wherever figures of generated networks stand beside published ones."""

DENSE_WORDS = {
    "cycles": "cycles",
    "energy": "energy",
    "dram": "DRAM traffic",
    "sram": "SRAM traffic",
}

Column = tuple[str, str, str]
"""Attribute of a row, heading and number format."""

ACCOUNTING: Column = ("accounting", "accounting", "{}")
"""The column that says whose rules count an accelerator."""


def columns(comparison: Comparison) -> tuple[Column, ...]:
    """The columns of :class:`Row`; whose rules count stands there where they are not all LoAS's."""
    return (
        *((ACCOUNTING,) if comparison.mixed else ()),
        ("cycles", "cycles", "{:,.0f}"),
        ("speedup", f"speedup over {comparison.baseline}", "{:.2f}"),
        ("energy_published", "energy, published formula", "{:,.0f}"),
        ("energy_physical", "energy, physical (nJ)", "{:,.0f}"),
        ("energy_ratio", "energy ratio", "{:.2f}"),
        ("dram", "DRAM (KiB)", "{:,.1f}"),
        ("sram", "SRAM (KiB)", "{:,.1f}"),
        ("utilization", "PEs in use", "{:.1%}"),
    )


def detail_columns(comparison: Comparison) -> tuple[Column, ...]:
    """The columns of :class:`DetailRow`; the published model's where it counted, too."""
    both = comparison.model == "both"
    return (
        *((("published_model", "cycles, published model", "{:,}"),) if both else ()),
        ("cycles", "cycles, detailed model", "{:,}"),
        *((("ratio", "detailed / published", "{:.2f}"),) if both else ()),
        ("speedup", f"speedup over {comparison.baseline}", "{:.2f}"),
        ("compute", "compute alone", "{:,}"),
        ("sram", "SRAM alone", "{:,}"),
        ("dram", "DRAM alone", "{:,}"),
        ("utilization", "PEs in use", "{:.1%}"),
        ("bound_by", "bound by", "{}"),
    )


MODEL_WORDS = {
    "published": "Published model",
    "detailed": "Detailed model",
    "both": "Published model, with the detailed one beside it",
}
"""How a report says which model counted."""


def detail_rows(comparison: Comparison, network: str) -> list[DetailRow]:
    """The detailed model's table of one network; empty where it did not count."""
    base = comparison.found(network, comparison.baseline)
    table = []
    for accelerator in comparison.accelerators:
        result = comparison.found(network, accelerator)
        detailed = result and (result.detailed or result)
        if result is None or detailed is None or detailed.schedule is None:
            continue
        cycles, alone = detailed.schedule.cycles, detailed.schedule.alone
        before = result.counts.cycles if result.detailed else None
        table.append(
            DetailRow(
                accelerator,
                before,
                cycles,
                ratio=cycles / before if before else None,
                speedup=(base.detailed or base).counts.cycles / cycles if base else None,
                **alone,
                utilization=detailed.utilization,
                bound_by=detailed.schedule.bound_by,
            )
        )
    return table


def rows(comparison: Comparison, network: str) -> list[Row]:
    """The table of one network."""
    base = comparison.found(network, comparison.baseline)
    base_reference = reference(comparison, network, comparison.baseline)
    table = []
    for accelerator in comparison.accelerators:
        result = comparison.found(network, accelerator)
        if result is None:
            continue
        published = reference(comparison, network, accelerator)
        row = _row(result, published, base, base_reference)
        table.append(_with_spreads(row, result, base) if result.samples else row)
    return table


def _with_spreads(row: Row, result: Result, base: Result | None) -> Row:
    """A row of means with the spread of every figure over the samples."""
    bases: Sequence[Result | None] = base.samples if base else [None] * len(result.samples)
    samples = [
        _row(one, None, of_base, None) for one, of_base in zip(result.samples, bases, strict=True)
    ]
    spread: dict[str, Any] = {}
    for field in fields(row):
        figure = getattr(row, field.name)
        values = [getattr(sample, field.name) for sample in samples]
        if isinstance(figure, Figure) and figure.ours is not None:
            ours = [value.ours for value in values if value.ours is not None]
            spread[field.name] = replace(figure, spread=Spread.of(ours))
    return replace(row, **spread)


def sample_words(comparison: Comparison, network: str) -> str:
    """What the figures of a network with several samples are; empty for one sample."""
    count = max(len(total.samples) for total in comparison.totals if total.network == network)
    if not count:
        return ""
    return (
        f"mean of {count} samples, with the standard deviation and the extremes of the samples; "
        "of ratios, that of the means"
    )


def coverage_words(comparison: Comparison, network: str) -> list[str]:
    """What a network's totals leave out: how much, then what, a line each; empty for nothing."""
    coverage = comparison.coverage.get(network)
    if coverage is None:
        return []
    total = max(coverage.operations, 1)
    return [
        f"{coverage}",
        *(
            f"not captured: {one.name} ({one.kind})"
            + (f", {one.operations / total:.1%}" if one.operations else "")
            + f": {one.why}"
            for one in coverage.missing
        ),
    ]


def reference(comparison: Comparison, network: str, accelerator: str) -> Published | None:
    """The published totals, where the network was generated to be like the published one."""
    if network not in comparison.generated:
        return None
    return published_totals().get((accelerator, network))


def _row(
    result: Result, published: Published | None, base: Result | None, of_base: Published | None
) -> Row:
    def beside(ours: float | None, attribute: str) -> Figure:
        return Figure(ours, None if published is None else getattr(published, attribute))

    cycles = result.counts.cycles
    speedup = base.counts.cycles / cycles if base and cycles else None
    spent, of_it = _energy(base), _energy(result)
    energy = spent / of_it if spent and of_it else None
    return Row(
        result.accelerator,
        result.accounting,
        cycles=beside(cycles, "cycles"),
        speedup=Figure(speedup, of_base.cycles / published.cycles)
        if published is not None and of_base is not None
        else Figure(speedup),
        energy_published=beside(_published(result), "energy_published"),
        energy_physical=Figure(None if of_it is None else of_it / 1e3),
        energy_ratio=Figure(energy),
        dram=beside(result.counts.dram_kib, "dram_KiB"),
        sram=beside(result.counts.sram_kib, "sram_KiB"),
        utilization=Figure(result.utilization),
    )


def _published(result: Result) -> float | None:
    """Energy by LoAS's published formula, where it was published for it."""
    return None if result.published is None else result.published.total


def _energy(result: Result | None) -> float | None:
    """Physical energy in pJ, where it is known."""
    return None if result is None or result.physical is None else result.physical.total


def label_lines(accelerator: str) -> list[str]:
    """A design's label, what was set of it on lines of their own."""
    lines: list[str] = []
    for word in accelerator.split(" "):
        if "=" in word or not lines:
            lines.append(word)
        else:
            lines[-1] += f" {word}"
    return lines


def ratio_words(comparison: Comparison) -> str:
    """What the ratios of a table are of."""
    words = (
        f"energy ratio: physical energy of {comparison.baseline} over it; PEs in use: PE-cycles "
        "with work over all"
    )
    if len({total.clock_MHz for total in comparison.totals}) > 1:
        words += "; speedup: in cycles, as if all had one clock"
    return words


def reading_words(comparison: Comparison) -> str:
    """What the detailed model's figures rest on."""
    return (
        f"detailed model: {comparison.reading} reading, one of {', '.join(READINGS)}. "
        f"{NEVER_MEASURED}"
    )


def notes(comparison: Comparison) -> list[str]:
    """Footnotes: what is to be said of each accelerator's figures, a line each.

    With the networks that it is to be said of, where it is not all of them; and what has no
    figures.
    """
    lines = []
    for name, said in comparison.notes.items():
        for note in said:
            of = [
                total.network
                for total in comparison.totals
                if total.accelerator == name and note in total.notes
            ]
            among = "" if of == comparison.networks else f"{network_titles(of)}: "
            lines.append(f"{name}: {among}{note}")
    without: dict[tuple[str, str | None, str], list[str]] = {}
    for one in comparison.left_out:
        layers = without.setdefault((one.accelerator, one.network, one.why), [])
        layers += [one.layer] if one.layer else []
    for (name, network, why), layers in without.items():
        where = f"{network_title(network)}, layer {', '.join(layers)}: " if network else ""
        lines.append(f"{name} has no figures: {where}{why}")
    return lines


def headlines(comparison: Comparison) -> list[Headline]:
    """The published claims that this comparison has the figures for."""
    claims: list[Headline] = []
    for baseline, published in MEAN_SPEEDUP.items():
        ratios = [_cycles(comparison, network, baseline, "LoAS") for network in NETWORKS]
        known = [ratio for ratio in ratios if ratio is not None]
        if len(known) == len(NETWORKS):
            claim = f"speedup of LoAS over {baseline}, mean of three networks"
            claims.append(Headline(claim, Figure(mean(known), published)))
    largest = _cycles(comparison, "resnet19", FITTED, "LoAS")
    if largest is not None:
        claims.append(Headline(f"speedup of LoAS over {FITTED}, ResNet19", Figure(largest, 8.51)))
    pair = [_total(comparison, "alexnet", name) for name in (FITTED, "LoAS-FT")]
    if pair[0] and pair[1] and pair[0].published and pair[1].published:
        ratio = pair[0].published.total / pair[1].published.total
        claim = f"energy of {FITTED} over LoAS-FT, AlexNet"
        claims.append(Headline(claim, Figure(ratio, 3.68)))
    for dense, ratios_of in DENSE_RATIOS.items():
        found = _dense(comparison, dense)
        if found is None:
            continue
        for what, ours in found.items():
            figure = Figure(ours, getattr(ratios_of, what))
            claims.append(
                Headline(
                    f"{DENSE_WORDS[what]} of {dense} (layers 2 to 12) over LoAS-FT, VGG16", figure
                )
            )
    return claims


def _total(comparison: Comparison, network: str, accelerator: str) -> Result | None:
    generated = network in comparison.generated
    return comparison.found(network, accelerator) if generated else None


def _cycles(comparison: Comparison, network: str, slow: str, fast: str) -> float | None:
    one, other = (_total(comparison, network, name) for name in (slow, fast))
    return one.counts.cycles / other.counts.cycles if one and other else None


def _dense(comparison: Comparison, dense: str) -> dict[str, float] | None:
    over = _total(comparison, "vgg16", "LoAS-FT")
    of_layers = [
        result
        for result in comparison.layers
        if (result.network, result.accelerator) == ("vgg16", dense) and result.layer != "1"
    ]
    energies = [r.published.total for r in of_layers if r.published]
    if over is None or over.published is None or not energies:
        return None
    return {
        "cycles": sum(r.counts.cycles for r in of_layers) / over.counts.cycles,
        "energy": sum(energies) / over.published.total,
        "dram": sum(r.counts.dram_kib for r in of_layers) / over.counts.dram_kib,
        "sram": sum(r.counts.sram_kib for r in of_layers) / over.counts.sram_kib,
    }
