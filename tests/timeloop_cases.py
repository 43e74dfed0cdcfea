"""Cases of people's specs, recorded by ``benchmarks/record_cases.py``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

KEPT = Path(__file__).parent / "data" / "timeloop_cases.json.xz"
SUFFIXES = (".yaml", ".jinja2")


def case(folder: Path) -> dict[str, Any] | None:
    """The files of a case and its answer; None where it has no specification."""
    files = {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.suffix in SUFFIXES
    }
    if not any("architecture:" in text for text in files.values()):
        return None
    kept: dict[str, Any] = {"files": files}
    answer = folder / "answer.json"
    if answer.exists():
        given = json.loads(answer.read_text())
        kept["levels"] = given["levels"]
        kept["map"] = given.get("map_txt")
    return kept
