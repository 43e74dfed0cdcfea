"""``loas-tl innerjoin``: what LoAS's laggy prefix-sum costs against two fast ones."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from loas_tl.cli.naming import NAMING, add_set, settings_of
from loas_tl.cli.output import add_output, destinations, made_by, write_results
from loas_tl.cli.progress import with_progress
from loas_tl.cli.reading import add_reading, reading_of
from loas_tl.cli.workload import add_workload, workload
from loas_tl.ground.errors import InputError

if TYPE_CHECKING:
    from loas_tl.designs.design import Design
    from loas_tl.designs.readings import Reading
    from loas_tl.report.innerjoin import Study
    from loas_tl.workload.source import LayerSource

SHORT = (
    ("--adders", "laggy_adders", "N"),
    ("--fifo-depth", "fifo_depth", "N"),
    ("--chunk", "chunk_bits", "BITS"),
    ("--offset-buffers", "offset_buffers", "N"),
)
"""Options of the unit's parameters: option, parameter, what it takes."""


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "how many cycles the laggy prefix-sum costs against two fast ones, layer by layer"
    command = commands.add_parser("innerjoin", help=about, description=about, allow_abbrev=False)
    add_workload(command)
    command.add_argument(
        "--accelerator",
        default="LoAS",
        metavar="NAME",
        help=f"a design with a laggy prefix-sum: {NAMING} (default: LoAS)",
    )
    add_set(command)
    unit = command.add_argument_group("inner-join unit, as with --set")
    for option, key, metavar in SHORT:
        unit.add_argument(option, dest=key, metavar=metavar, help=f"--set {key}={metavar}")
    unit.add_argument("--skip-empty", action="store_true", help="--set skip_empty=1")
    add_reading(command)
    command.add_argument(
        "--propose",
        action="store_true",
        help="look for the cheapest change of the inner join (adders, offset buffers, FIFOs, "
        "skipping, a lookup of matched positions) with which it costs less than 10 %% on every "
        "network",
    )
    command.add_argument(
        "--sweep",
        action="store_true",
        help="change adders, FIFO depth and chunk width on the workload, and T and the densities "
        "on random layers, one at a time",
    )
    add_output(command, report="an HTML report, plots, JSON and CSV")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Time the units, then print and write what was asked for."""
    asked = workload(arguments)
    design, kept = _design(arguments)
    to = destinations(arguments, lambda: _report_names(arguments.sweep))
    from loas_tl.designs.readings import DEFAULT, READINGS, read
    from loas_tl.report.innerjoin import Studies, print_studies, print_study
    from loas_tl.workload.source import layer_sources

    sources = layer_sources(**asked)
    studied = [
        _study(read_as, reading, sources, arguments)
        for reading in (READINGS if arguments.reading == "all" else (arguments.reading or DEFAULT,))
        for read_as in (read(design, reading, kept),)
    ]
    study: Study | Studies = Studies(studied) if arguments.reading == "all" else studied[0]
    write_results(to, study.to_json(), study.to_csv, lambda: study.files(made_by(arguments)))
    if to.piped is not None:
        return
    from loas_tl.report.table import console

    if isinstance(study, Studies):
        print_studies(study, console())
    else:
        print_study(study, console())
    if to.folder is not None:
        print(f"report: {to.folder / 'report.html'}")


def _study(
    design: Design,
    reading: Reading,
    sources: Sequence[LayerSource],
    arguments: argparse.Namespace,
) -> Study:
    """One reading's study."""
    from loas_tl.report.innerjoin import Study
    from loas_tl.studies.laggy_cost import laggy_cost
    from loas_tl.studies.proposal import propose
    from loas_tl.studies.sweep import sweep
    from loas_tl.workload.source import coverages

    layers, totals = with_progress(lambda progress: laggy_cost(sources, design, progress))
    rows = candidates = None
    if arguments.sweep:
        rows = with_progress(
            lambda progress: sweep(sources, design, seed=arguments.seed, progress=progress)
        )
    if arguments.propose:
        candidates = with_progress(lambda progress: propose(sources, design, progress))
    return Study(design, layers, totals, rows, candidates, reading, coverages(sources))


def _design(arguments: argparse.Namespace) -> tuple[Design, Collection[str]]:
    """The design that was asked for, the unit's own options as settings of it, and what was set."""
    from loas_tl.designs.naming import choose_one
    from loas_tl.studies.laggy_cost import laggy_unit

    settings = settings_of(arguments)
    reading_of(arguments, settings)
    short = {key: getattr(arguments, key) for _, key, _ in SHORT}
    short["skip_empty"] = "1" if arguments.skip_empty else None
    for key, value in short.items():
        if value is not None and key in settings:
            raise InputError(
                f"comes as an option of its own, too; expected {key} once", key="--set"
            )
    settings |= {key: value for key, value in short.items() if value is not None}
    design = choose_one(arguments.accelerator, settings)
    laggy_unit(design)  # complain before tensors are made
    return design, settings


def _report_names(swept: bool) -> tuple[str, ...]:
    from loas_tl.report.innerjoin import files_of

    return files_of(swept)
