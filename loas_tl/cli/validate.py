"""``loas-tl validate``: a statistical model's counts against exact ones."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loas_tl.cli.engine import SpecFiles, load_files, spec_files
from loas_tl.cli.naming import add_accelerators, settings_of
from loas_tl.cli.output import add_output, destinations, made_by, write_results
from loas_tl.cli.progress import with_progress
from loas_tl.cli.workload import add_workload, workload
from loas_tl.ground.errors import InputError

if TYPE_CHECKING:
    from loas_tl.validation import Validation

OF_LAYERS = ("network", "tensors", "spikes", "layers", "layer", "accelerator")
"""Options that have nothing to say of a spec."""


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "put every count that an engine predicts beside the exact one"
    more = "Layers on accelerators, or Timeloop v4 specs of your own on data of your own."
    command = commands.add_parser(
        "validate", help=about, description=f"{about}. {more}", allow_abbrev=False
    )
    own = command.add_argument_group("a spec of your own")
    own.add_argument(
        "spec",
        nargs="*",
        type=Path,
        metavar="SPEC",
        help="Timeloop v4 YAML files that belong together with their mapping, or folders",
    )
    own.add_argument(
        "--data",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=FILE",
        help="the spec's tensors: .npz (NAME=FILE.npz:KEY for one of several arrays) or .npy, one "
        "axis a rank; a YAML or JSON FILE is for the spec's templates",
    )
    own.add_argument(
        "--include",
        action="append",
        type=Path,
        metavar="DIR",
        help="a folder that the spec's templates may look into",
    )
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
    to = destinations(arguments, lambda: _report_names(arguments))
    validation = _of_specs(arguments) if arguments.spec else _of_layers(arguments)

    def report() -> dict[str, str | bytes]:
        from loas_tl.report.validation_page import render_report

        return render_report(validation, made_by(arguments))

    write_results(to, validation.to_json(), validation.to_csv, report)
    if to.piped is not None:
        return
    from loas_tl.report.table import console
    from loas_tl.report.validation_table import print_tables

    print_tables(validation, console())
    if to.folder is not None:
        print(f"report: {to.folder / 'validation.html'}")


def _of_layers(arguments: argparse.Namespace) -> Validation:
    for option in ("data", "include"):
        if getattr(arguments, option):
            raise InputError(f"--{option} goes with a SPEC, which stands before it")
    asked = workload(arguments)
    settings = settings_of(arguments)
    from loas_tl.validation.compare import validate

    return with_progress(
        lambda progress: validate(
            **asked,
            accelerators=arguments.accelerator,
            settings=settings,
            layer=arguments.layer,
            engine=arguments.engine,
            progress=progress,
        )
    )


def _of_specs(arguments: argparse.Namespace) -> Validation:
    from loas_tl.cli.own_data import parted, read_tensors

    for option in OF_LAYERS:
        if getattr(arguments, option) is not None:
            raise InputError(f"--{option} is of layers on accelerators; it has no SPEC")
    specs = spec_files(arguments.spec, search=False)
    files, others = parted(arguments.data)
    if not files:
        raise InputError("a SPEC is validated on --data NAME=FILE, one for each operand")
    tensors = read_tensors(files)
    from loas_tl.validation.own import joined, validate_data

    templates = argparse.Namespace(data=others, set=arguments.set, include=arguments.include or [])

    def one(spec: SpecFiles) -> Validation:
        loaded = load_files(spec, templates).spec()
        with spec.named():
            return validate_data(loaded, tensors, name=spec.name, engine=arguments.engine)

    return joined(map(one, specs))


def _report_names(arguments: argparse.Namespace) -> Sequence[str]:
    from loas_tl.report.validation_page import file_names

    return file_names("spec" if arguments.spec else "accelerator")
