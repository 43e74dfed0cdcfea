"""By whose rules an accelerator is counted: as it was published, or ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from loas_tl.designs.design import LOAS_RULES, Design
from loas_tl.models.rules import Rules

Accounting = Literal["published", "own", "both"]
LOAS_ACCOUNTING = f"published: {LOAS_RULES}"
"""The accounting of LoAS and its baselines."""

ACCOUNTINGS: tuple[Accounting, ...] = ("published", "own", "both")


@dataclass(frozen=True)
class Entrant:
    """A design and the rules that it is counted by.

    Attributes:
        design: the accelerator.
        rules: those it was published by; None where its dataflow is counted.
        beside: whether it stands beside itself by published rules, and needs another label.
    """

    design: Design
    rules: Rules | None = None
    beside: bool = False

    @property
    def label(self) -> str:
        """What tables call it."""
        return f"{self.design.label} (ours)" if self.beside else self.design.label

    @property
    def accounting(self) -> str:
        """Whose rules count it, for people."""
        if self.rules is not None:
            return f"published: {self.rules.source}"
        of_loas = self.design.counted_by == LOAS_RULES
        return LOAS_ACCOUNTING if of_loas else self.design.counted_by

    @property
    def technology(self) -> float:
        """Node in nm that its energy is of."""
        return self.design.technology if self.rules is None else self.rules.technology

    @property
    def clock_MHz(self) -> float:  # noqa: N802 - the unit as it is written
        """Clock that its cycles are of."""
        return self.design.clock_MHz if self.rules is None else self.rules.clock_MHz


def entrants(chosen: Sequence[Design], accounting: Accounting) -> list[Entrant]:
    """Each design by the accounting asked for.

    ``"published"`` is by the rules it was published by, LoAS and its baselines by those of LoAS's
    evaluation; ``"own"`` by its dataflow in the walk that all share; with ``"both"`` a design that
    was published by rules of its own comes twice.
    """
    found = []
    for one in chosen:
        rules = one.rules() if accounting != "own" else None
        if rules is not None:
            found.append(Entrant(one, rules))
        if rules is None or accounting == "both":
            found.append(Entrant(one, beside=rules is not None))
    return found
