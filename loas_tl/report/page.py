"""The comparison as one interactive page that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loas_tl.comparison import Comparison
from loas_tl.ground.titles import network_title, network_titles
from loas_tl.report import compare_sheets as sheets
from loas_tl.report.charts import DIAMOND
from loas_tl.report.colours import Mark, accelerator_looks, named
from loas_tl.report.compare_charts import bars, by_layer, parts
from loas_tl.report.compare_data import (
    Units,
    difference_text,
    drawn,
    figure_rows,
    part_rows,
    stacks,
)
from loas_tl.report.made import Made
from loas_tl.report.normalised import NORMALISED, conditions
from loas_tl.report.readings import Readings
from loas_tl.report.roofline import layer_rows, rooflines
from loas_tl.report.rows import (
    MODEL_WORDS,
    PREDICTION,
    coverage_words,
    detail_rows,
    headlines,
    notes,
    ratio_words,
    reading_words,
    rows,
    sample_words,
)
from loas_tl.report.units import Unit
from loas_tl.report.web import Chart, Pick, Section, Tile
from loas_tl.report.web import page as web_page

FILES = {"Data (CSV)": "comparison.csv", "Data (JSON)": "comparison.json"}
MOST_TILES = 6
NARROW = 250
"""Pixels that a chart of bars needs."""
TIMES = "\u00d7"

HOVER = "Hover for values."
DIAMONDS = "Diamonds are the published figures; hover for values."
STACKS = {
    "physical": (
        "Energy",
        "By the component models, of each design as it is set: every action times its energy, and "
        "leakage for all cycles.",
    ),
    "formula": (
        "Energy, published formula",
        "Its terms have different units, so that only its ratios mean something.",
    ),
    "dram": ("DRAM traffic", "By what moves."),
    "sram": ("SRAM traffic", "By what moves, reads and writes of the cache."),
    "bounds": ("What cycles wait for", "By the detailed model: what held each cycle up."),
}
OTHER_RULES = (
    " What was published by other rules has no figure by LoAS's formula; its chip's power times "
    "time stands under compute."
)
ROOFLINE = (
    "Points are layers, one shape a network; an operation is a PE action ({what}). The line is "
    "what memory (its slope) and PEs (its flat part) allow. A point at the slope gains from "
    "bandwidth or less traffic, one at the flat part from PEs, one far below both waits for "
    "neither: imbalance, conflicts or latency.{over}"
)
OVER = " The published model does not wait for memory: its points can lie above the slope."


def page(comparison: Comparison, readings: Readings | None = None, made: Made | None = None) -> str:
    """Render the page.

    Args:
        comparison: what is shown in full.
        readings: all of them, where they were asked for.
        made: what made it, for the foot of the page.
    """
    units = Units.of(comparison)
    layers = layer_rows(comparison, units)
    figures, split = figure_rows(comparison, units), part_rows(comparison, units)
    timed = comparison.model != "published"
    marks = accelerator_looks(comparison.accelerators)
    names = network_titles(comparison.networks)
    drawn_cycles = bars(comparison, figures, "cycles", units.cycles.name)
    cycles = Section("Cycles", _with_diamonds("", drawn_cycles), charts=drawn_cycles, least=NARROW)
    alone = _alone(comparison)
    sections = [
        _headlines(comparison, units),
        *_speedups(comparison, figures),
        *([cycles] if alone else []),
        *_claims(comparison),
        Section("Totals", _totals_words(comparison), sheet=sheets.totals(comparison, units)),
        *_readings(readings),
        *([] if alone else [cycles]),
        *_stacks(comparison, units, split),
        *_detailed(comparison),
        Section(
            "Roofline",
            ROOFLINE.format(what="of LoAS one serves all timesteps", over="" if timed else OVER),
            charts=rooflines(comparison, layers),
            view="a DRAM byte",
        ),
        *_normalised(comparison, units),
        Section(
            "Layers",
            charts=by_layer(comparison, units.cycles.name),
            sheet=sheets.layers(comparison, units),
            legend=marks if len(marks) > 1 else {},
            view="log",
        ),
        *_remarks(comparison),
    ]
    return web_page(
        title=f"{len(comparison.accelerators)} accelerators on {names}"
        if len(comparison.accelerators) > 1
        else f"{comparison.accelerators[0]} on {names}",
        lead=_lead(comparison, readings),
        sections=sections,
        data={
            "figures": figures,
            "parts": split,
            "layers": layers,
        },
        links=FILES,
        footer=(made or Made()).words(
            f"{comparison.model} model",
            "" if comparison.model == "published" else f"{comparison.reading} reading",
        ),
        pick=Pick("Accelerators", "accelerator", marks),
    )


def _lead(comparison: Comparison, readings: Readings | None) -> str:
    words = f"{MODEL_WORDS[comparison.model]}."
    if comparison.generated:
        words += f" {PREDICTION}"
    if comparison.model != "published":
        said = reading_words(comparison)
        words += f" {said[0].upper()}{said[1:]}"
        if readings is None:
            words += " What the other readings give: --reading all."
    return words


def _headlines(comparison: Comparison, units: Units) -> Section:
    claimed = [
        Tile(
            f"{one.figure.ours:.2f}{TIMES}",
            one.claim,
            f"published {one.figure.published:.2f}{TIMES} ({difference_text(one.figure)})",
        )
        for one in headlines(comparison)[:MOST_TILES]
    ]
    tiles = [*claimed, *_own_headlines(comparison, units.energy)][:MOST_TILES]
    return Section("Headline figures", tiles=tiles, named="top")


def _own_headlines(comparison: Comparison, energy: Unit) -> list[Tile]:
    """The fastest accelerator and the most frugal one of each network."""
    found, energy_nj = [], Unit(energy.name, energy.size / 1e3)
    alone = len(comparison.accelerators) == 1
    for network in comparison.networks[: MOST_TILES // 2]:
        title, table = network_title(network), rows(comparison, network)
        fast = min(table, key=lambda row: row.cycles.ours or 0.0)
        own = fast.accelerator == comparison.baseline
        over = "" if own or fast.speedup.ours is None else f"{fast.speedup.ours:.2f}{TIMES} "
        found.append(
            Tile(
                f"{fast.cycles.ours or 0:,.0f} cycles",
                f"{title}: {fast.accelerator}" + ("" if alone else ", the fastest"),
                f"{over}over {comparison.baseline}" if over else "",
            )
        )
        priced = [row for row in table if row.energy_physical.ours is not None]
        if priced:
            least = min(priced, key=lambda row: row.energy_physical.ours or 0.0)
            found.append(
                Tile(
                    f"{energy_nj.text(least.energy_physical.ours)} {energy.name}",
                    f"{title}: {least.accelerator}"
                    + (", energy" if alone else ", the least energy"),
                )
            )
    return found


def _alone(comparison: Comparison) -> bool:
    """Whether there is nothing to be faster than."""
    return list(comparison.accelerators) == [comparison.baseline]


def _with_diamonds(about: str, drawn: Sequence[Chart]) -> str:
    """The words, and what diamonds are, where charts have any."""
    layers = [layer for chart in drawn for layer in chart.spec.get("layer", ())]
    has = any(layer["mark"] == DIAMOND for layer in layers)
    return f"{about} {DIAMONDS if has else HOVER}".strip()


def _speedups(comparison: Comparison, figures: Sequence[Mapping[str, Any]]) -> list[Section]:
    if _alone(comparison):
        return []
    drawn_here = bars(comparison, figures, "speedup", "speedup")
    about = _with_diamonds(f"In cycles, over {comparison.baseline}.", drawn_here)
    lines = _without_speedups(comparison, figures)
    return [Section("Speedup", about, charts=drawn_here, lines=lines, least=NARROW)]


def _without_speedups(comparison: Comparison, figures: Sequence[Mapping[str, Any]]) -> list[str]:
    """Networks that have no chart of speedups, and why."""
    shown = drawn(figures, "speedup")
    return [
        f"{network_title(network)}: no speedups, as there is nothing to compute for "
        f"{comparison.baseline}, which takes 0 cycles."
        for network in comparison.networks
        if network_title(network) not in shown
    ]


def _claims(comparison: Comparison) -> list[Section]:
    claims = sheets.claims(comparison)
    return [Section("Published claims", sheet=claims)] if claims.rows else []


def _totals_words(comparison: Comparison) -> str:
    words = "Below a figure: the published one and by how much ours differs. "
    words += _sentence(ratio_words(comparison))
    samples = dict.fromkeys(sample_words(comparison, network) for network in comparison.networks)
    return " ".join([words, *(f"In each cell: {said}." for said in samples if said)])


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _readings(readings: Readings | None) -> list[Section]:
    if readings is None:
        return []
    about = f"Speedups are over {readings.shown.baseline} in the same reading."
    return [Section("Reading by reading", about, sheet=sheets.by_reading(readings))]


def _stacks(
    comparison: Comparison, units: Units, split: Sequence[Mapping[str, Any]]
) -> list[Section]:
    found = []
    for stack in stacks(units, split):
        title, about = STACKS[stack.key]
        drawn_here = parts(comparison, split, stack)
        about += OTHER_RULES if comparison.mixed and stack.key == "physical" else ""
        found.append(
            Section(
                title,
                _with_diamonds(about, drawn_here),
                charts=drawn_here,
                least=NARROW,
                legend={named(part): Mark(colour) for part, colour in stack.parts.items()},
                view="absolute",
                named=stack.key,
            )
        )
    return found


def _detailed(comparison: Comparison) -> list[Section]:
    if not any(detail_rows(comparison, network) for network in comparison.networks):
        return []
    about = "What compute, SRAM and DRAM would need alone, and what held most of the cycles up."
    return [Section("Detailed model", about, sheet=sheets.detailed(comparison))]


def _normalised(comparison: Comparison, units: Units) -> list[Section]:
    if not comparison.mixed:
        return []
    words = NORMALISED.format(**conditions(comparison))
    return [Section("Normalised", _sentence(words), sheet=sheets.normalised(comparison, units))]


def _remarks(comparison: Comparison) -> list[Section]:
    missing = [
        f"{network_title(network)}: {line}" if at == 0 else line
        for network in comparison.networks
        for at, line in enumerate(coverage_words(comparison, network))
    ]
    return [
        Section("What is missing", lines=missing),
        Section("Notes", lines=notes(comparison)),
    ]
