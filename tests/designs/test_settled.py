"""What a design says of parameters that were left open, and of models it has not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

import loas_tl
from loas_tl.designs.registry import with_timeloop
from loas_tl.designs.tables import models_line
from tests.comparison.examples import FIRST

OPEN = {"input_cache_KiB": 64, "weight_cache_KiB": 168, "output_cache_KiB": 24}
WORDS = {8: "eight", 9: "nine", 10: "ten"}
ROOT = Path(__file__).parents[2]


def test_partitions_left_open_have_their_share_everywhere() -> None:
    loas = loas_tl.design("LoAS")
    compared = loas_tl.compare(FIRST, accelerators=loas).to_dict()["designs"][0]["parameters"]
    assert {key: compared[key] for key in OPEN} == OPEN
    rows = loas.to_frame().set_index("parameter")
    assert {key: rows["value"][key] for key in OPEN} == OPEN
    assert rows["default"]["input_cache_KiB"] == "1/4 of cache_KiB"
    assert r"weight\_cache\_KiB & 168 & 21/32 of cache\_KiB & KiB" in loas.to_latex()
    small = loas_tl.design("LoAS", cache_KiB=128, input_cache_KiB=20.5)
    assert small.settled["input_cache_KiB"] == 20.5
    assert small.settled["output_cache_KiB"] == 12


def test_latex_writes_dram_and_sram_in_capitals() -> None:
    heading = loas_tl.compare(FIRST, accelerators="LoAS").to_latex().splitlines()[2]
    assert "DRAM (KiB) & SRAM (KiB)" in heading


def test_a_design_without_pes_says_what_is_priced_of_it() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Bare(loas_tl.Design):
        name: str = "Bare"

    line = models_line(Bare())
    assert line.startswith("models: none; it declares no pe(), so that loas-tl energy prices")
    assert f"{Bare().area_mm2:.4f} mm²" in line


@pytest.mark.parametrize("page", ["README.md", "docs/timeloop.md"])
def test_pages_count_the_specs_there_are(page: str) -> None:
    path = ROOT / page
    if not path.is_file():
        pytest.skip("the pages are in the repository, only the package is installed")
    [word] = re.findall(
        r"(\w+) accelerators come as Timeloop|v4 specs of (\w+) acc", path.read_text()
    )
    assert "".join(word).lower() == WORDS[len(with_timeloop())]
