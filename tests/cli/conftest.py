"""Run the command, in this process or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import loas_tl
from loas_tl.cli.main import main
from tests.cli.outcome import Outcome, Run, document
from tests.cli.own_files import MINE, OWN, TWO, Compared
from tests.workload.examples import W, X, layers_file, spikes, weights


@pytest.fixture(autouse=True)
def pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no variable tell the command that it writes to a terminal."""
    for variable in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run ``loas-tl`` with these arguments, in this process."""

    def run_in_process(*arguments: object) -> Outcome:
        capfd.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as exit_of_argparse:
            code = int(exit_of_argparse.code or 0)
        return Outcome(code, *capfd.readouterr())

    return run_in_process


@pytest.fixture
def run_apart() -> Run:
    """Run Python with these arguments in a process of its own, say ``-m loas_tl compare``."""

    def run_in_subprocess(*arguments: object, **environment: str) -> Outcome:
        # The package may be importable only because the tests were started beside it.
        here = str(Path(loas_tl.__file__).parents[1])
        path = os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH")])])
        done = subprocess.run(  # noqa: S603 - this Python, with arguments of ours
            [sys.executable, *map(str, arguments)],
            capture_output=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONPATH": path} | environment,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run_in_subprocess


@pytest.fixture
def tensors(tmp_path: Path) -> Path:
    """A file of two layers whose names are not what anyone would make up."""
    return layers_file(
        tmp_path / "tiny.npz", **{"zeta/q": (X, W), "alpha": (spikes(4, 9, 40), weights(40, 16))}
    )


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three files of designs in the folder that the command is run in."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"mine.py": MINE, "two.py": TWO, "own.py": OWN}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture(name="compared_json")
def _compared_json(run: Run, tensors: Path) -> Compared:
    """The JSON of ``compare`` of these accelerators."""

    def answer(*arguments: object) -> dict[str, Any]:
        outcome = run(
            *("compare", "--tensors", tensors, "--json", "-", "--accelerator"), *arguments
        )
        outcome.assert_succeeded()
        return document(outcome.out)

    return answer
