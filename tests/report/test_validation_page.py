"""The page of a validation: the worst errors stand on top, those of cycles, too."""

from __future__ import annotations

import re
from html import unescape

import pytest

import loas_tl
from loas_tl.report.made import Made
from loas_tl.report.validation_page import page
from loas_tl.report.validation_table import percent
from tests.report import layer


def test_headlines_name_the_worst_errors_of_counts_and_of_cycles() -> None:
    found = loas_tl.validate(
        loas_tl.Network("n", (layer(), layer(5, "b"))), accelerators=["LoAS", "SparTen-SNN"]
    )
    text = unescape(page(found, Made()))
    pairs = re.findall(r"<b>([^<]*)</b><span>(worst error of [^<]*)</span>", text)
    tiles = {about: value for value, about in pairs}
    frame, cycles = found.to_frame(), found.cycles_frame()
    of_counts = frame[frame["kind"] == "actual"]["error"].abs().max()
    of_cycles = cycles["error"].abs().max()
    assert tiles["worst error of an actual count, predicted"] == percent(of_counts)
    assert tiles["worst error of a layer's cycles, predicted"] == percent(of_cycles)
    assert f"worst error {of_counts:.2%}, of cycles {of_cycles:.2%}" in repr(found)
    brief = found.brief()
    assert brief["error_worst"].max() == pytest.approx(of_counts)
    assert brief["cycles_error_worst"].max() == pytest.approx(of_cycles)
