"""Energy, leakage and area of an SRAM, from CACTI 7's answers for 540 of them.

``loas_tl/data/cacti_sram.csv`` holds them: itrs-lop cells, 360 K, one read and one write port, RAM
mode, ED^2 optimised; 22, 32, 45, 65 nm; 1 KiB to 4 MiB; 1, 4, 16 banks; accesses of 8 to 64 bytes.
A point of the table is answered by the table. Between them the logarithms are kriged over the
logarithms of the four axes (:mod:`loas_tl.components.kriging`). Outside, the nearest inside is
scaled: energy by the root of the size and linearly with the access, leakage and area with the size,
all with the technology, and the answer says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypedDict

from loas_tl.components.cacti import QUANTITIES, Axes, table
from loas_tl.components.kriging import predict
from loas_tl.components.technology import area_factor, energy_factor
from loas_tl.components.units import Joules, SquareMetres, Watts

SMALLEST_NM, LARGEST_NM = 22.0, 65.0
SMALLEST_BYTES, LARGEST_BYTES = 1024.0, 4.0 * 1024 * 1024
MOST_BANKS = 16.0
SMALLEST_BLOCK, LARGEST_BLOCK = 8.0, 64.0
LINES_PER_BANK = 32.0
"""CACTI gives no answer for banks of fewer lines."""

LEAKAGE_JUMP = 2.5
"""Leakage that grows more than this from a node of the table to the next smaller one is odd: for
all SRAMs of the table it is 1.4 to 2.1 times from 65 to 45 nm, 1.1 to 1.8 to 32, 3.2 to 3.6 to 22.
"""


class Query(TypedDict):
    """An SRAM, as :func:`estimate` and :func:`remarks` take it."""

    technology_nm: float
    size_bytes: float
    banks: float
    block_bytes: float


@dataclass(frozen=True)
class Estimate:
    """An SRAM as CACTI sees it.

    Attributes:
        read, write: energy of one access.
        leakage_per_bank: of one bank.
        area: of all banks.
        outside: what of the query lies outside the table, a line each; empty inside.
    """

    read: Joules
    write: Joules
    leakage_per_bank: Watts
    area: SquareMetres
    outside: tuple[str, ...] = ()


@cache
def estimate(
    *, technology_nm: float, size_bytes: float, banks: float, block_bytes: float
) -> Estimate:
    """Energy of an access, leakage and area.

    Args:
        technology_nm: node in nm.
        size_bytes: capacity of all banks together.
        banks: how many there are.
        block_bytes: bytes of an access.
    """
    asked = (technology_nm, size_bytes, banks, block_bytes)
    inside, outside = _nearest_inside(asked)
    read, write, leakage, area = table().get(inside) or _between(inside)
    _, size, share, block = (a / b for a, b in zip(asked, inside, strict=True))
    to_node = energy_factor(technology_nm, inside[0])
    read, write, leakage = read * to_node, write * to_node, leakage * to_node
    area *= area_factor(technology_nm, inside[0])
    return Estimate(
        read=Joules(read * 1e-9 * size**0.5 * block),
        write=Joules(write * 1e-9 * size**0.5 * block),
        leakage_per_bank=Watts(leakage * 1e-3 * size / share),
        area=SquareMetres(area * 1e-6 * size),
        outside=outside,
    )


def remarks(
    *, technology_nm: float, size_bytes: float, banks: float, block_bytes: float
) -> tuple[str, ...]:
    """What is odd in CACTI's answers for an SRAM, a line each.

    Leakage that jumps from a node of the table to the next smaller one is said of the smaller one,
    and of what rests on it: nodes between the two and, below the table, nodes scaled from it.
    """

    def leakage(nm: float) -> float:
        found = estimate(
            technology_nm=nm, size_bytes=size_bytes, banks=banks, block_bytes=block_bytes
        )
        return float(found.leakage_per_bank) * 1e3

    nodes = sorted({axes[0] for axes in table()})
    larger = next((node for node in nodes[1:] if node > technology_nm), None)
    if larger is None:
        return ()
    smaller = nodes[nodes.index(larger) - 1]
    low, high = leakage(larger), leakage(smaller)
    if high <= LEAKAGE_JUMP * low:
        return ()
    line = (
        f"CACTI's leakage is {high:.3g} mW a bank at {smaller:g} nm, {low:.3g} at {larger:g} nm: "
        f"it grows {high / low:.1f} times towards the smaller node"
    )
    if technology_nm != smaller:
        how = "between them" if technology_nm > smaller else "scaled from the smaller"
        line += f"; {technology_nm:g} nm, {how}, has {leakage(technology_nm):.3g}"
    return (line,)


def _between(inside: Axes) -> tuple[float, float, float, float]:
    read, write, leakage, area = (predict(quantity, inside) for quantity in QUANTITIES)
    return read, write, leakage, area


BLOCK = "energies are in proportion to those of {:g}, area and leakage the same"
SIZE = "from {:g} on energies go with the root, area and leakage in proportion"


def _nearest_inside(asked: Axes) -> tuple[Axes, tuple[str, ...]]:
    """The nearest query inside the table, and what was moved to get there."""
    nm, size, banks, block = asked
    lines: list[str] = []

    def within(what: str, value: float, low: float, high: float, how: str) -> float:
        moved = min(max(value, low), high)
        if moved != value:
            lines.append(
                f"{what} {value:g} is outside CACTI's table ({low:g} to {high:g}): "
                + how.format(moved)
            )
        return moved

    nm = within("technology in nm", nm, SMALLEST_NM, LARGEST_NM, "scaled from {:g} nm")
    banks = within("banks", banks, 1, MOST_BANKS, "all figures are those of {:g}")
    block = within("bytes of an access", block, SMALLEST_BLOCK, LARGEST_BLOCK, BLOCK)
    smallest = max(SMALLEST_BYTES, LINES_PER_BANK * banks * block)
    size = within("size in bytes", size, smallest, LARGEST_BYTES, SIZE)
    return (nm, size, banks, block), tuple(lines)
