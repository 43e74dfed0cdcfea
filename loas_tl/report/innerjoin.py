"""What the laggy prefix-sum costs, as tables, plots and files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd
from rich.console import Console
from rich.text import Text

from loas_tl.designs.design import Design
from loas_tl.designs.effects import unseen
from loas_tl.designs.parameter import plain
from loas_tl.designs.readings import DEFAULT, NEVER_MEASURED, Reading
from loas_tl.ground.fitted import FittedTable
from loas_tl.ground.titles import network_title
from loas_tl.models.machine import InnerJoin
from loas_tl.report.innerjoin_plots import draw_cost, draw_sweep, variants
from loas_tl.report.made import Made
from loas_tl.report.plots import render
from loas_tl.report.table import print_whole
from loas_tl.studies.laggy_cost import NEGLIGIBLE, LaggyCost, laggy_unit
from loas_tl.studies.proposal import LIMIT, PRICED, Candidate, proposal
from loas_tl.studies.sweep import SweepRow
from loas_tl.workload.network import Coverage

NOTHING = "-"
TWO_FAST, LAGGY = "two fast, cycles", "laggy, cycles"


@dataclass(frozen=True)
class Study:
    """The answer of ``loas-tl innerjoin``.

    Attributes:
        design: the design that was asked for.
        layers, totals: its cost, a layer and a network.
        sweep: rows of the sweep, None where none was asked for.
        candidates: changes of the inner join, None where no proposal was asked for.
        reading: of what the papers leave open.
        coverage: by network, how much of it its layers stand for; only where that is not all.
    """

    design: Design
    layers: Sequence[LaggyCost]
    totals: Sequence[LaggyCost]
    sweep: Sequence[SweepRow] | None = None
    candidates: Sequence[Candidate] | None = None
    reading: Reading = DEFAULT
    coverage: Mapping[str, Coverage] = field(default_factory=dict)

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
        """What was set without effect here, and what networks have besides."""
        left = [f"{network_title(name)}: {of}" for name, of in self.coverage.items()]
        return [*unseen(self.design, ("detailed",)), *left]

    def to_csv(self) -> str:
        """One row a layer."""
        return _csv(self.layers)

    def files(
        self, made: Made | None = None, studies: Studies | None = None
    ) -> dict[str, str | bytes]:
        """The content of each of :func:`files_of`.

        Args:
            made: what made it, for the foot of the page.
            studies: one a reading, where they were asked for.
        """
        from loas_tl.report.innerjoin_page import page

        canvases = {"laggy_cost": draw_cost(self.layers, self.unit)}
        files: dict[str, str | bytes] = {}
        if self.sweep is not None:
            canvases["sweep"] = draw_sweep(self.sweep)
            files["sweep.csv"] = _csv(self.sweep)
        for name, canvas in canvases.items():
            files |= {f"{name}.{form}": render(canvas, form) for form in ("png", "svg", "pdf")}
        return files | {
            "innerjoin.json": self.to_json() + "\n",
            "innerjoin.csv": self.to_csv(),
            "report.html": page(self, studies, made or Made()),
        }


def files_of(swept: bool) -> tuple[str, ...]:
    """Names of the files of a report."""
    of_sweep = ("sweep.png", "sweep.svg", "sweep.pdf", "sweep.csv") if swept else ()
    data = ("innerjoin.json", "innerjoin.csv", "report.html")
    return ("laggy_cost.png", "laggy_cost.svg", "laggy_cost.pdf", *data, *of_sweep)


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
        return json.dumps(self.to_dict(), indent=2)

    def to_dict(self) -> dict[str, Any]:
        """The object of :meth:`to_json`."""
        return {"readings": {study.reading: study.to_dict() for study in self.studies}}

    def to_csv(self) -> str:
        """One row a reading and layer."""
        rows = [
            {"reading": study.reading, **cost.record()}
            for study in self.studies
            for cost in study.layers
        ]
        return str(pd.DataFrame(rows).to_csv(index=False))

    def files(self, made: Made | None = None) -> dict[str, str | bytes]:
        """The report of the study that is shown, with the data of all.

        Args:
            made: what made it, for the foot of the page.
        """
        return self.shown.files(made, self) | {
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
                Text(network_title(total.network)),
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
    table.figures("area of a PE (mm²)", "more area", "more power", *map(network_title, networks))
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
        table = FittedTable(
            title=Text(network_title(total.network), style="bold"), title_justify="left"
        )
        table.add_column("layer")
        shown = variants(study.unit)
        others = [name for _, name in shown[1:]]
        adders = f"adders for {NEGLIGIBLE:.0%}"
        table.figures("matches a chunk", TWO_FAST, LAGGY, "laggy costs", *others, adders)
        table.least = ("matches a chunk", *others, adders, TWO_FAST, "laggy costs")
        for cost in of_network:
            table.add_row(Text(str(cost.layer)), *_cells(cost, shown))
        table.add_section()
        table.add_row("all", *_cells(total, shown), style="bold")
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


def _cells(cost: LaggyCost, shown: Sequence[tuple[str, str]]) -> list[str]:
    return [
        f"{cost.matches / cost.chunks:.2f}",
        f"{cost.two_fast:,}",
        f"{cost.laggy:,}",
        *(f"{getattr(cost, key) / cost.two_fast - 1:+.1%}" for key, _ in shown),
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
            Text(network_title(row.network)),
            f"{row.value:g}",
            f"{row.two_fast:,}",
            f"{row.laggy:,}",
            f"{row.overhead:+.1%}",
        )
    return table


def _csv(rows: Sequence[LaggyCost] | Sequence[SweepRow]) -> str:
    return str(pd.DataFrame([row.record() for row in rows]).to_csv(index=False))
