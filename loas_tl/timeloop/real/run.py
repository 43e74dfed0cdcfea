"""Run timeloop-model and timeloop-mapper, and leave nothing running behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TextIO

from loas_tl.ground.errors import InputError
from loas_tl.ground.interruptions import uninterrupted
from loas_tl.timeloop.errors import EngineError, EngineRunError, EngineTimeoutError
from loas_tl.timeloop.real import installation
from loas_tl.timeloop.real.estimators import estimators_in
from loas_tl.timeloop.real.log import (
    ACCELERGY_FAILED,
    Found,
    accelergy_error,
    error_from,
    parse_found,
)
from loas_tl.timeloop.real.mapping_text import read_map
from loas_tl.timeloop.real.stats import read_stats
from loas_tl.timeloop.real.tables import read_art, read_ert
from loas_tl.timeloop.result import Result

Progress = Callable[[Found], None]
"""Called for each mapping that is better than those before."""

_POLL_SECONDS = 0.1
_GRACE_SECONDS = 0.5
"""In which what is ended may end by itself; neither Timeloop nor Accelergy tidies up."""
_LOG = "timeloop.log"
_FRONT_END_LOG = "front-end.log"
_INPUT = "parsed-processed-input.yaml"
"""What timeloopfe hands to Timeloop."""
_PREPARING = ("Problem configuration complete", "Generate Accelergy")
_PREPARED = ("Architecture configuration complete", "Search configuration complete")
"""Lines of Timeloop's log before Accelergy is run, and after."""
_OUTPUTS = ("stats.txt", "map.txt", "ERT.yaml", "ART.yaml")


@dataclass(frozen=True)
class Request:
    """A run.

    Attributes:
        program: ``timeloop-model``, ``timeloop-mapper`` or ``accelergy``.
        files: v4 YAML, together one spec.
        out: existing folder that gets everything Timeloop writes.
        timeout: seconds until the run is ended and fails, None for no limit.
        time_limit: seconds until a search is asked to stop with what it has.
        environment: variables beside those of this process.
        mapper: options of the mapper that replace those of the spec.
        progress: see :data:`Progress`.
        named: what errors name in the place of the files.
        unwanted: once it is set, the run is ended, and fails.
    """

    program: str
    files: Sequence[Path]
    out: Path
    timeout: float | None = None
    time_limit: float | None = None
    environment: Mapping[str, str] | None = None
    mapper: Mapping[str, Any] | None = None
    progress: Progress | None = None
    named: object = None
    unwanted: threading.Event = field(default_factory=threading.Event)


def run(request: Request) -> tuple[Result, str]:
    """Run Timeloop and read what it wrote; returns that and its log.

    Raises:
        MissingEngineError: where a part of Timeloop is not installed.
        MappingError: where the mapping is refused.
        EngineRunError: where anything else fails; the message is the log's own line.
        EngineTimeoutError: after the time allowed.
        InputError: where what it wrote cannot be read.
        CancelledError: where it is not wanted any more.
    """
    out, log, not_found = _carry_out(request)
    said = _read(log)
    try:
        return _collect(out, request.program), said
    except FileNotFoundError:
        prices = _read(out / f"{request.program}.accelergy.log")
        raise _error(request, said, prices, not_found) from None


