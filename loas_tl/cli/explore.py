"""``loas-tl explore``: many designs, and those that no other one is better than."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loas_tl.cli.codes import INTERRUPTED
from loas_tl.cli.naming import NAMING, add_set, settings_of
from loas_tl.cli.output import add_output, destinations, made_by, write_results
from loas_tl.cli.progress import bar
from loas_tl.cli.workload import add_workload, add_workload_set, workload, workload_settings
from loas_tl.ground.errors import InputError

if TYPE_CHECKING:
    from loas_tl.exploration.batch import State
    from loas_tl.exploration.result import Space

MODELS = ("published", "detailed", "timeloop", "mapped")
SAMPLERS = ("grid", "random", "nsga2", "tpe")


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "evaluate many designs, and find those that no other one is better than"
    command = commands.add_parser(
        "explore",
        help=about,
        description=about,
        allow_abbrev=False,
    )
    command.add_argument("accelerator", nargs="*", metavar="ACCELERATOR", help=NAMING)
    add_workload_set(
        add_workload(
            command,
            "of generated tensors, of the search of --model mapped and, without --sampler-seed, of "
            "the sampler",
        )
    )
    space = command.add_argument_group("space")
    space.add_argument(
        "--vary",
        nargs="+",
        action="extend",
        default=[],
        metavar="KEY=VALUES",
        help="a parameter, or workload.timesteps, workload.weight_density, workload.seed; "
        "A,B,C or LOW..HIGH[:STEP|*FACTOR]",
    )
    add_set(space)
    space.add_argument(
        "--model",
        choices=MODELS,
        default="published",
        help="published or detailed, as compare; timeloop: the rendered spec with its own mapping "
        "by the native engine; mapped: with the best mapping that a search finds",
    )
    space.add_argument(
        "--mappings",
        type=int,
        metavar="N",
        help="that a search of --model mapped looks at (default: 2000)",
    )
    space.add_argument(
        "--objective",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="cycles, seconds, energy_pJ, edp, area_mm2, power_mW, dram_KiB, sram_KiB, "
        "utilisation; of several networks the geometric mean, or of one: vgg16.cycles "
        "(default: cycles energy_pJ area_mm2)",
    )
    space.add_argument(
        "--constraint",
        nargs="+",
        action="extend",
        default=[],
        metavar="'NAME<=X'",
        help="a bound that a design has to keep",
    )
    space.add_argument(
        "--reading",
        choices=("claimed", "plausible", "literal"),
        default="plausible",
        help="of what the papers leave open, as for compare --model detailed",
    )
    space.add_argument(
        "--accounting",
        choices=("published", "own"),
        default="published",
        help="by whose rules designs count that were published by rules of their own, as compare",
    )
    search = command.add_argument_group("search")
    search.add_argument(
        "--sampler",
        choices=SAMPLERS,
        help="grid (default), random; nsga2 and tpe are Optuna's",
    )
    search.add_argument(
        "--points", type=int, metavar="N", help="at most (default: the whole grid, else 100)"
    )
    search.add_argument(
        "--sampler-seed",
        type=int,
        metavar="N",
        help="other points of the same workload (default: that of --seed)",
    )
    where = command.add_argument_group("where")
    where.add_argument(
        "--store",
        type=Path,
        metavar="FILE",
        help="SQLite file that results are kept in as they come; what is there is not run again",
    )
    where.add_argument(
        "--show", action="store_true", help="read what was explored last into --store; run nothing"
    )
    where.add_argument("--jobs", type=int, metavar="N", help="processes (default: one a core)")
    where.add_argument(
        "--scheduler", metavar="ADDRESS", help="of Dask (tcp://...), in place of processes"
    )
    add_output(
        command, report="an HTML page, its plots (PNG, SVG, PDF), JSON and CSV", rows="point"
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int | None:
    """Explore, then print and write what was asked for."""
    asked = workload(arguments)
    settings, workload_set = settings_of(arguments), workload_settings(arguments)
    vary = _vary(arguments.vary)
    to = destinations(arguments, _report_names)
    if arguments.show:
        space = _shown(arguments)
    else:
        if not arguments.accelerator:
            raise InputError(
                "no accelerators given; expected at least one (or --store FILE --show)"
            )
        from loas_tl.exploration.run import explore

        space = _with_bar(
            lambda progress: explore(
                arguments.accelerator,
                **asked,
                vary=vary,
                settings=settings,
                workload=workload_set,
                model=arguments.model,
                mappings=arguments.mappings,
                objectives=arguments.objective or _default(),
                constraints=arguments.constraint,
                sampler=arguments.sampler,
                points=arguments.points,
                sampler_seed=arguments.sampler_seed,
                reading=arguments.reading,
                accounting=arguments.accounting,
                store=arguments.store,
                jobs=arguments.jobs,
                scheduler=arguments.scheduler,
                progress=progress,
            )
        )

    def report() -> dict[str, str | bytes]:
        from loas_tl.report.exploration_files import render_space

        return render_space(space, made_by(arguments))

    from loas_tl.ground.raised import of_file

    with nullcontext() if arguments.store is None else of_file(arguments.store):
        write_results(to, space.to_json(), space.to_csv, report)
        if to.piped is None:
            from loas_tl.report.exploration_table import print_space
            from loas_tl.report.table import console

            print_space(space, console())
            if to.folder is not None:
                print(f"report: {to.folder / 'space.html'}")
    if space.interrupted:
        kept = "" if arguments.store is None else f"; {arguments.store} has them all"
        print(f"loas-tl: interrupted; these are the points that were done{kept}", file=sys.stderr)
        return INTERRUPTED
    return None


def _shown(arguments: argparse.Namespace) -> Space:
    if arguments.store is None:
        raise InputError("--show reads a store; expected --store FILE")
    if arguments.accelerator or arguments.vary:
        raise InputError("--show reads what was explored; expected no accelerators and no --vary")
    from loas_tl.exploration.run import read_space

    return read_space(arguments.store)


def _vary(texts: Sequence[str]) -> dict[str, str]:
    from loas_tl.designs.naming import parse_settings

    return parse_settings(texts, "--vary")


def _default() -> Sequence[str]:
    from loas_tl.exploration.figures import DEFAULT

    return DEFAULT


def _report_names() -> Sequence[str]:
    from loas_tl.report.exploration_files import files_of

    return files_of()


def _with_bar(start: Callable[[Any], Space]) -> Space:
    """Explore under a bar of points done."""
    with bar("about", "elapsed", "left", "remaining", total=1.0, drawn_here=True) as update:
        if update is None:
            return start(None)

        def show(state: State) -> None:
            about = f"{state.done:,} of {state.total:,} points"
            if state.failed:
                about += f", {state.failed:,} failed"
            update(completed=state.share, description=about)

        return start(show)
