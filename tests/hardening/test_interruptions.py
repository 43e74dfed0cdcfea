from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loas_tl.ground.files import write_all
from loas_tl.ground.interruptions import not_for_children

STARTED = """
import multiprocessing, os, signal, sys, time
from loas_tl.ground.interruptions import deaf, not_for_children

def work():
    time.sleep(0.3)  # whatever a new process does before it comes to its own
    deaf()
    print("deaf", flush=True)

process = multiprocessing.get_context("fork").Process(target=work)
with not_for_children():
    process.start()
try:
    print("started", flush=True)
    process.join()
except KeyboardInterrupt:
    process.join()
    print("interrupted", process.exitcode, flush=True)
"""


def test_ctrl_c_is_not_for_a_process_that_is_just_being_started() -> None:
    parent = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", STARTED],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "started\n"
    os.killpg(parent.pid, signal.SIGINT)
    out, err = parent.communicate()
    assert (sorted(out.splitlines()), err) == (["deaf", "interrupted 0"], "")


def test_ctrl_c_waits_until_processes_are_started() -> None:
    come = []

    def start() -> None:
        with not_for_children():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
            come.append(True)

    with pytest.raises(KeyboardInterrupt):
        start()
    assert come


def test_a_folder_just_made_does_not_stay_when_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mkdir = Path.mkdir

    def interrupted(self: Path, parents: bool = False, exist_ok: bool = False) -> None:
        mkdir(self, parents=parents, exist_ok=exist_ok)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Path, "mkdir", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_all({tmp_path / "new" / "a": "1"})
    assert not list(tmp_path.iterdir())


IMPORTING = """
import builtins, os, signal, sys
imported, at = builtins.__import__, sys.argv.pop(1)

def interrupted(name, *others):
    if name == at:
        builtins.__import__ = imported
        os.kill(os.getpid(), signal.SIGINT)
    return imported(name, *others)

builtins.__import__ = interrupted
from loas_tl.cli.start import main
sys.exit(main())
"""


@pytest.mark.parametrize(
    "at", ["loas_tl.cli.main", "warnings", "argparse", "loas_tl.cli.limits", "numpy"]
)
def test_ctrl_c_is_one_line_while_importing(at: str) -> None:
    command = [sys.executable, "-c", IMPORTING, at, "formats", "--network", "A-L4"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "loas-tl: interrupted\n")
