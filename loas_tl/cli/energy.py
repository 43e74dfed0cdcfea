"""``loas-tl energy``: area, power and the energy of each action, from the component models."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from loas_tl.errors import InputError


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "area and power of an accelerator by part, and the energy of each action"
    command = commands.add_parser("energy", help=about, description=about, allow_abbrev=False)
    command.add_argument("accelerator", metavar="ACCELERATOR", help="LoAS, SparTen-SNN, ...")
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change an attribute, say timesteps=8 or technology=22; may be repeated",
    )
    output = command.add_argument_group("output")
    output.add_argument(
        "--json", metavar="FILE", help="write JSON; - is standard output, without the tables"
    )
    output.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write a chart and Accelergy's ERT.yaml and ART.yaml there",
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Price the accelerator, then print and write what was asked for."""
    from loas_tl.energy import summary
    from loas_tl.report.files import check_writable, write_all

    design = summary.configure(arguments.accelerator, _settings(arguments.set))
    to_stdout = arguments.json == "-"
    json_file = Path(arguments.json) if arguments.json is not None and not to_stdout else None
    names: tuple[str, ...] = ()
    if arguments.out is not None:
        from loas_tl.report.composition import FILES, render

        names = FILES
    check_writable([*([json_file] if json_file else []), *(arguments.out / name for name in names)])
    files: dict[Path, str | bytes] = {}
    if arguments.out is not None:
        files |= {arguments.out / name: content for name, content in render(design).items()}
    text = summary.to_json(design) + "\n"
    if json_file is not None:
        files[json_file] = text
    write_all(files)
    if to_stdout:
        sys.stdout.write(text)
        return
    from loas_tl.report.composition import print_tables
    from loas_tl.report.table import console

    print_tables(design, console())
    if arguments.out is not None:
        print(f"chart: {arguments.out / names[0]}")


def _settings(given: list[str]) -> dict[str, str]:
    settings = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not (key and equals and value):
            raise InputError(f"{one!r}; expected KEY=VALUE", key="--set")
        settings[key.strip()] = value.strip()
    return settings
