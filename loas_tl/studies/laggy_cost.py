"""What the laggy prefix-sum costs: LoAS's layers with it, and with two fast prefix-sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from loas_tl.designs.design import Design
from loas_tl.designs.loas import LOAS
from loas_tl.ground.errors import InputError
from loas_tl.models.dataflow import TiledAccelerator
from loas_tl.models.detailed.model import Detail, count_detailed
from loas_tl.models.machine import InnerJoin, Laggy
from loas_tl.models.published.tiled import stack
from loas_tl.workload.layer import Layer
from loas_tl.workload.source import LayerSource, Progress, on_each_layer

NEGLIGIBLE = 0.05
"""An overhead below this is almost none."""


@dataclass(frozen=True)
class LaggyCost:
    """Cycles of a layer, or of a network (``layer`` is None), on LoAS; memory included.

    Attributes:
        network, layer: names.
        outputs: pairs of fibers, each an output for all timesteps, or for those of a pass.
        chunks: pairs of bitmask chunks.
        matches: in all of them.
        discarded: matches whose word is all ones, so that nothing is corrected.
        two_fast: cycles with a fast prefix-sum on both bitmasks.
        laggy: cycles with the unit that was asked for.
        skipping: with one that passes over chunks without a match.
        two_buffers: with one that holds the offsets of two chunks.
        both: with one that does both.
        by_adders: cycles by the number of adders, from that asked for to one a bit.
        lane_cycles: of the unit that was asked for, by what the lanes did.
    """

    network: str
    layer: str | None
    outputs: int
    chunks: int
    matches: int
    discarded: int
    two_fast: int
    laggy: int
    skipping: int
    two_buffers: int
    both: int
    by_adders: dict[int, int]
    lane_cycles: dict[str, int]

    def __add__(self, other: LaggyCost) -> LaggyCost:
        """The total of two layers of one network, or of two spMspMs of one layer."""
        sums = {key: getattr(self, key) + getattr(other, key) for key in _NUMBERS}
        return replace(
            self,
            layer=None,
            by_adders={at: n + other.by_adders[at] for at, n in self.by_adders.items()},
            lane_cycles={at: n + other.lane_cycles[at] for at, n in self.lane_cycles.items()},
            **sums,
        )

    @property
    def overhead(self) -> float:
        """What the laggy prefix-sum adds, as a share of the cycles with two fast ones."""
        return self.laggy / self.two_fast - 1

    @property
    def adders_needed(self) -> int | None:
        """The fewest adders whose overhead is negligible; None where even one a bit is not."""
        for adders, cycles in sorted(self.by_adders.items()):
            if cycles / self.two_fast - 1 <= NEGLIGIBLE:
                return adders
        return None

    def record(self) -> dict[str, str | int | float | None]:
        """One row of a report; the unit is in the name of the column."""
        row: dict[str, str | int | float | None] = {"network": self.network}
        if self.layer is not None:
            row["layer"] = self.layer
        lanes = sum(self.lane_cycles.values())
        return row | {
            "outputs": self.outputs,
            "chunks": self.chunks,
            "matches": self.matches,
            "discarded": self.discarded,
            "two_fast_cycles": self.two_fast,
            "laggy_cycles": self.laggy,
            "overhead": self.overhead,
            "skipping_cycles": self.skipping,
            "two_buffers_cycles": self.two_buffers,
            "both_cycles": self.both,
            "adders_needed": self.adders_needed,
            **{f"{part}_share": cycles / lanes for part, cycles in self.lane_cycles.items()},
        }


_NUMBERS = (
    *("outputs", "chunks", "matches", "discarded"),
    *("two_fast", "laggy", "skipping", "two_buffers", "both"),
)


def laggy_cost(
    sources: Sequence[LayerSource],
    design: Design = LOAS,
    progress: Progress | None = None,
) -> tuple[list[LaggyCost], list[LaggyCost]]:
    """Time a design with its laggy prefix-sum and with two fast ones.

    Args:
        sources: the layers.
        design: LoAS, or another whose inner-join units have a laggy prefix-sum.
        progress: called after each layer.

    Returns:
        One result a layer, in order, and one a network.

    Raises:
        InputError: where the design has no laggy prefix-sum.
    """
    dataflow, unit, laggy = laggy_unit(design)
    answers = on_each_layer(
        sources, lambda layer: _of_layer(layer, dataflow, unit, laggy), progress
    )
    layers = [
        replace(reduce(add, parts), network=source.network, layer=source.layer)
        for source, parts in zip(sources, answers, strict=True)
    ]
    totals: dict[str, LaggyCost] = {}
    for cost in layers:
        before = totals.get(cost.network)
        totals[cost.network] = before + cost if before else replace(cost, layer=None)
    return layers, list(totals.values())


def laggy_unit(design: Design) -> tuple[TiledAccelerator, InnerJoin, Laggy]:
    """A design's dataflow, its inner-join unit and that one's laggy prefix-sum.

    Raises:
        InputError: where it has none.
    """
    dataflow = design.dataflow()
    if isinstance(dataflow, TiledAccelerator):
        unit = dataflow.machine
        if isinstance(unit, InnerJoin) and unit.laggy is not None:
            return dataflow, unit, unit.laggy
    raise InputError(
        f"{design.label} has no laggy prefix-sum; expected LoAS, or a design with one to compare "
        "with two fast ones"
    )


def _of_layer(layer: Layer, dataflow: TiledAccelerator, unit: InnerJoin, laggy: Laggy) -> LaggyCost:
    adders = [2**at for at in range(unit.chunk.bit_length()) if 2**at >= laggy.adders]
    variants = {
        "two_fast": replace(unit, laggy=None),
        "laggy": unit,
        "skipping": replace(unit, laggy=replace(laggy, skip_empty=True)),
        "two_buffers": replace(unit, laggy=replace(laggy, offset_buffers=2)),
        "both": replace(unit, laggy=replace(laggy, skip_empty=True, offset_buffers=2)),
    }
    more = {count: replace(unit, laggy=replace(laggy, adders=count)) for count in adders}
    declared = [replace(dataflow, machine=each) for each in (*variants.values(), *more.values())]
    details = count_detailed(layer, declared)
    words = stack(layer, dataflow.operand, dataflow.word(layer.T))
    outputs = words.shape[0] * layer.M * layer.N
    cycles = [detail.schedule.cycles for detail in details]
    return LaggyCost(
        "",
        layer.name,
        outputs=outputs,
        chunks=outputs * -(-layer.K // unit.chunk),
        matches=details[0].counts.computes,
        discarded=_discarded(layer, words, dataflow.word(layer.T)),
        **dict(zip(variants, cycles, strict=False)),
        by_adders=dict(zip(more, cycles[len(variants) :], strict=True)),
        lane_cycles=_lane_cycles(details[1]),
    )


def _lane_cycles(detail: Detail) -> dict[str, int]:
    lanes = detail.lanes
    if lanes is None:
        return {}
    return asdict(lanes.joining) | {"handover": lanes.handover, "idle": lanes.idle}


def _discarded(layer: Layer, words: NDArray[np.generic], bits: int) -> int:
    """Matches whose packed word is all ones, of ``uint[passes, M, K]`` words of so many bits."""
    weights = np.count_nonzero(layer.weights, axis=1)
    discarded = 0
    for number, of_pass in enumerate(words):
        full = 2 ** min(bits, layer.T - number * bits) - 1
        discarded += int(np.count_nonzero(of_pass == full, axis=0) @ weights)
    return discarded