def price(request: Request) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Run Accelergy alone: pJ by component and action, µm² of one instance by component.

    Args:
        request: with the program ``accelergy``.

    Raises:
        As :func:`run`.
    """
    out, log, not_found = _carry_out(request)
    ert, art = out / "ERT.yaml", out / "ART.yaml"
    if not (ert.exists() and art.exists()):
        said = _read(log)
        raise _error(request, f"{ACCELERGY_FAILED}\n{said}", said, not_found)
    return read_ert(ert)[0], read_art(art)


def _carry_out(request: Request) -> tuple[Path, Path, str | None]:
    """The folder and the log of a run, and why Accelergy did not find our estimators."""
    installation.require(request.program)
    out = request.out.resolve()
    log = out / _LOG
    task = {
        "front_end": installation.front_end(),
        "program": request.program,
        "files": [str(path.resolve()) for path in request.files],
        "out": str(out),
        "log": str(log),
        "mapper": dict(request.mapper or {}),
        "parent": os.getpid(),
    }
    (out / "request.json").write_text(json.dumps(task), "utf-8")
    for old in (log, *(out / f"{request.program}.{name}" for name in _OUTPUTS)):
        old.unlink(missing_ok=True)
    with estimators_in(out) as not_found:
        _wait(request, out, log)
    return out, log, not_found


def _error(request: Request, said: str, prices: str, not_found: str | None) -> EngineError:
    """Why a run has no result, by the logs of Timeloop and of Accelergy."""
    one = request.files[0] if len(request.files) == 1 else request.out
    named = one if request.named is None else request.named
    unpriced = accelergy_error(said, prices)
    if unpriced is None:
        return error_from(_read(request.out / _FRONT_END_LOG) + said, named)
    hint = f"; loas-tl's estimators are not found: {not_found}" if not_found else ""
    return EngineRunError(f"{unpriced}{hint}", log=said, file=named)


def _wait(request: Request, out: Path, log: Path) -> None:
    """Start the child as the leader of a group, and wait for it under the limits."""
    command = [sys.executable, "-m", "loas_tl.timeloop.real.child", str(out / "request.json")]
    started = time.monotonic()
    searching: float | None = None
    interrupted = False
    process = None
    tail = _Tail(log, request.progress)
    try:
        with (out / _FRONT_END_LOG).open("wb") as front_end_log, uninterrupted():
            process = subprocess.Popen(  # noqa: S603 - our own module, without a shell
                command,
                cwd=out,
                env={**os.environ, **(request.environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=front_end_log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while process.poll() is None:
            if request.unwanted.wait(_POLL_SECONDS):
                raise CancelledError
            tail.read()
            now = time.monotonic()
            # The time of the front end and of Accelergy is not the search's.
            if tail.preparing or (searching is None and log.exists()):
                searching = now
            if request.timeout is not None and now - started > request.timeout:
                raise EngineTimeoutError(
                    f"{request.program} was ended after {request.timeout:g} s without a result",
                    file=request.files[0],
                )
            limit = request.time_limit
            if limit is None or searching is None or interrupted:
                continue
            if now - searching > limit:
                interrupted = True
                os.killpg(process.pid, signal.SIGINT)
        tail.read()
    finally:
        tail.close()
        if process is not None:
            with uninterrupted():
                _end_group(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End the child and all it has started, first politely."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        deadline = time.monotonic() + _GRACE_SECONDS
        while time.monotonic() < deadline and _group_lives(process):
            time.sleep(0.01)
    process.wait()


def _group_lives(process: subprocess.Popen[bytes]) -> bool:
    process.poll()  # reaps the leader, which would count as living otherwise
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    # What the leader had started counts, too, until its new parent reaps it: in a second, or never.
    states = _states(process.pid)
    return not states or any(state not in "ZX" for state in states)


def _states(group: int) -> list[str]:
    """Letters of the states that a group's processes are in, as Linux gives them."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, its_group = path.read_text("utf-8", "replace").rpartition(")")[2].split()[:3]
            if its_group == str(group):
                found.append(state)
    return found


class _Tail:
    """Follows a log that grows: what the run is at, and the mappings it reports.

    Attributes:
        preparing: whether Timeloop has begun, and Accelergy may still be at work.
    """

    def __init__(self, path: Path, progress: Progress | None) -> None:
        self.preparing = False
        self._path = path
        self._progress = progress
        self._file: TextIO | None = None
        self._rest = ""

    def read(self) -> None:
        if self._file is None:
            if not self._path.exists():
                return
            self._file = self._path.open(encoding="utf-8", errors="replace")
        *lines, self._rest = (self._rest + self._file.read()).split("\n")
        for line in lines:
            if line.startswith(_PREPARED):
                self.preparing = False
            elif line.startswith(_PREPARING):
                self.preparing = True
            elif self._progress is not None and (found := parse_found(line)):
                self._progress(found)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _collect(out: Path, program: str) -> Result:
    """Read everything; FileNotFoundError where there are no statistics."""
    stats = out / f"{program}.stats.txt"
    if not stats.exists() or stats.stat().st_size == 0:
        raise FileNotFoundError(stats)
    tables: dict[str, Any] = {}
    ert, art, mapping = (out / f"{program}.{name}" for name in ("ERT.yaml", "ART.yaml", "map.txt"))
    tables["ert"], tables["instances"] = _energies(ert, out)
    if art.exists():
        tables["art"] = read_art(art)
    return replace(read_stats(stats), mapping=read_map(mapping), **tables)


def _energies(ert: Path, out: Path) -> tuple[dict[str, dict[str, float]], dict[str, int]]:
    """Energies and instances by component; nothing where no ERT can be read."""
    if ert.exists():
        return read_ert(ert)
    # Timeloop writes no ERT where the spec has one of its own, which the front end has passed on.
    try:
        return read_ert(out / _INPUT)
    except InputError:
        return {}, {}


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except FileNotFoundError:
        return ""
