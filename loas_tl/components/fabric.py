"""What moves data: the swizzle-switch crossbar and a channel of HBM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from loas_tl.components.component import Component, Own, attribute
from loas_tl.components.technology import area_factor, energy_factor
from loas_tl.components.units import JOULES_PER_PICOJOULE, Joules, SquareMetres

# A 64 x 64 switch of 128-bit ports, 45 nm, 1.1 V: 4.06 mm², 3.4 Tb/s/W. S. Satpathy et al., "High
# radix self-arbitrating switch fabric with multiple arbitration schemes and quality of service",
# DAC 2012, doi 10.1145/2228360.2228432; the switch of K. Sewell et al., "Swizzle-Switch Networks
# for Many-Core Systems", IEEE JETCAS 2(2), 2012.
MEASURED_NM = 45.0
MEASURED_SUPPLY = 1.1
MEASURED_WIRES = 64 * 128
MEASURED_AREA = SquareMetres(4.06e-6)
MEASURED_JOULES_PER_BIT = 1 / 3.4e12

# HBM2, all of DRAM core, data movement and I/O: M. O'Connor et al., "Fine-Grained DRAM:
# Energy-Efficient DRAM for Extreme Bandwidth Systems", MICRO 2017, doi 10.1145/3123939.3124545.
HBM_PJ_PER_BIT = 3.92


@dataclass(frozen=True, kw_only=True)
class SwizzleSwitchCrossbar(Component):
    """A crossbar whose arbitration lies in the wires that carry the data.

    Its area is wires in one direction times wires in the other; a bit drives a wire along each,
    so that its energy goes with their mean. The measured energy includes arbitration and leakage,
    which are not stated apart: leakage power is 0, and ``transfer`` carries it.
    """

    kind: ClassVar[str] = "swizzle_switch_crossbar"
    busy: ClassVar[str | None] = "cycle"
    source: ClassVar[str] = "Satpathy et al., DAC 2012, scaled from 45 nm"
    accuracy: ClassVar[int] = 70

    inputs: int = attribute(16, high=2**20, about="ports in")
    outputs: int = attribute(16, high=2**20, about="ports out")
    width: int = attribute(64, high=4096, about="bits of a port")

    def own(self) -> Own:
        """One word through (``transfer``), to all outputs, or through every output (``cycle``)."""
        ins, outs = self.inputs * self.width, self.outputs * self.width
        bit = MEASURED_JOULES_PER_BIT * energy_factor(
            self.technology, MEASURED_NM, anchor_supply=MEASURED_SUPPLY
        )
        # An input wire crosses all outputs, an output wire all inputs.
        word_in = bit / 2 * outs / MEASURED_WIRES * self.width
        word_out = bit / 2 * ins / MEASURED_WIRES * self.width
        used = min(self.inputs, self.outputs)
        return Own(
            area=MEASURED_AREA
            * (area_factor(self.technology, MEASURED_NM) * ins * outs / MEASURED_WIRES**2),
            energy={
                "transfer": Joules(word_in + word_out),
                "broadcast": Joules(word_in + word_out * self.outputs),
                "cycle": Joules((word_in + word_out) * used),
            },
        )


@dataclass(frozen=True, kw_only=True)
class HbmChannel(Component):
    """A channel of off-chip HBM: energy by the bit; no area and no leakage on the chip."""

    kind: ClassVar[str] = "hbm_channel"
    source: ClassVar[str] = "O'Connor et al., MICRO 2017"
    accuracy: ClassVar[int] = 80

    width: int = attribute(64, high=65536, about="bits of an access")
    metadata_storage_width: int = attribute(0, low=0, high=65536, about="bits of metadata moved")
    pj_per_bit: float = attribute(HBM_PJ_PER_BIT, low=0, high=1000, about="pJ a bit")

    def own(self) -> Own:
        """The same for a read and a write, whatever the technology of the chip."""
        bit = self.pj_per_bit * JOULES_PER_PICOJOULE
        access, metadata = Joules(bit * self.width), Joules(bit * self.metadata_storage_width)
        return Own(
            energy={
                "read": access,
                "write": access,
                "update": access,
                "metadata_read": metadata,
                "metadata_write": metadata,
                "metadata_update": metadata,
            }
        )
