"""``loas-tl validate``: a statistical model's counts against exact ones."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from loas_tl.cli.naming import add_accelerators, settings_of
from loas_tl.cli.output import add_output, destinations, write_results
from loas_tl.cli.workload import add_workload, with_progress, workload


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "put every count that an engine predicts beside the exact one"
    command = commands.add_parser("validate", help=about, description=about, allow_abbrev=False)
    add_workload(command)
    command.add_argument(
        "--layer", nargs="+", action="extend", metavar="NAME", help="layers (default: all)"
    )
    add_accelerators(command, "all that have a Timeloop spec")
    command.add_argument(
        "--engine",
        choices=("native", "timeloop"),
        default="native",
        help="who predicts (default: native)",
    )
    add_output(command, report="plots and an HTML report")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Validate, then print and write what was asked for."""
    asked = workload(arguments)
    settings = settings_of(arguments)
    to = destinations(arguments, _report_names)
    from loas_tl.validation.compare import validate

    validation = with_progress(
        lambda progress: validate(
            **asked,
            accelerators=arguments.accelerator,
            settings=settings,
            chosen_layers=arguments.layer,
            engine=arguments.engine,
            progress=progress,
        )
    )

    def report() -> dict[str, str | bytes]:
        from loas_tl.report.validation_page import render_report

        return render_report(validation)

    write_results(to, validation.to_json(), validation.to_csv, report)
    if to.json_to_stdout:
        return
    from loas_tl.report.table import console
    from loas_tl.report.validation_table import print_tables

    print_tables(validation, console())
    if to.folder is not None:
        print(f"report: {to.folder / 'validation.html'}")


def _report_names() -> Sequence[str]:
    from loas_tl.report.validation_page import FILES

    return FILES
