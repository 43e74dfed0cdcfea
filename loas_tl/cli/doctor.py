"""``loas-tl doctor``: what the engines need, what is here, and where the rest is described."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "say what of Timeloop and Accelergy is installed, and what is missing"
    command = commands.add_parser("doctor", help=about, description=about, allow_abbrev=False)
    command.set_defaults(run=run)


def run(_: argparse.Namespace) -> None:
    """Print the parts, then what can be run."""
    from rich.markup import escape

    from loas_tl import __version__
    from loas_tl.ground.fitted import FittedTable
    from loas_tl.report.table import console, print_whole
    from loas_tl.timeloop.real import installation

    to = console()
    table = FittedTable(title="Engines' parts", title_justify="left", title_style="bold")
    for heading in ("part", "version", "where", "what for"):
        table.add_column(heading)
    table.least = ("what for", "where")
    table.add_row("loas-tl", __version__, "here", "engine native")
    parts = installation.parts()
    for part in parts:
        where = part.found or "missing"
        version = part.version or ("does not say" if part.found else "-")
        table.add_row(part.name, escape(version), escape(where), part.about)
    print_whole(to, table)
    missing: dict[str, list[installation.Part]] = {}
    for part in parts:
        if part.found is None:
            missing.setdefault(part.command, []).append(part)
    for command, lacking in missing.items():
        for part in lacking:
            to.print(f"{part.name} is missing: {escape(part.advice)}.")
        to.print(f"  {command}", markup=False, highlight=False, soft_wrap=True)
    if any(part.name == "accelergy" and part.found for part in parts):
        _print_estimators(to)
    for command, program in (("model", "timeloop-model"), ("map", "timeloop-mapper")):
        if not installation.missing(program):
            to.print(f"loas-tl {command} --engine auto runs the real {program}.")
        else:
            to.print(f"loas-tl {command} --engine auto runs the native engine.")


def _print_estimators(to: Console) -> None:
    """Whether Accelergy finds our estimators."""
    from loas_tl.ground.errors import InputError
    from loas_tl.timeloop.accelergy import plugins

    config = plugins.configuration()
    try:
        named = plugins.installed(config)
    except InputError as error:
        said = f"Accelergy's configuration cannot be told of loas-tl's estimators: {error}"
    else:
        said = f"{config} names loas-tl's estimators."
        if not named:
            said = (
                f"{config} does not name loas-tl's estimators: runs by loas-tl have them all the "
                "same, other runs of Accelergy after `loas-tl plugins install`."
            )
    to.print(said, markup=False, soft_wrap=True)
