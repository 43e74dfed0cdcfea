"""Ctrl-C while Timeloop runs: one line, 130, and nothing runs on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from loas_tl import timeloop
from loas_tl.timeloop.errors import EngineRunError
from tests.engine.timeloop.fake import FakeTimeloop
from tests.engine.timeloop.test_run import wait_until_dead
from tests.mapper.examples import matmul

DEAF = "trap '' INT TERM\n"


def sleeps(fake: FakeTimeloop, program: str, folder: Path) -> None:
    """Have a program, and one that it starts, run for minutes, and write down which they are."""
    folder.mkdir()
    fake.does(
        program,
        f"{DEAF}sleep 600 &\necho $$ $! > {folder}/$$.new\nmv {folder}/$$.new {folder}/$$\nwait\n",
    )


def started(folder: Path, count: int) -> list[int]:
    """The processes of so many programs, once they run."""
    until = time.monotonic() + 60
    while len(found := [path for path in folder.iterdir() if not path.suffix]) < count:
        assert time.monotonic() < until
        time.sleep(0.02)
    return [int(number) for path in found for number in path.read_text().split()]


@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["alone", "as a terminal"])
@pytest.mark.parametrize("command", ["model", "map"])
def test_ctrl_c_ends_the_runs_that_have_begun(
    fake: FakeTimeloop,
    spec: Path,
    tmp_path: Path,
    command: str,
    send: Callable[[int, int], None],
) -> None:
    many = command == "model"
    spec.write_text(matmul())
    pids = tmp_path / "pids"
    sleeps(fake, "timeloop-model" if many else "timeloop-mapper", pids)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    specs = [str(spec)] * (3 if many else 1)
    options = ["--jobs", "2"] if many else []
    caller = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "loas_tl", command, *specs, "--engine", "timeloop", *options],
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    running = started(pids, 2 if many else 1)
    send(caller.pid, signal.SIGINT)
    out, err = caller.communicate(timeout=60)
    assert (caller.returncode, out, err) == (130, "", "loas-tl: interrupted\n")
    for pid in running:
        wait_until_dead(pid)
    assert len([*pids.iterdir()]) == (2 if many else 1)
    assert not [*temporary.iterdir()]


def test_the_first_failure_ends_the_others(fake: FakeTimeloop, spec: Path, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    sleeps(fake, "timeloop-model", pids)
    script = (fake.folder / "timeloop-model").read_text().removeprefix("#!/bin/sh\n")
    # The second to come fails, once the first runs.
    fake.does(
        "timeloop-model",
        f"if mkdir {tmp_path}/first 2> {os.devnull}; then\n{script}fi\n"
        f"until ls {pids}/*[0-9]; do sleep 0.05; done\necho ERROR: no luck\n",
    )
    with pytest.raises(EngineRunError, match="no luck"):
        timeloop.run_models([spec, spec], jobs=2)
    for pid in started(pids, 1):
        wait_until_dead(pid)
