"""The page of a comparison: one unit a quantity, and no chart of nothing."""

from __future__ import annotations

import re

import numpy as np
import pytest

import loas_tl
from loas_tl.report.page import page
from tests.report import layer


@pytest.mark.parametrize("size", [1, 40])
def test_headline_energy_has_the_unit_of_the_table(size: int) -> None:
    spikes, weights = np.ones((2, size, size), bool), np.ones((size, size), np.int8)
    tiny = loas_tl.Network("n", (loas_tl.Layer("fc", spikes, weights),))
    text = page(loas_tl.compare([tiny], accelerators=["LoAS"]))
    [headline] = re.findall(r"<b>([\d.,]+) <small>(\wJ)</small></b><span>n: LoAS, energy", text)
    totals = text.partition('<h2 id="totals">')[2].partition("</table>")[0]
    assert f"energy ({headline[1]})" in totals
    assert f">{headline[0]}<" in totals


def test_where_the_baseline_computes_nothing_a_sentence_stands_for_the_chart() -> None:
    zeros = loas_tl.Layer("fc", np.zeros((4, 9, 40), bool), np.zeros((40, 16), np.int8))
    networks = [loas_tl.Network("empty", (zeros,)), loas_tl.Network("full", (layer(),))]
    alone = page(loas_tl.compare(networks[:1], accelerators=["PTB", "SparTen-SNN"]))
    both = page(loas_tl.compare(networks, accelerators=["PTB", "SparTen-SNN"]))
    for text in (alone, both):
        assert "empty: no speedups, as there is nothing to compute for SparTen-SNN" in text
        assert 'aria-label="speedup of empty' not in text
    assert 'aria-label="speedup of full' in both
    assert "full: no speedups" not in both
