"""``loas-tl render``: an accelerator and a layer as a Timeloop v4 spec."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from loas_tl.cli.naming import NAMING, add_set, settings_of
from loas_tl.cli.output import inputs_of
from loas_tl.cli.workload import add_workload, workload
from loas_tl.ground.errors import InputError


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "write an accelerator and a layer as a Timeloop v4 spec"
    command = commands.add_parser("render", help=about, description=about, allow_abbrev=False)
    command.add_argument(
        "accelerator",
        nargs="?",
        metavar="ACCELERATOR",
        help=f"{NAMING}; without it, list those that have a Timeloop spec",
    )
    add_workload(command)
    command.add_argument(
        "--layer",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="layers; several go to folders of their own (default: all)",
    )
    add_set(command)
    command.add_argument(
        "--parameters", action="store_true", help="list the accelerator's parameters"
    )
    command.add_argument(
        "-o",
        "--out",
        type=Path,
        metavar="DIR",
        help="gets arch.yaml, problem.yaml, mapping.yaml, mapper.yaml, search/constraints.yaml",
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Render, then write everything, or print what there is to choose from."""
    asked = workload(arguments)
    from loas_tl.designs.naming import choose_one
    from loas_tl.report.table import console, print_whole

    if arguments.accelerator is None:
        from loas_tl.designs.registry import with_timeloop
        from loas_tl.designs.tables import design_table

        print_whole(console(), design_table(with_timeloop()))
        return
    design = choose_one(arguments.accelerator, settings_of(arguments))
    if arguments.parameters:
        print_whole(console(), design.table())
        return
    if arguments.out is None:
        raise InputError("render needs -o DIR, the folder that gets the spec")
    design.timeloop_or_refuse()  # complain before tensors are made
    from loas_tl.designs.effects import idle, odd, unseen
    from loas_tl.ground.files import check_writable, write_all
    from loas_tl.workload.source import chosen, layer_sources

    sources = chosen(layer_sources(**asked), arguments.layer)
    notes = dict.fromkeys(unseen(design, ("timeloop", "energy")))
    if design.technology > 0:
        notes |= dict.fromkeys((*odd(design), *design.chip.outside()))
    files: dict[Path, str | bytes] = {}
    folders = []
    for source in sources:
        folder = arguments.out
        if len(sources) > 1:
            folder = folder / f"{_file_name(source.network)}-{_file_name(source.layer)}"
        if folder in folders:
            raise InputError(f"two layers would go to {folder}; render one at a time")
        folders.append(folder)
        layer = source.make()
        try:
            rendered = design.spec(layer)
        except InputError as error:
            raise InputError(str(error), key=source.network) from None
        extents = {"T": layer.T, "M": layer.M, "N": layer.N}
        notes |= dict.fromkeys(
            f"{source.network} layer {source.layer}: {note}"
            for note in idle(design, extents).values()
        )
        files |= {folder / name: text for name, text in rendered.files().items()}
        check_writable(files, inputs_of(arguments))
    write_all(files)
    for folder in folders:
        print(folder)
    for note in notes:
        print(f"note: {design.label}: {note}", file=sys.stderr)


def _file_name(name: str) -> str:
    """Names of layers may hold anything; those of folders may not."""
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in name)
