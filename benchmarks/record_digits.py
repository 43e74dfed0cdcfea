"""Record the figures of fixed commands in ``tests/data/digits.json.xz``.

    python benchmarks/record_digits.py

``tests/hardening/test_digits.py`` holds every Python to them. Prints which commands' figures differ
from those recorded before: record them only where they are meant to.
"""

from __future__ import annotations

import contextlib
import io
import json
import lzma
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from loas_tl.cli.main import main as loas_tl
from tests.hardening.digits import COMMANDS, RECORDED, figures, recorded, write_inputs


def printed(arguments: list[str]) -> str:
    """What the command prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert loas_tl(arguments) == 0, arguments
    return out.getvalue()


def main() -> None:
    """Run, compare, and write."""
    before = recorded() if RECORDED.exists() else {}
    with tempfile.TemporaryDirectory() as name:
        write_inputs(Path(name))
        now = {command: figures(printed, command, Path(name)) for command in COMMANDS}
    for command, numbers in now.items():
        old = before.get(command, [])
        differ = sum(a != b for a, b in zip(old, numbers, strict=False))
        differ += abs(len(old) - len(numbers))
        print(f"{command}: {len(numbers)} figures, {differ} differ")
    # The same bytes for the same figures: no times or names of machines.
    RECORDED.write_bytes(lzma.compress(json.dumps(now, indent=0).encode(), preset=9))


if __name__ == "__main__":
    main()
