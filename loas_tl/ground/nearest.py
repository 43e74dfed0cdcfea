"""What to say of a name that is none: the nearest one there is."""

from __future__ import annotations

from difflib import get_close_matches

from loas_tl.ground.errors import InputError


def nearest(given: str, known: list[str]) -> str:
    """``did you mean ...? `` with the nearest name, or nothing."""
    by_lower = {one.lower(): one for one in known}
    near = get_close_matches(given.lower(), by_lower, n=1, cutoff=0.6)
    return f"did you mean {by_lower[near[0]]!r}? " if near else ""


def unknown(key: str, known: list[str], whose: str, option: str | None = None) -> InputError:
    """The error for a key that is none, naming the nearest one there is."""
    return InputError(
        f"{whose} {key!r}; {nearest(key, known)}expected one of {', '.join(known)}", key=option
    )
