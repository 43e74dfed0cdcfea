"""``python -m benchmarks.mutants``: plants faults and keeps which of them the tests catch."""

from __future__ import annotations

import argparse
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from . import scores, tree
from .packages import PACKAGES, Package
from .sample import Mutant, draw
from .scores import Score

ROOT = Path(__file__).parents[2]
WORK = ROOT / "build" / "mutants"
SCORES = ROOT / "benchmarks" / "results" / "mutants.csv"
AGAIN: dict[str, Callable[[Score], bool]] = {
    "none": lambda _: False,
    "survived": lambda score: score.outcome == scores.SURVIVED,
    "unread": lambda score: score.outcome == scores.SURVIVED and not score.why,
    "caught": lambda score: score.outcome != scores.SURVIVED,
    "all": lambda _: True,
}
"""Which of the mutants that are kept are run again."""


def main() -> int:
    """Draws, runs, keeps, sums up."""
    options = _options()
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a script started it
        signal.signal(number, signal.default_int_handler)
    WORK.mkdir(parents=True, exist_ok=True)
    copy = WORK / "tree"
    tree.refresh(ROOT, copy)
    packages = [
        replace(p, tests=tuple(options.tests or p.tests))
        for p in PACKAGES
        if not options.package or p.name in options.package
    ]
    sample = _sample(copy, options.count, options.seed)
    kept = {} if options.afresh or options.control else scores.read(options.scores)
    hints = scores.read(SCORES) | kept  # what caught others is tried first, whatever the sample
    keys = {mutant.key for mutant in sample}
    known = {key: score for key, score in kept.items() if key in keys}
    waiting = {
        package.name: [
            mutant
            for mutant in sample
            if mutant.package == package.name
            and (mutant.key not in known or AGAIN[options.again](known[mutant.key]))
        ]
        for package in packages
    }
    whys = {key: score.why for key, score in kept.items()}
    print(f"{sum(map(len, waiting.values()))} of {len(sample)} mutants to run", flush=True)
    running = [p for p in packages if waiting[p.name]]
    task = {"most_s": options.seconds, "control": options.control}
    workers = _Workers(running, waiting, hints, copy, task)
    try:
        for mutant, outcome, by in workers.told(options.jobs):
            score = Score.of(mutant, outcome, by)
            if outcome == scores.SURVIVED:
                score = replace(score, why=whys.get(mutant.key, ""))
            known[mutant.key] = score
            if not options.control:
                scores.write(options.scores, known.values())
            print(f"{outcome:8} {mutant.file}:{mutant.line} {by}", flush=True)
    except KeyboardInterrupt:
        print("interrupted; the next run goes on from here", file=sys.stderr)
        return 130
    finally:
        workers.end()
    if options.control:
        caught = sum(score.outcome != scores.SURVIVED for score in known.values())
        print(f"{caught} of {len(known)} caught that were none")
        return int(caught > 0)
    scores.write(options.scores, known.values())
    print(scores.summary(known.values()))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="mutants of the sample (500)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (0)")
    parser.add_argument("--jobs", type=int, default=2, help="packages at a time (2)")
    parser.add_argument(
        "--package", action="append", choices=[p.name for p in PACKAGES], help="only this one"
    )
    parser.add_argument(
        "--tests", nargs="+", help="only these files, such as those that were added to"
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=60.0,
        help="of processor time that the tests of a mutant may take in total (60)",
    )
    parser.add_argument(
        "--again",
        choices=AGAIN,
        default="none",
        help="what to run again of what is kept; unread: survivors without a word on why",
    )
    parser.add_argument(
        "--control",
        action="store_true",
        help="plant nothing at these places, keep nothing: what is caught is so by mistake",
    )
    parser.add_argument("--afresh", action="store_true", help="forget what is kept, reasons too")
    parser.add_argument(
        "--scores",
        type=Path,
        default=SCORES,
        help="where scores are kept",
    )
    return parser.parse_args()


def _sample(copy: Path, count: int, seed: int) -> list[Mutant]:
    """Drawn once for the same code."""
    own = (f"benchmarks/mutants/{name}.py" for name in ("sites", "sample"))
    code = tree.digest(copy, [*(p.folder for p in PACKAGES), *own])
    path = WORK / f"sample-{count}-{seed}-{code[:16]}.json"
    if not path.exists():
        drawn = [asdict(mutant) for mutant in draw(copy, PACKAGES, count, seed)]
        path.write_text(json.dumps(drawn), encoding="utf-8")
    return [Mutant(**mutant) for mutant in json.loads(path.read_text(encoding="utf-8"))]


class _Workers:
    """A process for each package, some at a time."""

    def __init__(
        self,
        packages: list[Package],
        waiting: dict[str, list[Mutant]],
        hints: dict[Any, Score],
        copy: Path,
        task: dict[str, Any],
    ) -> None:
        self._packages, self._waiting, self._hints, self._copy = packages, waiting, hints, copy
        self._task = task
        self._running: list[subprocess.Popen[bytes]] = []

    def told(self, jobs: int) -> Iterator[tuple[Mutant, str, str]]:
        """What the workers tell of mutants: outcome, and the test that failed."""
        left = list(self._packages)
        with selectors.DefaultSelector() as ready:
            while left or ready.get_map():
                while left and len(ready.get_map()) < jobs:
                    package = left.pop(0)
                    process = self._start(package)
                    self._running.append(process)
                    ready.register(process.stdout, selectors.EVENT_READ, (process, package))  # type: ignore[arg-type]
                for key, _ in ready.select():
                    process, package = key.data
                    line = key.fileobj.readline()  # type: ignore[union-attr]
                    if line:
                        number, outcome, by = json.loads(line)
                        yield self._waiting[package.name][number], outcome, by
                    else:
                        ready.unregister(key.fileobj)
                        if process.wait() not in (0, 1, 5):
                            print(f"{package.name}: the tests did not run; see {_log(package)}")

    def _start(self, package: Package) -> subprocess.Popen[bytes]:
        tests = tree.digest(self._copy, [*package.tests, "loas_tl", "benchmarks/mutants"])
        task = {
            "package": package.name,
            "tests": package.tests,
            "mutants": [asdict(mutant) for mutant in self._waiting[package.name]],
            **self._task,
            "catches": [
                (score.file, score.by)
                for score in self._hints.values()
                if score.package == package.name and score.by
            ],
            "log": str(_log(package)),
            "kept": str(WORK / f"clean-{package.name}-{tests[:16]}.json"),
        }
        path = WORK / f"{package.name}.json"
        path.write_text(json.dumps(task), encoding="utf-8")
        environment = os.environ | {
            "PYTHONPATH": str(self._copy),
            "PYTHONWARNINGS": "ignore::SyntaxWarning",
            "OPENBLAS_NUM_THREADS": "1",
        }
        command = [sys.executable, "-m", "benchmarks.mutants.worker", str(path)]
        return subprocess.Popen(  # noqa: S603
            command,
            cwd=self._copy,
            env=environment,
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )

    def end(self) -> None:
        """Ends those that run, and what they started."""
        for process in self._running:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()
        shutil.rmtree(WORK / "tmp", ignore_errors=True)


def _log(package: Package) -> Path:
    return WORK / f"{package.name}.log"


if __name__ == "__main__":
    sys.exit(main())
