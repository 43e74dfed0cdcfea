"""A component of one's own in one file: a leaf, which prices itself, at any node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from loas_tl.components.component import Component, Own, attribute
from loas_tl.components.technology import area_factor, energy_factor
from loas_tl.components.units import Joules, SquareMetres, Watts


@dataclass(frozen=True, kw_only=True)
class SpikeRouter(Component):
    """A router of spikes to PEs, with figures of a 32 nm library (made up)."""

    kind: ClassVar[str] = "spike_router"
    source: ClassVar[str] = "made up"

    ports: int = attribute(16, low=1, high=256, about="PEs that it reaches")

    def own(self) -> Own:
        """What it costs at its node: nothing is scaled behind its back."""
        area, energy = area_factor(self.technology), energy_factor(self.technology)
        return Own(
            area=SquareMetres(1.2e-10 * self.ports * area),
            leakage=Watts(4e-7 * self.ports * energy),
            energy={"route": Joules(6e-14 * self.ports * energy)},
        )
