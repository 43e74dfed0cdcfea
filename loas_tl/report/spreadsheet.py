"""CSV that spreadsheets do not take for formulas."""

from __future__ import annotations

import csv
import io

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Starts of what a spreadsheet computes."""


def for_spreadsheets(text: str | bytes) -> str:
    """The CSV with an apostrophe before each cell that a spreadsheet would compute.

    Names of layers and files are anyone's, and a formula can read other files. Numbers stay.
    """
    decoded = text.decode("utf-8") if isinstance(text, bytes) else text
    if not any(sign in decoded for sign in FORMULA):
        return decoded
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in csv.reader(io.StringIO(decoded, newline="")):
        writer.writerow([f"'{cell}" if _is_formula(cell) else cell for cell in row])
    return out.getvalue()


def _is_formula(cell: str) -> bool:
    if not cell.startswith(FORMULA):
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False
