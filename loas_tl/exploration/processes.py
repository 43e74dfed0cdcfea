"""Tasks on processes of this machine, answered as they come; a process that dies is replaced."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from loas_tl.ground.interruptions import deaf, not_for_children
from loas_tl.ground.processes import end_with, start_method

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
        self._context: Any = multiprocessing.get_context(start_method())
        self._pipes: list[Connection] = []
        self._processes: list[Any] = []

    def run(self, tasks: Iterable[T]) -> Iterator[tuple[T, A | WorkerDiedError]]:
        """Answers with their tasks, as they come; a task is made when a process is free.

        Raises:
            Exception: what ``work`` raised.
        """
        if self._jobs <= 1:
            for task in tasks:
                yield task, self._function(task)
            return
        try:
            for slot in range(self._jobs):
                self._start(slot)
            yield from self._run(iter(tasks))
        finally:
            self._end()

    def _run(self, tasks: Iterator[T]) -> Iterator[tuple[T, A | WorkerDiedError]]:
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
                        self._pipes[slot].send(task)
                    except (BrokenPipeError, ConnectionResetError):
                        again.append((task, tries))
                        self._start(slot)
                        continue
                    busy[slot] = task, tries

        fill()
        while busy:
            ready = wait([self._pipes[slot] for slot in busy])
            for slot in [slot for slot in busy if self._pipes[slot] in ready]:
                task, tries = busy.pop(slot)
                try:
                    kind, answer = self._pipes[slot].recv()
                except (EOFError, OSError):
                    self._start(slot)
                    if tries + 1 < TRIES:
                        again.append((task, tries + 1))
                    else:
                        yield task, WorkerDiedError()
                    continue
                if kind == "error":
                    raise answer
                fill()  # before the answer is dealt with: nobody is to wait for that
                yield task, answer
            fill()

    def _start(self, slot: int) -> None:
        ours, theirs = self._context.Pipe()
        # A forked process has the ends of all the others: it closes them, so that they see when
        # this process ends.
        inherited = [*self._pipes, ours] if self._context.get_start_method() == "fork" else []
        process = self._context.Process(
            target=_serve, args=(self._function, theirs, inherited, os.getpid()), daemon=True
        )
        with not_for_children():
            process.start()
            theirs.close()
            if slot < len(self._pipes):
                self._pipes[slot].close()
                self._processes[slot].join()
                self._pipes[slot], self._processes[slot] = ours, process
            else:
                self._pipes.append(ours)
                self._processes.append(process)

    def _end(self) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.join()
        self._pipes, self._processes = [], []


_NONE = object()


def _serve(
    work: Callable[[Any], Any], pipe: Connection, inherited: list[Connection], parent: int
) -> None:
    deaf()  # Ctrl-C is for the process that asks
    for other in inherited:
        other.close()
    end_with(parent)
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer: tuple[str, Any] = ("answer", work(task))
        except Exception as error:
            answer = ("error", error)
        try:
            pipe.send(answer)
        except (BrokenPipeError, ConnectionResetError):
            return
