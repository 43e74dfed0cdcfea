"""``loas-tl reproduce``: the published evaluation, ours beside published."""

from __future__ import annotations

import argparse
from typing import Any

from loas_tl.cli.output import add_output, destinations, made_by, write_results
from loas_tl.cli.progress import with_progress


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "tables and figures of the published evaluation, ours beside published"
    command = commands.add_parser("reproduce", help=about, description=about, allow_abbrev=False)
    command.add_argument("items", nargs="*", metavar="ITEM", help="of --list; default: all")
    command.add_argument("--list", action="store_true", help="say which items there are")
    command.add_argument(
        "--seed", default=0, type=int, metavar="N", help="of the generated networks (default: 0)"
    )
    add_output(command, report="one HTML page, CSV and JSON", rows="figure")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Compute the items, then print and write what was asked for."""
    if arguments.list:
        _print_list()
        return
    to = destinations(arguments, _names)
    from loas_tl.reproduction.items import reproduce

    found = with_progress(lambda progress: reproduce(arguments.items, arguments.seed, progress))
    from loas_tl.report.reproduction import files, print_reproduction

    write_results(to, found.to_json(), found.to_csv, lambda: files(found, made_by(arguments)))
    if to.piped is not None:
        return
    from loas_tl.report.table import console

    print_reproduction(found, console())
    if to.folder is not None:
        print(f"report: {to.folder / 'reproduction.html'}")


def _names() -> tuple[str, ...]:
    from loas_tl.report.reproduction import FILES

    return FILES


def _print_list() -> None:
    from loas_tl.ground.fitted import FittedTable
    from loas_tl.report.table import console, print_whole
    from loas_tl.reproduction.items import ITEMS, NOT_COMPUTED

    table = FittedTable()
    table.add_column("item")
    table.add_column("what it shows")
    for item in ITEMS:
        table.add_row(item.name, item.title)
    for name, why in NOT_COMPUTED.items():
        table.add_row(name, f"{why}: not computed")
    print_whole(console(), table)
