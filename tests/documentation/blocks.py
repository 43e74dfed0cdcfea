"""The blocks of code in README and documentation, in the order of a page.

- ``python`` blocks and the cells of notebooks, one after the other in the same names;
- blocks without a language, or ``console``, of which the lines that call ``loas-tl``;
- ``yaml`` blocks whose first line is a comment with a file's name: they become that file;
- ``<!-- setup: ... -->``: Python that the reader has done already.

``<!-- not run: why -->`` before a block leaves it out; ``<!-- parsed: why -->`` only has the
arguments of its commands parsed. What is ``text`` is nothing to run.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

BLOCK = re.compile(
    r"<!-- (?P<mark>not run|parsed): (?P<why>[^>]*?) -->\s*|"
    r"<!-- setup:\n(?P<setup>.*?)-->|"
    r"^```(?P<language>[^\n]*)\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


CELL_OPTIONS = re.compile(r"^:\w.*\n", re.MULTILINE)
"""``:tags: [...]`` at the top of a cell."""


@dataclass(frozen=True)
class Block:
    """A block to run.

    Attributes:
        kind: ``python``, ``cell``, ``commands`` or ``file``.
        text: what stands in it.
        line: where, from 1.
        parsed: whether commands are parsed only.
    """

    kind: str
    text: str
    line: int
    parsed: bool = False

    def commands(self) -> Iterator[list[str]]:
        """Arguments of each call of ``loas-tl``."""
        joined = self.text.replace("\\\n", " ")
        for line in joined.splitlines():
            for part in line.removeprefix("$ ").split(" && "):
                if part.startswith("loas-tl "):
                    yield shlex.split(part.split(" > ")[0], comments=True)[1:]


def pages() -> list[Path]:
    """README and every page of the documentation; none where only the package is installed."""
    docs = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *notebooks()]
    return [path for path in docs if path.is_file()]


def notebooks() -> list[Path]:
    """The tutorials; none where only the package is installed."""
    return sorted((ROOT / "docs" / "tutorials").glob("*.md"))


def blocks(page: Path) -> Iterator[Block]:
    """What is to be run of a page."""
    text = page.read_text(encoding="utf-8")
    mark, marked_to = "", 0
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        if found["mark"]:
            mark, marked_to = found["mark"], found.end()
            continue
        marked = mark if found.start() == marked_to else ""
        if found["setup"]:
            yield Block("python", found["setup"], line)
        elif marked == "not run":
            continue
        elif found["language"] == "python":
            yield Block("python", found["text"], line)
        elif found["language"].startswith("{code-cell}"):
            yield Block("cell", CELL_OPTIONS.sub("", found["text"]), line)
        elif found["language"] == "yaml" and re.match(r"# \S+\.yaml\n", found["text"]):
            yield Block("file", found["text"], line)
        elif found["language"] in ("", "console", "sh") and "loas-tl " in found["text"]:
            yield Block("commands", found["text"], line, marked == "parsed")
