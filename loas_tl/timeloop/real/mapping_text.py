"""Read ``map.txt``, the loop nest that Timeloop prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.result import Loop, MappedLevel

_LEVEL = re.compile(r"(?P<name>\S+) \[(?P<tiles>.*)\] ?")
_TILE = re.compile(r" *(?P<tensor>\S+?):(?P<size>\d+) \((?P<stored>\d+)\)")
_LOOP = re.compile(
    r"\|\s*for (?P<dimension>\S+) in \[0:(?P<bound>\d+)(?:,(?P<last>\d+))?\)"
    r"(?: \(Spatial-(?P<axis>[XY])\))?"
)
_INNERMOST = "<< Compute >>"


def parse_map(text: str, file: object = "map.txt") -> tuple[MappedLevel, ...]:
    """The mapping's levels, outermost first.

    Raises:
        InputError: at a line that is neither a level, a loop nor a rule.
    """
    levels: list[MappedLevel] = []
    loops: list[Loop] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip(" -") or line.strip(" |") == _INNERMOST:
            continue
        if loop := _LOOP.fullmatch(line.rstrip()):
            if not levels:
                raise _unknown(number, line, "expected a level before its loops", file)
            bound = int(loop["bound"])
            last = int(loop["last"]) if loop["last"] else bound
            loops.append(Loop(loop["dimension"], bound, last, loop["axis"]))
        elif level := _LEVEL.fullmatch(line):
            if levels:
                levels[-1] = _with_loops(levels[-1], loops)
            loops = []
            levels.append(MappedLevel(level["name"], dict(_tiles(level["tiles"])), ()))
            if _TILE.sub("", level["tiles"]).strip():
                raise _unknown(number, line, "expected TENSOR:size (stored)", file)
        else:
            raise _unknown(number, line, "expected a level or a loop", file)
    if not levels:
        raise InputError("has no levels", file=file)
    levels[-1] = _with_loops(levels[-1], loops)
    return tuple(levels)


def read_map(path: Path) -> tuple[MappedLevel, ...]:
    """Interpret a ``map.txt``.

    Raises:
        InputError: as :func:`parse_map`, and where the file cannot be read.
    """
    try:
        return parse_map(path.read_text("utf-8"), path)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read ({error})", file=path) from None


def _tiles(text: str) -> Iterator[tuple[str, tuple[float, float]]]:
    for tile in _TILE.finditer(text):
        yield tile["tensor"], (int(tile["size"]), int(tile["stored"]))


def _with_loops(level: MappedLevel, loops: list[Loop]) -> MappedLevel:
    return MappedLevel(level.name, level.tiles, tuple(loops))


def _unknown(number: int, line: str, expected: str, file: object) -> InputError:
    return InputError(f"unknown line {line.strip()!r}; {expected}", file=file, key=f"line {number}")
