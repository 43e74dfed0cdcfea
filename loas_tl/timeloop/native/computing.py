"""Actual, gated and skipped computes.

Each operand of a compute is there and not zero, there and zero, or not there (its format left the
zero out). Both there and not zero: the compute is done. A zero that is there can be gated, an
operand that is missing skipped; without such hardware the compute is done all the same. Both
missing: the compute unit never sees it.

An operand whose partner's reads are conditioned on it is denser than the tensor: what would have
met an empty tile does not arrive.

Source: Sparseloop (MICRO 2022), section 5.3.6, and the counts of timeloop-model 4cf6d4c.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from loas_tl.timeloop.errors import EngineError
from loas_tl.timeloop.native.density import DensityModel
from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.native.nest import Nest
from loas_tl.timeloop.native.occupancy import Stored
from loas_tl.timeloop.native.propagation import Propagated

HIGHEST = 1.00001
"""Timeloop's limit of an operand's probability."""
_TWO_ROUNDINGS = 1.000001e-6
"""Two numbers to six decimals are at most so far apart when they should be equal."""


@dataclass(frozen=True)
class Computes:
    """Computes over all units, and what was counted otherwise than Timeloop does."""

    algorithmic: int
    actual: int
    gated: int = 0
    skipped: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Operand:
    """Probabilities of an operand's states: not zero, zero, missing; they add up to one."""

    nonzero: float
    zero: float
    missing: float


def _millionths(value: float) -> float:
    """Timeloop keeps probabilities to six decimals."""
    return math.floor(value * 1e6 + 0.5) / 1e6


def computes(
    machine: Machine,
    nest: Nest,
    stored: list[list[Stored]],
    models: list[DensityModel],
    propagated: Propagated,
) -> Computes:
    """What the compute units do.

    Raises:
        EngineError: The problem has not exactly two read-only tensors, or densities and rules
            contradict each other.
    """
    problem = machine.problem
    operands = [i for i, d in enumerate(problem.data_spaces) if not d.read_write]
    if len(operands) != 2:
        raise EngineError(
            f"sparse optimizations need two read-only tensors, this problem has {len(operands)}"
        )
    first, second = operands
    states = {}
    notes = []
    for operand, partner in ((first, second), (second, first)):
        saved = propagated.saved_operands.get(partner)
        density = _millionths(models[operand].mean(1))
        name = problem.data_spaces[operand].name
        nonzero = density if saved is None else _over(density, 1 - saved)
        if nonzero > HIGHEST:
            if not above_by_rounding(density, 1 - (saved or 0.0)):
                raise EngineError(
                    f"{name}: more non-zeros arrive than tiles that are not empty can hold "
                    "(Timeloop: illegal operand probability)"
                )
            notes.append(
                f"{name}: {nonzero:.6f} of the words that arrive are not zero, above 1 only "
                "because probabilities are kept to six decimals; Timeloop would stop (illegal "
                "operand probability), 1 is counted"
            )
        states[operand] = _states(nonzero, compressed=_innermost_has_format(nest, stored, operand))
    done = _count(machine, nest, propagated.computes, states[first], states[second])
    return replace(done, notes=tuple(notes))


def _over(density: float, nonempty: float) -> float:
    return density / nonempty if nonempty else math.inf if density else 0.0


def above_by_rounding(density: Any, nonempty: Any) -> Any:
    """Whether more non-zeros than tiles that are not empty come from six decimals alone.

    Args:
        density: of an operand, to six decimals; numbers or arrays.
        nonempty: the part of its tiles that is not empty, to six decimals.
    """
    return density - nonempty <= _TWO_ROUNDINGS


def _innermost_has_format(nest: Nest, stored: list[list[Stored]], tensor: int) -> bool:
    for tile, there in zip(nest.tiles[tensor], stored[tensor], strict=True):
        if tile.size:
            return there.formatted
    return False


def _states(nonzero: float, *, compressed: bool) -> Operand:
    rest = min(max(1 - nonzero, 0.0), 1.0)
    return Operand(min(nonzero, 1.0), 0.0 if compressed else rest, rest if compressed else 0.0)


def _count(machine: Machine, nest: Nest, total: int, a: Operand, b: Operand) -> Computes:
    gated = skipped = 0.0
    # One product after the other, as Timeloop adds them up: the sums are cut to whole numbers.
    there = (a.nonzero * b.zero + a.zero * b.nonzero, a.zero * b.zero)
    missing = (
        a.nonzero * b.missing + a.missing * b.nonzero,
        a.zero * b.missing + a.missing * b.zero,
    )
    for exists, lacks in zip(there, missing, strict=True):
        if machine.compute.gating:
            gated += total * exists
        if machine.compute.skipping:
            skipped += total * lacks
        elif machine.compute.gating:
            gated += total * lacks
    # The least of two: beyond 2**53 products of doubles are whole numbers, and too large by some.
    unseen = min(math.floor(total * (a.missing * b.missing)), total)
    skips = min(math.floor(skipped), total - unseen)
    gates = min(math.floor(gated), total - unseen - skips)
    actual = total - unseen - skips - gates
    return Computes(nest.computes, actual, gates, skips)
