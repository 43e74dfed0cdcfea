"""The same digits on every Python, and with every numpy and numba."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.outcome import Run
from tests.hardening.digits import COMMANDS, figures, recorded, write_inputs


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("digits")
    write_inputs(folder)
    return folder


@pytest.mark.parametrize("name", COMMANDS)
def test_digits_are_those_that_were_recorded(run: Run, inputs: Path, name: str) -> None:
    def printed(arguments: list[str]) -> str:
        outcome = run(*arguments)
        assert outcome.code == 0, outcome.err
        return outcome.out

    # What is right may change: benchmarks/record_digits.py says what did, and records it.
    assert figures(printed, name, inputs) == recorded()[name]
