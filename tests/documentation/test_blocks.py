"""Every block of code in README and documentation runs, or says why it does not."""

from __future__ import annotations

import ast
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import matplotlib as mpl
import pytest

from loas_tl.cli.commands import parser
from loas_tl.cli.main import main
from loas_tl.designs import registry
from tests.documentation.blocks import ROOT, Block, blocks, pages

ELSEWHERE = {ROOT / "docs" / "own-network.md"}
"""Pages that need an extra, and have a test of their own."""


@pytest.mark.parametrize(
    "page",
    [one for one in pages() if one not in ELSEWHERE],
    ids=lambda page: str(page.relative_to(ROOT).with_suffix("")),
)
def test_the_blocks_of_a_page_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    todo = list(blocks(page))
    if not todo:
        pytest.skip("nothing to run")
    mpl.use("agg")
    for example in (ROOT / "docs" / "examples").glob("*"):
        shutil.copy(example, tmp_path)
    monkeypatch.chdir(tmp_path)
    # What a page registers is gone after it.
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    module = ModuleType("page")  # dataclasses look for where they are declared
    monkeypatch.setitem(sys.modules, "page", module)
    names: dict[str, Any] = vars(module)
    for block in todo:
        where = f"{page.name}:{block.line}"
        if block.kind == "file":
            name = block.text.split(maxsplit=2)[1]
            Path(name).write_text(block.text, encoding="utf-8")
        elif block.kind == "python":
            exec(compile("\n" * block.line + block.text, str(page), "exec"), names)  # noqa: S102
        elif block.kind == "cell":
            shown = run_cell(block, page, names)
            assert shown is None or shows(shown), where
        else:
            for arguments in block.commands():
                if block.parsed:
                    parser().parse_args(arguments)
                else:
                    assert main(arguments) == 0, f"{where}: {arguments}"


def run_cell(block: Block, page: Path, names: dict[str, Any]) -> object:
    """Run a cell of a notebook; the value of its last line, as a notebook would show it."""
    tree = ast.parse("\n" * block.line + block.text, str(page))
    last = tree.body[-1]
    ends = block.text.rstrip().endswith(";")
    if not isinstance(last, ast.Expr) or ends:
        exec(compile(tree, str(page), "exec"), names)  # noqa: S102
        return None
    tree.body.pop()
    exec(compile(tree, str(page), "exec"), names)  # noqa: S102
    return eval(compile(ast.Expression(last.value), str(page), "eval"), names)  # noqa: S307


def shows(value: object) -> bool:
    """Whether a notebook has something to show of it: a picture, a table, or a line or so."""
    picture = getattr(value, "_repr_png_", None)
    if picture is not None:
        return bool(picture().startswith(b"\x89PNG"))
    table = getattr(value, "_repr_html_", None)
    if table is not None and (html := table()) is not None:
        return "<table" in html and len(html) < 50_000
    return len(repr(value)) < 1_000


def test_a_block_that_fails_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```python\na = 1\n```\n\n<!-- not run: needs b -->\n```python\nb\n```\n\n"
        "```yaml\n# a.yaml\nkey: 1\n```\n\n<!-- parsed: long -->\n```\nloas-tl networks # all\n"
        "```\n\n```console\n$ loas-tl designs LoAS && loas-tl \\\n    networks\n```\n"
        "```text\nloas-tl what [that]\n```\n<!-- setup:\nc = 2\n-->\n"
    )
    found = list(blocks(page))
    assert [(one.kind, one.parsed) for one in found] == [
        ("python", False),
        ("file", False),
        ("commands", True),
        ("commands", False),
        ("python", False),
    ]
    assert [list(one.commands()) for one in found[2:4]] == [
        [["networks"]],
        [["designs", "LoAS"], ["networks"]],
    ]
