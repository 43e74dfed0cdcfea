"""What to say of a name that is none: the nearest one there is."""

from __future__ import annotations

from difflib import get_close_matches

from loas_tl.ground.errors import InputError

ROOM = 380
"""Characters for who is wrong and what is expected; what is longer loses its middle."""


def nearest(given: str, known: list[str], before: str = "") -> str:
    """``did you mean ...? `` with the nearest name and what stands before it, or nothing."""
    by_lower = {one.lower(): one for one in known}
    near = get_close_matches(given.lower(), by_lower, n=1, cutoff=0.6)
    return f"did you mean {before + by_lower[near[0]]!r}? " if near else ""


def unknown(key: str, known: list[str], whose: str, option: str | None = None) -> InputError:
    """The error for a key that is none, naming the nearest one there is."""
    said = f"{whose} {key!r}; {nearest(key, known)}expected one of "
    return InputError(said + listed(known, ROOM - len(said)), key=option)


def listed(names: list[str], room: int) -> str:
    """Names with commas between, as many as there is room for, and how many are left out.

    >>> listed(["pes", "tile_n", "fifo_depth"], 12)
    'pes, tile_n and 1 more'
    """
    fit = len(names)
    while fit > 1 and len(", ".join(names[:fit])) > room:
        fit -= 1
    more = f" and {len(names) - fit} more" if fit < len(names) else ""
    return ", ".join(names[:fit]) + more
