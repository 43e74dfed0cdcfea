"""``loas-tl innerjoin``: what LoAS's laggy prefix-sum costs against two fast ones."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from loas_tl.cli.output import add_output, destinations, write_results
from loas_tl.cli.workload import add_workload, with_progress, workload

if TYPE_CHECKING:
    from loas_tl.models.machine import InnerJoin


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "how many cycles the laggy prefix-sum costs against two fast ones, layer by layer"
    command = commands.add_parser("innerjoin", help=about, description=about, allow_abbrev=False)
    add_workload(command)
    unit = command.add_argument_group("inner-join unit")
    unit.add_argument(
        "--adders", type=int, default=16, metavar="N", help="of the laggy prefix-sum (default: 16)"
    )
    unit.add_argument(
        "--fifo-depth", type=int, default=8, metavar="N", help="entries of a FIFO (default: 8)"
    )
    unit.add_argument(
        "--chunk", type=int, default=128, metavar="BITS", help="of a bitmask (default: 128)"
    )
    unit.add_argument(
        "--offset-buffers",
        type=int,
        default=1,
        metavar="N",
        help="chunks whose offsets are held at a time (default: 1)",
    )
    unit.add_argument("--skip-empty", action="store_true", help="pass over chunks without a match")
    command.add_argument(
        "--sweep",
        action="store_true",
        help="change adders, FIFO depth and chunk width on the workload, and T and the densities "
        "on random layers, one at a time",
    )
    add_output(command, report="plots, JSON and CSV")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Time the units, then print and write what was asked for."""
    asked = workload(arguments)
    unit = _unit(arguments)
    to = destinations(arguments, lambda: _report_names(arguments.sweep))
    from loas_tl.report.innerjoin import Study, print_study
    from loas_tl.studies.laggy_cost import laggy_cost
    from loas_tl.studies.sweep import sweep
    from loas_tl.workload.source import layer_sources

    sources = layer_sources(**asked)
    layers, totals = with_progress(lambda progress: laggy_cost(sources, unit, progress))
    rows = None
    if arguments.sweep:
        rows = with_progress(
            lambda progress: sweep(sources, unit, seed=arguments.seed, progress=progress)
        )
    study = Study(unit, layers, totals, rows)
    write_results(to, study.to_json(), study.to_csv(), study.report)
    if to.json_to_stdout:
        return
    from loas_tl.report.table import console

    print_study(study, console())
    if to.folder is not None:
        print(f"report: {to.folder / 'laggy_cost.png'}")


def _unit(arguments: argparse.Namespace) -> InnerJoin:
    from loas_tl.models.machine import InnerJoin, Laggy

    laggy = Laggy(
        adders=arguments.adders,
        fifo_depth=arguments.fifo_depth,
        offset_buffers=arguments.offset_buffers,
        skip_empty=arguments.skip_empty,
    )
    return InnerJoin(chunk=arguments.chunk, laggy=laggy, compress=True)


def _report_names(swept: bool) -> tuple[str, ...]:
    from loas_tl.report.innerjoin import files_of

    return files_of(swept)
