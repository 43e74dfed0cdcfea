"""Keep the cases of people's specs, with a real Timeloop's answers, as compact data for the tests.

    python -m benchmarks.record_cases CASES

CASES is a folder of folders: files of a specification, and where a real Timeloop (commit 4cf6d4c,
timeloopfe 0.4, Accelergy 0.4) has answered, ``answer.json``.
"""

from __future__ import annotations

import argparse
import json
import lzma
from pathlib import Path

from tests.timeloop_cases import KEPT, case


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
