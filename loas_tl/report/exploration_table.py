"""A space as tables on a terminal: the best designs, and the front of all objectives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from loas_tl.exploration.points import Point
from loas_tl.exploration.result import Space
from loas_tl.ground.fitted import FittedTable
from loas_tl.ground.titles import network_titles
from loas_tl.report.exploration_scales import Scales
from loas_tl.report.table import print_whole

ROWS = 30
"""Of the front that are printed; the JSON and the page have all of them."""


def print_space(space: Space, to: Console) -> None:
    """Print the best point of each objective, the front, and what is to be said."""
    if space.feasible:
        _print_best(space, to)
    else:
        to.print("no point has figures and keeps the constraints")
    for line in lines(space):
        to.print(line, markup=False, soft_wrap=True)


def _print_best(space: Space, to: Console) -> None:
    scales = Scales.of(space)
    names, best = [], []
    for name in space.objectives:
        most = space.objective(name).largest
        names.append(f"{'most' if most else 'least'} {scales.short(name)}")
        best.append(space.best(name))
    print_whole(to, _table(scales, "Best of each objective", best, names))
    front = space.pareto()
    listed = ", ".join(map(scales.short, space.objectives))
    title = f"Pareto front of {listed}: {len(front)} of {len(space.points)} points"
    print_whole(to, _table(scales, title, front[:ROWS]))
    if len(front) > ROWS:
        to.print(f"and {len(front) - ROWS} more (--json, --csv and --out have all of them)")


def lines(space: Space) -> list[str]:
    """What is to be said of a space below its tables."""
    found = []
    if space.constraints:
        kept = len(space.feasible)
        listed = ", ".join(map(str, space.constraints))
        found.append(f"{kept} of {len(space.points)} points keep {listed}")
    if len(space.networks) > 1:
        found.append(f"figures are geometric means over {network_titles(space.networks)}")
    reasons: dict[str, list[Point]] = {}
    for point in space.failed:
        reasons.setdefault(str(point.error), []).append(point)
    for reason, points in sorted(reasons.items(), key=lambda each: -len(each[1]))[:5]:
        found.append(f"{len(points)} failed: {reason}")
    if len(reasons) > 5:
        found.append(f"and {len(reasons) - 5} more reasons (--json and --csv have all of them)")
    if space.left:
        found.append(f"{len(space.left)} points were not run")
    # What is said of dominated points, too: what is approximate may be why they are.
    on_front = dict.fromkeys(note for point in space.pareto() for note in point.notes)
    others = Counter(note for point in space.points for note in set(point.notes))
    said = [*space.notes, *on_front]
    said += [
        f"{note} ({count} of {len(space.points)} points, none on the front)"
        for note, count in others.items()
        if note not in on_front
    ]
    found += [f"note: {note}" for note in said[:8]]
    if len(said) > 8:
        found.append(f"and {len(said) - 8} more notes (--json and --csv have all of them)")
    return found


def shown(value: object) -> str:
    """A figure for people: counts with separators, others to four digits."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.4g}"
    return str(value)


def _table(
    scales: Scales, title: str, points: Sequence[Point], heads: Sequence[str] = ()
) -> FittedTable:
    space = scales.space
    table = FittedTable(title=Text(title), title_justify="left", title_style="bold")
    several = len({point.accelerator for point in space.points}) > 1
    if heads:
        table.add_column("best")
    if several:
        table.add_column("accelerator")
    keys = [key for key in space.varied if any(key in p.parameters for p in points)]
    # Cycles are counted: a terminal has them whole.
    labels = {n: scales.short(n) if _counted(n) else scales.label(n) for n in space.objectives}
    table.figures(*keys, *labels.values())
    table.least = (*keys[::-1], *list(labels.values())[::-1])
    for at, point in enumerate(points):
        row = [Text(heads[at])] if heads else []
        row += [Text(point.accelerator)] if several else []
        row += [Text(shown(point.parameters.get(key))) for key in keys]
        row += [
            Text(shown(point.figures.get(name) if _counted(name) else scales.value(point, name)))
            for name in space.objectives
        ]
        table.add_row(*row)
    return table


def _counted(name: str) -> bool:
    return name.rpartition(".")[2] == "cycles"
