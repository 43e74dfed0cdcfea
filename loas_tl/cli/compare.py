"""``loas-tl compare``: LoAS and its baselines side by side, beside the published figures."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from loas_tl.cli.naming import add_accelerators, settings_of
from loas_tl.cli.output import add_figure_width, add_output, destinations, made_by, write_results
from loas_tl.cli.progress import with_progress
from loas_tl.cli.reading import add_reading, reading_of
from loas_tl.cli.workload import (
    add_workload,
    add_workload_set,
    workload,
    workload_settings,
)


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "run networks through LoAS and its baselines, beside the published figures"
    command = commands.add_parser("compare", help=about, description=about, allow_abbrev=False)
    add_workload_set(add_workload(command))
    add_accelerators(command, "LoAS and its baselines; all is every one there is")
    command.add_argument(
        "--baseline",
        metavar="NAME",
        help="what speedups and energy ratios are over (default: SparTen-SNN where it runs, "
        "else the first)",
    )
    command.add_argument(
        "--model",
        choices=("published", "detailed", "both"),
        default="published",
        help="count as published, time the machines cycle by cycle, or both side by side "
        "(default: published)",
    )
    command.add_argument(
        "--accounting",
        choices=("published", "own", "both"),
        default="published",
        help="count each accelerator by the rules it was published by, all by one walk with one "
        "cache, HBM, technology and clock, or both (default: published)",
    )
    add_reading(command)
    add_figure_width(add_output(command, report="plots and an HTML report"))
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Compare, then print and write what was asked for."""
    asked = workload(arguments)
    settings, workload_set = settings_of(arguments), workload_settings(arguments)
    reading = reading_of(arguments, settings)
    to = destinations(arguments, lambda: _report_names(arguments.model))
    if to.folder is not None:
        from loas_tl.report import vega

        vega.begin()
    from loas_tl.comparison import compare, compare_readings
    from loas_tl.designs.readings import DEFAULT
    from loas_tl.report.readings import Readings

    asked |= {
        "workload": workload_set,
        "accelerators": arguments.accelerator,
        "settings": settings,
        "baseline": arguments.baseline,
        "model": arguments.model,
        "accounting": arguments.accounting,
    }
    if to.folder is not None:
        _import_aside("loas_tl.report.render")
    if reading == "all":
        all_of_them = Readings(with_progress(lambda p: compare_readings(**asked, progress=p)))
        shown = all_of_them.shown
        to_json, to_csv = all_of_them.to_json, all_of_them.to_csv
    else:
        asked["reading"] = reading or DEFAULT
        all_of_them = None
        shown = with_progress(lambda p: compare(**asked, progress=p))
        to_json, to_csv = shown.to_json, shown.to_csv

    def report() -> dict[str, str | bytes]:
        from loas_tl.report.render import render_report

        return render_report(shown, all_of_them, made_by(arguments), arguments.figure_width)

    write_results(to, to_json(), to_csv, report)
    if to.piped is not None:
        return
    from loas_tl.report.table import console, print_readings, print_tables

    print_tables(shown, console())
    if all_of_them is not None:
        print_readings(all_of_them, console())
    if to.folder is not None:
        print(f"report: {to.folder / 'report.html'}")


def _import_aside(module: str) -> None:
    """Import what will be needed while the models run, which leave Python to others."""
    threading.Thread(target=import_module, args=(module,), daemon=True).start()


def _report_names(model: str) -> Sequence[str]:
    from loas_tl.report.render import files_of

    return files_of(model)
