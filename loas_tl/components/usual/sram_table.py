"""CACTI 7's answers for SRAMs of low standby power, as Accelergy's CACTI plug-in asks for them.

``loas_tl/data/cacti_lstp.csv`` holds them: itrs-lstp cells, 300 K, RAM mode, least leakage first;
22, 32, 45, 65 and 90 nm; 1 to 16 banks; accesses of 4 to 128 bytes; 64 to 2^20 entries, up to
16 MiB; one or more read-write ports. Recorded through the plug-in (with CACTI 7 at 1ffd8df) by
``benchmarks/record_cacti.py``. A point of the table is answered by the table, between them the
logarithms are linear in those of depth and width. Beyond the last depth the last slope goes on.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from math import exp, log

from loas_tl.ground.data import read_data

NODES_NM = (22, 32, 45, 65, 90)
COMPLETE_NM = 45
"""The node of most ports and banks; ratios to one port are taken from it."""

Values = tuple[float, float, float, float]
"""pJ a read, pJ a write, mW of leakage of all banks, mm²."""

_Line = tuple[list[float], list[Values]]
"""Logarithms of depths, and of the values there."""


@dataclass(frozen=True)
class Query:
    """An SRAM as CACTI is asked for it: a node of the table, a power of two of banks.

    Attributes:
        node: in nm.
        ports: for reading and writing.
        banks: how many.
        width: bytes of an access.
        depth: accesses that it holds.
    """

    node: int
    ports: int
    banks: int
    width: float
    depth: float


def look_up(query: Query) -> Values:
    """What the table, or a line between its points, has of an SRAM."""
    groups = _groups()
    if (query.node, query.ports, query.banks) in groups:
        return _in_group(groups[query.node, query.ports, query.banks], query)
    one = _over_banks(query.node, 1, query)
    if query.ports == 1:
        return one
    node = query.node if (query.node, query.ports, 1) in groups else COMPLETE_NM
    known = sorted({ports for nm, ports, _ in groups if nm == COMPLETE_NM})
    if query.ports not in known:
        return _times(one, _port_ratio(query, known))
    more, base = (_over_banks(node, ports, query) for ports in (query.ports, 1))
    return _times(one, tuple(a / b for a, b in zip(more, base, strict=True)))


def outside(query: Query) -> tuple[str, ...]:
    """What of a query lies outside the table, a line each."""
    groups = _groups()
    lines = []
    widths = groups[query.node, 1, 1]
    if not min(widths) <= query.width <= max(widths):
        lines.append(
            f"bytes of an access {query.width:g} are outside CACTI's table "
            f"({min(widths)} to {max(widths)})"
        )
    most = max(banks for _, _, banks in groups)
    if query.banks > most:
        lines.append(f"banks {query.banks:g} are outside CACTI's table (1 to {most})")
    ports = max(ports for _, ports, _ in groups)
    if query.ports > ports:
        lines.append(f"ports {query.ports:g} are outside CACTI's table (1 to {ports})")
    nearest = min(widths, key=lambda width: abs(log(width / query.width)))
    deepest = exp(widths[nearest][0][-1])
    if query.depth > deepest * (1 + 1e-9):
        lines.append(f"depth {query.depth:g} is outside CACTI's table (up to {deepest:.0f})")
    return tuple(lines)


def _times(values: Values, ratios: tuple[float, ...]) -> Values:
    read, write, leakage, area = (v * r for v, r in zip(values, ratios, strict=True))
    return read, write, leakage, area


def _port_ratio(query: Query, known: list[int]) -> tuple[float, ...]:
    """Over one port, on the power law through the two numbers of ports next to it."""
    at = min(max(bisect_right(known, query.ports), 1), len(known) - 1)
    low, high = known[at - 1], known[at]
    share = log(query.ports / low) / log(high / low)
    one, few, many = (_over_banks(COMPLETE_NM, ports, query) for ports in (1, low, high))
    return tuple((b / a) ** share * a / base for base, a, b in zip(one, few, many, strict=True))


def _over_banks(node: int, ports: int, query: Query) -> Values:
    """A group of the table, or between (or beyond) two by the logarithm of the banks."""
    groups = _groups()
    known = sorted(banks for nm, n, banks in groups if nm == node and n == ports)
    if query.banks in known:
        return _in_group(groups[node, ports, query.banks], query)
    at = min(max(bisect_right(known, query.banks), 1), len(known) - 1)
    few, many = known[at - 1], known[at]
    share = log(query.banks / few) / log(many / few)
    low, high = (_in_group(groups[node, ports, banks], query) for banks in (few, many))
    return _mix(_logs(low), _logs(high), share)


def _in_group(lines: dict[int, _Line], query: Query) -> Values:
    widths = sorted(lines)
    if query.width in lines:
        values = _along(lines[int(query.width)], query.depth)
        return _mix(values, values, 0.0)
    at = min(max(bisect_right(widths, query.width), 1), len(widths) - 1)
    narrow, wide = widths[at - 1], widths[at]
    share = log(query.width / narrow) / log(wide / narrow)
    return _mix(_along(lines[narrow], query.depth), _along(lines[wide], query.depth), share)


def _along(line: _Line, depth: float) -> Values:
    """Logarithms of the values at a depth."""
    depths, values = line
    at = min(max(bisect_right(depths, log(depth)), 1), len(depths) - 1)
    share = (log(depth) - depths[at - 1]) / (depths[at] - depths[at - 1])
    low, high = values[at - 1], values[at]
    if share == 0:
        return low
    read, write, leakage, area = (a + share * (b - a) for a, b in zip(low, high, strict=True))
    return read, write, leakage, area


def _mix(low: Values, high: Values, share: float) -> Values:
    """Between two logarithms, as values."""
    read, write, leakage, area = (exp(a + share * (b - a)) for a, b in zip(low, high, strict=True))
    return read, write, leakage, area


def _logs(values: Values) -> Values:
    read, write, leakage, area = (log(value) for value in values)
    return read, write, leakage, area


@cache
def _groups() -> dict[tuple[int, int, int], dict[int, _Line]]:
    groups: dict[tuple[int, int, int], dict[int, _Line]] = {}
    for row in read_data("cacti_lstp.csv"):
        key = int(row["technology_nm"]), int(row["ports"]), int(row["banks"])
        line = groups.setdefault(key, {}).setdefault(int(row["width_bytes"]), ([], []))
        line[0].append(log(float(row["depth"])))
        line[1].append(
            _logs(
                (
                    float(row["read_pJ"]),
                    float(row["write_pJ"]),
                    float(row["leakage_mW"]),
                    float(row["area_mm2"]),
                )
            )
        )
    return groups


def power_of_two(number: int) -> int:
    """The least power of two that is not less."""
    return 1 << max(0, (number - 1).bit_length())
