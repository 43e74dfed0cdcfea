"""``loas-tl sparsity``."""

from __future__ import annotations

import json
from pathlib import Path

from loas_tl.report.sparsity_page import FILES
from loas_tl.studies.sparsity import left_of
from tests.cli.outcome import Run, contents
from tests.sparsity.test_study import LAYER
from tests.workload.examples import save


def test_the_command(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    save(path, {"a/x": LAYER.spikes, "a/w": LAYER.weights})
    outcome = run("sparsity", "--tensors", path, "--tile-rows", "20", "--tile-inputs", "8")
    outcome.assert_succeeded()
    assert f"{100 * left_of(LAYER, 20, 8).product / LAYER.spikes.size:.2f}" in outcome.out
    assert "an upper bound" in outcome.out
    outcome = run("sparsity", "--tensors", path, "--json", "-", "--csv", tmp_path / "rows.csv")
    outcome.assert_succeeded()
    assert json.loads(outcome.out)["totals"][0]["product"] == left_of(LAYER).product
    assert (tmp_path / "rows.csv").read_text().count("\n") == 2


def test_the_report_is_a_page_and_its_data(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    save(path, {"a/x": LAYER.spikes, "a/w": LAYER.weights})
    outcome = run("sparsity", "--tensors", path, "--out", tmp_path / "out")
    outcome.assert_succeeded()
    assert f"report: {tmp_path / 'out' / 'report.html'}" in outcome.out
    files = contents(tmp_path / "out")
    assert set(files) == set(FILES)
    assert (files["sparsity.json"] or b"").decode() == run(
        "sparsity", "--tensors", path, "--json", "-"
    ).out
    page = (files["report.html"] or b"").decode()
    assert "an upper bound" in page
    assert "Made by loas-tl sparsity --tensors" in page


def test_a_tile_that_is_none_is_refused(run: Run) -> None:
    outcome = run("sparsity", "--tile-inputs", "65")
    outcome.assert_refused("--tile-inputs: is 65; expected 2 to 64")
