"""A figure as the bytes of a file."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WITHOUT_DATE: dict[str, dict[str, Any]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}

DPI = 300
"""Of a PNG: what journals ask of figures in colour."""


def drawn(figure: Figure, form: str, style: Any) -> bytes:
    """A figure as ``"png"``, ``"svg"`` or ``"pdf"``; the same figure gives the same bytes.

    Args:
        figure: is drawn.
        form: of the file.
        style: parameters of matplotlib's.

    Names in it are anyone's: letters that the font has not are boxes, and characters that XML
    cannot have are left out.
    """
    buffer = BytesIO()
    with mpl.rc_context(style), any_letter(), _laid_out(figure):
        figure.savefig(buffer, format=form, dpi=DPI, metadata=_WITHOUT_DATE.get(form, {}))
    content = buffer.getvalue()
    if form != "svg":
        return content
    return _NO_XML.sub("", content.decode("utf-8", "surrogatepass")).encode()


@contextmanager
def _laid_out(figure: Figure) -> Iterator[None]:
    """Lay a figure out once, and not again for each form of file."""
    engine = figure.get_layout_engine()
    if engine is None:
        yield
        return
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    try:
        yield
    finally:
        figure.set_layout_engine(engine)


@contextmanager
def any_letter() -> Iterator[None]:
    """A name may have letters that the font has not: draw boxes, and say nothing of it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield
