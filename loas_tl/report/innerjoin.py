"""What the laggy prefix-sum costs, as tables, plots and files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure as Canvas
from rich.console import Console
from rich.text import Text

from loas_tl.designs.design import Design
from loas_tl.designs.effects import unseen
from loas_tl.designs.parameter import plain
from loas_tl.designs.readings import DEFAULT, NEVER_MEASURED, Reading
from loas_tl.designs.tables import FittedTable
from loas_tl.models.machine import InnerJoin
from loas_tl.report.plots import STYLE, legend, render
from loas_tl.report.table import print_whole
from loas_tl.studies.laggy_cost import NEGLIGIBLE, LaggyCost, laggy_unit
from loas_tl.studies.proposal import LIMIT, PRICED, Candidate, proposal
from loas_tl.studies.sweep import RANDOM, SweepRow

NOTHING = "-"
TWO_FAST, LAGGY = "two fast, cycles", "laggy, cycles"

VARIANTS = (
    ("laggy", "as asked for", "#0072B2"),
    ("skipping", "skipping empty chunks", "#56B4E9"),
    ("two_buffers", "two offset buffers", "#E69F00"),
    ("both", "both", "#009E73"),
)
"""Attribute of :class:`LaggyCost`, name and colour of each unit beside the one of two fast."""

PANELS = (
    ("adders", "adders of the laggy prefix-sum", 2),
    ("fifo_depth", "FIFO depth", 2),
    ("chunk", "bits of a chunk", 2),
    ("timesteps", "timesteps", None),
    ("spike_density", "active neurons (at T = 4)", None),
    ("weight_density", "weight density", 10),
)
"""Parameter of a sweep, label and base of the logarithmic axis, if it is one."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")


@dataclass(frozen=True)
class Study:
    """The answer of ``loas-tl innerjoin``.

    Attributes:
        design: the design that was asked for.
        layers, totals: its cost, a layer and a network.
        sweep: rows of the sweep, None where none was asked for.
        candidates: changes of the inner join, None where no proposal was asked for.
        reading: of what the papers leave open.
    """

    design: Design
    layers: Sequence[LaggyCost]
    totals: Sequence[LaggyCost]
    sweep: Sequence[SweepRow] | None = None
    candidates: Sequence[Candidate] | None = None
    reading: Reading = DEFAULT

    def to_json(self) -> str:
        """A JSON object of ``unit``, ``layers``, ``totals`` and what else was asked for."""
        return json.dumps(self.to_dict(), indent=2)

    def to_dict(self) -> dict[str, Any]:
        """The object of :meth:`to_json`; ``sweep`` and ``proposal`` where they were asked for."""
        document: dict[str, Any] = {
            "accelerator": self.design.label,
            "reading": self.reading,
            "unit": asdict(self.unit),
            "notes": self.notes,
            "layers": [cost.record() for cost in self.layers],
            "totals": [cost.record() for cost in self.totals],
        }
        if self.sweep is not None:
            document["sweep"] = [row.record() for row in self.sweep]
        if self.candidates is not None:
            chosen = proposal(self.candidates)
            document["proposal"] = {
                "limit": LIMIT,
                "chosen": None if chosen is None else chosen.record(),
                "candidates": [one.record() for one in self.candidates],
            }
        return document

    @property
    def unit(self) -> InnerJoin:
        """The inner-join unit of the design."""
        return laggy_unit(self.design)[1]

    @property
    def notes(self) -> list[str]:
        """What was set without effect here."""
        return unseen(self.design, ("detailed",))

    def to_csv(self) -> str:
        """One row a layer."""
        return _csv(self.layers)

    def report(self) -> dict[str, str | bytes]:
        """The content of each of :func:`files_of`."""
        canvases = {"laggy_cost": draw_cost(self)}
        files: dict[str, str | bytes] = {}
        if self.sweep is not None:
            canvases["sweep"] = draw_sweep(self.sweep)
            files["sweep.csv"] = _csv(self.sweep)
        for name, canvas in canvases.items():
            files |= {f"{name}.{form}": render(canvas, form) for form in ("png", "svg")}
        return files | {"innerjoin.json": self.to_json() + "\n", "innerjoin.csv": self.to_csv()}


