"""How a report was made: what stands at the foot of a page."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import datetime, timezone

import loas_tl


@dataclass(frozen=True)
class Made:
    """What made a report.

    Attributes:
        command: the line that was typed, without where it writes to; empty from Python.
        seed: of generated tensors or of a search, None where there was neither.
    """

    command: str = ""
    seed: int | None = None

    def words(self, *more: str) -> str:
        """A line of it all.

        The day is that of ``SOURCE_DATE_EPOCH``, where that is set, so that builds can be repeated.

        Args:
            more: what else is to be said, such as the reading of the model.
        """
        given = os.environ.get("SOURCE_DATE_EPOCH", "")
        now = datetime.now(timezone.utc)
        day = datetime.fromtimestamp(int(given), timezone.utc) if given.isdecimal() else now
        python = ".".join(map(str, sys.version_info[:3]))
        parts = [
            *((f"Made by {self.command}",) if self.command else ("Made from Python",)),
            *((f"seed {self.seed}",) if self.seed is not None else ()),
            *more,
            f"{day:%Y-%m-%d}",
            f"loas-tl {loas_tl.__version__}, Python {python}",
        ]
        return "; ".join(part for part in parts if part) + "."
