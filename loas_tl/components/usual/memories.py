"""SRAMs, priced by CACTI's answers under the rules of Accelergy's CACTI plug-in.

CACTI answers for whole bytes, at least four, for at least 64 entries a bank, and for powers of two
of banks. The plug-in asks for the next larger one that it answers for and scales it down: leakage
and area with width and depth; an access with 0.7 of the width, and with the depth to the power of
0.78. Between nodes it interpolates linearly; below 22 nm energy goes with the root of the node,
area with the node, and leakage with the root and 0.79 (for FinFETs).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from loas_tl.components.component import Component, Own, attribute, nothing
from loas_tl.components.technology import LARGEST_NM, SMALLEST_NM
from loas_tl.components.units import (
    JOULES_PER_PICOJOULE,
    SQUARE_METRES_PER_SQUARE_MILLIMETRE,
    WATTS_PER_MILLIWATT,
    Joules,
    SquareMetres,
    Watts,
)
from loas_tl.components.usual.sram_table import (
    NODES_NM,
    Query,
    Values,
    look_up,
    outside,
    power_of_two,
)

LEAST_BITS = 32
LEAST_ENTRIES = 64
"""Of a bank."""

WIDTH_SHARE = 0.7
"""Of the energy of an access, what goes with its width."""

DEPTH_POWER = 1.56 / 2
FINFET_LEAKAGE = 0.79
"""Leakage below 22 nm over that of planar transistors."""


@dataclass(frozen=True, kw_only=True)
class Sram(Component):
    """An SRAM with ports that both read and write."""

    kind: ClassVar[str] = "SRAM"
    source: ClassVar[str] = "CACTI 7 (itrs-lstp, 300 K) under the rules of Accelergy's plug-in"
    accuracy: ClassVar[int] = 80

    technology: float = attribute(low=SMALLEST_NM, high=LARGEST_NM, about="node in nm")
    width: int = attribute(low=0, high=2**20, about="bits of an access")
    depth: int = attribute(low=0, high=2**40, about="entries of all banks together")
    n_rw_ports: int = attribute(1, high=64, about="ports")
    n_banks: int = attribute(1, high=4096, about="banks")

    def own(self) -> Own:
        """An update costs what a write does; nothing of nothing costs nothing."""
        if not self.width * self.depth:
            return Own(energy=nothing("read", "write", "update"))
        read, write, leakage, area = self._values()
        return Own(
            SquareMetres(area * SQUARE_METRES_PER_SQUARE_MILLIMETRE),
            Watts(leakage * WATTS_PER_MILLIWATT),
            {
                "read": Joules(read * JOULES_PER_PICOJOULE),
                "write": Joules(write * JOULES_PER_PICOJOULE),
                "update": Joules(write * JOULES_PER_PICOJOULE),
            },
        )

    def outside(self) -> tuple[str, ...]:
        """What of it the table does not reach."""
        if not self.width * self.depth:
            return ()
        return tuple(dict.fromkeys(line for _, query in self._queries() for line in outside(query)))

    def _values(self) -> Values:
        read = write = leakage = area = 0.0
        for share, query in self._queries():
            values = look_up(query)
            read += share * values[0]
            write += share * values[1]
            leakage += share * values[2] * self.n_banks / query.banks
            area += share * values[3]
        width = self.width / (8 * _bytes(self.width))
        depth = self.depth / max(self.depth, LEAST_ENTRIES * self.n_banks)
        access = (width * WIDTH_SHARE + 1 - WIDTH_SHARE) * depth**DEPTH_POWER
        small = min(self.technology / NODES_NM[0], 1.0)
        leaking = small**0.5 * (FINFET_LEAKAGE if small < 1 else 1.0)
        return (
            read * access * small**0.5,
            write * access * small**0.5,
            leakage * width * depth * leaking,
            area * width * depth * small,
        )

    def _queries(self) -> Iterator[tuple[float, Query]]:
        """What CACTI is asked for at one or two nodes of its own, and the share of each."""
        for node, share in _nodes(self.technology):
            yield (
                share,
                Query(
                    node=node,
                    ports=self.n_rw_ports,
                    banks=power_of_two(self.n_banks),
                    width=_bytes(self.width),
                    depth=max(self.depth, LEAST_ENTRIES * self.n_banks),
                ),
            )


def _bytes(width: int) -> int:
    return -(-max(width, LEAST_BITS) // 8)


def _nodes(technology: float) -> list[tuple[int, float]]:
    if technology <= NODES_NM[0]:
        return [(NODES_NM[0], 1.0)]
    at = bisect_left(NODES_NM, technology)
    larger, smaller = NODES_NM[at], NODES_NM[at - 1]
    if larger == technology:
        return [(larger, 1.0)]
    share = (technology - smaller) / (larger - smaller)
    return [(smaller, 1 - share), (larger, share)]