def files_of(swept: bool) -> tuple[str, ...]:
    """Names of the files of a report."""
    of_sweep = ("sweep.png", "sweep.svg", "sweep.csv") if swept else ()
    return ("laggy_cost.png", "laggy_cost.svg", "innerjoin.json", "innerjoin.csv", *of_sweep)


@dataclass(frozen=True)
class Studies:
    """The study under each reading.

    Attributes:
        studies: one a reading.
    """

    studies: Sequence[Study]

    @property
    def shown(self) -> Study:
        """The one that is shown in full: the plausible reading's."""
        return next(study for study in self.studies if study.reading == DEFAULT)

    def to_json(self) -> str:
        """A JSON object of ``readings``, a study's object each."""
        return json.dumps({"readings": {s.reading: s.to_dict() for s in self.studies}}, indent=2)

    def to_csv(self) -> str:
        """One row a reading and layer."""
        rows = [
            {"reading": study.reading, **cost.record()}
            for study in self.studies
            for cost in study.layers
        ]
        return str(pd.DataFrame(rows).to_csv(index=False))

    def report(self) -> dict[str, str | bytes]:
        """The report of the study that is shown, with the data of all."""
        return self.shown.report() | {
            "innerjoin.json": self.to_json() + "\n",
            "innerjoin.csv": self.to_csv(),
        }


def print_studies(studies: Studies, to: Console) -> None:
    """Print the study that is shown, and what the others say of each network."""
    print_study(studies.shown, to)
    table = FittedTable(
        title="What the laggy prefix-sum costs, reading by reading",
        title_justify="left",
        title_style="bold",
    )
    for heading in ("network", "reading"):
        table.add_column(heading)
    table.figures(TWO_FAST, LAGGY, "laggy costs")
    for study in studies.studies:
        for total in study.totals:
            table.add_row(
                Text(total.network),
                study.reading,
                f"{total.two_fast:,}",
                f"{total.laggy:,}",
                f"{total.overhead:+.1%}",
            )
    print_whole(to, table)


def _proposal_table(candidates: Sequence[Candidate]) -> FittedTable:
    table = FittedTable(
        title=f"Changes of the inner join, by area; the proposal costs less than {LIMIT:.0%} on "
        "every network",
        title_justify="left",
        title_style="bold",
    )
    table.add_column("changed")
    networks = list(candidates[0].cost)
    table.figures("area of a PE (mm²)", "more area", "more power", *networks)
    chosen = proposal(candidates)
    for one in candidates:
        changed = ", ".join(f"{key}={plain(value)}" for key, value in one.changed.items())
        table.add_row(
            Text(changed or "as asked for"),
            f"{one.area_mm2:.4f}",
            f"{one.more_area:+.1%}",
            f"{one.more_power:+.1%}",
            *(f"{one.cost[network]:+.1%}" for network in networks),
            style="bold" if one is chosen else "",
        )
    return table


def print_study(study: Study, to: Console) -> None:
    """Print a table a network, and one of the sweep and of the changes."""
    for total in study.totals:
        of_network = [cost for cost in study.layers if cost.network == total.network]
        table = FittedTable(title=Text(total.network, style="bold"), title_justify="left")
        table.add_column("layer")
        others = [name for _, name, _ in VARIANTS[1:]]
        adders = f"adders for {NEGLIGIBLE:.0%}"
        table.figures("matches a chunk", TWO_FAST, LAGGY, "laggy costs", *others, adders)
        table.least = ("matches a chunk", *others, adders, TWO_FAST, "laggy costs")
        for cost in of_network:
            table.add_row(Text(str(cost.layer)), *_cells(cost))
        table.add_section()
        table.add_row("all", *_cells(total), style="bold")
        print_whole(to, table)
    to.print(
        "Cycles of whole layers, memory included; the columns after 'laggy costs' are "
        "what it costs in other units. 'adders' is the fewest with which it costs "
        f"{NEGLIGIBLE:.0%} or less."
    )
    to.print(Text(f"{study.reading} reading. {NEVER_MEASURED}"))
    for note in study.notes:
        to.print(Text(f"note: {study.design.label}: {note}"))
    if study.sweep is not None:
        print_whole(to, _sweep_table(study.sweep))
    if study.candidates is not None:
        print_whole(to, _proposal_table(study.candidates))
        to.print(Text(PRICED))


