"""``map.txt``: the loop nest as Timeloop prints it."""

from __future__ import annotations

from collections.abc import Iterator

from loas_tl.timeloop.outputs.text import whole
from loas_tl.timeloop.result import Loop, MappedLevel, Result


def write_map(result: Result) -> str:
    """The mapping, outermost level first; empty where the engine gives none."""
    return "\n".join(_lines(result.mapping or ())) + "\n" if result.mapping else ""


def _lines(levels: tuple[MappedLevel, ...]) -> Iterator[str]:
    deep = 0
    rule = ""
    for level in levels:
        tiles = " ".join(
            f"{name}:{whole(size)} ({whole(stored)})"
            for name, (size, stored) in level.tiles.items()
        )
        title = f"{level.name} [ {tiles + ' ' if tiles else ''}] "
        yield title
        rule = "-" * (len(title) - 1)
        for loop in level.loops:
            if rule:
                yield rule
                rule = ""
            yield f"| {'  ' * deep}{_loop(loop)}"
            deep += 1
        if level.loops and level is not levels[-1]:
            yield ""
    if rule:
        yield rule
    yield f"| {'  ' * deep}<< Compute >>"


def _loop(loop: Loop) -> str:
    last = "" if loop.last_bound == loop.bound else f",{loop.last_bound}"
    axis = f" (Spatial-{loop.axis})" if loop.axis else ""
    return f"for {loop.dimension} in [0:{loop.bound}{last}){axis}"
