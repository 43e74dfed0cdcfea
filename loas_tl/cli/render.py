"""``loas-tl render``: an accelerator and a layer as a Timeloop v4 spec."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loas_tl.cli.workload import add_workload, workload
from loas_tl.ground.errors import InputError

if TYPE_CHECKING:
    from loas_tl.workload.source import LayerSource


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "write an accelerator and a layer as a Timeloop v4 spec"
    command = commands.add_parser("render", help=about, description=about, allow_abbrev=False)
    command.add_argument(
        "accelerator",
        nargs="?",
        metavar="ACCELERATOR",
        help="without it, list the accelerators and their parameters",
    )
    add_workload(command)
    command.add_argument(
        "--layer",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="layers; several go to folders of their own (default: all)",
    )
    command.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="KEY=VALUE",
        help="a parameter; --parameters lists them",
    )
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
    if arguments.accelerator is None:
        _list_designs()
        return
    from loas_tl.timeloop.rendering.designs import find_design

    design = find_design(arguments.accelerator)
    if arguments.parameters:
        _list_parameters(design.template)
        return
    if arguments.out is None:
        raise InputError("render needs -o DIR, the folder that gets the spec")
    from loas_tl.ground.files import check_writable, write_all
    from loas_tl.timeloop.rendering.parameters import parse_settings, resolve
    from loas_tl.timeloop.rendering.render import render
    from loas_tl.workload.source import layer_sources

    settings = parse_settings(arguments.set)
    resolve(design.template, settings)  # complain before tensors are made
    sources = _choose(layer_sources(**asked), arguments.layer)
    files: dict[Path, str | bytes] = {}
    folders = []
    for source in sources:
        folder = arguments.out
        if len(sources) > 1:
            folder = folder / f"{_file_name(source.network)}-{_file_name(source.layer)}"
        if folder in folders:
            raise InputError(f"two layers would go to {folder}; render one at a time")
        folders.append(folder)
        rendered = render(design, source.make(), settings)
        files |= {folder / name: text for name, text in rendered.files().items()}
        check_writable(files)
    write_all(files)
    for folder in folders:
        print(folder)


def _choose(sources: list[LayerSource], layers: list[str] | None) -> list[LayerSource]:
    if layers is None:
        return sources
    for layer in layers:
        if all(source.layer != layer for source in sources):
            listed = ", ".join(dict.fromkeys(source.layer for source in sources))
            raise InputError(f"no layer {layer!r}; expected one of {listed}", key="--layer")
    return [source for source in sources if source.layer in layers]


def _file_name(name: str) -> str:
    """Names of layers may hold anything; those of folders may not."""
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in name)


def _list_designs() -> None:
    from rich.table import Table

    from loas_tl.report.table import console
    from loas_tl.timeloop.rendering.designs import DESIGNS

    table = Table(
        title="Accelerators with a Timeloop spec", title_justify="left", title_style="bold"
    )
    table.add_column("accelerator")
    table.add_column("templates")
    table.add_column("what it does")
    for design in DESIGNS:
        table.add_row(design.name, f"{design.template}.yaml.jinja", design.about)
    console().print(table)


def _list_parameters(template: str) -> None:
    from rich.table import Table

    from loas_tl.report.table import console
    from loas_tl.timeloop.rendering.parameters import parameters_of

    table = Table(title=f"Parameters of {template}", title_justify="left", title_style="bold")
    table.add_column("--set")
    for heading in ("default", "from", "to"):
        table.add_column(heading, justify="right")
    table.add_column("unit")
    table.add_column("what it is")
    for parameter in parameters_of(template).values():
        numbers = (parameter.default, parameter.minimum, parameter.maximum)
        table.add_row(parameter.name, *map(str, numbers), parameter.unit, parameter.about)
    console().print(table)
