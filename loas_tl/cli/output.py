"""The options that say where results go, the same for every command that has a report."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from loas_tl.ground.errors import InputError

if TYPE_CHECKING:
    from loas_tl.report.made import Made

TYPED = "typed"
"""Where a command's arguments have the line as it was typed."""

WHERE_TO = ("--out", "--json", "--csv")
"""Options that no figure depends on."""


Piped = Literal["json", "csv"]

STANDARD = "-"
"""Standard output, where a file is expected; ``./-`` is a file of that name."""


@dataclass(frozen=True)
class Destinations:
    """Where results go.

    Attributes:
        folder: gets the report, None for none.
        json, csv: files, None for none.
        piped: what standard output gets, and nothing else; None for tables.
    """

    folder: Path | None
    json: Path | None
    csv: Path | None
    piped: Piped | None


def add_output(
    command: argparse.ArgumentParser, report: str, rows: str = "layer"
) -> argparse._ArgumentGroup:
    """Add the group of arguments; ``report`` says what ``--out`` writes, ``rows`` the CSV's."""
    output = command.add_argument_group("output")
    output.add_argument("--out", type=Path, metavar="DIR", help=f"write {report} there")
    add_data(output, "JSON", f"one row a {rows} as CSV")
    return output


def add_data(output: argparse._ActionsContainer, json: str, csv: str) -> None:
    """Add ``--json`` and ``--csv``; the words say what they write."""
    alone = "- is standard output, without the tables"
    output.add_argument("--json", metavar="FILE", help=f"write {json}; {alone}")
    output.add_argument("--csv", metavar="FILE", help=f"write {csv}; {alone}")


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

    to = data_of(arguments)
    named = [path for path in (to.json, to.csv) if path is not None]
    # A report's module is imported only where a report is asked for.
    in_folder = [to.folder / name for name in report_names()] if to.folder is not None else []
    check_writable([*named, *in_folder], inputs_of(arguments))
    return to


def data_of(arguments: argparse.Namespace) -> Destinations:
    """Where results are to go, whether or not that can be written.

    Raises:
        InputError: where two documents would go to standard output.
    """
    asked = {"json": arguments.json, "csv": arguments.csv}
    piped: list[Piped] = [name for name in ("json", "csv") if asked[name] == STANDARD]
    if len(piped) > 1:
        raise InputError(
            "--json and --csv are both -, standard output; expected a file for one of them"
        )
    files = {
        name: None if given is None or given == STANDARD else Path(given)
        for name, given in asked.items()
    }
    return Destinations(arguments.out, files["json"], files["csv"], piped[0] if piped else None)


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
    csv: Callable[[], str],
    report: Callable[[], Mapping[str, str | bytes]],
) -> None:
    """Write what was asked for: every file whole, or none.

    Args:
        to: where to.
        json: the document.
        csv: makes the CSV, called only where one was asked for.
        report: makes the report's files, likewise.

    Raises:
        InputError: where a file cannot be written.
    """
    made = {} if to.folder is None else report()
    write_data(to, json, csv, {Path(to.folder or "", name): made[name] for name in made})


def write_data(
    to: Destinations,
    json: str,
    csv: Callable[[], str],
    others: Mapping[Path, str | bytes],
) -> None:
    """:func:`write_results` with the files of reports by where they go.

    Args:
        to: where the document and the CSV go.
        json: as there.
        csv: as there.
        others: written together with them.

    Raises:
        InputError: where a file cannot be written.
    """
    from loas_tl.ground.files import write_all
    from loas_tl.report.spreadsheet import for_spreadsheets

    # Everything is rendered before the first file is touched.
    files = {
        path: for_spreadsheets(content) if path.suffix == ".csv" else content
        for path, content in others.items()
    }
    if to.json is not None:
        files[to.json] = json + "\n"
    rows = ""
    if to.csv is not None or to.piped == "csv":
        rows = for_spreadsheets(csv())
    if to.csv is not None:
        files[to.csv] = rows
    write_all(files)
    if to.piped is not None:
        sys.stdout.write(rows if to.piped == "csv" else json + "\n")


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
