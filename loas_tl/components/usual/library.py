"""The ``aladdin_*`` classes of Accelergy's library plug-in, at 40 nm and a cycle of 1 ns.

Their energies go linearly with each width, leakage with the cycle. A class without a width is the
library's own: 32 bits, a register one. Reading computes and writing costs nothing: in the library
a register's energy is that of reading it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from loas_tl.components.component import Component, Own, attribute, nothing
from loas_tl.components.technology import (
    ANCHOR_NM,
    LARGEST_NM,
    SMALLEST_NM,
    area_factor,
    energy_factor,
)
from loas_tl.components.units import (
    JOULES_PER_PICOJOULE,
    SQUARE_METRES_PER_SQUARE_MICROMETRE,
    Joules,
    SquareMetres,
    Watts,
)

LIBRARY_NM = 40.0
ENERGY_NM, AREA_NM = 39.0, 37.0
"""Where the published tables come closest to what Accelergy's library makes of 40 nm.

Between 45 and 32 nm it interpolates from the wrong end, so that it takes 40 nm for 37.
"""
LIBRARY_CYCLE = 1e-9


@dataclass(frozen=True)
class Entry:
    """An entry of the library: pJ an action, pJ of leakage a cycle of 1 ns, µm², and its bits."""

    action: float
    leak: float
    area: float
    bits: int = 32


@dataclass(frozen=True, kw_only=True)
class _Library(Component):
    source: ClassVar[str] = "Accelergy's library of Aladdin's figures (Shao et al., ISCA 2014)"
    accuracy: ClassVar[int] = 90
    entry: ClassVar[Entry]
    computing: ClassVar[tuple[str, ...]] = ("read",)

    technology: float = attribute(low=SMALLEST_NM, high=LARGEST_NM, about="node in nm")
    width: int = attribute(
        0, low=0, high=2**20, about="bits; 0 is as the library has it", also=("datawidth",)
    )

    def times(self) -> float:
        """Bits over those of the entry."""
        return (self.width or self.entry.bits) / self.entry.bits

    def own(self) -> Own:
        """The entry, by width and node."""
        times, node, size = self.times(), 1.0, 1.0
        if self.technology != LIBRARY_NM:
            node = energy_factor(self.technology, ENERGY_NM)
            size = area_factor(self.technology, AREA_NM)
        area = self.entry.area * times * size
        action = Joules(self.entry.action * JOULES_PER_PICOJOULE * times * node)
        leak = self.entry.leak * JOULES_PER_PICOJOULE / LIBRARY_CYCLE
        return Own(
            SquareMetres(area * SQUARE_METRES_PER_SQUARE_MICROMETRE),
            Watts(leak * times * node),
            {**dict.fromkeys(self.computing, action), **nothing("write", "update")},
        )


@dataclass(frozen=True, kw_only=True)
class LibraryAdder(_Library):
    """An adder."""

    kind: ClassVar[str] = "aladdin_adder"
    entry: ClassVar[Entry] = Entry(0.21, 0.0024, 278)
    computing: ClassVar[tuple[str, ...]] = ("read", "add")


@dataclass(frozen=True, kw_only=True)
class LibraryMultiplier(_Library):
    """A multiplier of two widths; each counts, and so does ``width`` where it is given."""

    kind: ClassVar[str] = "aladdin_multiplier"
    entry: ClassVar[Entry] = Entry(12.68, 0.08, 6350)
    computing: ClassVar[tuple[str, ...]] = ("read", "multiply")

    width_a: int = attribute(32, high=2**20, about="bits", also=("datawidth_a",))
    width_b: int = attribute(32, high=2**20, about="bits", also=("datawidth_b",))

    def times(self) -> float:
        """The product of all widths over the entry's."""
        return super().times() * (self.width_a / 32) * (self.width_b / 32)


@dataclass(frozen=True, kw_only=True)
class LibraryRegister(_Library):
    """A register of a bit."""

    kind: ClassVar[str] = "aladdin_register"
    entry: ClassVar[Entry] = Entry(0.009, 0.0, 5.98, bits=1)


@dataclass(frozen=True, kw_only=True)
class LibraryComparator(_Library):
    """A comparator."""

    kind: ClassVar[str] = "aladdin_comparator"
    entry: ClassVar[Entry] = Entry(0.02947, 2.51e-5, 71)
    computing: ClassVar[tuple[str, ...]] = ("read", "compare")


@dataclass(frozen=True, kw_only=True)
class LibraryCounter(_Library):
    """A counter."""

    kind: ClassVar[str] = "aladdin_counter"
    entry: ClassVar[Entry] = Entry(0.25074, 0.0003213, 495.5)
    computing: ClassVar[tuple[str, ...]] = ("read", "count")


@dataclass(frozen=True, kw_only=True)
class _Dummy(Component):
    """What costs nothing, by name."""

    source: ClassVar[str] = "nothing, as in Accelergy's library"
    otherwise: ClassVar[str | None] = "read"

    def __post_init__(self) -> None:
        object.__setattr__(self, "technology", ANCHOR_NM)  # whatever it is, it does not count
        super().__post_init__()

    def own(self) -> Own:
        """Nothing."""
        return Own(energy=nothing("read", "write", "update"))


@dataclass(frozen=True, kw_only=True)
class DummyStorage(_Dummy):
    """A storage that costs nothing."""

    kind: ClassVar[str] = "dummy_storage"


@dataclass(frozen=True, kw_only=True)
class DummyCompute(_Dummy):
    """A compute unit that costs nothing."""

    kind: ClassVar[str] = "dummy_compute"
