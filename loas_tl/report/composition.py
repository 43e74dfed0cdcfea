"""An accelerator's area and power: tables on a terminal, a chart, Accelergy's tables."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import yaml
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from rich.console import Console
from rich.text import Text

from loas_tl.components.chip import TOTAL
from loas_tl.designs.design import Design
from loas_tl.designs.in_spec import entries, in_spec, specification_of
from loas_tl.designs.summary import Share, actions, published, remarks, shares
from loas_tl.designs.tables import FittedTable
from loas_tl.report.plots import STYLE
from loas_tl.report.plots import render as drawn
from loas_tl.report.table import print_whole
from loas_tl.timeloop.accelergy import ert
from loas_tl.timeloop.accelergy import library as accelergy

FILES = (
    *("composition.png", "composition.svg", "spec.yaml", "ERT.yaml", "ART.yaml"),
    *("architecture.yaml", "architecture.ERT.yaml", "architecture.ART.yaml"),
)
"""Files of an accelerator's report.

The specification is Timeloop's; the architecture is the composition, in Accelergy's own form. A
real Accelergy makes the tables beside each of the two.
"""

OF_SPEC = ("spec.yaml", "ERT.yaml", "ART.yaml")

NOTHING = "-"
LEAKAGE, DYNAMIC, AREA = "#999999", "#0072B2", "#009E73"

SPELLED = {"tppe": "TPPE", "pe": "PE", "pes": "PEs", "hbm": "HBM", "plif": "P-LIF", "fifo": "FIFO"}
"""Words of parts' names that a chart spells otherwise."""


def files_of(design: Design) -> tuple[str, ...]:
    """Names of the files of a design's report; one without a Timeloop spec has none of that."""
    has_spec = design.timeloop() is not None
    return tuple(name for name in FILES if has_spec or name not in OF_SPEC)


def render(design: Design) -> dict[str, str | bytes]:
    """The content of each of :func:`files_of`."""
    canvas = draw(design)
    seconds = 1e-6 / design.clock_MHz
    parts = accelergy.entries(design.chip, seconds)
    contents: dict[str, str | bytes] = {
        "composition.png": drawn(canvas, "png"),
        "composition.svg": drawn(canvas, "svg"),
        "architecture.yaml": _yaml(accelergy.architecture(design.chip, seconds)),
        "architecture.ERT.yaml": _yaml(ert.ert(parts)),
        "architecture.ART.yaml": _yaml(ert.art(parts)),
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
    table.figures("area mm2", "leakage mW")
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
    table.figures(
        *("count", "area mm2", "published mm2", "power mW", "published mW", "of it leakage"),
        width=13,
    )
    table.least = ("of it leakage", "count", "published mm2", "published mW", "power mW")
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


def draw(design: Design) -> Canvas:
    """Area and power by part, of the design above and of a PE below."""
    known = published(design)
    top = [share for share in shares(design) if share.depth == 0 and share.area_mm2 > 0]
    inner = [
        share
        for share in shares(design)
        if share.depth == 1 and share.name.startswith(f"{design.pe_name}.")
    ]
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(9.0, 1.8 + 0.28 * (len(top) + len(inner))), layout="constrained")
        lines = canvas.subplots(
            2, 2, squeeze=False, height_ratios=[max(len(top), 1), max(len(inner), 1)]
        )
        for axes, rows in zip(lines, (top, inner), strict=True):
            _bars(axes[0], rows, [[(AREA, row.area_mm2)] for row in rows])
            _bars(
                axes[1],
                rows,
                [[(LEAKAGE, row.leakage_mW), (DYNAMIC, _dynamic(row))] for row in rows],
            )
            for at, row in enumerate(rows):
                for axis, value in zip(axes, known.get(row.name, (None, None)), strict=True):
                    if value is not None:
                        axis.plot(value, at, "D", color="black", markersize=4)
            axes[1].set_yticklabels([])
        whole = (sum(row.area_mm2 for row in top), sum(row.power_mW for row in top))
        lines[0][0].set_title(f"{design.label}: area {whole[0]:.3g} mm²", parse_math=False)
        lines[0][1].set_title(f"power {whole[1]:.4g} mW", parse_math=False)
        count = design.pe_count
        lines[1][0].set_title(f"all {count} {_spelled(design.pe_name)}s by part", parse_math=False)
        lines[1][0].set_xlabel("mm²")
        lines[1][1].set_xlabel("mW, an action every 2.5 ns")
        handles: list[Any] = [
            Patch(color=AREA, label="area"),
            Patch(color=LEAKAGE, label="leakage"),
            Patch(color=DYNAMIC, label="dynamic"),
        ]
        if known:
            handles.append(
                Line2D(
                    [],
                    [],
                    color="black",
                    marker="D",
                    linestyle="",
                    markersize=4,
                    label="published",
                )
            )
        canvas.legend(
            handles=handles, loc="outside lower center", ncols=len(handles), frameon=False
        )
        return canvas


def _bars(axes: Axes, rows: list[Share], stacks: list[list[tuple[str, float]]]) -> None:
    for at, stack in enumerate(stacks):
        left = 0.0
        for colour, length in stack:
            axes.barh(at, length, left=left, color=colour, height=0.7)
            left += length
        axes.annotate(
            f"{left:.3g}",
            (left, at),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    names = [_spelled(row.name.rsplit(".", 1)[-1]) for row in rows]
    axes.set_yticks(range(len(rows)), names, parse_math=False)
    axes.invert_yaxis()
    longest = max((sum(length for _, length in stack) for stack in stacks), default=0.0)
    axes.set_xlim(0, 1.2 * longest or 1.0)


def _spelled(part: str) -> str:
    return " ".join(SPELLED.get(word, word) for word in part.replace("p_lif", "plif").split("_"))


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
