"""What a walk over a layer's tiles needs of the machine, whichever machine it is."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from loas_tl.models.dataflow import Kind
from loas_tl.models.detailed.unit import Timeline


@dataclass(frozen=True)
class LaneTime:
    """Lane-cycles of an array of inner-join units, over all lanes and outputs.

    Attributes:
        joining: what the units did.
        handover: sums being handed over at the end of an output.
        idle: waiting for the slowest lane; a lane without a fiber waits all along.
    """

    joining: Timeline
    handover: int
    idle: int

    def __add__(self, other: LaneTime) -> LaneTime:
        return LaneTime(
            self.joining + other.joining, self.handover + other.handover, self.idle + other.idle
        )


@dataclass(frozen=True, eq=False)
class Walk:
    """What an accelerator needs for a layer; arrays are ``int64[tiles of T, M, N, K]``.

    An array of inner-join units finishes an output before it starts the next, so that all tiles of
    K are one step there; a merger, a row of outputs.

    Attributes:
        compute: cycles of the processing elements, the slowest of them.
        sram: cycles of the busiest cache bank or crossbar port.
        busy: cycles of both together; at least the larger of the two.
        reads, writes: cache lines by what they hold, without those filled from DRAM.
        lanes: how inner-join units spent their time; None for other machines.
        loop_order: of the steps, outermost first; empty where it is the dataflow's.
    """

    compute: NDArray[np.int64]
    sram: NDArray[np.int64]
    busy: NDArray[np.int64]
    reads: dict[Kind, int] = field(default_factory=dict)
    writes: dict[Kind, int] = field(default_factory=dict)
    lanes: LaneTime | None = None
    loop_order: str = ""
