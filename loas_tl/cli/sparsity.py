"""``loas-tl sparsity``: what bits, packed words, products and patterns leave of the same spikes."""

from __future__ import annotations

import argparse
from typing import Any

from loas_tl.cli.output import add_output, destinations, made_by, write_results
from loas_tl.cli.progress import with_progress
from loas_tl.cli.workload import add_workload, workload


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "what bits, packed words, product sparsity and patterns leave of the same spikes"
    command = commands.add_parser("sparsity", help=about, description=about, allow_abbrev=False)
    add_workload(command)
    tile = command.add_argument_group("tile of product sparsity (default: 256 rows, 16 inputs)")
    tile.add_argument("--tile-rows", type=int, default=256, metavar="N", help="1 to 4096")
    tile.add_argument(
        "--tile-inputs", type=int, default=16, metavar="N", help="and of a run of patterns, 2 to 64"
    )
    add_output(command, report="an HTML report, JSON and CSV")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measure, then print and write what was asked for."""
    from loas_tl.ground.errors import InputError

    asked = workload(arguments)
    for key, low, high in (("tile_rows", 1, 4096), ("tile_inputs", 2, 64)):
        value = getattr(arguments, key)
        if not low <= value <= high:
            option = f"--{key.replace('_', '-')}"
            raise InputError(f"is {value}; expected {low} to {high}", key=option)
    to = destinations(arguments, _report_names)
    from loas_tl.studies.sparsity import measure_sparsity

    found = with_progress(
        lambda progress: measure_sparsity(
            tile_rows=arguments.tile_rows,
            tile_inputs=arguments.tile_inputs,
            progress=progress,
            **asked,
        )
    )

    def report() -> dict[str, str | bytes]:
        from loas_tl.report.sparsity_page import files

        return files(found, made_by(arguments))

    write_results(to, found.to_json(), found.to_csv, report)
    if to.piped is None:
        from loas_tl.report.sparsity import print_tables
        from loas_tl.report.table import console

        print_tables(found, console())
        if to.folder is not None:
            print(f"report: {to.folder / 'report.html'}")


def _report_names() -> tuple[str, ...]:
    from loas_tl.report.sparsity_page import FILES

    return FILES
