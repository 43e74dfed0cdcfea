"""Lists of words, for keys too many to quote one by one."""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    """The words of a text, for lists of keys too long to quote one by one."""
    return tuple(text.split())
