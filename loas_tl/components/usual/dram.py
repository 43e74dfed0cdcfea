"""Off-chip DRAM: energy by the bit that is moved, by kind of DRAM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from loas_tl.components.component import Component, Own, attribute
from loas_tl.components.technology import ANCHOR_NM
from loas_tl.components.units import JOULES_PER_PICOJOULE, Joules

PJ_PER_BIT: dict[str, float] = {
    # As Accelergy's CACTI plug-in has it, of public data.
    "LPDDR4": 8.0,
    # K. T. Malladi et al., "Towards energy-proportional datacenter memory with mobile DRAM",
    # ISCA 2012.
    "LPDDR": 40.0,
    # The plug-in cites N. Chatterjee et al., MICRO 2017.
    "DDR3": 70.0,
    # N. P. Jouppi et al., "Ten lessons from three generations shaped Google's TPUv4i", ISCA 2021,
    # table 2: 1300 pJ for 64 bits. Accelergy has no DDR4.
    "DDR4": 1300 / 64,
    # M. O'Connor et al., "Fine-grained DRAM", MICRO 2017.
    "GDDR5": 14.0,
    "HBM2": 3.9,
    "HBM": 3.9,
    # M. Gao et al., "TETRIS", ASPLOS 2017.
    "HMC": 4.2,
}
"""pJ a bit; a kind that Accelergy's CACTI plug-in has, as that has it."""


@dataclass(frozen=True, kw_only=True)
class Dram(Component):
    """A channel of DRAM: no area and no leakage on the chip, whatever the technology there."""

    kind: ClassVar[str] = "DRAM"
    source: ClassVar[str] = "pJ a bit by kind of DRAM, as Accelergy's CACTI plug-in has them"
    accuracy: ClassVar[int] = 80

    width: int = attribute(high=2**20, about="bits of an access")
    type: str = attribute("LPDDR4", choices=tuple(PJ_PER_BIT), about="kind of DRAM")

    def __post_init__(self) -> None:
        object.__setattr__(self, "technology", ANCHOR_NM)  # whatever it is, it does not count
        super().__post_init__()

    def own(self) -> Own:
        """The same for a read, a write and an update."""
        access = Joules(PJ_PER_BIT[self.type] * JOULES_PER_PICOJOULE * self.width)
        return Own(energy=dict.fromkeys(("read", "write", "update"), access))
