"""Runs the tests of one package for its mutants, in processes forked after all was imported.

A plug-in of pytest. It runs every test once as it is, and notes how long each takes and which
functions of the package it calls; the slowest are left out. Then it forks a process for each
mutant, which has the mutated function run its new code and runs the tests that call it, quick ones
and those that caught the most first, until one fails. What the import runs, and what numba
compiles, is imported anew instead.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from . import anew
from .calls import Calls
from .children import FAILED, IMPORT, IMPORT_S, PASSED, begin, outcome_of, tell
from .functions import Caches, Function, exchange, function_at, live_functions, new_code
from .packages import Package
from .sample import Mutant
from .scores import SURVIVED
from .sites import mutated

SLOW_S = 4.0
"""Processor time from which on a test is left out: with hundreds of mutants quick tests are to
catch.
"""
MOST_BYTES = 8 << 30
"""Of addresses, for a mutant that would fill the memory."""

Fork = Callable[..., tuple[str, str]]
"""Runs tests on a source in a process of their own."""
Tell = Callable[[Mutant, str, str], None]
"""Called with a mutant, its outcome, and the test that failed."""


@dataclass
class Clean:
    """What the tests do as they are.

    Attributes:
        seconds: processor time of each test that passes, by its name.
        calls: functions of the package that each calls, as ``file:first line``.
        failed: tests that do not pass, and slow those that take too long: both are left out.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    calls: dict[str, list[str]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)


class SlowError(BaseException):
    """A test takes too long to be run for each mutant."""


