"""The tutorials are notebooks: a kernel runs them, and what they show is shown there, too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.documentation.blocks import ROOT, blocks, notebooks

TOPICS = {
    *("compare", "own-network", "own-accelerator", "design-space"),
    *("timeloop", "validation", "energy"),
}
HEAD = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n  display_name: Python 3\n---\n\n# "

needed = pytest.mark.skipif(not notebooks(), reason="the documentation is not beside the tests")


@needed
def test_there_is_a_notebook_for_each_topic() -> None:
    assert {page.stem for page in notebooks()} == TOPICS
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    start = (ROOT / "docs" / "start.md").read_text(encoding="utf-8")
    for topic in TOPICS:
        assert f"\ntutorials/{topic}\n" in index
        assert f"(tutorials/{topic}.md)" in start


@needed
@pytest.mark.parametrize("page", notebooks(), ids=lambda page: page.stem)
def test_a_notebook_asks_shows_and_links(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.startswith(HEAD)
    cells = [block.text for block in blocks(page) if block.kind == "cell"]
    assert len(cells) >= 8
    assert any(".plot" in cell for cell in cells)
    assert any("assert " in cell for cell in cells)  # what it claims is checked as it runs
    assert "?" in text.split("```")[0]  # a tutorial begins with a question
    for target in re.findall(r"\]\(([^)#:]+)[^):]*\)", text):
        assert (page.parent / target).is_file(), target


@needed
def test_a_kernel_runs_a_notebook_and_shows_tables_and_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    monkeypatch.setenv("MPLBACKEND", "agg")
    page = ROOT / "docs" / "tutorials" / "energy.md"
    cells = [
        nbformat.v4.new_code_cell(block.text) for block in blocks(page) if block.kind == "cell"
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    ).execute()
    nbformat.validate(notebook)
    kinds = [kind for cell in cells for output in cell.outputs for kind in output.get("data", {})]
    assert kinds.count("image/png") >= 2
    assert kinds.count("text/html") >= 2


@needed
def test_the_pages_become_notebooks(tmp_path: Path) -> None:
    cli = pytest.importorskip("myst_nb.cli", reason="pip install '.[docs]'")
    nbformat = pytest.importorskip("nbformat")
    for page in notebooks():
        to = tmp_path / f"{page.stem}.ipynb"
        cli.md_to_nb([str(page), str(to)])
        notebook = nbformat.read(to, as_version=4)
        nbformat.validate(notebook)
        code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        ours = [block.text.strip() for block in blocks(page) if block.kind == "cell"]
        assert [cell.strip() for cell in code] == ours
