"""Rows as CSV without pandas, which takes longer to import than most tables to write."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from typing import Any


def csv_text(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """What ``pandas.DataFrame(rows).to_csv(index=False)`` gives; None where that takes a frame.

    Which is where a cell is empty or no row is there: a column's type decides how it is written.
    """
    if not rows:
        return None
    columns = list(rows[0])
    for row in rows:
        if list(row) != columns or not all(_plain(cell) for cell in row.values()):
            return None
    for column in columns:
        if len({type(row[column]) for row in rows}) > 1:
            return None
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(row.values() for row in rows)
    return text.getvalue()


def _plain(cell: Any) -> bool:
    return type(cell) in (str, int) or (type(cell) is float and not math.isnan(cell))
