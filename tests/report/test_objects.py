"""What a user has in hand shows itself: in a line, in a notebook, as files, figures and LaTeX."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure

import loas_tl
from loas_tl import Network, design
from loas_tl.ground.latex import figure, heading, tabular
from loas_tl.reproduction import reproduce
from loas_tl.studies.sparsity import measure_sparsity
from loas_tl.timeloop.mapper import search
from loas_tl.timeloop.spec import parse_spec
from tests.exploration.spaces import small
from tests.mapper.examples import matmul
from tests.report import layer

KINDS = (
    *("comparison", "network", "result", "found", "space", "validation", "design"),
    *("formats", "sparsity", "reproduction"),
)

MOST_COLUMNS = 10
"""Of a table on a page of 7.16 inches."""


@pytest.fixture(scope="module")
def objects() -> dict[str, Any]:
    network = Network("a_b & <c>", (layer(), layer(5, "fc_2")))
    spec = design("LoAS").spec(layer())
    return {
        "comparison": loas_tl.compare([network], accelerators=["LoAS", "PTB"], model="both"),
        "network": network,
        "result": loas_tl.native.evaluate(loas_tl.spec.parse_spec(spec.model_spec)),
        "found": search(parse_spec(matmul(m=4, n=2, k=2)), max_mappings=20, jobs=1),
        "space": loas_tl.explore("LoAS", small(layers=1), vary={"pes": [4, 8]}, jobs=1),
        "validation": loas_tl.validate(Network("n", (layer(),)), accelerators=["LoAS"]),
        "design": design("LoAS", pes=32),
        "formats": loas_tl.measure_formats(network),
        "sparsity": measure_sparsity(networks=network),
        "reproduction": reproduce(["table2"]),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_it_prints_in_a_line(objects: dict[str, Any], kind: str) -> None:
    said = repr(objects[kind])
    assert len(said) < 200
    assert "\n" not in said
    assert type(objects[kind]).__name__.lstrip("_") in said or kind == "design"


@pytest.mark.parametrize("kind", KINDS)
def test_a_notebook_gets_a_table(objects: dict[str, Any], kind: str) -> None:
    shown = objects[kind]._repr_html_()
    assert shown.count("<table") == 1
    assert len(shown) < 20_000
    assert "<c>" not in shown


def test_a_notebook_gets_every_parameter_of_a_design(objects: dict[str, Any]) -> None:
    design = objects["design"]
    assert all(name in design._repr_html_() for name in design.to_frame()["parameter"])


@pytest.mark.parametrize("kind", KINDS)
def test_its_frame_is_its_csv(objects: dict[str, Any], kind: str) -> None:
    frame = objects[kind].to_frame()
    assert len(frame) > 0
    assert objects[kind].to_csv().count("\n") > len(frame)


@pytest.mark.parametrize("kind", KINDS)
def test_its_latex_has_a_cell_a_column(objects: dict[str, Any], kind: str) -> None:
    lines = objects[kind].to_latex().splitlines()
    columns = len(lines[0].rpartition("{")[2].rstrip("}"))
    rows = [line for line in lines if line.endswith(r"\\")]
    assert len(rows) > 1
    assert columns <= MOST_COLUMNS
    for row in rows:
        assert row.replace(r"\&", "").count("&") == columns - 1


@pytest.mark.parametrize("kind", KINDS)
def test_its_latex_has_no_letter_that_tex_takes_for_an_order(
    objects: dict[str, Any], kind: str
) -> None:
    """What is no command, escape, separator or end of a row is a letter as it is printed."""
    _, _, *lines, _, _ = objects[kind].to_latex().splitlines()
    orders = r"\\[a-zA-Z]+(\{[^{}]*\})?|\\[&%$#_{}\\]|\$\\?[a-z-]+\$|\{[\[*]\}| & "
    for line in lines:
        left = re.sub(orders, " ", line)
        assert not set(left) & set("\\&%$#_{}~^<>|[*µ²\u00d7"), (line, left)
        assert left.isascii()


@pytest.mark.parametrize("kind", KINDS)
def test_its_json_is_the_text_of_its_object(objects: dict[str, Any], kind: str) -> None:
    document = objects[kind].to_dict()
    assert isinstance(document, dict)
    text = objects[kind].to_json()
    assert json.loads(text) == json.loads(json.dumps(document))
    assert list(json.loads(text)) == list(document)


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_is_drawn_by_name(objects: dict[str, Any], kind: str) -> None:
    plot = objects[kind].plot
    assert list(plot)
    for name in dir(plot):
        assert isinstance(getattr(plot, name)(), Figure)
    with pytest.raises(AttributeError, match="there are"):
        _ = plot.nothing_of_the_kind


@pytest.mark.parametrize("kind", KINDS)
def test_its_report_is_written(objects: dict[str, Any], kind: str, tmp_path: Path) -> None:
    written = objects[kind].report(tmp_path / "new")
    assert all(path.stat().st_size for path in written)
    suffixes = {path.suffix for path in written}
    assert {".json", ".csv"} <= suffixes
    if kind in ("network", "result", "found", "comparison", "design"):
        assert {".html", ".png", ".svg", ".pdf"} <= suffixes
    for path in written:
        if path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("kind", "title", "foot"),
    [
        ("network", "Network a_b &amp; &lt;c&gt;", ""),
        ("found", "Best mapping of matmul", "seed 0; "),
        ("design", "Design LoAS pes=32", ""),
    ],
)
def test_a_page_says_what_it_is_of(
    objects: dict[str, Any], kind: str, title: str, foot: str, tmp_path: Path
) -> None:
    [page] = [path for path in objects[kind].report(tmp_path) if path.suffix == ".html"][:1]
    text = page.read_text(encoding="utf-8")
    assert f"<h1>{title}</h1>" in text
    assert f"<footer>Made from Python; {foot}" in text
    assert not re.search(r'<th scope="col">[^<]*_[^<]*</th>', text)


def test_units_stand_in_headings_and_tex_is_escaped() -> None:
    frame = pd.DataFrame(
        {"design_name": ["a_b & 50 %", "~x^"], "energy_pJ": [1234567.0, -2.5], "area_mm2": [1, 2]}
    )
    assert tabular(frame) == (
        "\\begin{tabular}{lrr}\n\\toprule\n"
        "design name & energy (pJ) & area (mm\\textsuperscript{2}) \\\\\n\\midrule\n"
        "a\\_b \\& 50 \\% & 1,234,567 & 1 \\\\\n"
        "\\textasciitilde{}x\\textasciicircum{} & $-$2.5 & 2 \\\\\n"
        "\\bottomrule\n\\end{tabular}\n"
    )


def test_figures_have_four_digits_and_counts_all() -> None:
    assert [figure(value) for value in (1234567, 0.123456, 12345.6, None, float("nan"))] == [
        "1,234,567",
        "0.1235",
        "12,346",
        "",
        "",
    ]
    assert heading("time_us") == "time (µs)"
    assert heading("sram") == "SRAM"
