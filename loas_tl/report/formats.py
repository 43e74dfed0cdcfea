"""The sizes of formats as tables, a plot and files."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure as Canvas
from rich.console import Console
from rich.text import Text

from loas_tl.fiber.formats import FORMATS, OPERANDS, Formats, FormatSize, Operand
from loas_tl.ground.fitted import FittedTable
from loas_tl.ground.kib import BITS_PER_KIB
from loas_tl.ground.titles import network_title
from loas_tl.report.colours import KINDS, PADDING
from loas_tl.report.formats_page import NAMES, page
from loas_tl.report.made import Made
from loas_tl.report.panel import Bar
from loas_tl.report.paper import Width
from loas_tl.report.plots import render
from loas_tl.report.stacks import Quantity, stacked
from loas_tl.report.table import print_whole

FILES = (
    *("formats.png", "formats.svg", "formats.pdf", "formats.json", "formats.csv", "formats.md"),
    "report.html",
)
"""Names of the files of a report."""

COLOURS = {
    **{f"values of {operand}": KINDS[operand] for operand in OPERANDS},
    "metadata": KINDS["metadata"],
    "padding": PADDING,
}
ABOUT = {
    "spikes": "spikes; fibers are packed over the timesteps, all others hold each timestep",
    "weights": "weights; every format goes column by column",
}


def headings(operand: Operand) -> list[str]:
    """The columns of :func:`table_rows`."""
    nonzero = "spike" if operand == "spikes" else "weight"
    each = [f"fiber bits a {nonzero}", f"CSR bits a {nonzero}", f"CSR coords a {nonzero}"]
    return ["layer", *(f"{NAMES[name]} (KiB)" for name in FORMATS), *each]


def table_rows(formats: Formats, network: str, operand: Operand) -> list[list[str]]:
    """One row of cells a layer, then one of the network's total."""
    by_layer: dict[str | None, dict[str, FormatSize]] = {}
    for size in (*formats.layers, *formats.totals):
        if (size.network, size.operand) == (network, operand):
            by_layer.setdefault(size.layer, {})[size.format] = size
    return [_cells(layer, sizes) for layer, sizes in by_layer.items()]


def claims(formats: Formats) -> list[str]:
    """What the published claim about CSR comes to, in sentences."""
    said = []
    for network in formats.networks:
        csr, coo, fiber, bitmask = (
            formats.total(network, "spikes", name) for name in ("csr", "coo", "fiber", "bitmask")
        )
        if not csr.nonzeros:
            said.append(f"{network_title(network)}: no spikes.")
            continue
        said.append(
            f"{network_title(network)}: for each 1-bit spike of each timestep, CSR spends "
            f"{csr.coordinates_per_nonzero:.2f} coordinates and pointers "
            f"({csr.size.bits / csr.nonzeros:.1f} bits), COO {coo.coordinates_per_nonzero:.2f} "
            f"({coo.size.bits / coo.nonzeros:.1f} bits), fibers "
            f"{fiber.size.bits / fiber.nonzeros:.1f} bits, raw bits "
            f"{bitmask.size.bits / bitmask.nonzeros:.1f}. CSR takes {csr.over_fiber:.2f} times the "
            f"fibers, raw bits {bitmask.over_fiber:.2f} times."
        )
    return said


CLAIM = (
    "Published claim: CSR spends two coordinates for each 1-bit spike and timestep. It stores one "
    "column for each spike and shares row pointers; two coordinates a spike is what COO stores."
)


def print_tables(formats: Formats, to: Console) -> None:
    """Print a table of spikes and one of weights a network, then the claim."""
    for network in formats.networks:
        for operand in OPERANDS:
            title = Text(f"{network_title(network)}, {ABOUT[operand]}", style="bold")
            table = FittedTable(title=title, title_justify="left")
            layer, *sizes = headings(operand)
            table.add_column(layer)
            table.figures(*sizes, width=8)
            # The fiber's size stays, then the claim's coordinates.
            others = sizes[1:]
            table.least = [*others[:-1][::-1], others[-1]]
            rows = table_rows(formats, network, operand)
            for row in rows[:-1]:
                table.add_row(*(Text(cell) for cell in row))
            table.add_section()
            table.add_row(*(Text(cell, style="bold") for cell in rows[-1]))
            print_whole(to, table)
    to.print(Text(CLAIM))
    for sentence in claims(formats):
        to.print(Text(sentence))
    to.print(Text(_widths(formats)))


