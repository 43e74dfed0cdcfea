"""A second process that takes some of the tasks off this one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing import current_process
from typing import TypeVar

from loas_tl.ground.processes import processors, start_method
from loas_tl.ground.workers import WorkerEndedError, Workers

T = TypeVar("T")
A = TypeVar("A")


@contextmanager
def aside(work: Callable[[T], A], tasks: Sequence[T]) -> Iterator[Callable[[], list[A]]]:
    """Begin tasks elsewhere; the block goes on, and calls for the answers when it needs them.

    Then this process takes tasks, too. Where there is no second processor, or a process would have
    to import everything anew, all of them are done here.

    Args:
        work: what is done of each task.
        tasks: the longest first.

    Returns:
        Gives the answers, in order.
    """
    if processors() == 1 or start_method() != "fork" or current_process().daemon:
        yield lambda: [work(task) for task in tasks]
        return
    workers: Workers[T, A] = Workers(partial(_itself, work))
    try:
        workers.start()
        yield partial(_shared, workers, work, tasks, _given(workers, tasks, 0))
    finally:
        workers.end()


def _shared(
    workers: Workers[T, A], work: Callable[[T], A], tasks: Sequence[T], there: bool
) -> list[A]:
    """Answers; the other process is at the first task, and goes on from there, this one backwards.

    A task whose process has ended is done here, and so are those after it.
    """
    answers: dict[int, A] = {}
    first, last = 0, len(tasks) - 1  # the one that is done there, and the next one here
    while len(answers) < len(tasks):
        if there and (last == first or workers.answered([0], seconds=0)):
            try:
                answers[first] = workers.answer(0)
                first += 1
                there = first <= last and _given(workers, tasks, first)
            except WorkerEndedError:
                there = False
        else:
            answers[last] = work(tasks[last])
            last -= 1
    return [answers[at] for at in range(len(tasks))]


def _given(workers: Workers[T, A], tasks: Sequence[T], at: int) -> bool:
    if at >= len(tasks):
        return False
    try:
        workers.send(0, tasks[at])
    except WorkerEndedError:
        return False
    return True


def _itself(work: Callable[[T], A]) -> Callable[[T], A]:
    return work
