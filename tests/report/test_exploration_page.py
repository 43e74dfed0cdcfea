"""The page of a space: all of it in one file, for any space."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from loas_tl import Space, explore
from loas_tl.report import exploration_page
from loas_tl.report.exploration_files import files_of, render_space
from loas_tl.report.exploration_page import space_page
from tests.exploration.spaces import small

VARY = {"pes": [4, 8], "cache_KiB": [64, 256], "laggy_adders": [16, 256]}


def space(**more: Any) -> Space:
    return explore(["LoAS", "Gamma-SNN"], small(layers=1), vary=VARY, jobs=1, **more)


def inline(page: str) -> dict[str, Any]:
    """The data, charts and tables of a page."""
    found = re.search(r"const data = (.*?), charts = (.*), sheets = (.*);\n", page)
    assert found is not None
    return dict(zip(("data", "charts", "sheets"), map(json.loads, found.groups()), strict=True))


def test_a_page_has_every_point_and_asks_for_nothing() -> None:
    found = space()
    page = space_page(found)
    assert len(page.encode()) < 3_000_000
    assert not re.search(r"""(src|href)=["'](https?:)?//""", page)
    parts = inline(page)
    assert len(parts["data"]["points"]) == 8
    assert len(parts["charts"]) == 3 + 3 * 3 + 1
    best, points = parts["sheets"]
    assert len(points["rows"]) == len(found.points)
    assert [row[0] for row in best["rows"]][:2] == ["least cycles", "least time"]
    for sheet in parts["sheets"]:
        assert all(
            len(row) == len(sheet["columns"]) == len(sheet["formats"]) for row in sheet["rows"]
        )


@pytest.mark.parametrize(
    "more",
    [
        {"objectives": ["cycles"]},
        {"constraints": ["area_mm2<=0.1"]},
        {"objectives": ["utilisation", "edp"], "constraints": ["area_mm2<=1.1"]},
    ],
)
def test_any_space_has_its_files(more: Any) -> None:
    found = space(**more)
    files = render_space(found)
    if found.feasible:
        assert set(files) == set(files_of())
    assert inline(str(files["space.html"]))["data"]["points"]


def test_a_space_without_figures_has_a_page() -> None:
    found = explore(
        "LoAS", small(layers=1), vary={"laggy_adders": [256, 512], "chunk_bits": [32, 64]}
    )
    parts = inline(space_page(found))
    assert parts["charts"] == []
    assert len(parts["sheets"][0]["rows"]) == 4


def test_a_large_space_is_thinned_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploration_page, "MOST", 5)
    found = space()
    page = space_page(found)
    drawn = inline(page)["data"]["points"]
    assert 5 <= len(drawn) < 8
    assert "charts show" in page
    labels = {row["design"] for row in drawn}
    assert {point.label for point in found.pareto()} <= labels


def test_names_cannot_break_out_of_the_page() -> None:
    from loas_tl import Network, design

    mine = design("LoAS").with_(name="<b>mine<b>")
    layer = small(layers=1).layers[0]
    found = explore(mine, Network("a<b", (layer,)), vary={"pes": [4, 8]}, jobs=1)
    page = space_page(found)
    assert "<b>mine" not in page
