"""An accelerator's area and power: tables on a terminal, a chart, Accelergy's tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from matplotlib.figure import Figure as Canvas
from rich.console import Console
from rich.text import Text

from loas_tl.components.chip import TOTAL
from loas_tl.designs.design import Design
from loas_tl.designs.in_spec import entries, in_spec, specification_of
from loas_tl.designs.summary import (
    Share,
    actions,
    published,
    remarks,
    shares,
    to_csv,
    to_json,
)
from loas_tl.ground.fitted import FittedTable
from loas_tl.report.colours import DYNAMIC, PARTS, PLAIN
from loas_tl.report.energy_page import page
from loas_tl.report.energy_page import spelled as _spelled
from loas_tl.report.made import Made
from loas_tl.report.panel import Bar
from loas_tl.report.paper import Width
from loas_tl.report.plots import render as drawn
from loas_tl.report.stacks import Quantity, stacked
from loas_tl.report.table import print_whole
from loas_tl.timeloop.accelergy import ert
from loas_tl.timeloop.accelergy import library as accelergy

FILES = (
    *("composition.png", "composition.svg", "composition.pdf", "spec.yaml", "ERT.yaml", "ART.yaml"),
    *("architecture.yaml", "architecture.ERT.yaml", "architecture.ART.yaml"),
    *("report.html", "energy.json", "energy.csv"),
)
"""Files of an accelerator's report.

The specification is Timeloop's; the architecture is the composition, in Accelergy's own form. A
real Accelergy makes the tables beside each of the two.
"""

OF_SPEC = ("spec.yaml", "ERT.yaml", "ART.yaml")

NOTHING = "-"


def files_of(design: Design) -> tuple[str, ...]:
    """Names of the files of a design's report; one without a Timeloop spec has none of that."""
    has_spec = design.timeloop() is not None
    return tuple(name for name in FILES if has_spec or name not in OF_SPEC)


def render(design: Design, made: Made | None = None) -> dict[str, str | bytes]:
    """The content of each of :func:`files_of`.

    Args:
        design: what is shown.
        made: what made it, for the foot of the page.
    """
    canvas = draw(design)
    seconds = 1e-6 / design.clock_MHz
    parts = accelergy.entries(design.chip, seconds)
    contents: dict[str, str | bytes] = {
        "composition.png": drawn(canvas, "png"),
        "composition.svg": drawn(canvas, "svg"),
        "composition.pdf": drawn(canvas, "pdf"),
        "architecture.yaml": _yaml(accelergy.architecture(design.chip, seconds)),
        "architecture.ERT.yaml": _yaml(ert.ert(parts)),
        "architecture.ART.yaml": _yaml(ert.art(parts)),
        "report.html": page(design, files_of(design), made or Made()),
        "energy.json": to_json(design) + "\n",
        "energy.csv": to_csv(design),
    }
    if design.timeloop() is not None:
        components = entries(design)
        contents |= {
            "spec.yaml": specification_of(design),
            "ERT.yaml": _yaml(ert.ert(components)),
            "ART.yaml": _yaml(ert.art(components)),
        }
    return contents


def print_tables(design: Design, to: Console) -> None:
    """Print area and power by part, energy by action, and what lies outside the sources."""
    for table in (part_table(design), action_table(design), spec_table(design)):
        if table is not None:
            print_whole(to, table)
    for line in design.chip.outside():
        to.print(Text(f"extended: {line}"))
    for line in remarks(design):
        to.print(Text(f"note: {line}"))


def spec_table(design: Design) -> FittedTable | None:
    """What of the design its Timeloop spec holds, and what is left out; None without a spec."""
    found = in_spec(design)
    if found is None:
        return None
    table = FittedTable(title="In its Timeloop spec", title_justify="left", title_style="bold")
    table.add_column("part")
    table.figures("area (mm²)", "leakage (mW)")
    rows = {"the spec's components": found.spec}
    rows |= {f"not in it: {name}": one for name, one in found.left_out.items()}
    for name, one in rows.items():
        table.add_row(Text(name), f"{one.area_mm2:.6f}", f"{one.leakage_mW:.5f}")
    table.add_section()
    whole = found.design
    table.add_row(TOTAL, f"{whole.area_mm2:.6f}", f"{whole.leakage_mW:.5f}", style="bold")
    return table