def _cells(cost: LaggyCost) -> list[str]:
    return [
        f"{cost.matches / cost.chunks:.2f}",
        f"{cost.two_fast:,}",
        f"{cost.laggy:,}",
        *(f"{getattr(cost, key) / cost.two_fast - 1:+.1%}" for key, _, _ in VARIANTS),
        NOTHING if cost.adders_needed is None else str(cost.adders_needed),
    ]


def _sweep_table(rows: Sequence[SweepRow]) -> FittedTable:
    table = FittedTable(title="Sweep: what the laggy prefix-sum costs", title_justify="left")
    for heading in ("parameter", "layers"):
        table.add_column(heading)
    table.figures("value", TWO_FAST, LAGGY, "laggy costs")
    table.least = (TWO_FAST, "laggy costs")
    for row in rows:
        table.add_row(
            row.parameter,
            Text(row.network),
            f"{row.value:g}",
            f"{row.two_fast:,}",
            f"{row.laggy:,}",
            f"{row.overhead:+.1%}",
        )
    return table


def draw_cost(study: Study) -> Canvas:
    """What the laggy prefix-sum costs in each layer, in four units."""
    with mpl.rc_context(STYLE):
        networks = list(study.totals)
        sizes = [sum(c.network == total.network for c in study.layers) for total in networks]
        canvas = Canvas(
            figsize=(max(5.0, 1.6 * len(networks) + 0.28 * sum(sizes)), 3.6), layout="constrained"
        )
        panels = canvas.subplots(1, len(networks), squeeze=False, width_ratios=sizes)[0]
        width = 0.8 / len(VARIANTS)
        for axes, total in zip(panels, networks, strict=True):
            layers = [cost for cost in study.layers if cost.network == total.network]
            for at, (key, _, colour) in enumerate(VARIANTS):
                axes.bar(
                    [i + (at - (len(VARIANTS) - 1) / 2) * width for i in range(len(layers))],
                    [100 * (getattr(cost, key) / cost.two_fast - 1) for cost in layers],
                    width=width,
                    color=colour,
                )
            axes.set_xticks(
                range(len(layers)), [str(cost.layer) for cost in layers], parse_math=False
            )
            axes.set_xlabel("layer")
            axes.set_title(total.network, parse_math=False)
        panels[0].set_ylabel("cycles over two fast prefix-sums (%)")
        legend(canvas, panels[0].containers, [name for _, name, _ in VARIANTS])
        return canvas


def draw_sweep(rows: Sequence[SweepRow]) -> Canvas:
    """The cost along each parameter, a line a network."""
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(9.5, 5.4), layout="constrained")
        panels = canvas.subplots(2, 3).ravel()
        names = sorted({row.network for row in rows} - {RANDOM})
        colours = dict(zip([*names, RANDOM], (*COLOURS[: len(names)], "#444444"), strict=False))
        for axes, (parameter, label, base) in zip(panels, PANELS, strict=True):
            for network, colour in colours.items():
                line = [row for row in rows if (row.parameter, row.network) == (parameter, network)]
                if line:
                    values = [row.value for row in line]
                    axes.plot(
                        values, [100 * row.overhead for row in line], "o-", color=colour, ms=3
                    )
            axes.set_xlabel(label)
            axes.set_ylim(bottom=0)
            if base is not None:
                axes.set_xscale("log", base=base)
            if base == 2 or parameter == "timesteps":
                ticks = sorted({row.value for row in rows if row.parameter == parameter})
                axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        # Few adders cost hundreds of times what many do.
        panels[0].set_yscale("symlog", linthresh=10)
        for axes in (panels[0], panels[3]):
            axes.set_ylabel("cycles over two fast (%)")
        drawn = [line for axes in (panels[0], panels[3]) for line in axes.get_lines()]
        legend(canvas, drawn, [*names, "random 64 x 64 x 1152"])
        return canvas


def _csv(rows: Sequence[LaggyCost] | Sequence[SweepRow]) -> str:
    return str(pd.DataFrame([row.record() for row in rows]).to_csv(index=False))
