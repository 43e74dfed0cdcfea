"""The page on one's own network: its blocks run, and say what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "own-network.md"


@pytest.mark.snn
def test_the_blocks_of_the_page_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    if not PAGE.is_file():
        pytest.skip("the documentation is not beside the tests")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(block, str(PAGE), "exec"), names)  # noqa: S102 - our own page
    out = capsys.readouterr().out
    [shown] = re.findall(r"```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    # Of figures that hang on random numbers the page has those of one version of PyTorch.
    assert shown.splitlines()[1] in out
    assert shown.splitlines()[-1] in out
    assert (tmp_path / "mine.npz").is_file()


def test_the_figures_of_the_page_are_those_that_were_kept() -> None:
    if not PAGE.is_file():
        pytest.skip("the documentation is not beside the tests")
    page = PAGE.read_text(encoding="utf-8")
    results = ROOT / "benchmarks" / "results"
    trained = json.loads((results / "digits_vgg9.json").read_text())
    for key, value in trained.items():
        if key.startswith("accuracy"):
            assert f"{100 * value:.1f} %" in page, key
    study = json.loads((results / "generator_vs_real.json").read_text())
    for name in ("LoAS", "LoAS-FT", "LoAS N-major", "SparTen-SNN", "GoSPA-SNN", "Gamma-SNN"):
        real = study["halves"]["real"][name]["cycles"]
        made = study["halves"]["generated"][name]["cycles"]
        assert f"| {name} | {real:,.0f} | {made:,.0f} | {100 * (made / real - 1):+.0f} % |" in page
    measured = json.loads((results / "capture.json").read_text())
    assert f"takes {measured['time_over_forward']:.1f} times" in page
