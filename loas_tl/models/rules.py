"""Rules of its own by which an accelerator was published, where LoAS's evaluation has none.

Source: of each, what its :attr:`Rules.source` names.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from loas_tl.models.accounting import Energy
from loas_tl.models.published.counts import Counts
from loas_tl.workload.layer import Layer

READING = "a reading of the paper"


@dataclass(frozen=True)
class Accounted:
    """A layer as published.

    Attributes:
        counts: cycles, computes and traffic.
        energy: in pJ, by published powers; None where none were published.
        beside: further figures of the rules by name, with the unit in the name.
        notes: what is to be said of this layer's figures, a line each.
    """

    counts: Counts
    energy: Energy | None
    beside: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules(ABC):
    """How an accelerator was published. Two that are equal answer the same.

    Class attributes:
        source: whose rules they are, for people.
        technology: node in nm that the powers are of.
        clock_MHz: that the cycles are of.
        notes: what is to be said of all its figures, a line each.
    """

    source: ClassVar[str] = ""
    technology: ClassVar[float] = 28
    clock_MHz: ClassVar[float] = 500  # noqa: N815 - the unit as it is written
    notes: ClassVar[tuple[str, ...]] = ()

    @property
    @abstractmethod
    def pes(self) -> int:
        """Processing elements, of which ``computes`` is an action each."""

    @abstractmethod
    def account(self, layer: Layer) -> Accounted:
        """One layer.

        Args:
            layer: the layer.

        Returns:
            Counts, and energy where powers were published.

        Raises:
            UndefinedError: where the rules have no answer.
        """


def power_energy(cycles: int, clock_MHz: float, power_mW: float, dram_pJ: float) -> Energy:  # noqa: N803
    """Energy in pJ of a chip's power for so many cycles, under "compute", and of its DRAM."""
    seconds = cycles / (clock_MHz * 1e6)
    return Energy(leakage=0.0, dram=dram_pJ, sram=0.0, compute=power_mW * 1e-3 * seconds * 1e12)
