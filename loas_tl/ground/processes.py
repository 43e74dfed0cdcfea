"""How worker processes end when the process that made them does, however it ends."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from contextlib import suppress

WATCH_S = 0.5
"""Seconds between a worker's looks at whether it has been left alone."""
_PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """Have this process end when the one that made it has ended.

    Linux does it at once, whatever this process is doing; elsewhere, and where the kernel would
    not, a thread looks now and then.

    Args:
        parent: the process that made this one.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def start_method() -> str:
    """How to start worker processes: ``"fork"``, where there is that and nothing is in the way.

    Dask is: a process forked beside its threads has copies of their locks, held for good where one
    held them just then. Programs that use it are written for processes that are spawned.
    """
    dask = "distributed" in sys.modules and threading.active_count() > 1
    forks = "fork" in multiprocessing.get_all_start_methods()
    return "fork" if forks and not dask else "spawn"


def processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_S)
    os._exit(1)
