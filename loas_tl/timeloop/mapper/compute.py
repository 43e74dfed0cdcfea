"""Computes that take place, are gated or are skipped, given what reaches the units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loas_tl.timeloop.mapper.accesses import Computes, millionths
from loas_tl.timeloop.mapper.density import Sums
from loas_tl.timeloop.mapper.loops import Bools, Floats
from loas_tl.timeloop.mapper.machine import Machine
from loas_tl.timeloop.mapper.tiles import Keep, format_of, kept_levels
from loas_tl.timeloop.native.computing import HIGHEST, above_by_rounding


@dataclass(frozen=True)
class Computed:
    """Computes of all units, [B] each."""

    actual: Floats
    gated: Floats
    skipped: Floats
    valid: Bools


def computed(machine: Machine, keep: Keep, sums: list[Sums], computes: Computes) -> Computed:
    """Splits the computes that are left by the states of their two operands.

    An operand is there and not zero, there and zero, or (where a format leaves out zeros) not
    there. A compute is gated where the unit does that and an operand is zero or missing, skipped
    where it can look ahead and an operand is missing, and none at all where both are missing.
    """
    operands = [t for t, tensor in enumerate(machine.tensors) if not tensor.read_write]
    batch = computes.left.size
    valid = np.ones(batch, bool)
    states = []
    for t in operands:
        one = np.ones(1, np.int64)
        there = np.full(batch, millionths(sums[t].contents(one, False)[0])[0])
        density = there
        nonempty = np.ones(batch)
        # What its accesses wait for, the other operand need not be asked for again.
        for other in operands:
            if other != t and other in computes.waits:
                nonempty = 1.0 - computes.waits[other]
                with np.errstate(divide="ignore", invalid="ignore"):
                    there = there / nonempty
        bad = ~((there <= HIGHEST) | above_by_rounding(density, nonempty))
        valid &= ~bad
        there = np.clip(np.where(bad | np.isnan(there), 0.0, there), 0.0, 1.0)
        missing = 1.0 - there
        in_format = format_of(machine, kept_levels(keep, t)[0], t) is not None
        states.append((there, missing if not in_format else 0 * missing, missing * in_format))
    (a, a_zero, a_missing), (b, b_zero, b_missing) = states
    total = computes.left
    gated, skipped = np.zeros(batch), np.zeros(batch)
    # One product after the other, as Timeloop adds them up: the sums are cut to whole numbers.
    for zero, missing in (
        (a * b_zero + a_zero * b, a * b_missing + a_missing * b),
        (a_zero * b_zero, a_zero * b_missing + a_missing * b_zero),
    ):
        if machine.compute.gating:
            gated = gated + total * zero
        if machine.compute.skipping:
            skipped = skipped + total * missing
        elif machine.compute.gating:
            gated = gated + total * missing
    none = np.minimum(np.floor(total * (a_missing * b_missing)), total)
    skipped = np.minimum(np.floor(skipped), total - none)
    gated = np.minimum(np.floor(gated), total - none - skipped)
    return Computed(total - gated - skipped - none, gated, skipped, valid)
