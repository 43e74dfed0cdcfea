"""Scaling between technology nodes, 90 nm to 7 nm.

Method and figures: A. Stillmaker and B. Baas, "Scaling equations for the accurate prediction of
CMOS device performance from 180 nm to 7 nm", Integration 58 (2017), pp. 74-81,
doi 10.1016/j.vlsi.2017.02.002: a table of areas, and the energy of a switching event as a
quadratic of the supply, ``a V^2 + b V + c``, for the high-performance transistors of each node.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log

ANCHOR_NM = 32.0
"""The node that the synthesised primitives and the published designs are given in."""

SMALLEST_NM, LARGEST_NM = 7.0, 90.0


@dataclass(frozen=True)
class Node:
    """One node of the published tables.

    Attributes:
        area: area of a circuit over that of the same circuit at 32 nm.
        supply: nominal supply in V of the predictive models the equations were fitted to.
        energy: the coefficients a, b, c.
    """

    area: float
    supply: float
    energy: tuple[float, float, float]


NODES: dict[float, Node] = {
    90.0: Node(6.1, 1.2, (4.762, -4.781, 2.092)),
    65.0: Node(3.3, 1.1, (3.755, -4.398, 1.975)),
    45.0: Node(2.2, 1.0, (1.018, -0.3107, 0.1539)),
    32.0: Node(1.0, 0.9, (0.8367, -0.4341, 0.1701)),
    20.0: Node(0.46, 0.9, (0.373, -0.1582, 0.04104)),
    16.0: Node(0.41, 0.85, (0.2958, -0.1241, 0.03024)),
    14.0: Node(0.38, 0.8, (0.2363, -0.09675, 0.02239)),
    10.0: Node(0.22, 0.75, (0.2068, -0.09311, 0.02375)),
    7.0: Node(0.13, 0.7, (0.1776, -0.09097, 0.02447)),
}


def area_factor(node_nm: float, anchor_nm: float = ANCHOR_NM) -> float:
    """Area at a node over area at the anchor; between the nodes of the table, in log-log."""
    return _between(node_nm, _area) / _between(anchor_nm, _area)


def energy_factor(
    node_nm: float,
    anchor_nm: float = ANCHOR_NM,
    *,
    supply: float | None = None,
    anchor_supply: float | None = None,
) -> float:
    """Energy of an action at a node over that at the anchor.

    Leakage power is scaled by the same factor: the equations give none of its own.

    Args:
        node_nm: node in nm, 7 to 90.
        anchor_nm: node in nm that is 1.
        supply: in V at the node; by default its nominal one.
        anchor_supply: in V at the anchor; by default its nominal one.
    """
    return _between(node_nm, lambda nm: _switching(nm, supply)) / _between(
        anchor_nm, lambda nm: _switching(nm, anchor_supply)
    )


def supply(node_nm: float) -> float:
    """Nominal supply in V at a node."""
    return _between(node_nm, lambda nm: NODES[nm].supply)


def _area(nm: float) -> float:
    return NODES[nm].area


def _switching(nm: float, supply: float | None) -> float:
    node = NODES[nm]
    volts = node.supply if supply is None else supply
    a, b, c = node.energy
    return a * volts**2 + b * volts + c


def _between(nm: float, value: Callable[[float], float]) -> float:
    """Interpolate a value of the table's nodes, both axes logarithmic."""
    if nm in NODES:
        return value(nm)
    for larger, smaller in pairwise(sorted(NODES, reverse=True)):
        if smaller < nm < larger:
            share = (log(nm) - log(smaller)) / (log(larger) - log(smaller))
            return exp(share * log(value(larger)) + (1 - share) * log(value(smaller)))
    raise ValueError(f"technology is {nm} nm; expected {SMALLEST_NM:g} to {LARGEST_NM:g} nm")
