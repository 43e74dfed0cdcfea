"""Worker processes that evaluate batches; the caller's process does it itself if there are none."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Generic, TypeVar

from loas_tl.ground.errors import InputError
from loas_tl.ground.interruptions import deaf, not_for_children
from loas_tl.ground.processes import end_with, start_method

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
        self._pipes: list[Connection] = []
        self._processes: list[Any] = []
        if here:
            return
        method = start_method()
        context: Any = multiprocessing.get_context(method)
        for _ in range(max(jobs, 1)):
            ours, theirs = context.Pipe()
            # A forked process has the ends of all the others, and closes them.
            inherited = [*self._pipes, ours] if method == "fork" else []
            process = context.Process(
                target=_work, args=(make, theirs, inherited, os.getpid()), daemon=True
            )
            with not_for_children():
                process.start()
                self._pipes.append(ours)
                self._processes.append(process)
            theirs.close()

    def map(self, tasks: Iterable[_Task]) -> list[_Answer]:
        """Answers to tasks, in order; each process takes the next task when it is done.

        The next task is made while the processes are at work.

        Raises:
            InputError: what a task raised; or a process has ended.
            OutOfTimeError: the deadline has passed; the processes are ended.
        """
        if self._local is not None:
            return [self._local(task) for task in tasks]
        answers: dict[int, _Answer] = {}
        busy: dict[int, int] = {}
        todo = iter(enumerate(tasks))
        upcoming = next(todo, None)
        while upcoming is not None or busy:
            for worker, pipe in enumerate(self._pipes):
                if worker not in busy and upcoming is not None:
                    index, task = upcoming
                    pipe.send(task)
                    busy[worker] = index
                    upcoming = next(todo, None)
            ready = wait([self._pipes[worker] for worker in busy], self._left())
            if not ready:
                self._end()
                raise OutOfTimeError
            for worker in [worker for worker in busy if self._pipes[worker] in ready]:
                index = busy.pop(worker)
                try:
                    kind, answer = self._pipes[worker].recv()
                except EOFError:
                    raise InputError(
                        "a worker process of the search ended; if memory is short, use fewer --jobs"
                    ) from None
                if kind == "error":
                    raise answer
                answers[index] = answer
        return [answers[index] for index in sorted(answers)]

    def __enter__(self) -> Pool[_Task, _Answer]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def _left(self) -> float | None:
        """Seconds until the deadline, if there is one."""
        if self._deadline is None:
            return None
        return min(LONGEST_S, max(0.0, self._deadline - time.perf_counter()))

    def _end(self) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.join()
        self._pipes, self._processes = [], []


def _work(
    make: Callable[[], Callable[[Any], Any]],
    pipe: Connection,
    inherited: list[Connection],
    parent: int,
) -> None:
    deaf()  # Ctrl-C is for the process that searches
    end_with(parent)
    for other in inherited:
        other.close()
    answer = make()
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            pipe.send(("answer", answer(task)))
        except Exception as error:
            pipe.send(("error", error))