def part_table(design: Design) -> FittedTable:
    """A line each for the parts of the design and the parts of its PE, and the total."""
    known = published(design)
    title = f"{design.label}, {design.technology:g} nm (power: an action every 2.5 ns, leakage)"
    table = FittedTable(title=Text(title), title_justify="left", title_style="bold")
    table.add_column("part")
    table.figures("count", "area (mm²)", "published (mm²)", "power (mW)", "published (mW)")
    table.figures("of it leakage (mW)", width=13)
    table.least = ("of it leakage (mW)", "count", "published (mm²)", "published (mW)", "power (mW)")
    for share in _shown(design):
        area, power = known.get(share.name, (None, None))
        table.add_row(
            Text("  " * share.depth + share.name.rsplit(".", 1)[-1]),
            f"{share.count:,g}",
            f"{share.area_mm2:.4f}",
            NOTHING if area is None else f"{area:.2f}",
            f"{share.power_mW:.3f}",
            NOTHING if power is None else f"{power:.1f}",
            f"{share.leakage_mW:.3f}",
            style="dim" if share.depth else None,
        )
    whole = [share for share in shares(design) if share.depth == 0]
    area, power = known.get(TOTAL, (None, None))
    table.add_section()
    table.add_row(
        TOTAL,
        "",
        f"{sum(share.area_mm2 for share in whole):.4f}",
        NOTHING if area is None else f"{area:.2f}",
        f"{sum(share.power_mW for share in whole):.3f}",
        NOTHING if power is None else f"{power:.1f}",
        f"{sum(share.leakage_mW for share in whole):.3f}",
        style="bold",
    )
    return table


def action_table(design: Design) -> FittedTable:
    """A line for each part with the energy of its actions; those that cost nothing are left out."""
    table = FittedTable(title="Energy of an action (pJ)", title_justify="left", title_style="bold")
    table.add_column("part")
    table.add_column("actions")
    shown = {share.name for share in _shown(design)}
    for name, energies in actions(design).items():
        costly = [f"{action} {energy:.4g}" for action, energy in energies.items() if energy]
        if name in shown and costly:
            table.add_row(Text(name), Text(", ".join(costly)))
    return table


def draw(design: Design, width: Width = "page") -> Canvas:
    """Area and power by part, of the design above and of a PE below.

    Args:
        design: what is drawn.
        width: ``"column"`` for 3.5 inches, ``"page"`` for 7.16.

    Raises:
        InputError: where there is no such width.
    """
    top = [share for share in shares(design) if share.depth == 0 and share.area_mm2 > 0]
    inner = [
        share
        for share in shares(design)
        if share.depth == 1 and share.name.startswith(f"{design.pe_name}.")
    ]
    whole = (sum(row.area_mm2 for row in top), sum(row.power_mW for row in top))
    titles = [
        f"{design.label}: area {whole[0]:.3g} mm², power {whole[1]:.4g} mW",
        f"all {design.pe_count} {_spelled(design.pe_name)}s by part",
    ]
    shown = [(title, rows) for title, rows in zip(titles, (top, inner), strict=True) if rows]
    known = published(design)
    quantities = [
        Quantity("area (mm²)", [[_area(row, known) for row in rows] for _, rows in shown]),
        Quantity(
            "power (mW), an action every 2.5 ns",
            [[_power(row, known) for row in rows] for _, rows in shown],
        ),
    ]
    legend = {"area": PLAIN, "leakage": PARTS["leakage"], "dynamic power": DYNAMIC}
    return stacked(
        [title for title, _ in shown], quantities, legend, width, numbered=True, apart=True
    )


def _area(row: Share, known: Mapping[str, tuple[float | None, float | None]]) -> Bar:
    return Bar(_named(row), [(PLAIN, row.area_mm2)], known.get(row.name, (None, None))[0])


def _power(row: Share, known: Mapping[str, tuple[float | None, float | None]]) -> Bar:
    parts = [(PARTS["leakage"], row.leakage_mW), (DYNAMIC, _dynamic(row))]
    return Bar(_named(row), parts, known.get(row.name, (None, None))[1])


def _named(row: Share) -> str:
    return _spelled(row.name.rsplit(".", 1)[-1])


def _dynamic(share: Share) -> float:
    return max(share.power_mW - share.leakage_mW, 0.0)


def _shown(design: Design) -> list[Share]:
    """The parts of the design, and those of its PE."""
    return [
        share
        for share in shares(design)
        if share.depth == 0 or (share.depth == 1 and share.name.startswith(f"{design.pe_name}."))
    ]


def _yaml(content: Any) -> str:
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
