"""Crossbars and wires."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from loas_tl.components.component import Component, Own, attribute, nothing
from loas_tl.components.technology import LARGEST_NM, SMALLEST_NM, supply
from loas_tl.components.units import Joules
from loas_tl.components.usual.aladdin import LARGEST_TABULATED_NM, Clocked
from loas_tl.components.usual.arithmetic import TABLE_BITS, scaled

TABLE_OUTPUTS = 4
"""The table's crossbar has one input."""

FARADS_PER_MICROMETRE = 1.627e-15
ACTIVITY = 0.2
"""Share of the bits that change from one transfer to the next."""

MICROMETRES = {"mm": 1e3, "um": 1.0, "nm": 1e-3}


@dataclass(frozen=True, kw_only=True)
class Crossbar(Clocked):
    """A crossbar; an action moves a word from an input to an output."""

    kind: ClassVar[str] = "crossbar"

    n_inputs: int = attribute(high=2**20, about="inputs")
    n_outputs: int = attribute(high=2**20, about="outputs")
    width: int = attribute(high=2**20, about="bits of a port", also=("datawidth",))

    def own(self) -> Own:
        """Linear in inputs, outputs and width."""
        times = self.n_inputs * (self.n_outputs / TABLE_OUTPUTS) * (self.width / TABLE_BITS)
        return scaled(self.figures("crossbar"), times)


@dataclass(frozen=True, kw_only=True)
class Wire(Component):
    """Wires side by side; only transfers take energy, and no area is counted.

    ``0.2 C V^2`` a bit, 1.627 fF a um and 1 V at 45 nm, as Accelergy's Aladdin plug-in has it; at
    other nodes the capacitance is the same and the supply that of the node.
    """

    kind: ClassVar[str] = "wire"
    source: ClassVar[str] = "0.2 C V^2 at 1.627 fF/um"
    accuracy: ClassVar[int] = 70
    otherwise: ClassVar[str | None] = "idle"

    technology: float = attribute(low=SMALLEST_NM, high=LARGEST_NM, about="node in nm")
    length: float = attribute(low=0, units=MICROMETRES, about="um, or with mm, um or nm")
    width: int = attribute(high=2**20, about="bits", also=("datawidth",))

    def own(self) -> Own:
        """A transfer swings a fifth of the wires."""
        volts = supply(self.technology) / supply(LARGEST_TABULATED_NM)
        bit = ACTIVITY * FARADS_PER_MICROMETRE * self.length * volts**2
        transfer = Joules(bit * self.width)
        return Own(
            energy={"transfer": transfer, "transfer_random": transfer, **nothing("idle")},
        )
