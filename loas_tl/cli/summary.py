"""``loas-tl summary``: every layer of a captured network, what is missing, how dense it is."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from loas_tl.cli.output import add_output, destinations, write_results


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "list the layers of a captured network, covered or not and why, with their densities"
    command = commands.add_parser("summary", help=about, description=about, allow_abbrev=False)
    command.add_argument(
        "network", metavar="FILE", help=".npz of a network, LoAS's .pth, or digits_vgg9"
    )
    add_output(command, report="the table as JSON and CSV")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Print the table and write what was asked for."""
    to = destinations(arguments, lambda: ("summary.json", "summary.csv"))
    from loas_tl.workload.shipped import load_shipped, shipped_networks
    from loas_tl.workload.tensors import load_tensors

    plain = arguments.network.strip().lower()
    network = (
        load_shipped(plain)
        if plain in shipped_networks() and not Path(arguments.network).exists()
        else load_tensors(Path(arguments.network))
    )
    summary = network.summary()

    def report() -> dict[str, str | bytes]:
        return {"summary.json": summary.to_json() + "\n", "summary.csv": summary.to_csv()}

    write_results(to, summary.to_json(), summary.to_csv, report)
    if to.piped is not None:
        return
    from loas_tl.report.summary import print_summary
    from loas_tl.report.table import console

    print_summary(summary, console())
