"""``loas-tl energy``: area, power and the energy of each action, from the component models."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loas_tl.cli.design_keys import listed
from loas_tl.cli.naming import NAMING, add_set, settings_of
from loas_tl.cli.output import add_data, destinations, made_by, write_results
from loas_tl.ground.errors import InputError

if TYPE_CHECKING:
    from loas_tl.designs.design import Design


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "area and power of an accelerator by part, and the energy of each action"
    command = commands.add_parser("energy", help=about, description=about, allow_abbrev=False)
    command.add_argument("accelerator", metavar="ACCELERATOR", nargs="?", help=NAMING)
    command.add_argument(
        "--classes",
        action="store_true",
        help="list the component classes that specs are priced by: attributes, actions, source",
    )
    add_set(command)
    output = command.add_argument_group("output")
    add_data(
        output, "JSON", "a row a part and one of the total as CSV, with the energy of each action"
    )
    output.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write an HTML report there, a chart, JSON, CSV, the Timeloop specification, and "
        "Accelergy's ERT.yaml and ART.yaml of it",
    )
    command.set_defaults(run=run)
    command.more = listed


def run(arguments: argparse.Namespace) -> None:
    """Price the accelerator, then print and write what was asked for."""
    if arguments.classes:
        _list_classes(arguments)
        return
    if arguments.accelerator is None:
        raise InputError("expected an accelerator, or --classes", key="ACCELERATOR")
    from loas_tl.designs import summary
    from loas_tl.designs.naming import choose_one

    design = choose_one(arguments.accelerator, settings_of(arguments))
    _ = design.chip  # complain before anything is made
    to = destinations(arguments, lambda: _report_names(design))

    def report() -> Mapping[str, str | bytes]:
        from loas_tl.report.composition import render

        return render(design, made_by(arguments))

    write_results(to, summary.to_json(design), lambda: summary.to_csv(design), report)
    if to.piped is not None:
        return
    from loas_tl.report.composition import print_tables
    from loas_tl.report.table import console

    print_tables(design, console())
    if to.folder is not None:
        print(f"report: {to.folder / 'report.html'}")


def _report_names(design: Design) -> Sequence[str]:
    from loas_tl.report.composition import files_of

    return files_of(design)


def _list_classes(arguments: argparse.Namespace) -> None:
    if (
        arguments.accelerator is not None
        or arguments.json
        or arguments.csv
        or arguments.out
        or arguments.set
    ):
        raise InputError("--classes stands alone")
    from loas_tl.report.classes import print_classes
    from loas_tl.report.table import console

    print_classes(console())
