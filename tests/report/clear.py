"""Whether everything on a figure can be seen: by where its boxes lie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox, BboxBase

SLACK = 0.75
"""Pixels of 1/100 inch by which boxes may touch."""


def assert_clear(canvas: Figure) -> None:
    """Nothing is cut, no two texts overlap, no number stands on a bar, no panel on another."""
    canvas.draw_without_rendering()
    outside = beyond(canvas)
    texts = [text for text in canvas.findobj(Text) if seen(text) and text not in outside]
    boxes = [text.get_window_extent() for text in texts]
    said = [text.get_text() for text in texts]
    whole = canvas.bbox
    for text, box in zip(said, boxes, strict=True):
        assert within(box, whole), f"{text!r} is cut"
    for one, other in overlapping(boxes, boxes):
        assert one == other, f"{said[one]!r} overlaps {said[other]!r}"
    panels = [axes.bbox for axes in canvas.axes]
    legends = [legend.get_window_extent() for legend in canvas.legends]
    assert all(within(legend, whole) for legend in legends)
    assert not overlapping(panels, legends)
    assert all(one == other for one, other in overlapping(panels, panels))
    for axes in canvas.axes:
        bars = [one for one in axes.patches if isinstance(one, Rectangle)]
        numbers = [text for text in axes.texts if seen(text)]
        on = overlapping(
            [bar.get_window_extent() for bar in bars],
            [text.get_window_extent() for text in numbers],
        )
        assert not on, f"{numbers[on[0][1]].get_text()!r} stands on a bar"
        for line in axes.get_lines():
            marks = line.get_transform().transform(line.get_xydata())
            if line.get_marker() == "D":
                assert all(within(Bbox([mark, mark]), axes.bbox) for mark in marks)


def beyond(canvas: Figure) -> list[Artist]:
    """Labels of ticks that no axis reaches."""
    found: list[Artist] = []
    for axes in canvas.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                shown = axes.get_visible() and low <= tick.get_loc() <= high
                if not shown:
                    found += [tick.label1, tick.label2]
    return found


def seen(artist: Artist) -> bool:
    """Whether it is drawn; a text without letters is not."""
    return artist.get_visible() and (
        not isinstance(artist, Text) or bool(artist.get_text().strip())
    )


def within(box: BboxBase, whole: BboxBase) -> bool:
    """Whether a box is in another one."""
    return bool(
        box.x0 >= whole.x0 - SLACK
        and box.y0 >= whole.y0 - SLACK
        and box.x1 <= whole.x1 + SLACK
        and box.y1 <= whole.y1 + SLACK
    )


def overlapping(some: Sequence[BboxBase], others: Sequence[BboxBase]) -> list[tuple[int, int]]:
    """Pairs of boxes, by number, that overlap."""
    if not some or not others:
        return []
    one, other = (np.array([[box.min, box.max] for box in each]) for each in (some, others))
    low = np.maximum(one[:, None, 0], other[None, :, 0])
    high = np.minimum(one[:, None, 1], other[None, :, 1])
    shared = (high - low > 2 * SLACK).all(axis=-1)
    return [(int(row), int(column)) for row, column in np.argwhere(shared)]
