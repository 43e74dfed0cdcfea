"""A name that means something to rich, matplotlib or HTML is shown as it is."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.cli.outcome import Run
from tests.workload.examples import layers_file, spikes, weights

NAMES = [r"[/x] $\foo$ <script>", "[red]x[/red] a_b$x^2$c 🦙 :smile:", "_$a_$"]
"""Of networks and layers; designs have those without what no design can be called."""


class Text(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags = "", list[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def label(name: str) -> str:
    return name.translate(dict.fromkeys(map(ord, ":,=/\\")))


@pytest.fixture
def mine(tmp_path: Path, label: str) -> str:
    path = tmp_path / "mine.py"
    path.write_text(
        f"import loas_tl\nWIDE = loas_tl.design('LoAS').with_(name={label!r})\n", encoding="utf-8"
    )
    return f"{path}:WIDE"


@pytest.fixture
def workload(tmp_path: Path, name: str) -> Path:
    """A network and a layer of that name, too."""
    stem = name.replace("/", "|")
    return layers_file(tmp_path / f"{stem}.npz", **{name: (spikes(4, 9, 40), weights(40, 16))})


def drawn(svg: Path) -> str:
    """What is said on a figure; its letters are outlines, with the words as remarks beside them."""
    remarks = re.findall(r"<!-- (.*?) -->", svg.read_text(encoding="utf-8"))
    return unescape(" ".join(remarks))


def page_shows(page: Path, name: str, scripts: int) -> None:
    read = Text(page.read_text(encoding="utf-8"))
    assert name in read.text
    assert read.tags.count("script") == scripts


def test_compare(run: Run, mine: str, workload: Path, label: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    accelerators = ("--accelerator", mine, f"{mine}:pes=8", "--baseline", mine)
    shown = run("compare", "--tensors", workload, *accelerators, "--model", "both", "--out", out)
    shown.assert_succeeded()
    assert f"physical energy of {label} over it" in shown.out
    assert f"│ {label}" in shown.out
    assert f"speedup over {label}" in drawn(out / "speedup.svg")
    for plot in ("speedup", "energy", "traffic", "bounds"):
        assert label in drawn(out / f"{plot}.svg")
    page_shows(out / "report.html", f"{label}\npes=8", scripts=3)


def test_validate(run: Run, mine: str, workload: Path, label: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shown = run("validate", "--tensors", workload, "--accelerator", mine, "--out", out)
    shown.assert_succeeded()
    assert f"│ {label}" in shown.out
    assert f"{label} InnerJoin" in drawn(out / "heat_map.svg")
    for plot in ("scatter", "cycles"):
        assert label in drawn(out / f"{plot}.svg")
    page_shows(out / "validation.html", label, scripts=3)


def test_energy(run: Run, mine: str, label: str, tmp_path: Path) -> None:
    shown = run("energy", mine, "--set", "tile_n=16", "--out", tmp_path / "out")
    shown.assert_succeeded()
    assert f"{label} tile_n=16, 32 nm" in shown.out
    assert f"{label} tile_n=16: area" in drawn(tmp_path / "out" / "composition.svg")


def test_innerjoin(
    run: Run, mine: str, workload: Path, name: str, label: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = ("innerjoin", "--tensors", workload, "--accelerator", mine, "--sweep", "--out", out)
    shown = run(*command, "--set", "accumulator_bits=10")
    shown.assert_succeeded()
    assert f"│ {name} " in shown.out
    assert f"note: {label} accumulator_bits=10" in shown.out
    stem = workload.stem
    assert stem in drawn(out / "laggy_cost.svg")
    assert name in drawn(out / "laggy_cost.svg")
    assert stem in drawn(out / "sweep.svg")


def test_designs_and_formats(run: Run, mine: str, workload: Path, name: str, label: str) -> None:
    listed = run("designs", mine)
    listed.assert_succeeded()
    assert f"{label}: packed spikes" in listed.out
    sized = run("formats", "--tensors", workload)
    sized.assert_succeeded()
    assert f"│ {name} " in sized.out
