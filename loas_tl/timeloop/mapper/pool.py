"""Worker processes that evaluate batches; the caller's process does it itself if there are none."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Generic, TypeVar

from loas_tl.ground.errors import InputError
from loas_tl.ground.workers import WorkerEndedError, Workers

LONGEST_S = 1e6
"""Seconds of a wait; no system takes much longer ones, and no batch takes as long."""

_Task = TypeVar("_Task")
_Answer = TypeVar("_Answer")


class OutOfTimeError(Exception):
    """Answers took longer than they may."""


class Pool(Generic[_Task, _Answer]):
    """``jobs`` processes, each with a function made once by ``make``.

    Use as a context manager: processes end with the block, whatever happens in it, and when the
    process that made them ends, however it does.

    Args:
        make: makes the function, in each process.
        jobs: processes; with one the work is done here, unless there is a deadline.
        deadline: ``time.perf_counter()`` after which there are no more answers.
    """

    def __init__(
        self,
        make: Callable[[], Callable[[_Task], _Answer]],
        jobs: int,
        deadline: float | None = None,
    ) -> None:
        self._deadline = deadline
        # What is computed here cannot be left unfinished.
        here = jobs <= 1 and deadline is None
        self._local = make() if here else None
        self._workers: Workers[_Task, _Answer] = Workers(make)
        for _ in range(0 if here else max(jobs, 1)):
            self._workers.start()

    def map(self, tasks: Iterable[_Task]) -> list[_Answer]:
        """Answers to tasks, in order; each process takes the next task when it is done.

        The next task is made while the processes are at work.

        Raises:
            InputError: what a task raised; or a process has ended.
            OutOfTimeError: the deadline has passed; the processes are ended.
        """
        if self._local is not None:
            return [self._local(task) for task in tasks]
        try:
            return self._mapped(tasks)
        except WorkerEndedError:
            raise InputError(
                "a worker process of the search ended; if memory is short, use fewer --jobs"
            ) from None

    def _mapped(self, tasks: Iterable[_Task]) -> list[_Answer]:
        answers: dict[int, _Answer] = {}
        busy: dict[int, int] = {}
        todo = iter(enumerate(tasks))
        upcoming = next(todo, None)
        while upcoming is not None or busy:
            for worker in range(len(self._workers)):
                if worker not in busy and upcoming is not None:
                    index, task = upcoming
                    self._workers.send(worker, task)
                    busy[worker] = index
                    upcoming = next(todo, None)
            ready = self._workers.answered(busy, self._left())
            if not ready:
                self._workers.end()
                raise OutOfTimeError
            for worker in ready:
                answers[busy.pop(worker)] = self._workers.answer(worker)
        return [answers[index] for index in sorted(answers)]

    def __enter__(self) -> Pool[_Task, _Answer]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._workers.end()

    def _left(self) -> float | None:
        """Seconds until the deadline, if there is one."""
        if self._deadline is None:
            return None
        return min(LONGEST_S, max(0.0, self._deadline - time.perf_counter()))
