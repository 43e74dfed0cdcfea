"""What each kind of sparsity leaves, as a table on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from loas_tl.ground.fitted import FittedTable
from loas_tl.ground.titles import network_title
from loas_tl.report.colours import PER_NEURON, PER_TIMESTEP, Mark
from loas_tl.report.table import print_whole
from loas_tl.studies.sparsity import Left, Sparsity

HEADINGS = {
    "ones": "spikes",
    "product": "product sparsity",
    "pattern": "in patterns",
    "difference": "beside patterns",
    "active": "neurons that fire",
    "firing_again": "that fire again",
    "packed_product": "their product sparsity",
    "transposed_product": "of the transposed",
}
"""Densities, in percent: of all positions of all timesteps, then of all neurons."""

LEAST = [*list(HEADINGS.values())[:3:-1], *list(HEADINGS.values())[3:0:-1]]
"""What gives way where there is no room, in this order."""

OF_SPIKES = ("ones", "product", "pattern", "difference")
"""What is a share of the positions of all timesteps; all else is one of neurons."""

GROUPS = {True: Mark(PER_TIMESTEP), False: Mark(PER_NEURON)}
"""How shares are drawn, by whether they are of positions of all timesteps."""

WHOLES = {True: "of the positions of all timesteps", False: "of neurons"}
"""What they are shares of, likewise."""

BOUND = "patterns are calibrated on the input that they stand for: an upper bound"


def print_tables(found: Sparsity, to: Console) -> None:
    """Print a table a network, in percent, and what is to be said of it."""
    for network, total in found.totals.items():
        title = f"{network_title(network)}, percent of positions that are left"
        table = FittedTable(title=Text(title, style="bold"), title_justify="left")
        table.add_column("layer")
        table.figures(*HEADINGS.values())
        table.least = LEAST
        for (of, layer), left in found.layers.items():
            if of == network:
                table.add_row(Text(layer), *_cells(left))
        table.add_section()
        table.add_row(Text("all", style="bold"), *_cells(total))
        print_whole(to, table)
        if network in found.coverage:
            to.print(Text(f"{network_title(network)}: {found.coverage[network]}"))
        if total.calibrated_on_itself:
            to.print(Text(f"{network_title(network)}: {BOUND}"))
    to.print(
        Text(
            f"Prefixes are sought in tiles of {found.tile_rows} rows by {found.tile_inputs} "
            "inputs. Rows of the transposed matrix are inputs, as Prosperity's Table V has it "
            "for LoAS."
        )
    )


def _cells(left: Left) -> list[str]:
    shares = left.densities()
    return [f"{100 * shares[name]:.2f}" for name in HEADINGS]
