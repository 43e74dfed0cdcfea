"""Where the package's data and its folders of specs are, in a working copy and installed."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[1]
DATA = PACKAGE / "data"


def shipped_folder(name: str) -> Path:
    """``arch_specs``, ``mappings`` or ``energy_plugins``.

    They lie inside the package when it is installed, else beside it.
    """
    return PACKAGE / name if (PACKAGE / name).is_dir() else PACKAGE.parent / name


def read_data(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file that ships in ``loas_tl/data``."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_figures(name: str) -> Any:
    """A JSON document that ships in ``loas_tl/data``."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))
