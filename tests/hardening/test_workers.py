from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from loas_tl.timeloop.mapper.pool import OutOfTimeError, Pool
from tests.cli.outcome import Run

# A signal that whoever started the tests ignores (nohup does) is ignored in all that they start.
PARENT = """
import os, signal, time
for heard in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(heard, signal.SIG_DFL)
from loas_tl.timeloop.mapper.pool import Pool
def make():
    def work(seconds):
        os.write(1, (str(os.getpid()) + os.linesep).encode())  # whole: two write into one pipe
        time.sleep(seconds)
    return work
with Pool(make, 2) as pool:
    pool.map([600.0, 600.0])
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP])
def test_workers_end_with_the_process_that_made_them(how: signal.Signals) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert parent.stdout is not None
    workers = [int(parent.stdout.readline()) for _ in range(2)]
    parent.send_signal(how)
    parent.wait()
    until = time.monotonic() + 20
    while any(Path(f"/proc/{worker}").exists() and _lives(worker) for worker in workers):
        assert time.monotonic() < until
        time.sleep(0.05)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def sleeper() -> Callable[[float], float]:
    def work(seconds: float) -> float:
        time.sleep(seconds)
        return seconds

    return work


@pytest.mark.parametrize("jobs", [1, 2])
def test_no_answer_comes_after_the_deadline(jobs: int) -> None:
    with Pool(sleeper, jobs, time.perf_counter() + 20) as pool:
        assert pool.map([0.0, 0.0, 0.0]) == [0.0, 0.0, 0.0]
    with Pool(sleeper, jobs, time.perf_counter() + 2.0**60) as pool:  # more than a clock can say
        assert pool.map([0.0]) == [0.0]
    with Pool(sleeper, jobs, time.perf_counter() + 0.2) as pool, pytest.raises(OutOfTimeError):
        pool.map([600.0])


def test_more_processes_than_processors_are_cut_with_a_word(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loas_tl.ground.processes.processors", lambda: 2)
    outcome = run("map", "absent.yaml", "--jobs", 1_000_000_000)
    assert "warning: --jobs 1000000000 is cut to 2" in outcome.err
    assert outcome.code == 2
