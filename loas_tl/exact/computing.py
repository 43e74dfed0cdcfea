"""Computes: which are done, gated, skipped, and which take a cycle.

An operand of a compute is there and not zero; there and zero, where its innermost level stores
zeros; or not there, where that level's format leaves zeros out. A compute whose operand was not
read because of a rule does not exist. Of the others: both not zero, it is done. With an operand
missing it is skipped if the units can; with a zero operand (or a missing one that cannot be
skipped) it is gated if they can, else done all the same. Both missing: the unit never sees it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from loas_tl.exact.arrays import Factor, integrate, product
from loas_tl.exact.masks import Masks
from loas_tl.exact.nest import Nest
from loas_tl.exact.rules import Rules
from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.result import Accesses


@dataclass(frozen=True)
class Cost:
    """Which computes take a cycle: those offered whose operands are present.

    Attributes:
        operands: dimensions of the two tensors that are read.
        offered: functions whose product says which computes rules leave; all on different
            dimensions.
        present: of each operand, where it counts as there; None for everywhere.
        either: whether one operand that is there is enough.
    """

    operands: tuple[tuple[int, ...], tuple[int, ...]]
    offered: tuple[Factor, ...]
    present: tuple[Factor | None, Factor | None]
    either: bool


@dataclass(frozen=True)
class Work:
    """Computes over all units, and which of them take a cycle."""

    computes: Accesses
    cost: Cost


def count_computes(
    machine: Machine,
    nest: Nest,
    masks: Masks,
    rules: Rules,
    total_of: Callable[[Sequence[int], list[Factor]], float] = integrate,
) -> Work:
    """Counts computes.

    Args:
        machine: the hardware.
        nest: the loops.
        masks: of each tensor, where it is not zero.
        rules: that apply.
        total_of: adds a product up over the iteration space.
    """
    first, second = (t for t, written in enumerate(nest.written) if not written)
    offered = [
        factor
        for (_, target), rule in rules.items()
        if not nest.written[target]
        for factor in rule.done
    ]
    a, b = (Factor(nest.tensors[t], masks[t]) for t in (first, second))
    missing_a, missing_b = (
        machine.levels[nest.kept(t)[0]].formats[t] is not None for t in (first, second)
    )

    def count(*factors: Factor) -> float:
        return total_of(nest.sizes, [*offered, *factors])

    total, only_a, only_b, both = count(), count(a), count(b), count(a, b)
    one_zero = (only_a - both, only_b - both)  # the second operand is zero; the first is
    neither = total - only_a - only_b + both
    # Computes with an operand that is not there, and those with zeros only.
    lacking = (one_zero[0] if missing_b else 0.0) + (one_zero[1] if missing_a else 0.0)
    zeros = (0.0 if missing_b else one_zero[0]) + (0.0 if missing_a else one_zero[1])
    unseen = 0.0
    if missing_a and missing_b:
        unseen = neither
    elif missing_a or missing_b:
        lacking += neither
    else:
        zeros += neither
    gating, skipping = machine.compute.gating, machine.compute.skipping
    gated = (zeros if gating else 0.0) + (lacking if gating and not skipping else 0.0)
    skipped = lacking if skipping else 0.0
    computes = Accesses(
        algorithmic=math.prod(nest.sizes),
        actual=total - gated - skipped - unseen,
        gated=gated,
        skipped=skipped,
    )
    # Without skipping a compute takes its cycle unless both operands are missing.
    both_missing = missing_a and missing_b
    cost = Cost(
        operands=(nest.tensors[first], nest.tensors[second]),
        offered=tuple(product(offered)),
        present=(
            a if missing_a and (skipping or both_missing) else None,
            b if missing_b and (skipping or both_missing) else None,
        ),
        either=both_missing and not skipping,
    )
    return Work(computes, cost)
