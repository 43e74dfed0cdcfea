"""``loas-tl map``: search for a mapping, with the real Timeloop or without."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loas_tl.cli.codes import INTERRUPTED
from loas_tl.cli.engine import (
    SpecFiles,
    add_spec,
    as_json,
    choose_engine,
    csv_of,
    load_files,
    load_spec_files,
    out_folders,
    report_of,
    spec_files,
    spec_of_files,
)
from loas_tl.cli.output import add_data, data_of, inputs_of, write_data
from loas_tl.cli.pricing import add_prices, prices_of, refuse_prices, warn_of_unpriced
from loas_tl.cli.progress import bar
from loas_tl.ground.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loas_tl.report.engine_page import Searched
    from loas_tl.timeloop.mapper import Found
    from loas_tl.timeloop.mapper.state import State
    from loas_tl.timeloop.mapper.strategy import Progress
    from loas_tl.timeloop.result import Result

FILES = ("mapping.yaml", "spec.yaml")
"""Beside those of a report."""


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "search for the best mapping of a Timeloop v4 spec"
    command = commands.add_parser("map", help=about, description=about, allow_abbrev=False)
    add_spec(command)
    command.add_argument(
        "--metric",
        choices=("edp", "energy", "cycles"),
        help="default: the first of the spec's mapper.optimization_metrics, else edp",
    )
    add_prices(command)
    command.add_argument(
        "--allow-unpriced",
        action="store_true",
        help="search by energy or edp though components have no price; theirs counts as 0",
    )
    budget = command.add_argument_group("budget")
    budget.add_argument("--time-limit", type=float, metavar="SECONDS")
    budget.add_argument(
        "--max-mappings",
        type=int,
        metavar="N",
        help="with it the same seed finds the same mapping; without any limit the native search "
        "ends when nothing better turns up",
    )
    budget.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of the native search (default: 0)"
    )
    budget.add_argument("--jobs", type=int, metavar="N", help="processes (default: cores)")
    budget.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help="keep the native search there, and go on with it where the file exists",
    )
    output = command.add_argument_group("output")
    output.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help=f"write {', '.join(FILES)}, a page, figures, JSON and CSV there, a folder a spec "
        "where there are several",
    )
    add_data(
        output,
        "JSON, a list where there are several specs",
        "a row a level and tensor as CSV, where several specs end in a total",
    )
    command.set_defaults(run=run)


@dataclass(frozen=True)
class _Answer:
    """What was found for a spec.

    Attributes:
        document: as JSON.
        result: of the best mapping.
        files: that show the mapping, by name.
        cycle_seconds: of a cycle.
        space: mappings in all, where that is known.
        interrupted: whether Ctrl-C ended the search before its time.
    """

    document: dict[str, Any]
    result: Result
    files: dict[str, str]
    cycle_seconds: float
    space: int | None = None
    interrupted: bool = False

    @property
    def searched(self) -> Searched:
        """How the mapping was found, for a page."""
        from loas_tl.report.engine_page import Searched

        return Searched(self.document["search"], self.cycle_seconds, self.space)


def run(arguments: argparse.Namespace) -> int | None:
    """Search, then print and write what was asked for, also where Ctrl-C ended the search."""
    from loas_tl.ground.files import check_writable

    specs = spec_files(arguments.spec, search=True)
    if arguments.checkpoint is not None and len(specs) > 1:
        raise InputError("--checkpoint is of one search; give one spec")
    to = data_of(arguments)
    outs = out_folders(arguments.out, specs)
    names: tuple[str, ...] = FILES
    if outs:
        from loas_tl.report.engine_files import files_of

        names += files_of()
    named = [out / name for out in outs for name in names]
    written = [
        *named,
        *(path for path in (to.json, to.csv, arguments.checkpoint) if path is not None),
    ]
    check_writable(written, inputs_of(arguments))
    engine = choose_engine(arguments.engine, "timeloop-mapper")

    answers = []
    for spec in specs:
        answer = _timeloop(spec, arguments) if engine == "timeloop" else _native(spec, arguments)
        answers.append(answer)
        if answer.interrupted:
            break  # Ctrl-C is for the command, not for one spec of several
    specs = specs[: len(answers)]
    to_write: dict[Path, str | bytes] = {}
    for out, spec, answer in zip(outs, specs, answers, strict=False):
        contents = report_of(spec, answer.result, arguments, answer.searched)
        contents |= {**answer.files, "result.json": as_json([spec], [answer.document]) + "\n"}
        to_write |= {out / name: content for name, content in contents.items()}
    text = as_json(specs, [answer.document for answer in answers])
    results = [answer.result for answer in answers]
    write_data(to, text, lambda: csv_of(specs, results), to_write)
    if to.piped is None:
        _print_all(specs, answers, arguments.out)
    if not answers[-1].interrupted:
        return None
    print("loas-tl: interrupted; this is the best so far", file=sys.stderr)
    return INTERRUPTED


def _print_all(specs: Sequence[SpecFiles], answers: Sequence[_Answer], out: Path | None) -> None:
    for spec, answer in zip(specs, answers, strict=True):
        _print(spec.name, answer)
    if len(answers) > 1:
        from loas_tl.report.engine_rows import total_line

        print(total_line([answer.result for answer in answers]))
    if out is not None:
        print(f"written to {out}")


def _native(files: SpecFiles, arguments: argparse.Namespace) -> _Answer:
    from loas_tl.timeloop.mapper import search
    from loas_tl.timeloop.mapper.edp import cycle_of
    from loas_tl.timeloop.mapper.heeded import metric_of

    spec = load_spec_files(files, arguments)
    with files.named():
        cost = prices_of(arguments, spec)

    def begin(progress: Progress | None) -> Found:
        return search(
            spec,
            metric=arguments.metric,
            time_limit=arguments.time_limit,
            max_mappings=arguments.max_mappings,
            seed=arguments.seed,
            jobs=arguments.jobs,
            prices=cost,
            allow_unpriced=arguments.allow_unpriced,
            checkpoint=arguments.checkpoint,
            progress=progress,
        )

    with files.named():
        found = _with_bar(arguments, arguments.metric or metric_of(spec), cycle_of(spec), begin)
    warn_of_unpriced(files, cost)
    return _Answer(
        found.to_dict(),
        found.result,
        found.files(),
        found.cycle_seconds,
        found.space,
        interrupted=found.interrupted,
    )


def _timeloop(files: SpecFiles, arguments: argparse.Namespace) -> _Answer:
    from loas_tl.timeloop.mapper.edp import cycle_of
    from loas_tl.timeloop.mapper.heeded import metric_of
    from loas_tl.timeloop.mapper.winner import mapped_spec
    from loas_tl.timeloop.running import run_mapper
    from loas_tl.timeloop.spec import write_spec
    from loas_tl.timeloop.spec.constraints import parse_directives
    from loas_tl.timeloop.spec.fanouts import fan_outs_that_go_on
    from loas_tl.timeloop.spec.section import Section
    from loas_tl.timeloop.spec.writer import write_mapping

    if arguments.checkpoint is not None:
        raise InputError("--checkpoint goes with --engine native")
    refuse_prices(arguments)
    loaded = load_files(files, arguments)
    spec = spec_of_files(loaded, arguments)
    result, search = run_mapper(
        loaded,
        metric=arguments.metric or metric_of(spec),
        time_limit=arguments.time_limit,
        max_mappings=arguments.max_mappings,
        seed=arguments.seed,
        jobs=arguments.jobs,
        dimensions=spec.problem.dimensions,
    )
    sections = [Section(entry, f"mapping[{i}]", {}) for i, entry in enumerate(search["mapping"])]
    mapping = parse_directives(sections, spec.problem)
    contents = {
        "mapping.yaml": write_mapping(mapping),
        "spec.yaml": write_spec(mapped_spec(spec, mapping)),
    }
    result = replace(result, notes=(*result.notes, *fan_outs_that_go_on(spec.architecture)))
    return _Answer(result.to_dict() | {"search": search}, result, contents, cycle_of(spec))


def _with_bar(arguments: argparse.Namespace, metric: str, cycle: float, begin: Any) -> Found:
    """The search, under a bar of mappings or seconds where one of them is limited."""
    from loas_tl.timeloop.mapper.found import UNITS

    unit = cycle if metric == "edp" else 1.0
    found: Found
    total = arguments.max_mappings or arguments.time_limit
    with bar("about", "elapsed", total=total, drawn_here=True) as update:
        if update is None:
            found = begin(None)
            return found

        def show(state: State, seconds: float) -> None:
            done: float | None = None
            if arguments.max_mappings is not None:
                done = state.mappings
            elif arguments.time_limit is not None:
                done = seconds
            best = (
                "none yet" if state.best is None else f"{state.best.cost * unit:.4g}{UNITS[metric]}"
            )
            about = f"{state.mappings:,} mappings, {state.valid:,} valid, best {metric} {best}"
            update(completed=done, description=about)

        found = begin(show)
        return found


def _print(name: str, answer: _Answer) -> None:
    from rich.text import Text

    from loas_tl.ground.fitted import FittedTable
    from loas_tl.report.engine import unpriced_lines, use_lines
    from loas_tl.report.table import console, print_whole
    from loas_tl.report.units import counted
    from loas_tl.timeloop.mapper.edp import edp

    to = console()
    document, search = answer.document, answer.document["search"]
    to.print(f"{name} (engine: {document['engine']})", markup=False, soft_wrap=True)
    title = f"Best mapping by {search['metric']}"
    table = FittedTable(title=title, title_justify="left", title_style="bold")
    table.add_column("level")
    table.add_column("loops, outermost first")
    table.add_column("keeps")
    for level, (loops, keeps) in _levels(search["mapping"]).items():
        table.add_row(Text(level), Text(loops), Text(keeps))
    print_whole(to, table)
    for note in document["notes"]:
        to.print(f"note: {note}", markup=False, soft_wrap=True)
    energy, cycles = document["energy_pJ"], document["cycles"]
    to.print(
        f"{energy / 1e3:,.3f} nJ, {cycles:,.0f} cycles of {answer.cycle_seconds * 1e9:.4g} ns, "
        f"{edp(energy, cycles, answer.cycle_seconds):.4g} J s"
    )
    for line in (*unpriced_lines(document), *use_lines(document)):
        to.print(line, markup=False, soft_wrap=True)
    seen = "all" if search["exhaustive"] else "some"
    of = ""
    if answer.space is not None and not search["exhaustive"]:
        of = f" of a space of {counted(answer.space)}"
    counts = [
        "?" if search[key] is None else f"{search[key]:,}" for key in ("mappings", "valid_mappings")
    ]
    to.print(f"{counts[0]} mappings ({seen}{of}), {counts[1]} valid, in {search['seconds']:.1f} s")


def _levels(mapping: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    levels: dict[str, tuple[str, str]] = {}
    for entry in mapping:
        target = entry["target"]
        loops, keeps = levels.get(target, ("", ""))
        if entry["type"] == "dataspace":
            keeps = " ".join(entry.get("keep", ()))
        else:
            bounds = dict(factor.split("=") for factor in entry.get("factors", ()))
            order = [d for d in reversed(entry.get("permutation", ())) if bounds.get(d, "1") != "1"]
            suffix = " in space" if entry["type"] == "spatial" else ""
            loops = ", ".join(f"{d} {bounds[d]}" for d in order) + (suffix if order else "")
        levels[target] = (loops, keeps)
    return levels
