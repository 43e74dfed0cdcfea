"""What objects show of themselves: a line, a table in a notebook, files, figures, LaTeX."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from functools import partial, wraps
from html import escape
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

ROWS = 12
"""Of a table in a notebook."""

DOTS = 110
"""An inch, of a figure in a notebook."""

REPORTS = "loas_tl.report.objects"
"""What draws and writes; it lies above what is shown, and is asked for by name."""


class Figures:
    """The figures of an object, by name: ``found.plot.energy()``.

    Called as a whole it draws the usual one, with the arguments that this one takes. Figures are
    matplotlib's, and a notebook shows them without a back end or ``pyplot``.
    """

    def __init__(
        self, drawn: Mapping[str, Callable[[], Figure]], usual: Callable[..., Figure] | None = None
    ) -> None:
        self._drawn = dict(drawn)
        self._usual = usual or next(iter(self._drawn.values()), None)

    def __call__(self, *arguments: Any, **named: Any) -> Figure:
        """The usual figure; TypeError where there is none."""
        if self._usual is None:
            raise TypeError("there is no figure of it")
        return _in_notebooks(self._usual(*arguments, **named))

    def __getattr__(self, name: str) -> Callable[[], Figure]:
        if name.startswith("_") or name not in self._drawn:
            raise AttributeError(f"no figure is called {name!r}; there are {', '.join(self)}")
        draw = self._drawn[name]
        return wraps(draw)(lambda *arguments, **named: _in_notebooks(draw(*arguments, **named)))

    def __iter__(self) -> Any:
        return iter(self._drawn)

    def __dir__(self) -> list[str]:
        return [*self._drawn]

    def __repr__(self) -> str:
        return f"<figures: {', '.join(self._drawn)}>"


def _in_notebooks(figure: Figure) -> Figure:
    """The figure, which a notebook now shows as a picture and not as ``<Figure ...>``."""
    # IPython asks each object for this; a figure has it of ``pyplot``'s inline back end alone.
    vars(figure)["_repr_png_"] = partial(_png, figure)
    return figure


def _png(figure: Figure) -> bytes:
    to = BytesIO()
    figure.savefig(to, format="png", dpi=DOTS, bbox_inches="tight", facecolor="white")
    return to.getvalue()


class Shown:
    """A mixin of what can be shown; a class says its :attr:`headline` and gives frames."""

    _rows_shown = ROWS

    @property
    def headline(self) -> str:
        """What it is, in a line."""
        raise NotImplementedError

    def to_frame(self) -> pd.DataFrame:
        """All of it as a pandas frame; a unit stands in the name of its column."""
        raise NotImplementedError

    def brief(self) -> pd.DataFrame:
        """The columns and rows of :meth:`to_frame` that a page of paper has room for."""
        return self.to_frame()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.headline}>"

    def _repr_html_(self) -> str:
        """A notebook shows this."""
        from loas_tl.ground.latex import for_people

        frame = self.brief()
        table = for_people(frame.head(self._rows_shown)).to_html(index=False, escape=True, border=0)
        more = len(frame) - self._rows_shown
        rest = f"<p>and {more} more rows: <code>.to_frame()</code></p>" if more > 0 else ""
        return f"<p><b>{type(self).__name__}</b>: {escape(self.headline)}</p>{table}{rest}"

    def to_dict(self) -> dict[str, Any]:
        """The object of :meth:`to_json`: plain dicts, lists, numbers and text."""
        raise NotImplementedError

    def to_json(self) -> str:
        """:meth:`to_dict` as JSON, as in the file of ``--json``."""
        return json.dumps(self.to_dict(), indent=2)

    def to_csv(self) -> str:
        """:meth:`to_frame` as CSV."""
        return str(self.to_frame().to_csv(index=False))

    def to_latex(self) -> str:
        """A ``tabular`` of the figures that a paper would print; it needs ``booktabs``.

        Units stand in parentheses behind the headings, and what means something to TeX is escaped.
        """
        from loas_tl.ground.latex import tabular

        return tabular(self.brief())

    @property
    def plot(self) -> Figures:
        """Its figures, by matplotlib: ``.plot.NAME()``; ``dir(.plot)`` lists them."""
        figures: Figures = import_module(REPORTS).figures(self)
        return figures

    def report(self, folder: str | os.PathLike[str]) -> list[Path]:
        """Write its page, figures and data as files.

        Args:
            folder: gets them, and is made where there is none.

        Returns:
            What was written.

        Raises:
            InputError: where that is not possible; nothing is half-written then.
        """
        from loas_tl.ground.files import check_writable, write_all

        contents = import_module(REPORTS).files(self)
        files = {Path(folder) / name: content for name, content in contents.items()}
        check_writable(list(files))
        write_all(files)
        return list(files)