def render_report(formats: Formats, made: Made | None = None) -> dict[str, str | bytes]:
    """The content of each of :data:`FILES`.

    Args:
        formats: what is shown.
        made: what made it, for the foot of the page.
    """
    remarks = {"Published claim": [CLAIM, *claims(formats)], "Notes": list(formats.notes)}
    remarks["Notes"] += [f"{network_title(name)}: {of}" for name, of in formats.coverage.items()]
    canvas = draw(formats)
    return {
        "formats.png": render(canvas, "png"),
        "formats.svg": render(canvas, "svg"),
        "formats.pdf": render(canvas, "pdf"),
        "formats.json": formats.to_json() + "\n",
        "formats.csv": formats.to_csv(),
        "formats.md": _markdown(formats),
        "report.html": page(formats, remarks, made or Made()),
    }


def draw(formats: Formats, width: Width = "page") -> Canvas:
    """Bits a non-zero of each format, by what they hold: a panel a network and operand.

    Args:
        formats: what is drawn.
        width: ``"column"`` for 3.5 inches, ``"page"`` for 7.16.

    Raises:
        InputError: where there is no such width.
    """
    quantities = [
        Quantity(
            f"{operand}: bits a non-zero",
            [
                [_bar(formats.total(network, operand, name)) for name in FORMATS]
                for network in formats.networks
            ],
        )
        for operand in OPERANDS
    ]
    return stacked(
        [*map(network_title, formats.networks)], quantities, COLOURS, width, numbered=True
    )


def _bar(size: FormatSize) -> Bar:
    parts = {"values": KINDS[size.operand], "metadata": KINDS["metadata"], "padding": PADDING}
    return Bar(
        NAMES[size.format],
        [
            (colour, getattr(size.size, part) / max(size.nonzeros, 1))
            for part, colour in parts.items()
        ],
    )


def _cells(layer: str | None, sizes: dict[str, FormatSize]) -> list[str]:
    fiber, csr = sizes["fiber"], sizes["csr"]
    each = csr.coordinates_per_nonzero
    return [
        "all" if layer is None else layer,
        *(f"{sizes[name].size.bits / BITS_PER_KIB:,.1f}" for name in FORMATS),
        f"{fiber.size.bits / fiber.nonzeros:.1f}" if fiber.nonzeros else "-",
        f"{csr.size.bits / csr.nonzeros:.1f}" if csr.nonzeros else "-",
        "-" if each is None else f"{each:.2f}",
    ]


def _widths(formats: Formats) -> str:
    return (
        f"Pointers of {formats.pointer_bits} bits, lines of {formats.line_bytes} bytes, weights of "
        "8 bits; coordinates as narrow as K and the number of fibers allow, run lengths of the "
        "width that takes the fewest bits, no values for the spikes of CSR, COO and run length."
    )


def _markdown(formats: Formats) -> str:
    lines = ["# Sizes of sparse formats", "", _widths(formats), ""]
    for network in formats.networks:
        for operand in OPERANDS:
            columns = headings(operand)
            lines += [f"## {_plain(network_title(network))}, {ABOUT[operand]}", ""]
            lines += [_line(columns), _line(["---", *["--:"] * (len(columns) - 1)])]
            lines += [_line(row) for row in table_rows(formats, network, operand)]
            lines.append("")
    lines += [CLAIM, "", *(f"- {_plain(sentence)}" for sentence in claims(formats)), ""]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_plain(cell) for cell in cells) + " |"


def _plain(text: str) -> str:
    """Text that Markdown takes for nothing else."""
    marks = "\\`*_[]<>|#&$~"
    return "".join(f"\\{c}" if c in marks else c for c in " ".join(text.split()))
