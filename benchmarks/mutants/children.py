"""What a forked process tells of the tests it runs, and the limits it runs under."""

from __future__ import annotations

import json
import os
import select
import signal
from collections.abc import Mapping
from contextlib import suppress

from .scores import CAUGHT, SURVIVED, TIMEOUT

BEGAN, FAILED, PASSED = "began", "failed", "passed"
"""A test begins; one has failed; all have passed."""
IMPORT = "import"
"""Stands for a test while the project is imported anew."""
LONGER, LEAST_S = 10.0, 5.0
"""A test may take so many times its processor time, and so many seconds more."""
WALL = 12.0
"""Seconds of the clock for each second of processor time: others may need the machine, too."""
IMPORT_S = 6.0
"""Processor time of an import."""
_CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE}


def begin(pipe: int, name: str, seconds: float) -> None:
    """Tells that a test begins, and ends this process where it takes too long."""
    signal.setitimer(signal.ITIMER_PROF, LONGER * seconds + LEAST_S)
    tell(pipe, BEGAN, name)


def tell(pipe: int, what: str, name: str) -> None:
    """Tells what happened to a test."""
    os.write(pipe, f"{json.dumps([what, name])}\n".encode())


def outcome_of(child: int, pipe: int, seconds: Mapping[str, float]) -> tuple[str, str]:
    """What a forked process tells of a mutant."""
    current, outcome, rest = "", None, b""
    with os.fdopen(pipe, "rb", buffering=0) as told:
        try:
            while outcome is None:
                each = seconds.get(current, IMPORT_S)
                ready, _, _ = select.select([told], [], [], WALL * (LONGER * each + LEAST_S))
                read = told.read(65536) if ready else b""
                if not read:  # ended by a limit, or it waits for what never comes
                    outcome = TIMEOUT, current
                    break
                *lines, rest = (rest + read).split(b"\n")
                for what, name in map(json.loads, lines):
                    current = name if what == BEGAN else current
                    if what == FAILED:
                        outcome = CAUGHT, name or current
                    elif what == PASSED:
                        outcome = SURVIVED, ""
        finally:
            with suppress(OSError):
                os.killpg(child, signal.SIGKILL)
            with suppress(OSError):
                os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
    if not current:
        raise RuntimeError("the fault could not be planted; the log says why")
    if outcome[0] == TIMEOUT and os.WIFSIGNALED(status) and os.WTERMSIG(status) in _CRASHES:
        return CAUGHT, current
    return outcome
