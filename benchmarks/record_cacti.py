"""Record CACTI 7's answers through Accelergy's CACTI plug-in: ``loas_tl/data/cacti_lstp.csv``.

    python benchmarks/record_cacti.py PLUGIN_FOLDER [OUT.csv]

``PLUGIN_FOLDER`` holds the installed plug-in (``cacti_wrapper.py``) with a compiled CACTI. A point
that the file has is not asked for again, so that a run can be ended and gone on with. It takes
about half an hour of one core.
"""

from __future__ import annotations

import csv
import importlib
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "loas_tl" / "data" / "cacti_lstp.csv"
COLUMNS = (
    *("technology_nm", "ports", "banks", "width_bytes", "depth"),
    *("read_pJ", "write_pJ", "leakage_mW", "area_mm2"),
)
DEPTHS = tuple(2**power for power in range(6, 21))
WIDTHS = (4, 8, 16, 32, 64, 128)
MOST_BYTES = 16 * 2**20
LINES_PER_BANK = 64

Point = tuple[int, int, int, int, int]
"""Node in nm, ports, banks, bytes of an access, accesses that it holds."""


def points() -> Iterator[Point]:
    """All that is asked for; 45 nm, the exercises' node, most finely."""
    for node in (45, 32, 65, 22, 90):
        for banks in (1, 2, 4, 8, 16) if node == 45 else (1, 2, 4):
            yield from _grid(node, 1, banks, WIDTHS, DEPTHS)
        if node != 45:
            yield from _grid(node, 1, 16, WIDTHS, DEPTHS[::2])
    for banks in (1, 2, 4):
        yield from _grid(45, 2, banks, WIDTHS, DEPTHS)
    for node in (32, 65, 22, 90):
        for banks in (1, 2):
            yield from _grid(node, 2, banks, WIDTHS[::2], DEPTHS[::2])
    for banks in (1, 2):
        yield from _grid(45, 4, banks, WIDTHS[::2], DEPTHS[::2])
    # Between the depths, where small buffers are.
    halfway = tuple(3 * 2**power for power in range(5, 13))
    for node, banks in ((45, 1), (45, 2), (32, 1)):
        yield from _grid(node, 1, banks, WIDTHS[:4], halfway)


def _grid(
    node: int, ports: int, banks: int, widths: tuple[int, ...], depths: tuple[int, ...]
) -> Iterator[Point]:
    for width in widths:
        for depth in depths:
            if depth >= LINES_PER_BANK * banks and width * depth <= MOST_BYTES:
                yield node, ports, banks, width, depth


def ask(wrapper: Any, point: Point) -> list[str] | None:
    """PJ a read and a write, mW of all banks, mm2; None where CACTI finds no array."""
    node, ports, banks, width, depth = point
    memory = wrapper.CactiSRAM(node, width * 8, depth, ports, banks)
    memory.logger = logging.getLogger("cacti")
    try:
        read, write, _, leakage, area, _ = memory._interp_technology()
    except Exception:
        return None
    return [f"{value:.5g}" for value in (read * 1e12, write * 1e12, leakage * 1e3, area * 1e6)]


def main() -> None:
    """Ask for what the file does not have yet, and write it in order."""
    logging.disable(logging.CRITICAL)
    sys.path.insert(0, sys.argv[1])
    wrapper = importlib.import_module("cacti_wrapper")
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else DATA
    known: dict[Point, list[str]] = {}
    if out.exists():
        with out.open(newline="") as file:
            for row in list(csv.reader(file))[1:]:
                node, ports, banks, width, depth = map(int, row[:5])
                known[node, ports, banks, width, depth] = row[5:]
    for point in points():
        if point not in known:
            answer = ask(wrapper, point)
            if answer is not None:
                known[point] = answer
                _write(out, known)


def _write(out: Path, known: dict[Point, list[str]]) -> None:
    lines = [",".join([*map(str, point), *known[point]]) for point in sorted(known)]
    out.write_text("\n".join([",".join(COLUMNS), *lines]) + "\n")


if __name__ == "__main__":
    main()
