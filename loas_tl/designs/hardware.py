"""What every accelerator is built of: a cache and its partitions, PEs, neurons, switches, HBM."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import ClassVar

from loas_tl.components.cache import FiberCacheBank
from loas_tl.components.chip import Chip
from loas_tl.components.circuits import PLifUnit
from loas_tl.components.component import Component, Part
from loas_tl.components.fabric import HbmChannel, SwizzleSwitchCrossbar
from loas_tl.components.technology import SMALLEST_NM
from loas_tl.components.units import in_mm2, in_mW
from loas_tl.designs.checks import PARTITIONS, PLACEHOLDERS
from loas_tl.designs.parameter import parameter
from loas_tl.designs.parametrised import Parametrised
from loas_tl.ground.errors import InputError
from loas_tl.ground.kib import BITS_PER_KIB

LINE_SHARE = 4
"""A port to a PE is a quarter of a line wide: 64 of 256 bits, as published."""


@dataclass(frozen=True, kw_only=True)
class Hardware(Parametrised):
    """The parameters that every accelerator has, and area and leakage of its parts.

    Class attributes:
        shares: of the cache, the partitions of input, weights and outputs.
        pe_name: what its PEs are called among its parts.

    Raises:
        InputError: naming design and parameter, where a value is out of range.
    """

    shares: ClassVar[tuple[Fraction, Fraction, Fraction]] = (
        Fraction(1, 4),
        Fraction(21, 32),
        Fraction(3, 32),
    )
    pe_name: ClassVar[str] = "pe"

    technology: float = parameter(
        32,
        PLACEHOLDERS,
        90,
        "nm",
        about="process node, 7 to 90; -1 has Accelergy answer its placeholders (1 pJ an action)",
        kind="node",
    )
    clock_MHz: int = parameter(800, 1, 10000, "MHz", about="clock of everything on the chip")
    cache_KiB: int = parameter(
        256, 8, 65536, "KiB", about="global cache; its partitions below must fit in it"
    )
    cache_banks: int = parameter(
        16, 1, 1024, "banks", about="banks of the global cache that work side by side"
    )
    line_bits: int = parameter(256, 32, 4096, "bits", about="one access of a bank")
    hbm_GBps: int = parameter(128, 1, 10000, "GB/s", about="bandwidth off the chip")
    hbm_channels: int = parameter(16, 1, 1024, "channels", about="HBM channels of hbm_width bits")
    hbm_width: int = parameter(64, 8, 1024, "bits", about="width of an HBM channel")
    weight_bits: int = parameter(8, 1, 16, "bits", about="a weight")
    pointer_bits: int = parameter(32, 8, 63, "bits", about="where a compressed fiber begins")
    input_cache_KiB: float | None = parameter(
        None, 1, 65536, "KiB", about="partition of the cache for spikes", kind="number"
    )
    weight_cache_KiB: float | None = parameter(
        None, 1, 65536, "KiB", about="partition of the cache for weights", kind="number"
    )
    output_cache_KiB: float | None = parameter(
        None, 1, 65536, "KiB", about="partition of the cache for outputs", kind="number"
    )

    def pe(self) -> Component | None:
        """A processing element; None where it is not known, and then unpriced."""
        return None

    @property
    def pe_count(self) -> int:
        """How many there are: ``pes``, where it has that parameter."""
        return int(getattr(self, "pes", 0))

    @property
    def lanes(self) -> int:
        """Outputs side by side, each with a switch port and a neuron: one a PE."""
        return self.pe_count

    @property
    def ports(self) -> int:
        """Ports of the switch to the PEs: one a lane."""
        return self.lanes

    def neurons(self) -> tuple[Part, ...]:
        """What turns sums into spikes: one timestep after the other.

        Returns:
            Them, as parts; none where it has no PEs.

        Raises:
            InputError: at the placeholders' technology, at which nothing can be priced.
        """
        neuron = PLifUnit(timesteps=1, technology=self.technology)
        return (Part("lif_unit", neuron, self.lanes),) if self.lanes else ()

    def bank(self) -> FiberCacheBank:
        """A bank of the global cache.

        Returns:
            The bank.

        Raises:
            InputError: at the placeholders' technology, at which nothing can be priced.
        """
        return FiberCacheBank(
            width=self.line_bits,
            depth=-(-self.cache_KiB * BITS_PER_KIB // self.line_bits),
            n_banks=self.cache_banks,
            cache_bytes=self.cache_KiB * 1024,
            technology=self.technology,
        )

    def parts(self) -> tuple[Part, ...]:
        """Cache, PEs, neurons, switches, and the channels of the HBM (off the chip).

        Source: LoAS (MICRO 2024), section V: two swizzle switches, from the cache to the PEs and
        from the cache to the HBM. Schedulers are left out.

        Returns:
            Them, with counts.

        Raises:
            InputError: at the placeholders' technology, at which nothing can be priced.
        """
        nm, pe = self.technology, self.pe()
        return (
            Part("global_cache", self.bank(), self.cache_banks),
            *(() if pe is None else (Part(self.pe_name, pe, self.pe_count),)),
            *self.neurons(),
            *self.crossbars(),
            Part("hbm_channel", HbmChannel(width=self.hbm_width, technology=nm), self.hbm_channels),
        )

    def crossbars(self) -> tuple[Part, ...]:
        """The switches, which no Timeloop spec holds.

        Returns:
            Them, as parts.

        Raises:
            InputError: at the placeholders' technology, at which nothing can be priced.
        """
        ports = (
            ("crossbar_to_pes", self.ports, max(self.line_bits // LINE_SHARE, 1)),
            ("crossbar_to_hbm", self.hbm_channels, self.hbm_width),
        )
        return tuple(
            Part(
                name,
                SwizzleSwitchCrossbar(
                    inputs=self.cache_banks,
                    outputs=outputs,
                    width=width,
                    technology=self.technology,
                ),
            )
            for name, outputs, width in ports
            if outputs
        )

    def left_out(self) -> tuple[Part, ...]:
        """Parts that its Timeloop spec cannot hold, by name; by default the switches.

        Those of one name are added up; a count below 0 takes off what stands in the spec for them.

        Returns:
            Them, with counts.

        Raises:
            InputError: at the placeholders' technology, at which nothing can be priced.
        """
        return self.crossbars()

    @cached_property
    def chip(self) -> Chip:
        """All of its parts as one component.

        Raises:
            InputError: at the placeholders' technology, at which nothing can be priced.
        """
        if self.technology == PLACEHOLDERS:
            raise InputError(
                f"is {PLACEHOLDERS}, placeholders that have no area; expected "
                f"{SMALLEST_NM:g} to 90 nm",
                key=f"{self.name}.technology",
            )
        return Chip(technology=self.technology, label=self.label, members=self.parts())

    @property
    def area_mm2(self) -> float:
        """Area of all parts on the chip, in mm².

        Raises:
            InputError: at the placeholders' technology, at which nothing can be priced.
        """
        return in_mm2(self.chip.area)

    @property
    def leakage_mW(self) -> float:  # noqa: N802 - the unit as it is written
        """Leakage of all parts, in mW.

        Raises:
            InputError: at the placeholders' technology, at which nothing can be priced.
        """
        return in_mW(self.chip.leakage)

    @property
    def input_KiB(self) -> Fraction:  # noqa: N802 - the unit as it is written
        """The cache's partition for spikes."""
        return self.partition("input")

    @property
    def weight_KiB(self) -> Fraction:  # noqa: N802
        """The cache's partition for weights."""
        return self.partition("weight")

    @property
    def output_KiB(self) -> Fraction:  # noqa: N802
        """The cache's partition for outputs."""
        return self.partition("output")

    def partition(self, which: str) -> Fraction:
        """A partition of the cache in KiB: what was set, else its share.

        Args:
            which: ``"input"``, ``"weight"`` or ``"output"``.

        Returns:
            Its size.
        """
        given = getattr(self, f"{which}_cache_KiB")
        return self.cache_KiB * self.share(which) if given is None else Fraction(given)

    def share(self, which: str) -> Fraction:
        """Share of the cache that a partition takes by default.

        Args:
            which: ``"input"``, ``"weight"`` or ``"output"``.

        Returns:
            A share, above 0 and below 1.
        """
        return self.shares[PARTITIONS.index(which)]
