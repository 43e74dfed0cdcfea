"""Tables on a terminal cut no figure; in a pipe nothing is left out."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

import loas_tl
from loas_tl.ground.fitted import FittedTable
from loas_tl.report.engine import print_result
from loas_tl.report.rows import notes
from loas_tl.report.table import console, print_tables, print_whole
from tests.report import layer
from tests.workload.examples import layers_file


def terminal(width: int) -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    made = Console(width=width, force_terminal=True, color_system=None, file=file, highlight=False)
    return made, file


def table() -> FittedTable:
    made = FittedTable(title="t", title_justify="left")
    made.add_column("name")
    made.figures("cycles", "speedup over x", "energy")
    made.least = ("energy", "speedup over x")
    made.add_row(Text("an accelerator"), "1,234,567", "1.25", "7,654,321")
    return made


@pytest.mark.parametrize(
    ("width", "left_out"),
    [(60, None), (47, "energy"), (37, "energy; speedup over x"), (20, "energy; speedup over x")],
)
def test_columns_are_left_out_in_order(width: int, left_out: str | None) -> None:
    to, file = terminal(width)
    print_whole(to, table())
    shown = file.getvalue()
    assert max(map(len, shown.splitlines())) <= width
    assert "1,234,567" in shown
    assert "…" not in shown
    said = " ".join(shown.split())
    assert ("left out" in said) == (left_out is not None)
    if left_out is not None:
        assert f"left out at {width} columns: {left_out}" in said
        assert "7,654,321" not in shown


def test_what_does_not_fit_at_all_is_wider_and_whole() -> None:
    made = table()
    made.add_row("x", "123,456,789,012,345", "1", "2")
    to, file = terminal(12)
    print_whole(to, made)
    shown = file.getvalue()
    assert "123,456,789,012,345" in shown
    assert "an" in shown
    assert "left out at 12 columns: energy; speedup over x" in " ".join(shown.split())


def test_columns_without_an_order_are_left_out_from_the_right() -> None:
    made = FittedTable()
    for heading in ("name", "one", "two", "three"):
        made.add_column(heading)
    made.add_row("a", "1,234,567", "2,345,678", "say 3,456,789, or so")
    to, file = terminal(33)
    print_whole(to, made)
    shown = file.getvalue()
    assert "left out at 33 columns: three" in shown
    assert "1,234,567 │ 2,345,678" in shown


def test_it_is_whole_again_at_another_width() -> None:
    made = table()
    narrow, _ = terminal(20)
    print_whole(narrow, made)
    wide, file = terminal(80)
    print_whole(wide, made)
    assert "7,654,321" in file.getvalue()
    assert "an accelerator" in file.getvalue()


def test_a_pipe_has_everything(capsys: pytest.CaptureFixture[str]) -> None:
    made = table()
    made.figures(*(f"more figures {i}" for i in range(20)))
    print_whole(console(), made)
    shown = capsys.readouterr().out
    assert "figures 19 ┃" in shown
    assert "left out" not in shown


@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_figure_of_a_comparison_is_cut(width: int) -> None:
    networks = [loas_tl.Network("n" * 60, (layer(),))]
    long = loas_tl.design("LoAS").with_(name="x" * 90, pes=64, cache_KiB=512)
    found = loas_tl.compare(networks, accelerators=["LoAS", "SparTen-SNN", long], model="both")
    to, file = terminal(width)
    print_tables(found, to)
    shown = file.getvalue()
    assert max(map(len, shown.splitlines())) <= width
    assert "…" not in shown
    assert shown.count("x") >= 90 * 2
    for total in found.totals:
        assert f" {total.counts.cycles:,} " in shown
        assert total.detailed is not None
        assert f" {total.detailed.counts.cycles:,} " in shown


def test_a_real_terminal_is_asked_for_its_width(tmp_path: Path) -> None:
    path = layers_file(tmp_path / "n.npz", a=(layer().spikes, layer().weights))
    command = [sys.executable, "-m", "loas_tl", "compare", "--tensors", str(path)]
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as reading:
        started = subprocess.Popen(  # noqa: S603 - this Python, with arguments of ours
            [*command, "--accelerator", "LoAS", "SparTen-SNN"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=os.environ | {"COLUMNS": "70", "NO_COLOR": "1", "TERM": "xterm"},
        )
        os.close(theirs)
        parts = []
        try:
            while part := reading.read(4096):
                parts.append(part)
        except OSError:  # what a closed terminal answers
            pass
        assert started.wait() == 0
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", b"".join(parts).decode())
    assert "left out at 70 columns: PEs in use; energy, published formula" in shown
    assert "…" not in shown


def test_an_engines_result_keeps_its_cycles(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = loas_tl.design("LoAS").spec(layer())
    result = loas_tl.native.evaluate(loas_tl.spec.parse_spec(spec.model_spec))
    to, file = terminal(60)
    monkeypatch.setattr("loas_tl.report.engine.console", lambda: to)
    print_result("[/x] :smile:", result)
    shown = file.getvalue()
    assert shown.startswith("[/x] :smile: (engine: native)")
    table = [line for line in shown.splitlines() if line.startswith(("│", "┃"))]
    assert max(map(len, table)) <= 60
    assert "cycles" in table[0]
    assert f" {result.cycles:,.0f} " in "".join(table)
    assert "left out at 60 columns: capacity (words); instances;" in shown


def test_notes_say_of_which_network_they_are() -> None:
    def layers(*rows: int) -> tuple[loas_tl.Layer, ...]:
        return tuple(layer(m, f"{i}") for i, m in enumerate(rows))

    networks = [loas_tl.Network("a", layers(9, 32)), loas_tl.Network("b", layers(12, 12))]
    found = loas_tl.compare(networks, accelerators=["LoAS:pes=32,fifo_depth=4"])
    label = "LoAS pes=32 fifo_depth=4"
    of_layers = [note for note in notes(found) if "stand idle" in note]
    assert of_layers == [
        f"{label}: a: pes=32 for 9 rows (M): 23 stand idle (in 1 of 2 layers)",
        f"{label}: b: pes=32 for 12 rows (M): 20 stand idle (in 2 of 2 layers)",
    ]
    shared = [note for note in notes(found) if "stand idle" not in note]
    assert shared
    assert all(not re.match(f"{label}: [ab]: ", note) for note in shared)
    assert len(set(shared)) == len(shared)
    alone = loas_tl.compare(networks[:1], accelerators=["LoAS:pes=32,fifo_depth=4"])
    assert of_layers[0].replace(": a:", ":") in notes(alone)
