"""Accelergy's tables as figures to compare, and a real Accelergy to make them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

DATA = Path(__file__).parents[1] / "data"
ONE_IN_THE_LAST_DIGIT = 1e-5

Figures = dict[str, dict[str, float]]
"""``pJ`` by component and action, ``um2`` by component."""


def figures(ert: dict[str, Any], art: dict[str, Any]) -> Figures:
    """The figures of the two tables."""
    return {
        "pJ": {
            f"{component['name']} {action['name']}": action["energy"]
            for component in ert["ERT"]["tables"]
            for action in component["actions"]
        },
        "um2": {component["name"]: component["area"] for component in art["ART"]["tables"]},
    }


def assert_equal(found: Figures, expected: Figures) -> None:
    """Every component and action in both, and the same figures within rounding."""
    for unit, values in expected.items():
        assert found[unit] == pytest.approx(values, rel=ONE_IN_THE_LAST_DIGIT)


def run(home: Path, *command: object) -> subprocess.CompletedProcess[str]:
    """Run a command of the tool chain with a home folder of its own."""
    program = shutil.which(str(command[0]))
    assert program is not None
    return subprocess.run(  # noqa: S603 - the command the test is for
        [program, *map(str, command[1:])],
        env=os.environ | {"HOME": str(home)},
        cwd=home,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def written(home: Path, *command: object) -> Figures:
    """The figures of the tables that a command writes to its ``-o`` folder."""
    done = run(home, *command, "-o", home / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    ert, art = (yaml.safe_load((home / "out" / f"{name}.yaml").read_text()) for name in TABLES)
    return figures(ert, art)


TABLES = ("ERT", "ART")

needs_accelergy = pytest.mark.skipif(
    shutil.which("accelergy") is None,
    reason="no accelergy on the PATH; install Accelergy v0.4 from its repository",
)
needs_front_end = pytest.mark.skipif(
    shutil.which("tl") is None or shutil.which("accelergy") is None,
    reason="no tl or no accelergy on the PATH; install timeloopfe and Accelergy v0.4",
)
