"""Aladdin's figures for circuits at 40 nm, by the time an action may take.

``loas_tl/data/aladdin.csv`` holds the energy of an action, that of an idle cycle, and the area of
circuits of 32 bits (64 for doubles, one for a register and a bitwise operator), as Accelergy's
Aladdin plug-in has them. Source: Y. S. Shao, B. Reagen, G.-Y. Wei, D. Brooks, "Aladdin: A pre-RTL,
power-performance accelerator simulator enabling large design space exploration of customized
architectures", ISCA 2014, doi 10.1109/ISCA.2014.6853196.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import ClassVar

from loas_tl.components.component import GLOBAL_CYCLE_SECONDS, Component, attribute
from loas_tl.components.technology import LARGEST_NM, SMALLEST_NM, area_factor, energy_factor
from loas_tl.components.units import (
    JOULES_PER_PICOJOULE,
    SQUARE_METRES_PER_SQUARE_MICROMETRE,
    Joules,
    SquareMetres,
    Watts,
)
from loas_tl.ground.data import read_data

SMALLEST_TABULATED_NM, LARGEST_TABULATED_NM = 40.0, 45.0
"""Between these the figures hold as they are; Accelergy's plug-in makes no difference either."""

_NS = 1e-9


@dataclass(frozen=True)
class Figures:
    """A circuit of the table's width at a node.

    Attributes:
        action: energy of an action.
        idle: power while idle.
        area: of the circuit.
    """

    action: Joules
    idle: Watts
    area: SquareMetres


def figures(circuit: str, *, technology: float, cycle: float, action_cycles: float = 1) -> Figures:
    """What the table has of a circuit.

    Args:
        circuit: as the table names it, say ``"adder"``.
        technology: node in nm.
        cycle: seconds of a cycle, which decide the area.
        action_cycles: cycles an action may take, which decide its energy.
    """
    rows = _table()[circuit]
    latency, dynamic, idle, _ = _row(rows, cycle * action_cycles)
    area = _row(rows, cycle)[3]
    anchor = min(max(technology, SMALLEST_TABULATED_NM), LARGEST_TABULATED_NM)
    to_node = energy_factor(technology, anchor)
    return Figures(
        action=Joules(dynamic * JOULES_PER_PICOJOULE * to_node),
        idle=Watts(idle * JOULES_PER_PICOJOULE / (latency * _NS) * to_node),
        area=SquareMetres(
            area * SQUARE_METRES_PER_SQUARE_MICROMETRE * area_factor(technology, anchor)
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Clocked(Component):
    """A circuit of Aladdin's, whose figures depend on the time an action may take."""

    source: ClassVar[str] = "Aladdin at 40 nm (Shao et al., ISCA 2014)"
    accuracy: ClassVar[int] = 70
    otherwise: ClassVar[str | None] = "access"

    technology: float = attribute(low=SMALLEST_NM, high=LARGEST_NM, about="node in nm")
    global_cycle_seconds: float = attribute(GLOBAL_CYCLE_SECONDS, low=1e-12, about="s of a cycle")
    action_latency_cycles: float = attribute(1, low=1e-3, about="cycles an action may take")

    def figures(self, circuit: str) -> Figures:
        """What the table has of a circuit at this node and cycle."""
        return figures(
            circuit,
            technology=self.technology,
            cycle=self.global_cycle_seconds,
            action_cycles=self.action_latency_cycles,
        )


_Row = tuple[float, float, float, float]
"""Latency in ns, pJ an action, pJ an idle cycle of that length, µm²."""


def _row(rows: dict[float, _Row], seconds: float) -> _Row:
    """The row of the latency: whole ns upwards, 6 for up to 10; the fastest where there is none."""
    latency = float(ceil(seconds / _NS)) if seconds > 0.75 * _NS else 0.5
    if latency > 10:
        latency = 10.0
    elif latency > 6:
        latency = 6.0
    return rows.get(latency, next(iter(rows.values())))


@cache
def _table() -> dict[str, dict[float, _Row]]:
    table: dict[str, dict[float, _Row]] = {}
    for row in read_data("aladdin.csv"):
        latency = float(row["latency_ns"])
        table.setdefault(row["circuit"], {})[latency] = (
            latency,
            float(row["dynamic_pJ"]),
            float(row["idle_pJ"]),
            float(row["area_um2"]),
        )
    return table
