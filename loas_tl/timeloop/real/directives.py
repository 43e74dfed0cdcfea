"""A mapping that Timeloop printed, as the directives of a v4 spec."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.result import Loop, MappedLevel

_FANOUT = re.compile(r"inter_(?P<target>.+)_spatial")
"""Timeloop's name of the level in which a node's instances are spread."""


def directives_of(
    levels: Iterable[MappedLevel], dimensions: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """``mapping`` entries that give the same loops and keep the same tensors.

    Args:
        levels: as printed.
        dimensions: of the problem. Timeloop prints no loop of one iteration, and takes a dimension
            that a directive leaves out for its innermost loop, which then counts in ``split``.

    Raises:
        InputError: for what v4 directives cannot say: a dimension with two loops of one node, one
            of which runs short, or one along both axes.
    """
    levels = list(levels)
    loops = [loop for level in levels for loop in level.loops]
    dimensions = list(dict.fromkeys([*(loop.dimension for loop in loops), *dimensions]))
    tensors = list(dict.fromkeys(tensor for level in levels for tensor in level.tiles))
    directives: list[dict[str, Any]] = []
    for level in levels:
        spatial = _FANOUT.fullmatch(level.name)
        target = spatial["target"] if spatial else level.name
        if not spatial:
            keep = [tensor for tensor in tensors if tensor in level.tiles]
            bypass = [tensor for tensor in tensors if tensor not in level.tiles]
            directives.append(
                {"target": target, "type": "dataspace", "keep": keep, "bypass": bypass}
            )
        directive = {"target": target, "type": "spatial" if spatial else "temporal"}
        directives.append(directive | _loops(level.loops, dimensions, target))
    return directives


def _loops(loops: Sequence[Loop], dimensions: Sequence[str], target: str) -> dict[str, Any]:
    factors = dict.fromkeys(dimensions, 1)
    short: dict[str, int] = {}
    for loop in loops:
        if loop.dimension in short or (
            loop.last_bound != loop.bound and factors[loop.dimension] > 1
        ):
            raise InputError(
                f"{loop.dimension} has two loops, one of which runs short; a v4 mapping cannot say "
                "that",
                key=target,
            )
        if loop.last_bound != loop.bound:
            short[loop.dimension] = loop.last_bound
        factors[loop.dimension] *= loop.bound
    # Innermost first; along X before along Y.
    x = [loop.dimension for loop in reversed(loops) if loop.axis == "X"]
    rest = [loop.dimension for loop in reversed(loops) if loop.axis != "X"]
    if set(x) & set(rest):
        raise InputError(
            "a dimension lies along both axes; a v4 mapping cannot say that", key=target
        )
    order = list(dict.fromkeys([*x, *rest]))
    unused = [dimension for dimension in dimensions if dimension not in order]
    written: dict[str, Any] = {
        "factors": [
            f"{dimension}={factor}" + (f",{short[dimension]}" if dimension in short else "")
            for dimension, factor in factors.items()
        ],
        "permutation": [*order, *unused],
    }
    if any(loop.axis for loop in loops):
        written["split"] = len(set(x))
    return written
