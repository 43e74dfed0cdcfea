"""Which constraint or fan-out leaves a search space without a single mapping."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from loas_tl.timeloop.mapper.bounds import Bounds
from loas_tl.timeloop.mapper.loops import Ints, Slot
from loas_tl.timeloop.mapper.machine import Machine

MOST_DIMENSIONS = 12
"""Dimensions of a problem up to which all ways to share a fan-out's loops are tried."""


def no_factors(machine: Machine, bounds: Bounds, d: int) -> str:
    """Why no factors of a dimension multiply to its size."""
    name, size = machine.dimensions[d], machine.sizes[d]
    allowed = []
    for slot, least, most in zip(bounds.slots, bounds.least, bounds.most, strict=True):
        if machine.levels[slot.level].spatial and not slot.spatial:
            continue
        low, high = least[d], most[d]
        if (low, high) != (1, size):
            what = str(low) if low == high else f"{low} to {high}"
            allowed.append(f"{_slot_name(machine, slot)} {what}")
    return (
        f"no valid mapping: no factors of {name} that the constraints allow multiply to {size}: "
        f"{', '.join(reversed(allowed))}"
    )


def too_narrow(machine: Machine, bounds: Bounds, factors: tuple[Ints, ...]) -> str | None:
    """A fan-out with fewer instances than its loops have at least, if there is one.

    Args:
        machine: the machine.
        bounds: of its slots.
        factors: of each dimension, as of :class:`~.space.Space`.
    """
    for s, slot in enumerate(bounds.slots):
        if not slot.spatial:
            continue
        level = machine.levels[slot.level]
        least = [int(rows[:, s].min()) for rows in factors]
        mesh = (level.fanout_x, level.fanout_y)
        if not _fits(least, bounds.first[s], bounds.splits[s], mesh):
            loops = ", ".join(
                f"{name}={count}"
                for name, count in zip(machine.dimensions, least, strict=True)
                if count > 1
            )
            split = bounds.splits[s][0] if len(bounds.splits[s]) == 1 else None
            said = "" if split is None or mesh[1] == 1 or mesh[0] == 1 else f" with split {split}"
            return (
                f"no valid mapping: {level.node}: its spatial factors are at least {loops}, which "
                f"do not lie on its fan-out of {mesh[0]} (X) x {mesh[1]} (Y){said}"
            )
    return None


def unlikely(machine: Machine, bounds: Bounds, tried: int) -> str:
    """What may leave nothing, where no mapping of many that were drawn respects it."""
    return (
        f"no valid mapping: none of {tried:,} random ones with the factors that the constraints "
        f"allow respects {_limits(machine, bounds)}; relax the constraints"
    )


def nothing_fits(machine: Machine, bounds: Bounds) -> str:
    """What leaves nothing, where no mapping of the space respects it."""
    return (
        "no valid mapping: no factors, orders and splits that the constraints allow respect "
        f"{_limits(machine, bounds)}; relax the constraints"
    )


def _limits(machine: Machine, bounds: Bounds) -> str:
    meshes = [
        f"{level.node} {level.fanout_x} x {level.fanout_y}"
        for level in machine.levels
        if level.spatial
    ]
    causes = [f"the fan-outs ({', '.join(meshes)})"] if meshes else []
    if bounds.least_parallelism:
        causes.append(f"a utilization of at least {bounds.least_parallelism:g}")
    if bounds.most_temporal_loops is not None:
        causes.append(f"max_temporal_loops_in_a_mapping {bounds.most_temporal_loops}")
    return " and ".join(causes)


def _slot_name(machine: Machine, slot: Slot) -> str:
    return f"{machine.levels[slot.level].node} {'spatial' if slot.spatial else 'temporal'}"


def _fits(
    least: list[int], first: tuple[int, ...], splits: tuple[int, ...], mesh: tuple[int, int]
) -> bool:
    """Whether loops of these bounds lie on a mesh in some order and with some split."""
    count = len(least)
    everything = int(np.prod(least, dtype=object))
    if everything > mesh[0] * mesh[1]:
        return False
    if count > MOST_DIMENSIONS:
        return True
    rest = [d for d in range(count) if d not in first]
    for given in splits:
        split = min(given, count)  # 999 is all of them
        inner = list(first[:split])
        # A split beyond the last dimension, such as 999, has all loops along X.
        more = min(max(split - len(inner), 0), len(rest))
        for others in combinations(rest, more):
            along_x = int(np.prod([least[d] for d in (*inner, *others)], dtype=object))
            if along_x <= mesh[0] and everything // along_x <= mesh[1]:
                return True
    return False
