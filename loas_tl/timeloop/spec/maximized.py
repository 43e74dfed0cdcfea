"""``maximize_dims``: timeloopfe's macro for the largest factors that fit.

It goes through the nodes from the innermost one outwards, spatial constraints first. Each group of
dimensions gets, of what other factors leave of them, the factors whose product is largest within
the capacity: the node's fan-out, or ``maximize_dims_capacity``. Prime factors are taken off one by
one; a dimension larger than the capacity may be cut into steps of which the last is shorter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec.architecture import Architecture, Node, map_nodes
from loas_tl.timeloop.spec.constraints import Factor, Loops
from loas_tl.timeloop.spec.problem import Problem

MAX_STATES = 20_000
"""Ways to share out a capacity that are looked at."""


def maximized(architecture: Architecture, problem: Problem) -> dict[str, dict[str, Loops]]:
    """The loops that stand for ``maximize_dims``.

    Args:
        architecture: with all constraints attached.
        problem: the layer.

    Returns:
        Node -> ``temporal`` or ``spatial`` -> its loops, with factors in the place of the macro;
        nodes without one are left out.

    Raises:
        InputError: a dimension has a factor already, a temporal constraint no capacity, or there
            are too many ways.
    """
    nodes = [placed.node for placed in architecture.placed()]
    kinds = ("spatial", "temporal")
    if not any(getattr(node.constraints, kind).maximize for node in nodes for kind in kinds):
        return {}
    left = dict(problem.sizes)
    for node in nodes:
        for kind in kinds:
            for factor in getattr(node.constraints, kind).factors:
                if factor.relation == "=":
                    left[factor.dimension] = _after(left[factor.dimension], factor, problem)
    found: dict[str, dict[str, Loops]] = {}
    for kind in kinds:
        for node in reversed(nodes):
            loops: Loops = getattr(node.constraints, kind)
            if loops.maximize:
                found.setdefault(node.name, {})[kind] = _filled(node, kind, loops, left, problem)
    return found


def without_macros(
    architecture: Architecture, loops: Mapping[str, Mapping[str, Loops]]
) -> Architecture:
    """The architecture with the loops of :func:`maximized` in its nodes."""

    def change(node: Node) -> Node:
        parts: dict[str, Any] = dict(loops.get(node.name, {}))
        return replace(node, constraints=replace(node.constraints, **parts)) if parts else node

    return map_nodes(architecture, change)


def _filled(node: Node, kind: str, loops: Loops, left: dict[str, int], problem: Problem) -> Loops:
    key = f"{node.path}.constraints.{kind}.maximize_dims"
    capacity = loops.maximize_capacity
    if capacity is None:
        if kind == "temporal":
            raise InputError(
                "expected maximize_dims_capacity beside it, in a temporal constraint",
                file=node.file,
                key=key,
            )
        capacity = node.spatial.fanout
    factors = list(loops.factors)
    for group in loops.maximize:
        room = capacity
        for factor in factors:
            bound = factor.bound or problem.sizes[factor.dimension]
            if factor.relation in ("=", ">="):
                room //= bound
        for dimension in group:
            given = next((f for f in factors if f.dimension == dimension), None)
            if given is not None:
                raise InputError(f"{dimension} has a factor, {given}", file=node.file, key=key)
        try:
            shares = largest_product({d: left[d] for d in dict.fromkeys(group)}, room)
        except OverflowError as error:
            raise InputError(str(error), file=node.file, key=key) from None
        for dimension, bound in shares.items():
            factor = Factor(dimension, "=", bound)
            factors.append(factor)
            left[dimension] = _after(left[dimension], factor, problem)
    return replace(loops, factors=tuple(factors), maximize=(), maximize_capacity=None)


def _after(size: int, factor: Factor, problem: Problem) -> int:
    bound = factor.bound or problem.sizes[factor.dimension]
    return -(-size // bound)


def largest_product(sizes: Mapping[str, int], capacity: int) -> dict[str, int]:
    """A factor for each dimension, their product as large as the capacity allows.

    The answer is timeloopfe's, which of several equally good ones takes the first that it comes to.

    Raises:
        OverflowError: there are more than :data:`MAX_STATES` ways.
    """
    names = list(sizes)
    known: dict[tuple[tuple[int, ...], int], tuple[list[tuple[int, int]], float]] = {}

    def best(left: tuple[int, ...], room: int) -> tuple[list[tuple[int, int]], float]:
        if room <= 1:
            return [], 1
        state = (left, room)
        if state in known:
            return known[state]
        if len(known) >= MAX_STATES:
            raise OverflowError("too many ways to share out the capacity; write the factors")
        shares: list[tuple[int, int]] = []
        most: float = 1
        for index, size in enumerate(left):
            if size > room:
                steps = -(-size // room)
                share = -(-size // steps)
                used = (share * (steps - 1) + size % share) / steps
                if used > most:
                    most, shares = used, [(index, share)]
            for prime in set(_primes(size)):
                if prime > room:
                    continue
                rest = (*left[:index], size // prime, *left[index + 1 :])
                others, used = best(rest, room // prime)
                if used * prime > most:
                    most, shares = used * prime, [(index, prime), *others]
        known[state] = shares, most
        return known[state]

    factors = dict.fromkeys(names, 1)
    for index, share in best(tuple(sizes.values()), capacity)[0]:
        factors[names[index]] *= share
    return factors


def _primes(number: int) -> list[int]:
    """Prime factors in ascending order, each as often as it divides."""
    primes = []
    divisor = 2
    while divisor <= math.isqrt(number):
        while number % divisor == 0:
            primes.append(divisor)
            number //= divisor
        divisor += 1
    return [*primes, number] if number > 1 else primes
