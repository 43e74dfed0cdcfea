"""Runs an attack in this process, in a folder of its own."""

from __future__ import annotations

import contextlib
import io
import os
import random
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loas_tl.cli.main import main
from loas_tl.ground import memory
from tests.cli.outcome import Outcome
from tests.hardening.promises import broken, contents
from tests.hardening.targets import Target

SECONDS = 20
"""Of a processor, for one attack."""


class TooSlowError(BaseException):
    """An attack took longer than it may."""


def in_process(asked: list[str]) -> Outcome:
    """The command in this process; what no user should see is exit code 1."""

    def late(*_: object) -> None:
        raise TooSlowError

    texts: list[str] = []
    ceiling = memory.allowed()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        streams = [io.TextIOWrapper(stream, "utf-8", write_through=True) for stream in (out, err)]
        code: Any = 1
        with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
            before = signal.signal(signal.SIGPROF, late)
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            try:
                code = main(asked)
            except SystemExit as end:
                code = end.code or 0
            except BaseException as error:
                print(type(error).__name__, _place(error), error, file=sys.stderr)
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
                signal.signal(signal.SIGPROF, before)
                memory.allow(ceiling)  # else a low one refuses all attacks after this
        for stream in streams:
            stream.seek(0)
            texts.append(stream.read())
    return Outcome(code, *texts)


def _place(error: BaseException) -> str:
    trace, place = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "loas_tl" in name:
            place = f"{name.rpartition('loas_tl/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"({place})"


@dataclass(frozen=True)
class Attacked:
    """What came of an attack.

    Attributes:
        asked: the command's arguments.
        outcome: of the command.
        problem: the promise that was not kept, None where all were.
    """

    asked: list[str]
    outcome: Outcome
    problem: str | None


def attacked(
    target: Target, seed: str, folder: Path, run: Callable[[list[str]], Outcome] | None = None
) -> Attacked:
    """Attack a target; the current folder is ``folder`` meanwhile, which is empty.

    Args:
        target: what.
        seed: the same seed is the same attack.
        folder: an empty one.
        run: runs the command, by default in this process.
    """
    here = Path.cwd()
    asked = target.attack(random.Random(seed), folder)  # noqa: S311
    before = contents(folder)
    os.chdir(folder)
    try:
        outcome = (run or in_process)(asked)
    finally:
        os.chdir(here)
    return Attacked(asked, outcome, broken(asked, outcome, before, contents(folder)))
