"""Worker processes: each answers a task at a time, and none outlives the process that made it."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Collection
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from loas_tl.ground.interruptions import deaf, not_for_children
from loas_tl.ground.processes import end_with, start_method

T = TypeVar("T")
A = TypeVar("A")


class WorkerEndedError(Exception):
    """The process has ended, and with it what it was doing."""


class Workers(Generic[T, A]):
    """Processes by number, from 0; who gets which task is the caller's to decide.

    Args:
        make: makes the function that answers tasks, once in each process; a function of a module
            where processes are spawned.
    """

    def __init__(self, make: Callable[[], Callable[[T], A]]) -> None:
        self._make = make
        self._method = start_method()
        self._context: Any = multiprocessing.get_context(self._method)
        self._pipes: list[Connection] = []
        self._processes: list[Any] = []

    def __len__(self) -> int:
        return len(self._pipes)

    def start(self) -> None:
        """One more."""
        self._start(len(self._pipes))

    def replace(self, worker: int) -> None:
        """A new one in the place of one that has ended."""
        self._start(worker)

    def _start(self, worker: int) -> None:
        ours, theirs = self._context.Pipe()
        # A forked process has the ends of all the others: it closes them, so that they see when
        # this process ends.
        inherited = [*self._pipes, ours] if self._method == "fork" else []
        process = self._context.Process(
            target=_serve, args=(self._make, theirs, inherited, os.getpid()), daemon=True
        )
        # Ctrl-C waits until it is known here, so that it is ended with the others.
        with not_for_children():
            process.start()
            theirs.close()
            for former in self._pipes[worker : worker + 1]:
                former.close()
            for ended in self._processes[worker : worker + 1]:
                ended.join()
            self._pipes[worker : worker + 1] = [ours]
            self._processes[worker : worker + 1] = [process]

    def send(self, worker: int, task: T) -> None:
        """Give a task to one that has none.

        Raises:
            WorkerEndedError: the process is no more; the task was not begun.
        """
        try:
            self._pipes[worker].send(task)
        except (BrokenPipeError, ConnectionResetError):
            raise WorkerEndedError from None

    def answered(self, busy: Collection[int], seconds: float | None = None) -> list[int]:
        """Those of ``busy`` that answered or ended; none if none does within ``seconds``."""
        ready = wait([self._pipes[worker] for worker in busy], seconds)
        return [worker for worker in busy if self._pipes[worker] in ready]

    def answer(self, worker: int) -> A:
        """The answer to the task that it has, waited for.

        Raises:
            WorkerEndedError: the process has ended without one.
            Exception: what the function raised.
        """
        try:
            kind, answer = self._pipes[worker].recv()
        except (EOFError, OSError):
            raise WorkerEndedError from None
        if kind == "error":
            raise answer
        return answer

    def end(self) -> None:
        """End all of them, whatever they are doing."""
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.join()
        self._pipes, self._processes = [], []


def _serve(
    make: Callable[[], Callable[[Any], Any]],
    pipe: Connection,
    inherited: list[Connection],
    parent: int,
) -> None:
    deaf()  # Ctrl-C is for the process that asks
    end_with(parent)
    for other in inherited:
        other.close()
    work = make()
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
