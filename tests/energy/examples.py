"""Components to test with: every class, with what it needs."""

from __future__ import annotations

from dataclasses import MISSING, fields

from loas_tl.components.component import Component
from loas_tl.components.registry import COMPONENTS


def needed(kind: type[Component]) -> dict[str, int]:
    """Values for the attributes that have no default."""
    return {one.name: 64 for one in fields(kind) if one.default is MISSING}


def example(kind: type[Component], **attributes: float) -> Component:
    """A component of that class."""
    values: dict[str, float] = {**needed(kind), **attributes}
    return kind(**values)


def all_examples() -> list[Component]:
    """One component of every class."""
    return [example(kind) for kind in COMPONENTS]
