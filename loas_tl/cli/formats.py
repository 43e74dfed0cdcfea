"""``loas-tl formats``: spikes and weights as fibers, beside other sparse formats."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from loas_tl.cli.naming import add_accelerators, settings_of
from loas_tl.cli.output import add_output, destinations, made_by, write_results
from loas_tl.cli.progress import with_progress
from loas_tl.cli.workload import add_workload, workload
from loas_tl.ground.errors import InputError

SEEN = ("line_bits", "pointer_bits")
"""Parameters of a design that say how fibers are stored."""


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "size spikes and weights as fibers and in other sparse formats"
    command = commands.add_parser("formats", help=about, description=about, allow_abbrev=False)
    add_workload(command)
    command.add_argument(
        "--layer", nargs="+", action="extend", metavar="NAME", help="only these (default: all)"
    )
    add_accelerators(command, "LoAS; its line_bits and pointer_bits count")
    command.add_argument(
        "--line-bytes", type=int, metavar="N", help="of the cache (default: the design's)"
    )
    command.add_argument(
        "--pointer-bits", type=int, metavar="N", help="of every format (default: the design's)"
    )
    add_output(command, report="an HTML report, a plot and tables")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measure, then print and write what was asked for."""
    asked = workload(arguments)
    to = destinations(arguments, _report_names)
    from loas_tl.designs.naming import choose
    from loas_tl.fiber.formats import measure_formats

    chosen = choose(arguments.accelerator or ["LoAS"], settings_of(arguments))
    if len(chosen) > 1:
        raise InputError(f"formats takes one design; got {len(chosen)}", key="--accelerator")
    [one] = chosen
    line_bytes = one.line_bits // 8 if arguments.line_bytes is None else arguments.line_bytes
    pointer_bits = one.pointer_bits if arguments.pointer_bits is None else arguments.pointer_bits

    formats = with_progress(
        lambda progress: measure_formats(
            **asked,
            layer=arguments.layer,
            line_bytes=line_bytes,
            pointer_bits=pointer_bits,
            progress=progress,
        )
    )

    # Of a design, formats sees how lines and pointers are made.
    formats = replace(
        formats,
        notes=formats.notes
        + tuple(
            f"{one.label}: {key}={value} has no effect here; formats takes {' and '.join(SEEN)}"
            for key, value in one.changed.items()
            if key not in SEEN
        ),
    )

    def report() -> dict[str, str | bytes]:
        from loas_tl.report.formats import render_report

        return render_report(formats, made_by(arguments))

    write_results(to, formats.to_json(), formats.to_csv, report)
    if to.piped is not None:
        return
    from loas_tl.ground.titles import network_title
    from loas_tl.report.formats import print_tables
    from loas_tl.report.table import console

    print_tables(formats, console())
    left = [f"{network_title(name)}: {of}" for name, of in formats.coverage.items()]
    for note in (*formats.notes, *left):
        print(f"note: {note}")
    if to.folder is not None:
        print(f"report: {to.folder / 'report.html'}")


def _report_names() -> Sequence[str]:
    from loas_tl.report.formats import FILES

    return FILES
