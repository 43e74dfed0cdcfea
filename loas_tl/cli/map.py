"""``loas-tl map``: search for a mapping."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loas_tl.errors import InputError

if TYPE_CHECKING:
    from loas_tl.engine.result import Result
    from loas_tl.mapper import Found
    from loas_tl.mapper.strategy import Progress, State

FILES = ("mapping.yaml", "spec.yaml", "result.json")


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "search for the best mapping of a workload on an architecture"
    command = commands.add_parser("map", help=about, description=about, allow_abbrev=False)
    command.add_argument(
        "spec", nargs="+", type=Path, metavar="SPEC", help="Timeloop v4 YAML; several are merged"
    )
    command.add_argument(
        "--engine",
        choices=("native", "timeloop", "auto"),
        default="auto",
        help="native needs nothing else; auto: timeloop-mapper where found (default)",
    )
    command.add_argument(
        "--metric", choices=("edp", "energy", "cycles"), default="edp", help="default: edp"
    )
    budget = command.add_argument_group("budget")
    budget.add_argument("--time-limit", type=float, metavar="SECONDS")
    budget.add_argument(
        "--max-mappings",
        type=int,
        metavar="N",
        help="with it the same seed finds the same mapping; without any limit the search ends "
        "when nothing better turns up",
    )
    budget.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    budget.add_argument("--jobs", type=int, metavar="N", help="processes (default: cores)")
    budget.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help="keep the search there, and go on with it where the file exists",
    )
    output = command.add_argument_group("output")
    output.add_argument("--out", type=Path, metavar="DIR", help=f"write {', '.join(FILES)} there")
    output.add_argument(
        "--json", metavar="FILE", help="write JSON; - is standard output, without the table"
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Search, then print and write what was asked for."""
    from loas_tl.report.files import check_writable, write_all

    to_stdout = arguments.json == "-"
    json_file = Path(arguments.json) if arguments.json is not None and not to_stdout else None
    files = [arguments.out / name for name in FILES] if arguments.out is not None else []
    check_writable([*files, *([json_file] if json_file is not None else [])])

    answer, contents, found = _search(arguments)
    text = json.dumps(answer, indent=1) + "\n"
    to_write: dict[Path, str | bytes] = {}
    if arguments.out is not None:
        contents = contents | {"result.json": text}
        to_write |= {arguments.out / name: content for name, content in contents.items()}
    if json_file is not None:
        to_write[json_file] = text
    write_all(to_write)
    if to_stdout:
        sys.stdout.write(text)
        return
    _print(answer, found)
    if arguments.out is not None:
        print(f"mapping: {arguments.out / 'mapping.yaml'}")


def _search(arguments: argparse.Namespace) -> tuple[dict[str, Any], dict[str, str], Found | None]:
    """The answer as JSON, the files that show the mapping, and what the native engine found."""
    from loas_tl.spec import load_spec

    spec = load_spec(arguments.spec)
    engine = arguments.engine
    if engine == "auto":
        engine = "timeloop" if _timeloop_is_there() else "native"
    if engine == "timeloop":
        return _with_timeloop(arguments, spec)
    from loas_tl.mapper import search

    def begin(progress: Progress | None) -> Found:
        return search(
            spec,
            metric=arguments.metric,
            time_limit=arguments.time_limit,
            max_mappings=arguments.max_mappings,
            seed=arguments.seed,
            jobs=arguments.jobs,
            checkpoint=arguments.checkpoint,
            progress=progress,
        )

    found = _with_bar(arguments, begin)
    if found.interrupted:
        print("loas-tl: interrupted; this is the best so far", file=sys.stderr)
    return found.to_json(), found.files(), found


def _timeloop_is_there() -> bool:
    try:
        from loas_tl.timeloop import available
    except ImportError:
        return False
    return bool(available("timeloop-mapper"))


def _with_timeloop(
    arguments: argparse.Namespace, spec: Any
) -> tuple[dict[str, Any], dict[str, str], None]:
    try:
        from loas_tl.timeloop import run_mapper
    except ImportError:
        raise InputError("--engine timeloop is not available; expected native") from None
    if arguments.checkpoint is not None:
        raise InputError("--checkpoint goes with --engine native")
    result: Result
    result, search = run_mapper(
        spec,
        metric=arguments.metric,
        time_limit=arguments.time_limit,
        max_mappings=arguments.max_mappings,
        seed=arguments.seed,
        jobs=arguments.jobs,
    )
    return result.to_json() | {"search": search}, {}, None


def _with_bar(arguments: argparse.Namespace, begin: Any) -> Found:
    """The search, with a bar on standard error where that is a terminal."""
    from rich import progress as bars

    from loas_tl.report.table import console

    to = console(stderr=True)
    found: Found
    if not (to.is_terminal and sys.stderr.isatty()):
        found = begin(None)
        return found
    columns = (bars.BarColumn(), bars.TextColumn("{task.description}"), bars.TimeElapsedColumn())
    # Drawn from this thread after each round: worker processes are forked from it.
    with bars.Progress(*columns, console=to, transient=True, auto_refresh=False) as bar:
        task = bar.add_task("", total=arguments.max_mappings or arguments.time_limit)

        def show(state: State, seconds: float) -> None:
            done: float | None = None
            if arguments.max_mappings is not None:
                done = state.mappings
            elif arguments.time_limit is not None:
                done = seconds
            best = "none yet" if state.best is None else f"{state.best.cost:.4g}"
            about = (
                f"{state.mappings:,} mappings, {state.valid:,} valid, "
                f"best {arguments.metric} {best}"
            )
            bar.update(task, completed=done, description=about, refresh=True)

        found = begin(show)
        return found


def _print(answer: dict[str, Any], found: Found | None) -> None:
    from rich.markup import escape
    from rich.table import Table

    from loas_tl.report.table import console

    to = console()
    search = answer["search"]
    table = Table(
        title=f"Best mapping by {search['metric']}", title_justify="left", title_style="bold"
    )
    table.add_column("level")
    table.add_column("loops, outermost first")
    table.add_column("keeps")
    for level, (loops, keeps) in _levels(search["mapping"]).items():
        table.add_row(escape(level), escape(loops), escape(keeps))
    to.print(table)
    energy, cycles = answer["energy_pJ"], answer["cycles"]
    to.print(
        f"{energy:,.0f} pJ, {cycles:,.0f} cycles, {energy * 1e-12 * cycles:.4g} J cycles "
        f"({answer['engine']})"
    )
    seen = "all" if search["exhaustive"] else "some"
    of = "" if found is None or search["exhaustive"] else f" of a space of {found.space:.3g}"
    to.print(
        f"{search['mappings']:,} mappings ({seen}{of}), {search['valid_mappings']:,} valid, "
        f"in {search['seconds']:.1f} s"
    )


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
