"""Double buffering: DRAM transfers laid under the steps of a walk, and what held them up.

Source: ours; LoAS (MICRO 2024), section V, has a double-buffered cache and an HBM of 128 GB/s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from loas_tl.models.machine import System

Resource = Literal["compute", "sram", "dram"]
RESOURCES: tuple[Resource, ...] = ("compute", "sram", "dram")


@dataclass(frozen=True, eq=False)
class Steps:
    """What each step of a walk needs of each resource; arrays are ``int64[steps]``, in order.

    Attributes:
        compute: cycles of the processing elements, the slowest of them.
        sram: cycles of the busiest cache bank or crossbar port.
        busy: cycles of both together, at least the larger of the two: within a step either may
            hold up the other.
        dram_bits: bits to and from DRAM.
    """

    compute: NDArray[np.int64]
    sram: NDArray[np.int64]
    busy: NDArray[np.int64]
    dram_bits: NDArray[np.int64]


@dataclass(frozen=True)
class Schedule:
    """Cycles of a layer and what they were spent on.

    Attributes:
        cycles: of the layer.
        alone: cycles that each resource would need without the others.
        bound: cycles of the steps that each resource held up.
    """

    cycles: int
    alone: dict[Resource, int]
    bound: dict[Resource, int]

    def __add__(self, other: Schedule) -> Schedule:
        return Schedule(
            self.cycles + other.cycles,
            {r: self.alone[r] + other.alone[r] for r in RESOURCES},
            {r: self.bound[r] + other.bound[r] for r in RESOURCES},
        )

    @classmethod
    def mean(cls, schedules: Sequence[Schedule]) -> Schedule:
        """The mean of several.

        Args:
            schedules: at least one.

        Returns:
            Their mean, each figure rounded to a whole number of cycles.
        """
        total = schedules[0]
        for one in schedules[1:]:
            total = total + one
        among = len(schedules)
        return cls(
            round(total.cycles / among),
            {r: round(total.alone[r] / among) for r in RESOURCES},
            {r: round(total.bound[r] / among) for r in RESOURCES},
        )

    @property
    def bound_by(self) -> Resource:
        """The resource that held up most of the cycles."""
        return max(RESOURCES, key=lambda resource: self.bound[resource])


def overlap(steps: Steps, system: System, tail: int) -> Schedule:
    """Lay DRAM transfers under the steps: while one step is computed the next one's data comes in.

    Args:
        steps: in the order of the walk.
        system: the bandwidth.
        tail: cycles after the last step.

    Returns:
        The first step's data has to be waited for; from then on each step takes the longer of its
        own cycles and of the transfer for the next one.
    """
    # Cumulative sums are rounded, so that no part of a cycle is lost or counted twice.
    ends = np.ceil(np.cumsum(steps.dram_bits) / system.dram_bits_per_cycle).astype(np.int64)
    transfers = np.diff(ends, prepend=0)
    coming = np.append(transfers[1:], 0)
    taken = np.maximum(steps.busy, coming)
    on_dram = coming > steps.busy
    on_sram = ~on_dram & (steps.sram > steps.compute)
    bound: dict[Resource, int] = {
        "dram": int(taken[on_dram].sum() + transfers[0]),
        "sram": int(taken[on_sram].sum()),
        "compute": int(taken[~on_dram & ~on_sram].sum()) + tail,
    }
    alone: dict[Resource, int] = {
        "compute": int(steps.compute.sum()) + tail,
        "sram": int(steps.sram.sum()),
        "dram": int(ends[-1]),
    }
    return Schedule(sum(bound.values()), alone, bound)
