"""What a run of the command left behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

HEAVY = ("jinja2", "matplotlib", "numba", "numpy", "pandas", "pydantic", "rich", "scipy", "yaml")
"""Packages that no help imports."""


@dataclass(frozen=True)
class Outcome:
    """What a run of the command left."""

    code: int
    out: str
    err: str

    def assert_refused(self, *mentions: str) -> None:
        """The contract for anything the user can mend: one line that says what, and code 2."""
        assert self.code == 2
        assert self.out == ""
        assert self.err.startswith("loas-tl: error: ")
        assert self.err.endswith("\n")
        assert len(self.err.splitlines()) == 1
        for mention in mentions:
            assert mention in self.err

    def assert_succeeded(self) -> None:
        """Code 0, and not a word beside standard output: no progress bar, no warning."""
        assert self.err == ""
        assert self.code == 0


Run: TypeAlias = Callable[..., Outcome]


def contents(folder: Path) -> dict[str, bytes | None]:
    """All that is in a folder, hidden files too; None for a folder in it."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def parsed(text: str) -> Any:
    """The JSON, refusing the NaN that Python would let through."""
    return json.loads(text, parse_constant=lambda constant: pytest.fail(constant))


def document(text: str) -> dict[str, Any]:
    """:func:`parsed`, of an object."""
    found = parsed(text)
    assert isinstance(found, dict)
    return found
