"""Which loops come innermost, and where a fan-out's loops go over from X to Y."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from loas_tl.timeloop.spec.constraints import Loops
from loas_tl.timeloop.spec.problem import Problem


def innermost(loops: Loops, problem: Problem) -> tuple[str, ...]:
    """Dimensions whose order is given, innermost first, as timeloopfe completes a permutation.

    A loop of one iteration that the permutation leaves out stands innermost where its factor is
    written.
    """
    order = list(loops.permutation)
    for factor in loops.factors:
        if factor.bound == 1 and factor.dimension not in order:
            order.insert(0, factor.dimension)
    for dimension in problem.dimensions:
        if problem.sizes[dimension] == 1 and dimension not in order:
            order.insert(0, dimension)
    return tuple(order)


def laid_out(
    loops: Loops, problem: Problem, bounds: Mapping[str, int], mesh: tuple[int, int]
) -> tuple[tuple[str, ...], bool]:
    """Dimensions of a fan-out's loops whose order is given, innermost first.

    Timeloop counts ``split`` from the innermost loop on, and so over the loops of one iteration
    that come before those of the permutation. Where the mesh has no room for that, and has where
    the permutation's loops are counted first, they are.

    Args:
        loops: of the fan-out.
        problem: the problem.
        bounds: of its loops, those of one iteration may be left out.
        mesh: copies along X and Y.

    Returns:
        The dimensions, and whether their order is not Timeloop's.
    """
    given = innermost(loops, problem)
    if loops.split is None or given == loops.permutation:
        return given, False
    implied = given[: len(given) - len(loops.permutation)]
    written = (*loops.permutation, *implied)
    if not _fits(given, loops.split, bounds, mesh) and _fits(written, loops.split, bounds, mesh):
        return written, True
    return given, False


def split_counts(node: str, loops: Loops) -> str:
    """That a node's split is counted otherwise than Timeloop counts it."""
    return (
        f"{node}: split {loops.split} counts the loops of the permutation "
        f"[{', '.join(loops.permutation)}]; Timeloop counts first the loops of one iteration that "
        "it leaves out"
    )


def _fits(
    order: Sequence[str], split: int, bounds: Mapping[str, int], mesh: tuple[int, int]
) -> bool:
    along_x = math.prod(bounds.get(d, 1) for d in order[:split])
    everything = math.prod(bounds.values())
    return along_x <= mesh[0] and everything <= along_x * mesh[1]
