"""An accelerator by the rules of Prosperity's public simulator: cycles, a power, a traffic factor.

The counting itself is in ``loas_tl.models.published.simulator`` and ``neighbours``.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from loas_tl.models.dataflow import Kind, Memory
from loas_tl.models.published.counts import Counts
from loas_tl.models.rules import Accounted, Rules, power_energy
from loas_tl.workload.layer import Layer

SIMULATOR = "Prosperity's simulator"


@dataclass(frozen=True)
class Timed:
    """What an accelerator's own rules say of a layer.

    Attributes:
        cycles: of the layer, its neurons aside.
        lif_cycles: that its neurons take besides.
        bits: traffic by memory and kind; None is Prosperity's DRAM traffic times the factor.
        beside, notes: as of :class:`~loas_tl.models.rules.Accounted`.
    """

    cycles: int
    lif_cycles: int
    bits: dict[tuple[Memory, Kind], int] | None = None
    beside: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Simulated(Rules):
    """Rules of Prosperity's simulator; a subclass says how long a layer takes.

    Class attributes:
        power_mW: of the whole chip.
        traffic: DRAM traffic over Prosperity's.
    """

    source: ClassVar[str] = SIMULATOR
    power_mW: ClassVar[float] = 0.0  # noqa: N815 - the unit as it is written
    traffic: ClassVar[float] = 1.0

    @abstractmethod
    def timed(self, layer: Layer) -> Timed:
        """Cycles of a layer; raises UndefinedError where there is no answer."""

    def account(self, layer: Layer) -> Accounted:
        """Cycles by the subclass; energy of power and time, and of Prosperity's DRAM traffic."""
        from loas_tl.models.published.simulator import DRAM_PJ_PER_BIT, dram_traffic

        timed = self.timed(layer)
        weights, spikes = dram_traffic(layer)
        bits = timed.bits
        if bits is None:
            bits = {
                ("dram", "weights"): round(weights * self.traffic),
                ("dram", "spikes"): round(spikes * self.traffic),
            }
        dram_pj = DRAM_PJ_PER_BIT * self.traffic * (weights + spikes)
        counts = Counts(timed.cycles, self.computes(layer), bits, {}, {})
        energy = power_energy(timed.cycles, self.clock_MHz, self.power_mW, dram_pj)
        return Accounted(
            counts, energy, {"lif_cycles": timed.lif_cycles, **timed.beside}, timed.notes
        )

    def computes(self, layer: Layer) -> int:
        """Additions: one for each spike and output channel."""
        return int(layer.spikes.sum()) * layer.N
