from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from loas_tl.report.reproduction import FILES
from loas_tl.reproduction import ITEMS
from tests.cli.outcome import Run, contents


def test_the_command_writes_a_page_and_its_data(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shown = run("reproduce", "fig16a", "fig5", "--out", out)
    shown.assert_succeeded()
    assert "Fig. 16a" in shown.out
    assert set(contents(out)) == set(FILES)
    document = json.loads((out / "reproduction.json").read_text())
    assert [item["name"] for item in document["items"]] == ["fig5", "fig16a"]
    rows = list(csv.DictReader(io.StringIO((out / "reproduction.csv").read_text())))
    assert len(rows) == sum(len(item["rows"]) for item in document["items"])
    page = (out / "reproduction.html").read_text()
    assert "of 5 figures are within 5%" in page
    assert "96 words" in page
    on_stdout = run("reproduce", "fig16a", "--json", "-")
    assert json.loads(on_stdout.out)["items"] == document["items"][1:]


def test_the_list_names_every_item(run: Run) -> None:
    shown = run("reproduce", "--list")
    shown.assert_succeeded()
    for item in ITEMS:
        assert item.name in shown.out
    assert "fig11" in shown.out


@pytest.mark.parametrize(
    ("arguments", "mentions"),
    [
        (("fig20",), ("ITEM", "'fig20'", "did you mean 'fig5'")),
        (("fig11",), ("fig11", "training")),
        (("fig5", "--seed", -1), ("seed is -1",)),
    ],
)
def test_bad_items_are_refused(
    run: Run, tmp_path: Path, arguments: tuple[object, ...], mentions: tuple[str, ...]
) -> None:
    run("reproduce", *arguments, "--out", tmp_path / "out").assert_refused(*mentions)
    assert not (tmp_path / "out").exists()