class Campaign:
    """The plug-in."""

    def __init__(
        self,
        package: Package,
        mutants: list[Mutant],
        catches: Iterable[tuple[str, str]],
        kept: Path,
        folders: Path,
        tell: Tell,
        *,
        most_s: float,
        control: bool,
    ) -> None:
        self._most_s = most_s
        self._package, self._mutants, self._kept, self._tell = package, mutants, kept, tell
        self._folders, self._control = folders, control
        self._caught_in_file = Counter(catches)
        self._folder = str(Path.cwd() / package.folder)
        self._failed = False
        self._calls = Calls(self._folder)
        self._calls.install()
        self._caches = Caches()

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Notes that a test failed."""
        self._failed |= report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: Any) -> bool:
        """Runs all tests, then some for each mutant."""
        clean = self._clean(session)
        functions = live_functions(self._folder)
        for mutant in self._mutants:
            file = str(Path.cwd() / mutant.file)
            source = Path(file).read_text(encoding="utf-8")
            function = function_at(source, mutant.line, mutant.column)
            items = self._ordered(session.items, clean, mutant.file, function)
            fork = partial(self._fork, mutant, function=function, functions=functions, clean=clean)
            outcome, by = self._outcome(mutant, source, items, fork, clean)
            if outcome != SURVIVED:
                self._caught_in_file[mutant.file, by] += 1
            self._tell(mutant, outcome, by)
        return True

    def _outcome(
        self, mutant: Mutant, source: str, items: list[Any], fork: Fork, clean: Clean
    ) -> tuple[str, str]:
        """What comes of a mutant; a test that fails without the fault, too, catches none."""
        planted = source if self._control else mutated(source, mutant.mutation)
        if planted is None:
            raise ValueError(mutant)
        while items:
            outcome, by = fork(planted, items=items)
            caught = [item for item in items if item.nodeid == by]
            if not caught or self._control or fork(source, items=caught)[0] == SURVIVED:
                return outcome, by
            print(f"left out from now on: {by}", flush=True)
            clean.seconds.pop(by)
            items.remove(caught[0])
        return SURVIVED, ""

    def _clean(self, session: Any) -> Clean:
        if self._kept.exists():
            return Clean(**json.loads(self._kept.read_text(encoding="utf-8")))
        clean = Clean()
        late = False

        def slow(*_: object) -> None:
            nonlocal late
            late = True
            raise SlowError

        signal.signal(signal.SIGPROF, slow)
        for item in session.items:
            self._failed = late = False
            self._calls.seen.clear()
            self._caches.empty()  # what it holds would not be called
            before = _processor_time()
            signal.setitimer(signal.ITIMER_PROF, SLOW_S)
            try:
                self._run(item)
            except Exception:
                # pytest has no words for where some tests are cut off.
                if not late:
                    raise
                session._setupstate.teardown_exact(None)
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
            seconds = _processor_time() - before
            if self._failed or late:
                (clean.slow if late else clean.failed).append(item.nodeid)
            else:
                clean.seconds[item.nodeid] = seconds
                clean.calls[item.nodeid] = sorted(self._calls.seen)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        self._kept.write_text(json.dumps(vars(clean)), encoding="utf-8")
        return clean

    @staticmethod
    def _run(item: Any) -> None:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)

    def _ordered(
        self, items: Iterable[Any], clean: Clean, file: str, function: Function | None
    ) -> list[Any]:
        """Tests that run a function, or anything of its file, by catches a second.

        One of the module's own tests counts as if it had caught two of the file.
        """
        path = str(Path.cwd() / file)
        own = f"/test_{Path(file).stem}"
        everywhere: Counter[str] = Counter()
        for (_, by), count in self._caught_in_file.items():
            everywhere[by] += count

        def concerned(name: str) -> bool:
            for called in clean.calls[name]:
                where, _, line = called.rpartition(":")
                assert function is not None
                if where == path and function.first <= int(line) <= function.last:
                    return True
            return False

        def worth(name: str) -> float:
            in_file = self._caught_in_file[file, name] + 2 * (own in name.partition("::")[0])
            catches = 0.3 + everywhere[name] + 4 * in_file
            return -catches / (clean.seconds[name] + 0.02)

        mine = [
            item
            for item in items
            if item.nodeid in clean.seconds and item.nodeid not in self._package.by_the_clock
        ]
        if function is not None and function.compiled:
            function = None  # nobody sees it called
        # What the import runs may be seen by tests that call nothing of the file.
        chosen = mine if function is None else [i for i in mine if concerned(i.nodeid)]
        chosen.sort(key=lambda item: worth(item.nodeid))
        ends = accumulate(clean.seconds[item.nodeid] for item in chosen)
        return [item for item, end in zip(chosen, ends, strict=True) if end <= self._most_s]

    def _fork(
        self,
        mutant: Mutant,
        changed: str,
        *,
        function: Function | None,
        functions: dict[tuple[str, int, str], list[FunctionType]],
        items: list[Any],
        clean: Clean,
    ) -> tuple[str, str]:
        """The outcome of a mutant, and the test that failed."""
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(ours)
            try:
                self._test(mutant, changed, function, functions, items, clean, theirs)
            except BaseException:
                traceback.print_exc()
                tell(theirs, FAILED, "")
            finally:
                os._exit(0)
        os.close(theirs)
        return outcome_of(child, ours, clean.seconds)

    def _test(
        self,
        mutant: Mutant,
        changed: str,
        function: Function | None,
        functions: dict[tuple[str, int, str], list[FunctionType]],
        items: list[Any],
        clean: Clean,
        pipe: int,
    ) -> None:
        """In the forked process: plants the fault and runs the tests."""
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        path = str(Path.cwd() / mutant.file)
        self._caches.empty()
        if function is not None and not function.compiled:
            live = functions.get((path, function.first, function.name), [])
            if exchange(live, new_code(changed, path, function)):
                for item in items:
                    self._failed = False
                    begin(pipe, item.nodeid, clean.seconds[item.nodeid])
                    self._run(item)
                    if self._failed:
                        tell(pipe, FAILED, item.nodeid)
                        return
                tell(pipe, PASSED, "")
                return
        begin(pipe, IMPORT, IMPORT_S)
        names = [item.nodeid for item in items]
        failed = anew.run(
            path,
            changed,
            names,
            self._folders / "anew",
            lambda name: begin(pipe, name, clean.seconds.get(name, 1.0)),
        )
        tell(pipe, PASSED if failed is None else FAILED, failed or "")


def _processor_time() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def run(
    package: Package,
    mutants: list[Mutant],
    catches: Iterable[tuple[str, str]],
    kept: Path,
    tell: Tell,
    *,
    most_s: float,
    control: bool,
) -> int:
    """Runs pytest on a package's tests with the plug-in, in the current folder.

    Those of a mutant are the likeliest to catch that take no more than ``most_s`` seconds of
    processor time in total. As a ``control`` it plants nothing.
    """
    anew.quick_hypothesis()
    # In the usual place, old ones are cleared away by runs that come later: a test would fail.
    folders = kept.parent / "tmp" / package.name
    folders.mkdir(parents=True, exist_ok=True)
    plugin = Campaign(
        package, mutants, catches, kept, folders, tell, most_s=most_s, control=control
    )
    options = [*anew.OPTIONS, f"--basetemp={folders / 'own'}"]
    status = pytest.main([*package.tests, *options], plugins=[plugin])
    sys.stdout.flush()
    return int(status)
