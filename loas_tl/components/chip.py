"""A whole accelerator as one component: parts with counts, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from loas_tl.components.component import Act, Component, Part

TOTAL = "total"
"""What tables call the sum over the parts."""


@dataclass(frozen=True, kw_only=True)
class Chip(Component):
    """An accelerator, so that its area and power are sums over its parts.

    ``cycle`` is an action of every part, for the power at full speed.

    Attributes:
        label: what the accelerator is called.
        members: its parts.
    """

    kind: ClassVar[str] = "chip"
    busy: ClassVar[str | None] = "cycle"

    label: str
    members: tuple[Part, ...]

    def __post_init__(self) -> None:
        """The members have checked themselves."""

    def parts(self) -> tuple[Part, ...]:
        """As they were given."""
        return self.members

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """Every part that is ever busy, once."""
        return {
            "cycle": tuple(
                Act(part.name, part.component.busy, part.count)
                for part in self.members
                if part.component.busy is not None
            )
        }
