"""A bar on standard error while a command is at work, where a terminal shows it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from loas_tl.workload.source import Progress

Answer = TypeVar("Answer")

Update = Callable[..., None]
"""Takes what rich's ``Progress.update`` does: ``completed``, ``total``, ``description``."""


@contextmanager
def bar(
    *columns: str, total: float | None = None, drawn_here: bool = False
) -> Iterator[Update | None]:
    """An :data:`Update` of the bar, or None where nobody would see it.

    Args:
        columns: what stands beside the bar: ``"count"``, ``"about"``, ``"elapsed"``,
            ``"remaining"``, or a word.
        total: of ``completed``, where that is known.
        drawn_here: draw when the bar is updated and not from a thread now and then: worker
            processes are forked meanwhile.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn
    from rich.progress import Progress as Bars

    from loas_tl.report.table import console

    to = console(stderr=True)
    if not to.is_terminal:
        yield None
        return
    shown = (BarColumn(), *map(_column, columns))
    with Bars(*shown, console=to, transient=True, auto_refresh=not drawn_here) as bars:
        yield partial(bars.update, bars.add_task("", total=total), refresh=drawn_here)


def _column(name: str) -> Any:
    from rich import progress as bars

    if name == "count":
        return bars.MofNCompleteColumn()
    if name == "elapsed":
        return bars.TimeElapsedColumn()
    if name == "remaining":
        return bars.TimeRemainingColumn()
    return bars.TextColumn("{task.description}" if name == "about" else name)


def with_progress(start: Callable[[Progress | None], Answer]) -> Answer:
    """Run ``start`` under a bar of pieces done, named by the last one."""
    with bar("count", "about") as update:
        if update is None:
            return start(None)
        return start(
            lambda done, total, last: update(completed=done, total=total, description=last)
        )
