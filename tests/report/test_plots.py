"""Plots have room for what is in them, at any number of networks and accelerators."""

from __future__ import annotations

from itertools import pairwise

import pytest
from matplotlib.figure import Figure

import loas_tl
from loas_tl.report.plots import WIDEST, cut_at, draw
from tests.report import layer

BUILT_IN = ["LoAS", "LoAS-FT", "LoAS N-major", "SparTen-SNN", "GoSPA-SNN", "Gamma-SNN", "PTB"]
SET = [f"LoAS:pes={pes},cache_KiB=512,chunk_bits=64" for pes in range(4, 9)]


def plots(accelerators: int, networks: int) -> dict[str, Figure]:
    asked = [loas_tl.Network(f"network {i}", (layer(),)) for i in range(networks)]
    chosen = (
        [*SET, *BUILT_IN][-accelerators:] if accelerators > 2 else ["LoAS", *SET][:accelerators]
    )
    return draw(loas_tl.compare(asked, accelerators=chosen, model="both"))


@pytest.mark.parametrize(
    ("accelerators", "networks"), [(1, 1), (1, 8), (2, 1), (2, 3), (7, 3), (12, 1), (12, 3)]
)
def test_everything_is_on_them(accelerators: int, networks: int) -> None:
    for name, canvas in plots(accelerators, networks).items():
        assert canvas.get_figwidth() <= WIDEST
        canvas.draw_without_rendering()
        # Bars of a speedup are named below them, and nothing was published of these networks.
        assert len(canvas.legends) == (name != "speedup")
        for legend in canvas.legends:
            of_legend, whole = legend.get_window_extent(), canvas.bbox
            assert whole.x0 <= of_legend.x0
            assert of_legend.x1 <= whole.x1
        for axes in canvas.axes:
            # No marker at the upper edge, but where bars are cut.
            heights = [float(line.get_ydata()[0]) for line in axes.get_lines()]  # type: ignore[index,arg-type]
            tallest = max((patch.get_y() + patch.get_height() for patch in axes.patches), default=0)  # type: ignore[attr-defined]
            if tallest < axes.get_ylim()[1]:
                assert all(height < axes.get_ylim()[1] for height in heights)
        titles = [axes.get_title() for axes in canvas.axes]
        mean = {"mean"} if name == "speedup" and networks > 1 else set()
        assert set(titles) - {""} == {f"network {i}" for i in range(networks)} | mean


@pytest.mark.parametrize("accelerators", [2, 12])
def test_names_that_stand_side_by_side_do_not_touch(accelerators: int) -> None:
    for canvas in plots(accelerators, 1).values():
        canvas.draw_without_rendering()
        axes = canvas.axes[0]
        labels = axes.get_xticklabels()
        [angle] = {label.get_rotation() for label in labels}
        if angle == 90:
            boxes = [label.get_window_extent() for label in labels]
            assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


@pytest.mark.parametrize(
    ("heights", "limit"),
    [
        ([1.0, 2.0, 3.0], None),
        ([1.0, 9.0], None),
        ([0.0, 0.0, 0.0], None),
        ([0.0, 0.0, 5.0], None),
        ([2.0, 2.0, 2.0, 90.0], 2.3),
        # More than four times the median, and yet no higher than what is left above the others.
        ([1.0, 1.0, 1.0, 3.9, 4.2], None),
    ],
)
def test_only_bars_that_stick_out_are_cut(heights: list[float], limit: float | None) -> None:
    assert cut_at(heights) == (None if limit is None else pytest.approx(limit))
