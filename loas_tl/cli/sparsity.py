"""``loas-tl sparsity``: what bits, packed words, products and patterns leave of the same spikes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from loas_tl.cli.output import destinations, write_results
from loas_tl.cli.workload import add_workload, with_progress, workload


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
    output = command.add_argument_group("output")
    output.add_argument(
        "--json", metavar="FILE", help="write JSON; - is standard output, without the table"
    )
    output.add_argument("--csv", type=Path, metavar="FILE", help="write one row a layer as CSV")
    command.set_defaults(run=run, out=None)


def run(arguments: argparse.Namespace) -> None:
    """Measure, then print and write what was asked for."""
    from loas_tl.ground.errors import InputError

    asked = workload(arguments)
    for key, low, high in (("tile_rows", 1, 4096), ("tile_inputs", 2, 64)):
        value = getattr(arguments, key)
        if not low <= value <= high:
            option = f"--{key.replace('_', '-')}"
            raise InputError(f"is {value}; expected {low} to {high}", key=option)
    to = destinations(arguments, tuple)
    from loas_tl.studies.sparsity import measure_sparsity

    found = with_progress(
        lambda progress: measure_sparsity(
            tile_rows=arguments.tile_rows,
            tile_inputs=arguments.tile_inputs,
            progress=progress,
            **asked,
        )
    )
    write_results(to, found.to_json(), found.to_csv, dict)
    if not to.json_to_stdout:
        from loas_tl.report.sparsity import print_tables
        from loas_tl.report.table import console

        print_tables(found, console())
