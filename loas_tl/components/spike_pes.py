"""Processing elements that add weights where there are spikes, and what finds work for them.

Accelerators published beside or after LoAS, composed of the synthesised primitives; what their
papers do not say is assumed, and so is the accuracy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from loas_tl.components.component import Act, Component, Part, attribute
from loas_tl.components.pes import Pe
from loas_tl.components.primitives import Accumulator, Adder, Comparator, Register

ASSUMED = "assumed: primitives that the published description names, at its widths"


MERGED_ROWS = 4
"""Rows of a slice that a PE of GustavSNN merges."""


@dataclass(frozen=True, kw_only=True)
class SpikeAdderPe(Pe):
    """An adder that accumulates the weights of spikes, with a register for the weight."""

    kind: ClassVar[str] = "spike_adder_pe"
    source: ClassVar[str] = ASSUMED
    accuracy: ClassVar[int] = 50

    accumulator_bits: int = attribute(8, high=64, about="bits of the partial sum")
    weight_bits: int = attribute(8, high=64, about="bits of the weight register")

    def parts(self) -> tuple[Part, ...]:
        """An accumulator and a weight register."""
        nm = self.technology
        return (
            Part("accumulator", Accumulator(width=self.accumulator_bits, technology=nm)),
            Part("weight_register", Register(width=self.weight_bits, technology=nm)),
        )


@dataclass(frozen=True, kw_only=True)
class ColumnPe(Pe):
    """A PE of GustavSNN (HPCA 2026): an adder, sums of its pixels, a FIFO of column indices."""

    kind: ClassVar[str] = "column_pe"
    source: ClassVar[str] = ASSUMED
    accuracy: ClassVar[int] = 40

    accumulator_bits: int = attribute(8, high=64, about="bits of a partial sum")
    weight_bits: int = attribute(8, high=64, about="bits of the weight register")
    pixels: int = attribute(8, high=64, about="pixels, of a partial sum each")

    def parts(self) -> tuple[Part, ...]:
        """An accumulator, a register a pixel, the weight and four rows to merge."""
        nm = self.technology
        return (
            Part("accumulator", Accumulator(width=self.accumulator_bits, technology=nm)),
            Part("sum", Register(width=self.accumulator_bits, technology=nm), self.pixels),
            Part("weight_register", Register(width=self.weight_bits, technology=nm)),
            Part("row_register", Register(width=self.pixels, technology=nm), MERGED_ROWS),
        )

    def whole(self) -> tuple[Act, ...]:
        """An addition: one of the sums, the weight and a row."""
        return tuple(Act(part.name, "access") for part in self.parts())


@dataclass(frozen=True, kw_only=True)
class ProductSparsityDetector(Component):
    """Prosperity's detector: rows of a tile, each compared with the one a prefix is sought for.

    Source: Prosperity (HPCA 2025), section V: a ternary CAM of the tile's rows, popcounts, a
    pruner that takes the prefix off. A sorter of the rows is left out.
    """

    kind: ClassVar[str] = "product_sparsity_detector"
    busy: ClassVar[str | None] = "search"
    source: ClassVar[str] = ASSUMED
    accuracy: ClassVar[int] = 40

    rows: int = attribute(256, high=65536, about="rows of a tile")
    width: int = attribute(16, high=64, about="inputs of a tile")
    popcounts: int = attribute(8, high=1024, about="counters of ones side by side")

    def parts(self) -> tuple[Part, ...]:
        """A register and a comparator for each row; adders that count ones."""
        nm = self.technology
        return (
            Part("row", Register(width=self.width, technology=nm), self.rows),
            Part("comparator", Comparator(width=self.width, technology=nm), self.rows),
            Part("popcount", Adder(width=self.width, technology=nm), self.popcounts),
        )

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """A row's prefix: every row compared, one counted, one rewritten."""
        return {
            "search": (
                Act("comparator", "access", self.rows),
                Act("popcount", "access"),
                Act("row", "access"),
            )
        }


@dataclass(frozen=True, kw_only=True)
class PatternMatcher(Component):
    """Phi's preprocessor: a row against all patterns of its run of inputs.

    Source: Phi (ISCA 2025), section 4: a distance to each pattern, and the nearest of them.
    """

    kind: ClassVar[str] = "pattern_matcher"
    busy: ClassVar[str | None] = "match"
    source: ClassVar[str] = ASSUMED
    accuracy: ClassVar[int] = 40

    patterns: int = attribute(128, high=65536, about="patterns of a run")
    width: int = attribute(16, high=64, about="inputs of a run")

    def parts(self) -> tuple[Part, ...]:
        """A register, an adder of differing bits and a comparator for each pattern."""
        nm = self.technology
        return (
            Part("pattern", Register(width=self.width, technology=nm), self.patterns),
            Part("distance", Adder(width=self.width, technology=nm), self.patterns),
            Part("comparator", Comparator(width=8, technology=nm), self.patterns),
        )

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """One row."""
        return {
            "match": (
                Act("distance", "access", self.patterns),
                Act("comparator", "access", self.patterns),
            )
        }
