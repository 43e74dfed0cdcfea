"""``loas-tl energy``: area, power and the energy of each action, from the component models."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from loas_tl.cli.output import destinations, write_results


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "area and power of an accelerator by part, and the energy of each action"
    command = commands.add_parser("energy", help=about, description=about, allow_abbrev=False)
    command.add_argument("accelerator", metavar="ACCELERATOR", help="LoAS, SparTen-SNN, ...")
    command.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="KEY=VALUE",
        help="change an attribute, say timesteps=8 or technology=22",
    )
    output = command.add_argument_group("output")
    output.add_argument(
        "--json", metavar="FILE", help="write JSON; - is standard output, without the tables"
    )
    output.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write a chart there, the Timeloop specification, and Accelergy's ERT.yaml and "
        "ART.yaml of it",
    )
    command.set_defaults(run=run, csv=None)


def run(arguments: argparse.Namespace) -> None:
    """Price the accelerator, then print and write what was asked for."""
    from loas_tl.designs import summary
    from loas_tl.timeloop.rendering.parameters import parse_settings

    settings = parse_settings(arguments.set)
    design = summary.configure(arguments.accelerator, settings)
    to = destinations(arguments, _report_names)

    def report() -> Mapping[str, str | bytes]:
        from loas_tl.report.composition import render

        return render(design, settings)

    write_results(to, summary.to_json(design), "", report)
    if to.json_to_stdout:
        return
    from loas_tl.report.composition import print_tables
    from loas_tl.report.table import console

    print_tables(design, console())
    if to.folder is not None:
        print(f"chart: {to.folder / _report_names()[0]}")


def _report_names() -> Sequence[str]:
    from loas_tl.report.composition import FILES

    return FILES
