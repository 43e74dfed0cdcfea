"""The bars of parts of one panel: where they are cut, how they end, what its axis says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from loas_tl.report.paper import DIAMOND, LINE, POINT, ticks, width_of

GAP = 0.2
"""Inches from panel to panel."""
PITCH = LINE + 0.015
"""Inches from bar to bar, where names are of one line."""
THICK = 0.72 * PITCH
"""Inches."""


@dataclass(frozen=True)
class Bar:
    """A bar of parts.

    Attributes:
        name: stands left of it.
        parts: colours and lengths.
        published: its published length, None where there is none.
    """

    name: str
    parts: Sequence[tuple[str, float]]
    published: float | None = None

    @property
    def whole(self) -> float:
        """Its length."""
        return sum(length for _, length in self.parts)


def cut_at(heights: Sequence[float]) -> float | None:
    """Where bars are cut that would flatten all the others, as a dense array's; None for nowhere.

    A bar is too tall from four times the median on; the highest of the others sets the limit, and
    where all of them reach no higher than that, none is cut.
    """
    if len(heights) < 3:
        return None
    tall = 4 * sorted(heights)[len(heights) // 2]
    limit = 1.15 * max((height for height in heights if height <= tall), default=0.0)
    return limit if 0 < limit < max(heights) else None


FAR = 1.5
"""Times the longest bar, up to which a published mark stands where it belongs."""


@dataclass(frozen=True)
class End:
    """How a bar ends.

    Attributes:
        scale: of its own, less than 1 where it is cut.
        at: where it ends, or its published mark does.
        mark: its published mark, where that is drawn.
        words: written there.
        gap: inches to the words.
    """

    scale: float
    at: float
    mark: float | None
    words: str
    gap: float


def ends_of(bars: Sequence[Bar], numbered: bool) -> list[End]:
    """How each of the bars of a panel ends.

    A bar that is cut is drawn to a scale of its own, with its parts and its published mark.
    """
    # With every length written beside it, a long bar says what it has to.
    limit = None if numbered else cut_at([bar.whole for bar in bars])
    scales = [limit / bar.whole if limit and bar.whole > limit else 1.0 for bar in bars]
    longest = max((bar.whole * scale for bar, scale in zip(bars, scales, strict=True)), default=0)
    found = []
    for bar, scale in zip(bars, scales, strict=True):
        words = [short(bar.whole)] if scale != 1.0 or numbered else []
        mark = None if bar.published is None else bar.published * scale
        if bar.published is not None and mark is not None and mark > FAR * longest:
            words.append(f"(publ. {short(bar.published)})")
            mark = None
        end = max(bar.whole * scale, mark or 0.0)
        gap = 5 if mark is not None and mark == end else 3.5
        found.append(End(scale, end, mark, " ".join(words), gap * POINT))
    return found


def draw_bars(
    axes: Axes, bars: Sequence[Bar], middles: Sequence[float], wide: float, numbered: bool
) -> None:
    """Bars of parts, with published figures as diamonds; one that is cut has a break."""
    ends = ends_of(bars, numbered)
    by_colour: dict[str, list[tuple[float, float, float]]] = {}
    longest = 0.0
    for middle, bar, end in zip(middles, bars, ends, strict=True):
        start = 0.0
        for colour, length in bar.parts:
            if length:
                by_colour.setdefault(colour, []).append((middle, start, length * end.scale))
            start += length * end.scale
        longest = max(longest, start)
    for colour, pieces in by_colour.items():
        places, starts, lengths = zip(*pieces, strict=True)
        axes.barh(places, lengths, left=starts, height=THICK, color=colour)
    top = longest
    for middle, end in zip(middles, ends, strict=True):
        if end.scale != 1.0:
            _break(axes, middle, longest)
        if end.mark is not None:
            axes.plot(end.mark, middle, **DIAMOND)
        if end.words:
            axes.annotate(
                *(end.words, (end.at, middle)),
                xytext=(end.gap / POINT, 0),
                textcoords="offset points",
                va="center_baseline",
                parse_math=False,
            )
        if end.words or end.mark is not None:
            need = (width_of(end.words) if end.words else 0.0) + end.gap + POINT
            top = max(top, end.at * wide / max(wide - need, 0.1 * wide))
    axes.set_xlim(0, top or 1.0)
    _across_ticks(axes, longest, top or 1.0, wide)


def _across_ticks(axes: Axes, longest: float, top: float, wide: float) -> None:
    """Ticks no farther than the bars, and none whose label would leave the panel."""
    kept: list[tuple[float, str]] = []
    for most in (4, 3, 2, 1):
        marks = ticks(longest, most)
        kept = [
            (value, said)
            for value, said in marks
            if value / top * wide + width_of(said) / 2 <= wide + GAP / 3
        ]
        step = kept[1][0] / top * wide if len(kept) > 1 else wide
        if max(width_of(said) for _, said in kept) + 0.06 <= step:
            break
    axes.set_xticks([value for value, _ in kept], [said for _, said in kept])


def short(value: float) -> str:
    """A length as it stands at the end of a bar."""
    return f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


def _break(axes: Axes, at: float, end: float) -> None:
    """Two white strokes through a bar that is cut."""
    for low in (0.86, 0.91):
        along, across = [low * end, (low + 0.03) * end], [at + 0.7 * THICK, at - 0.7 * THICK]
        axes.plot(along, across, color="white", linewidth=1.3, solid_capstyle="butt")
