"""``loas-tl model``: evaluate a mapping, with the real Timeloop or without."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loas_tl.cli.engine import (
    SpecFiles,
    add_spec,
    as_json,
    choose_engine,
    csv_of,
    load_files,
    out_folders,
    report_of,
    spec_files,
    spec_of_files,
)
from loas_tl.cli.output import add_data, data_of, inputs_of, write_data
from loas_tl.cli.pricing import add_prices, prices_of, refuse_prices, warn_of_unpriced

if TYPE_CHECKING:
    from loas_tl.timeloop.result import Result
    from loas_tl.timeloop.spec.loading import Loaded


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "count cycles, accesses and energy of a Timeloop v4 spec with a mapping"
    command = commands.add_parser("model", help=about, description=about, allow_abbrev=False)
    add_spec(command)
    add_prices(command)
    command.add_argument(
        "--jobs", type=int, metavar="N", help="runs of Timeloop at once (default: one a processor)"
    )
    command.add_argument(
        "--timeout", type=float, metavar="SECONDS", help="end a run of Timeloop after that"
    )
    command.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write a page, figures, JSON and CSV there, and what Timeloop itself writes; a folder "
        "a spec where there are several",
    )
    add_data(
        command,
        "JSON, a list where there are several specs",
        "a row a level and tensor as CSV, where several specs end in a total",
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Evaluate, then print and write what was asked for."""
    from loas_tl.ground.errors import InputError
    from loas_tl.ground.files import check_writable

    for name in ("jobs", "timeout"):
        given = getattr(arguments, name)
        if given is not None and given <= 0:
            raise InputError(f"--{name} is {given}; expected more than 0")
    specs = spec_files(arguments.spec, search=False)
    to = data_of(arguments)
    named = [path for path in (to.json, to.csv) if path is not None]
    outs = out_folders(arguments.out, specs)
    if outs:
        from loas_tl.report.engine_files import files_of

        named += [out / name for out in outs for name in files_of()]
    check_writable(named, inputs_of(arguments))
    engine = choose_engine(arguments.engine, "timeloop-model")
    loaded = [load_files(spec, arguments) for spec in specs]
    if engine == "timeloop" and arguments.engine == "auto":
        engine = _able(specs, loaded, arguments)
    if engine == "timeloop":
        refuse_prices(arguments)
    run_with = _timeloop if engine == "timeloop" else _native
    results = run_with(specs, loaded, arguments)
    text = as_json(specs, [result.to_dict() for result in results])
    to_write: dict[Path, str | bytes] = {}
    for out, spec, result in zip(outs, specs, results, strict=False):
        contents = report_of(spec, result, arguments)
        to_write |= {out / name: content for name, content in contents.items()}
    write_data(to, text, lambda: csv_of(specs, results), to_write)
    if to.piped is not None:
        return
    from loas_tl.report.engine import print_result

    for spec, result in zip(specs, results, strict=True):
        print_result(spec.name, result)
    if len(results) > 1:
        from loas_tl.report.engine_rows import total_line

        print(total_line(results))
    if arguments.out is not None:
        print(f"written to {arguments.out}")


def _able(
    specs: Sequence[SpecFiles], loaded: Sequence[Loaded], arguments: argparse.Namespace
) -> str:
    """``timeloop``, unless a mapping runs short, which timeloopfe takes in no specification."""
    from loas_tl.ground.errors import InputError

    for files, one in zip(specs, loaded, strict=True):
        try:
            short = spec_of_files(one, arguments).runs_short()
        except InputError:
            continue  # Timeloop may read what we do not
        if short is not None:
            print(
                f"loas-tl: {files.name}: {short} runs short, which timeloopfe takes in no "
                "specification; the native engine counts it",
                file=sys.stderr,
            )
            return "native"
    return "timeloop"


def _native(
    specs: Sequence[SpecFiles], loaded: Sequence[Loaded], arguments: argparse.Namespace
) -> list[Result]:
    from loas_tl.timeloop.native import evaluate

    results = []
    for files, one in zip(specs, loaded, strict=True):
        spec = spec_of_files(one, arguments)
        with files.named():
            cost = prices_of(arguments, spec)
            results.append(evaluate(spec, prices=cost))
        warn_of_unpriced(files, cost)
    return results


def _timeloop(
    specs: Sequence[SpecFiles], loaded: Sequence[Loaded], arguments: argparse.Namespace
) -> list[Result]:
    from loas_tl.cli.progress import with_progress
    from loas_tl.timeloop.running import run_models

    outs: Sequence[Path | None] = out_folders(arguments.out, specs) or [None] * len(specs)
    results = with_progress(
        lambda progress: run_models(
            loaded,
            outs=outs,
            jobs=arguments.jobs,
            timeout=arguments.timeout,
            progress=progress and (lambda done, total: progress(done, total, "timeloop-model")),
        )
    )
    return [_noted(files, result, arguments) for files, result in zip(loaded, results, strict=True)]


def _noted(loaded: Loaded, result: Result, arguments: argparse.Namespace) -> Result:
    """With what Timeloop itself does not say of the architecture, where we can read the spec."""
    from dataclasses import replace

    from loas_tl.ground.errors import InputError
    from loas_tl.timeloop.spec.fanouts import fan_outs_that_go_on

    try:
        spec = spec_of_files(loaded, arguments)
    except InputError:
        return result
    return replace(result, notes=(*result.notes, *fan_outs_that_go_on(spec.architecture)))
