"""When Ctrl-C has to wait, and which processes it is not for."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Have Ctrl-C wait until the block is done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[Any] = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append(None))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if heard and callable(before):
            signal.raise_signal(signal.SIGINT)


@contextmanager
def not_for_children() -> Iterator[None]:
    """Have processes that the block starts never hear Ctrl-C: it is for the one that made them.

    A terminal sends it to all of them, also in the moments before a new process can say that it
    takes no notice. It is blocked there from the first moment on (see :func:`deaf`).
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    with uninterrupted():
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def deaf() -> None:
    """Have this process take no notice of Ctrl-C, nor those that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
