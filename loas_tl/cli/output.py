"""The options that say where results go, the same for every command that has a report."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loas_tl.report.made import Made

TYPED = "typed"
"""Where a command's arguments have the line as it was typed."""

WHERE_TO = ("--out", "--json", "--csv")
"""Options that no figure depends on."""


@dataclass(frozen=True)
class Destinations:
    """Where results go.

    Attributes:
        folder: gets the report, None for none.
        json, csv: files, None for none.
        json_to_stdout: whether standard output gets the JSON and nothing else.
    """

    folder: Path | None
    json: Path | None
    csv: Path | None
    json_to_stdout: bool


def add_output(
    command: argparse.ArgumentParser, report: str, rows: str = "layer"
) -> argparse._ArgumentGroup:
    """Add the group of arguments; ``report`` says what ``--out`` writes, ``rows`` the CSV's."""
    output = command.add_argument_group("output")
    output.add_argument("--out", type=Path, metavar="DIR", help=f"write {report} there")
    output.add_argument(
        "--json", metavar="FILE", help="write JSON; - is standard output, without the tables"
    )
    output.add_argument("--csv", type=Path, metavar="FILE", help=f"write one row a {rows} as CSV")
    return output


def add_figure_width(output: argparse._ArgumentGroup) -> None:
    """Add ``--figure-width``."""
    output.add_argument(
        "--figure-width",
        choices=("column", "page"),
        default="page",
        help="of figures for papers: one column (3.5 in) or the page (7.16 in, the default)",
    )


def destinations(
    arguments: argparse.Namespace, report_names: Callable[[], Sequence[str]]
) -> Destinations:
    """Where results are to go; ``report_names`` gives the names of the report's files.

    Raises:
        InputError: where a file clearly cannot be written, before any long work.
    """
    from loas_tl.ground.files import check_writable

    to_stdout = arguments.json == "-"
    json_file = Path(arguments.json) if arguments.json is not None and not to_stdout else None
    folder = arguments.out
    named = [path for path in (json_file, arguments.csv) if path is not None]
    # A report's module is imported only where a report is asked for.
    in_folder = [folder / name for name in report_names()] if folder is not None else []
    check_writable([*named, *in_folder], inputs_of(arguments))
    return Destinations(folder, json_file, arguments.csv, to_stdout)


WRITTEN = ("out", "json", "csv", "checkpoint", "store")
"""Options whose files are written."""


def inputs_of(arguments: argparse.Namespace) -> list[Path]:
    """Files and folders that a command reads, as far as its arguments name them."""
    named: list[Path] = []
    for option, given in vars(arguments).items():
        if option in WRITTEN or option == TYPED:
            continue
        for value in given if isinstance(given, list | tuple) else (given,):
            if isinstance(value, Path):
                named.append(value)
            elif isinstance(value, str):
                # NAME=FILE, FILE:KEY, FILE.py:Class: what of it is a file.
                text = value.partition("=")[2] or value
                named += [Path(text), Path(text.rpartition(":")[0] or text)]
    return [path for path in named if os.path.lexists(path)]


def write_results(
    to: Destinations,
    json: str,
    csv: Callable[[], str] | None,
    report: Callable[[], Mapping[str, str | bytes]],
) -> None:
    """Write what was asked for: every file whole, or none.

    Args:
        to: where to.
        json: the document.
        csv: makes the CSV, called only where one was asked for; None for a command without.
        report: makes the report's files, likewise.

    Raises:
        InputError: where a file cannot be written.
    """
    from loas_tl.ground.files import write_all
    from loas_tl.report.spreadsheet import for_spreadsheets

    files: dict[Path, str | bytes] = {}
    if to.folder is not None:
        files |= {to.folder / name: content for name, content in report().items()}
    if to.json is not None:
        files[to.json] = json + "\n"
    if to.csv is not None and csv is not None:
        files[to.csv] = csv()
    # Everything is rendered before the first file is touched.
    for path in files:
        if path.suffix == ".csv":
            files[path] = for_spreadsheets(files[path])
    write_all(files)
    if to.json_to_stdout:
        sys.stdout.write(json + "\n")


def made_by(arguments: argparse.Namespace) -> Made:
    """What made a report: the line that was typed, without where to, and the seed."""
    from loas_tl.report.made import Made

    words: list[str] = []
    typed = iter(getattr(arguments, TYPED, ()))
    for word in typed:
        if word in WHERE_TO:
            next(typed, None)
        elif not word.startswith(tuple(f"{option}=" for option in WHERE_TO)):
            words.append(word)
    given = any(getattr(arguments, name, None) is not None for name in ("tensors", "spikes"))
    seed = None if given else getattr(arguments, "seed", None)
    return Made(shlex.join(["loas-tl", *words]) if words else "", seed)
