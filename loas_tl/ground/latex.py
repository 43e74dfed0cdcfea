"""Frames for people: headings with units, figures with four digits, as text and as LaTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loas_tl.ground.titles import titled

if TYPE_CHECKING:
    import pandas as pd

UNITS = {
    **{unit: unit for unit in ("pJ", "nJ", "mJ", "KiB", "MHz", "mW", "ms", "ns", "bits")},
    "GBps": "GB/s",
    "uJ": "µJ",
    "us": "µs",
    "uW": "µW",
    "um2": "µm²",
    "mm2": "mm²",
    "nm": "nm",
}
"""What the last word of a column's name is, where it is a unit."""

SHORT = {"dram": "DRAM", "sram": "SRAM", "edp": "EDP", "pes": "PEs"}
"""Words of columns' names that people write otherwise."""

IN_TEX = {"µ": r"$\mu$", "²": r"\textsuperscript{2}", "-": "$-$"}


def heading(column: str) -> str:
    """``energy_pJ`` as ``energy (pJ)``."""
    words = [SHORT.get(word, word) for word in str(column).split("_")]
    if len(words) > 1 and words[-1] in UNITS:
        return f"{' '.join(words[:-1])} ({UNITS[words[-1]]})"
    return " ".join(words)


def figure(value: Any) -> str:
    """Counts with separators, others with four digits; empty where there is none."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return f"{value:,.0f}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:,.4g}"
    return str(value)


def for_people(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame as text, under headings that have their units in parentheses."""
    plain = titled(frame.astype(object).where(frame.notna(), None))
    return plain.map(_plain).map(figure).rename(columns=heading)


def tabular(frame: pd.DataFrame) -> str:
    """The frame as a ``tabular`` of ``booktabs``; numbers stand at the right."""
    numbers = [bool(kind.kind in "iuf") for kind in frame.dtypes]
    text = for_people(frame)
    text.columns = [escaped(name) for name in text.columns]
    body = text.map(escaped)
    for name, is_number in zip(list(body), numbers, strict=True):
        if is_number:
            body[name] = [_negative(cell) for cell in body[name]]
    rows = [" & ".join(line) + r" \\" for line in [list(body), *body.to_numpy().tolist()]]
    columns = "".join("r" if is_number else "l" for is_number in numbers)
    lines = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", rows[0], r"\midrule", *rows[1:]]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    # Behind the end of a row these two are arguments of it.
    "[": "{[}",
    "*": "{*}",
    "\u00d7": r"$\times$",
    "µ": IN_TEX["µ"],
    "²": IN_TEX["²"],
}


def escaped(text: str) -> str:
    """Text that TeX prints as it is."""
    return "".join(SPECIAL.get(letter, letter) for letter in " ".join(str(text).split()))


def _negative(cell: str) -> str:
    return IN_TEX["-"] + cell[1:] if cell.startswith("-") else cell


def _plain(value: Any) -> Any:
    """A number of numpy's as one of Python's."""
    return value.item() if hasattr(value, "item") else value
