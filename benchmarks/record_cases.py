"""Keep the cases of people's specs, with a real Timeloop's answers, as compact data for the tests.

    python benchmarks/record_cases.py CASES

CASES is a folder of folders: files of a specification, and where a real Timeloop (commit 4cf6d4c,
timeloopfe 0.4, Accelergy 0.4) has answered, ``answer.json``.
"""

from __future__ import annotations

import argparse
import json
import lzma
from pathlib import Path
from typing import Any

KEPT = Path(__file__).parents[1] / "tests" / "data" / "timeloop_cases.json.xz"
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path)
    folders = sorted(path for path in parser.parse_args().cases.iterdir() if path.is_dir())
    cases = {folder.name: case(folder) for folder in folders if folder.name != "hardening"}
    text = json.dumps({name: kept for name, kept in cases.items() if kept}, sort_keys=True)
    KEPT.write_bytes(lzma.compress(text.encode(), preset=9))
    print(f"{KEPT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
