"""``loas-tl compare``: LoAS and its baselines side by side, beside the published figures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loas_tl.errors import InputError

if TYPE_CHECKING:
    from loas_tl.comparison import Comparison, Progress


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "run networks through LoAS and its baselines, beside the published figures"
    command = commands.add_parser("compare", help=about, description=about, allow_abbrev=False)
    source = command.add_argument_group("workload (default: alexnet vgg16 resnet19)")
    one = source.add_mutually_exclusive_group()
    one.add_argument(
        "--network", nargs="+", action="extend", metavar="NAME", help="generated networks"
    )
    one.add_argument(
        "--tensors",
        type=Path,
        metavar="FILE",
        help=".npz of <layer>/x bool[T,M,K] and <layer>/w integer[K,N], or LoAS's .pth",
    )
    one.add_argument(
        "--spikes", type=Path, metavar="FILE", help=".npz of recorded feature maps, with --layers"
    )
    source.add_argument(
        "--layers", type=Path, metavar="YAML", help="what reads each recorded feature map"
    )
    source.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of generated tensors (default: 0)"
    )
    command.add_argument(
        "--accelerator", nargs="+", action="extend", metavar="NAME", help="default: all"
    )
    output = command.add_argument_group("output")
    output.add_argument(
        "--out", type=Path, metavar="DIR", help="write plots and an HTML report there"
    )
    output.add_argument(
        "--json", metavar="FILE", help="write JSON; - is standard output, without the tables"
    )
    output.add_argument("--csv", type=Path, metavar="FILE", help="write one row a layer as CSV")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Compare, then print and write what was asked for."""
    from loas_tl.report.files import check_writable, write_all

    if arguments.layers is not None and arguments.spikes is None:
        raise InputError("--layers goes with --spikes FILE; expected both")
    if arguments.spikes is not None and arguments.layers is None:
        raise InputError("--spikes needs --layers YAML, which describes the layers")
    to_stdout = arguments.json == "-"
    json_file = Path(arguments.json) if arguments.json is not None and not to_stdout else None
    report_names: tuple[str, ...] = ()
    if arguments.out is not None:
        from loas_tl.report.render import FILES, render_report

        report_names = FILES
    named = [path for path in (json_file, arguments.csv) if path is not None]
    check_writable([*named, *(arguments.out / name for name in report_names)])

    comparison = _compare(arguments)
    files: dict[Path, str | bytes] = {}
    if arguments.out is not None:
        report = render_report(comparison)
        files |= {arguments.out / name: content for name, content in report.items()}
    if json_file is not None:
        files[json_file] = comparison.to_json() + "\n"
    if arguments.csv is not None:
        files[arguments.csv] = comparison.to_csv()
    # Everything is rendered before the first file is touched.
    write_all(files)
    if to_stdout:
        sys.stdout.write(comparison.to_json() + "\n")
        return
    from loas_tl.report.table import console, print_tables

    print_tables(comparison, console())
    if arguments.out is not None:
        print(f"report: {arguments.out / 'report.html'}")


def _compare(arguments: argparse.Namespace) -> Comparison:
    from rich import progress as bars

    from loas_tl.comparison import compare
    from loas_tl.report.table import console

    def start(progress: Progress | None) -> Comparison:
        return compare(
            arguments.network,
            tensors=arguments.tensors,
            spikes=arguments.spikes,
            layers=arguments.layers,
            accelerators=arguments.accelerator,
            seed=arguments.seed,
            progress=progress,
        )

    to = console(stderr=True)
    if not (to.is_terminal and sys.stderr.isatty()):
        return start(None)
    columns = (
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.description}"),
    )
    with bars.Progress(*columns, console=to, transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(done: int, total: int, last: str) -> None:
            bar.update(task, completed=done, total=total, description=last)

        return start(show)
