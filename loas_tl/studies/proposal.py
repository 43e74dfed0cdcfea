"""The cheapest change of LoAS's inner join that makes the laggy prefix-sum's cost small."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from loas_tl.components.circuits import FastPrefixSum, LaggyPrefixSum
from loas_tl.components.units import in_mm2, in_mW
from loas_tl.designs.design import Design
from loas_tl.designs.loas import LOAS
from loas_tl.models.detailed.model import count_detailed
from loas_tl.studies.laggy_cost import laggy_unit
from loas_tl.workload.source import LayerSource, Progress, on_each_layer

LIMIT = 0.10
"""The cost that a proposal stays under, on every network."""

PRICED = (
    "Area and power are estimates from the component models: a laggy prefix-sum with more adders "
    "as a share of the fast one's tree, a lookup as a tree of adders that nobody has synthesised."
)
"""Said beside the prices."""

ADDERS = (1, 2, 4, 8)
"""Times the adders that there are."""
OFFSET_BUFFERS = (1, 2, 4)
FIFO_DEPTHS = (1, 2, 4)
"""Times the depth that there is."""


@dataclass(frozen=True)
class Candidate:
    """A changed inner join.

    Attributes:
        design: what it is part of.
        changed: the parameters that differ, by name.
        area_mm2, power_mW: of a PE.
        more_area, more_power: beyond the design that was asked for, as shares of its PE's.
        cost: what it adds to the cycles with two fast prefix-sums, by network, as a share.
    """

    design: Design
    changed: dict[str, Any]
    area_mm2: float
    power_mW: float  # noqa: N815 - the unit as it is written
    more_area: float
    more_power: float
    cost: dict[str, float]

    @property
    def worst(self) -> float:
        """Its cost on the network where it is largest."""
        return max(self.cost.values())

    def record(self) -> dict[str, Any]:
        """One row of a report."""
        return {
            "changed": ", ".join(f"{key}={value}" for key, value in self.changed.items()),
            "pe_area_mm2": self.area_mm2,
            "pe_power_mW": self.power_mW,
            "more_area": self.more_area,
            "more_power": self.more_power,
            **{f"cost_{network}": cost for network, cost in self.cost.items()},
        }


def propose(
    sources: Sequence[LayerSource],
    design: Design = LOAS,
    progress: Progress | None = None,
) -> list[Candidate]:
    """Try changes of the inner join: adders, offset buffers, FIFOs, skipping, a lookup.

    A laggy prefix-sum with more adders is a larger part of the fast tree, so it is priced as at
    least that share of it: with an adder a bit it costs what the fast one does.

    Args:
        sources: the layers.
        design: LoAS, or another with a laggy prefix-sum.
        progress: called after each layer.

    Returns:
        The design itself first, then the candidates that cost less than every cheaper one, by
        area: the last is the fastest, and the first whose :attr:`Candidate.worst` is below
        :data:`LIMIT` is the proposal.

    Raises:
        InputError: where the design has no laggy prefix-sum.
    """
    dataflow, unit, _ = laggy_unit(design)
    tried = [design, *(one for _, one in _changes(design))]
    dataflows = [replace(dataflow, machine=replace(unit, laggy=None))]
    dataflows += [laggy_unit(one)[0] for one in tried]
    cycles: dict[str, list[int]] = {}
    answers = on_each_layer(sources, lambda layer: count_detailed(layer, dataflows), progress)
    for source, parts in zip(sources, answers, strict=True):
        of_network = cycles.setdefault(source.network, [0] * len(dataflows))
        for details in parts:
            for at, detail in enumerate(details):
                of_network[at] += detail.schedule.cycles
    area, power = pe_cost(design)
    candidates = []
    for at, one in enumerate(tried, start=1):
        own_area, own_power = pe_cost(one)
        changed = {
            name: getattr(one, name)
            for name in one.parameters
            if getattr(one, name) != getattr(design, name)
        }
        cost = {network: counts[at] / counts[0] - 1 for network, counts in cycles.items()}
        candidates.append(
            Candidate(
                *(one, changed, own_area, own_power),
                *(own_area / area - 1, own_power / power - 1, cost),
            )
        )
    return [candidates[0], *_frontier(candidates[1:], candidates[0].worst)]


def proposal(candidates: Sequence[Candidate]) -> Candidate | None:
    """The cheapest that stays under :data:`LIMIT` on every network; None where none does."""
    return next((one for one in candidates if one.worst < LIMIT), None)


def pe_cost(design: Design) -> tuple[float, float]:
    """Area (mm²) and power (mW) of a PE, its adders priced as a share of the fast tree."""
    pe = design.pe()
    if pe is None:
        return 0.0, 0.0
    area, power = pe.area, pe.power
    laggy = next((part for part in pe.parts() if part.name == "laggy_prefix_sum"), None)
    if laggy is not None and isinstance(laggy.component, LaggyPrefixSum):
        own = laggy.component
        fast = FastPrefixSum(chunk_bits=own.chunk_bits, technology=own.technology)
        share = own.adders / own.chunk_bits
        area = area + max(fast.area * share - own.area, 0.0)
        power = power + max(fast.power * share - own.power, 0.0)
    return in_mm2(area), in_mW(power)


def _changes(design: Design) -> Iterator[tuple[dict[str, Any], Design]]:
    known = design.parameters
    ranges: dict[str, list[Any]] = {}
    if {"laggy_adders", "chunk_bits"} <= set(known):
        adders, most = getattr(design, "laggy_adders"), getattr(design, "chunk_bits")  # noqa: B009
        ranges["laggy_adders"] = [n * adders for n in ADDERS if n * adders <= most]
    if "offset_buffers" in known:
        ranges["offset_buffers"] = list(OFFSET_BUFFERS)
    if "fifo_depth" in known:
        depth = getattr(design, "fifo_depth")  # noqa: B009
        ranges["fifo_depth"] = [n * depth for n in FIFO_DEPTHS if n * depth <= 256]
    if "skip_empty" in known:
        ranges["skip_empty"] = list(dict.fromkeys((getattr(design, "skip_empty"), True)))  # noqa: B009
    for values in product(*ranges.values()):
        changed = dict(zip(ranges, values, strict=True))
        one = design.with_(**changed)
        if one != design:
            yield changed, one
    if "lookup" in known and not getattr(design, "lookup"):  # noqa: B009
        yield {"lookup": True}, design.with_(lookup=True)


def _frontier(candidates: Sequence[Candidate], above: float) -> list[Candidate]:
    """Those that cost less than every cheaper one, by area."""
    kept = []
    for one in sorted(candidates, key=lambda one: (one.area_mm2, one.worst, len(one.changed))):
        if one.worst < above:
            kept.append(one)
            above = one.worst
    return kept
