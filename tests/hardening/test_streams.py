from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from loas_tl.ground.errors import InputError
from tests.cli.outcome import Run

COMMAND = f"{sys.executable} -m loas_tl"


def _shell(command: str) -> tuple[int, str, str]:
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602
    return done.returncode, done.stdout, done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_standard_output_is_said_in_a_line() -> None:
    code, _, said = _shell(f"{COMMAND} networks > /dev/full")
    assert (code, said) == (
        2,
        "loas-tl: error: standard output: cannot be written (No space left on device)\n",
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_standard_error_keeps_the_exit_code() -> None:
    assert _shell(f"{COMMAND} summary absent.npz 2> /dev/full")[:2] == (2, "")


def test_a_closed_standard_output_is_said_in_a_line() -> None:
    code, _, said = _shell(f"{COMMAND} networks >&-")
    assert (code, said) == (2, "loas-tl: error: standard output: is closed\n")


def test_a_reader_that_has_gone_is_no_error() -> None:
    first = _shell(f"({COMMAND} networks; echo code $? >&2) | head -1")
    assert first[1].startswith("Networks")
    assert first[2] == "code 0\n"


def test_an_error_never_goes_to_standard_output() -> None:
    assert _shell(f"{COMMAND} summary absent.npz 2>&-") == (2, "", "")


def test_an_error_is_one_line_of_500_characters_that_no_terminal_obeys() -> None:
    error = str(InputError("a\x1b[31m\nb" * 1000, file="c\x9b" * 300, key="d\u202e"))
    assert len(error) == 500
    assert error.isprintable()
    assert error.startswith("c\\x9b")


def test_an_option_that_is_two_dashes_is_refused(run: Run) -> None:
    run("compare", "--seed=--").assert_refused("--seed")
    run("innerjoin", "--chunk=--").assert_refused("--chunk")


def test_a_home_that_cannot_be_written_to_is_not_worth_a_word(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "file" / "home")
    (tmp_path / "file").touch()
    given = {"HOME": nowhere, "XDG_CACHE_HOME": nowhere, "XDG_CONFIG_HOME": nowhere}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "loas_tl", "energy", "LoAS", "--out", tmp_path / "out"],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
