"""Tables that fit a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import wrap

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text


class FittedTable(Table):
    """A table that a narrow terminal cuts no figure of.

    Where it is too wide for a terminal, words are folded, then columns are left out: those of
    :attr:`least` first, then the others from the right, until the first column and one more are
    left. A line below says which. Columns with ``no_wrap`` are never broken, all others fold, but
    in no number. What then still does not fit is wider than the terminal, and whole. In a pipe
    nothing is left out.

    Attributes:
        least: headings of the columns that can be left out, least important first.
        folded: width of a column that folds for which others are left out.
    """

    least: Sequence[str] = ()
    folded: int = 24

    def figures(self, *headings: str, width: int = 11) -> None:
        """Add columns of figures.

        Args:
            headings: one a column.
            width: letters of a line that a heading goes over.
        """
        for heading in headings:
            lines = "\n".join(wrap(heading, width, break_long_words=False))
            self.add_column(Text(lines), justify="right", no_wrap=True)

    def natural(self, console: Console, options: ConsoleOptions) -> int:
        """The width at which nothing breaks.

        Args:
            console: that it is drawn on.
            options: of the console.

        Returns:
            How many letters.
        """
        return Measurement.get(console, options.update(max_width=UNLIMITED), self).maximum

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Fold and leave out what does not fit, then draw the rest."""
        whole, gone = self.columns, list[str]()
        for column in whole:
            if not column.no_wrap:
                column.overflow = "fold"
        if console.is_terminal and self.natural(console, options) > options.max_width:
            room, gone = self._fit(console, options.max_width)
            options = options.update(max_width=max(room, options.max_width))
        yield from super().__rich_console__(console, options)
        if gone:
            said = f"left out at {console.width} columns: {'; '.join(gone)}"
            yield Text(said, style="dim")
        self.columns = whole
        for column in whole:
            column.width = None

    def _fit(self, console: Console, width: int) -> tuple[int, list[str]]:
        """Leave out columns and set widths of others; the width it comes to, and what is gone."""
        spans = {id(one): self._span(console, one, width) for one in self.columns}
        order = [words(one.header) for one in self.columns[:0:-1]]
        empty = [words(one.header) for one in self.columns[1:] if _says_nothing(one)]
        order = list(dict.fromkeys([*empty, *self.least, *order]))
        gone: list[str] = []
        for heading in order:
            taken = sum(spans[id(one)].least for one in self.columns)
            if taken + self._lines() <= width or len(self.columns) <= FEWEST:
                break
            if any(words(one.header) == heading for one in self.columns):
                self.columns = [one for one in self.columns if words(one.header) != heading]
                gone.append(heading)
        kept = [spans[id(one)] for one in self.columns]
        if sum(one.least for one in kept) + self._lines() > width:
            kept = [replace(one, least=one.number) for one in kept]
        widths = _shared_out(kept, width - self._lines())
        for column, chosen in zip(self.columns, widths, strict=True):
            column.width = chosen
        return sum(widths) + self._lines(), gone

    def _lines(self) -> int:
        """What lines and the spaces beside them take."""
        return 3 * len(self.columns) + 1

    def _span(self, console: Console, column: Column, width: int) -> _Span:
        cells = [
            console.render_str(one) if isinstance(one, str) else one
            for one in (column.header, *column.cells)
        ]
        unlimited = console.options.update(max_width=UNLIMITED)
        natural = max(Measurement.get(console, unlimited, one).maximum for one in cells)
        natural = min(natural, column.max_width or natural)
        if column.no_wrap or column.max_width is not None:
            return _Span(natural, natural, natural)
        number = max(
            (len(one) for cell in cells for one in str(cell).split() if NUMBER.match(one)),
            default=1,
        )
        number = min(max(number, LEAST_WORD), natural)
        return _Span(natural, max(number, min(natural, width // 3, self.folded)), number)


def _says_nothing(column: Column) -> bool:
    return all(str(cell) in ("", "-") for cell in column.cells)


@dataclass(frozen=True)
class _Span:
    """Widths of a column: at which nothing breaks, before others are left out, and at least."""

    natural: int
    least: int
    number: int


def _shared_out(spans: Sequence[_Span], width: int) -> list[int]:
    """Widths that add up to ``width`` at most: the widest columns fold first."""
    widths = [one.natural for one in spans]
    while sum(widths) > width:
        foldable = [at for at, one in enumerate(spans) if widths[at] > one.least]
        if not foldable:
            break
        widths[max(foldable, key=lambda at: widths[at])] -= 1
    return widths


NUMBER = re.compile(r"[(+-]?\d[\d.,]*(e[+-]?\d+)?\S{0,2}$")
"""A word that is one, with what may stand behind it."""
FEWEST = 2
"""Columns that stay: a name and a figure."""
LEAST_WORD = 4
"""Letters of a name on a line."""
UNLIMITED = 10_000


def words(text: object) -> str:
    """A heading on one line."""
    return " ".join(str(text).split())
