"""Tasks on processes of this machine, answered as they come; a process that dies is replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, TypeVar

from loas_tl.ground.workers import WorkerEndedError, Workers

T = TypeVar("T")
A = TypeVar("A")

TRIES = 3
"""Processes that a task may end before it is given up."""


class WorkerDiedError(Exception):
    """The processes that worked on a task ended without an answer."""


class Processes:
    """``jobs`` processes that work on one task at a time.

    They end with :meth:`run`, whatever happens in it, and when the process that made them ends,
    however it does.

    Args:
        work: a function of a module.
        jobs: processes; with one the work is done here.
    """

    def __init__(self, work: Callable[[T], A], jobs: int) -> None:
        self._function: Callable[[Any], Any] = work
        self._jobs = jobs

    def run(self, tasks: Iterable[T]) -> Iterator[tuple[T, A | WorkerDiedError]]:
        """Answers with their tasks, as they come; a task is made when a process is free.

        Raises:
            Exception: what ``work`` raised.
        """
        if self._jobs <= 1:
            for task in tasks:
                yield task, self._function(task)
            return
        workers: Workers[T, A] = Workers(partial(_itself, self._function))
        try:
            for _ in range(self._jobs):
                workers.start()
            yield from self._run(workers, iter(tasks))
        finally:
            workers.end()

    def _run(
        self, workers: Workers[T, A], tasks: Iterator[T]
    ) -> Iterator[tuple[T, A | WorkerDiedError]]:
        busy: dict[int, tuple[T, int]] = {}
        again: list[tuple[T, int]] = []

        def fill() -> None:
            for slot in range(self._jobs):
                while slot not in busy:
                    if again:
                        task, tries = again.pop()
                    else:
                        following = next(tasks, _NONE)
                        if following is _NONE:
                            return
                        task, tries = following, 0  # type: ignore[assignment]
                    try:
                        workers.send(slot, task)
                    except WorkerEndedError:
                        again.append((task, tries))
                        workers.replace(slot)
                        continue
                    busy[slot] = task, tries

        fill()
        while busy:
            for slot in workers.answered(busy):
                task, tries = busy.pop(slot)
                try:
                    answer = workers.answer(slot)
                except WorkerEndedError:
                    workers.replace(slot)
                    if tries + 1 < TRIES:
                        again.append((task, tries + 1))
                    else:
                        yield task, WorkerDiedError()
                    continue
                fill()  # before the answer is dealt with: nobody is to wait for that
                yield task, answer
            fill()


_NONE = object()


def _itself(work: Callable[[T], A]) -> Callable[[T], A]:
    return work
