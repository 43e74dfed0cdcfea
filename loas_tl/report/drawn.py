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
    with mpl.rc_context(style), any_letter():
        figure.savefig(buffer, format=form, dpi=160, metadata=_WITHOUT_DATE.get(form, {}))
    content = buffer.getvalue()
    if form != "svg":
        return content
    return _NO_XML.sub("", content.decode("utf-8", "surrogatepass")).encode()


@contextmanager
def any_letter() -> Iterator[None]:
    """A name may have letters that the font has not: draw boxes, and say nothing of it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield
