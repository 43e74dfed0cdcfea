"""Tasks on the workers of a Dask scheduler, on this machine or on many."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from typing import Any, TypeVar
from urllib.parse import urlsplit

from loas_tl.exploration.processes import TRIES, WorkerDiedError
from loas_tl.ground.errors import InputError

T = TypeVar("T")
A = TypeVar("A")

REACH_S = 6.0
"""Seconds in which a scheduler has to answer."""

CONNECT_S = 3.0
"""Of these, seconds in which its machine has to."""

LOOK_S = 0.05
"""Seconds between looks at whether an answer has come, or the scheduler has gone."""

ALONE_S = 5.0
"""Seconds without an answer, after which it is said where there are no workers."""

AHEAD = 3
"""Tasks for each of Dask's threads that are handed out at a time: it is never without work."""


@contextmanager
def connected(scheduler: Any, work: Callable[[Any], Any]) -> Iterator[Distributed]:
    """A runner on a scheduler; a client that was made here is closed.

    Args:
        scheduler: an address, or a ``dask.distributed.Client``.
        work: a function of a module that the workers have, too.

    Raises:
        InputError: where it cannot be reached, or Dask is not installed.
    """
    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            "needs Dask; install it with pip install 'loas-tl[dask]'", key="--scheduler"
        ) from None
    if not isinstance(scheduler, str):
        if not (hasattr(scheduler, "submit") and hasattr(scheduler, "scheduler_info")):
            raise InputError(
                f"is a {type(scheduler).__name__}; expected an address or a dask.distributed.Client"
            )
        yield Distributed(scheduler, work)
        return
    try:
        _reach(scheduler)
        with _quiet():
            client = Client(scheduler, timeout=REACH_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError, RuntimeError, AssertionError) as error:
        said = " ".join(str(error).split()) or "no answer"
        raise InputError(
            f"{scheduler} cannot be reached within {REACH_S:g} s ({said}); expected the address of "
            "a running scheduler, such as tcp://HOST:8786",
            key="--scheduler",
        ) from None
    try:
        yield Distributed(client, work)
    finally:
        with suppress(Exception):
            client.close()


def _reach(address: str) -> None:
    """Try whether anything listens there, before Dask starts threads that wait for it.

    Raises:
        OSError: where nothing does.
        ValueError: where it is no address.
    """
    scheme, separator, _ = address.partition("://")
    if separator and scheme not in ("tcp", "tls"):
        return  # Dask's own transports
    place = urlsplit(address if separator else f"tcp://{address}")
    if not place.hostname or not place.port:
        raise ValueError("no host and port")
    socket.create_connection((place.hostname, place.port), timeout=CONNECT_S).close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what distributed logs of a scheduler that does not answer."""
    loggers = [logging.getLogger(name) for name in ("distributed", "tornado", "asyncio")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


class Distributed:
    """Works on tasks on Dask's workers, which Dask replaces where they die."""

    def __init__(self, client: Any, work: Callable[[Any], Any]) -> None:
        self._client = client
        self._work = work
        self._said_alone = False

    def run(self, tasks: Iterable[T]) -> Iterator[tuple[T, A | WorkerDiedError]]:
        """Answers with their tasks, as they come; workers that come later get work as well.

        Raises:
            Exception: what ``work`` raised.
            InputError: where the scheduler has gone.
        """
        from distributed import KilledWorker, as_completed

        waiting = iter(tasks)
        ahead: dict[Any, tuple[T, int]] = {}
        running = as_completed(loop=self._client.loop)

        def hand_out(task: T, tries: int) -> None:
            future = self._client.submit(self._work, task, pure=False, retries=TRIES)
            ahead[future] = task, tries
            running.add(future)

        def fill() -> None:
            room = AHEAD * max(sum(self._client.nthreads().values()), 1)
            while len(ahead) < room:
                try:
                    task = next(waiting)
                except StopIteration:
                    return
                hand_out(task, 0)

        try:
            fill()
            while ahead:
                asked = time.monotonic()
                while not running.has_ready():
                    self._still_there()
                    time.sleep(LOOK_S)
                    if time.monotonic() - asked > ALONE_S:
                        self._say_if_alone()
                        asked = time.monotonic()
                future = next(running)
                task, tries = ahead.pop(future)
                try:
                    answer: A = future.result()
                except KilledWorker:
                    if tries + 1 < TRIES:
                        hand_out(task, tries + 1)
                    else:
                        yield task, WorkerDiedError()
                    continue
                except (CancelledError, OSError, RuntimeError):
                    while self._client.status == "connecting":  # Dask tries for a while
                        time.sleep(LOOK_S)
                    self._still_there()
                    if tries + 1 == TRIES:
                        raise
                    hand_out(task, tries + 1)
                    continue
                future.release()
                fill()
                yield task, answer
        finally:
            with suppress(Exception):
                self._client.cancel(list(ahead))

    def _still_there(self) -> None:
        """Dask closes a client whose scheduler has gone, and its tasks would never end.

        Raises:
            InputError: where that is so.
        """
        if self._client.status in ("closing", "closed"):
            raise InputError(
                "the scheduler has gone, and did not come back; what was done is kept in the "
                "store, if there is one; run it again with a scheduler that runs",
                key="--scheduler",
            )

    def _say_if_alone(self) -> None:
        """Say, once, that work waits for workers: they may come yet, as on a cluster's queue."""
        with suppress(OSError):
            if not self._said_alone and self._client.status == "running":
                self._said_alone = not self._client.nthreads()
                if self._said_alone:
                    logging.getLogger(__name__).warning(
                        "--scheduler: has no workers; waiting for some to come"
                    )
