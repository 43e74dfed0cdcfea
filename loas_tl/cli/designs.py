"""``loas-tl designs``: the accelerators, their parameters, and which models each has."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from loas_tl.cli.naming import NAMING, add_set, settings_of


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "list the accelerators, their parameters, and which models each has"
    command = commands.add_parser("designs", help=about, description=about, allow_abbrev=False)
    command.add_argument(
        "design", nargs="*", metavar="NAME", help=f"list the parameters of these: {NAMING}"
    )
    add_set(command)
    command.add_argument(
        "--json", metavar="FILE", help="write JSON; - is standard output, without the tables"
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Print the table of all designs, or one table of parameters a design."""
    import json

    from loas_tl.designs.naming import choose
    from loas_tl.designs.registry import designs
    from loas_tl.ground.files import check_writable, write_all

    chosen = choose(arguments.design or designs(), settings_of(arguments))
    if arguments.json not in (None, "-"):
        check_writable([Path(arguments.json)])
    if arguments.json is not None:
        from loas_tl.designs.tables import record

        text = json.dumps([record(one) for one in chosen], indent=2) + "\n"
        if arguments.json == "-":
            sys.stdout.write(text)
            return
        write_all({Path(arguments.json): text})
    from loas_tl.designs.tables import design_table, models_line
    from loas_tl.report.table import console, print_whole

    to = console()
    if not arguments.design:
        print_whole(to, design_table(chosen))
        return
    for one in chosen:
        print_whole(to, one.table())
        to.print(models_line(one))
