"""Units by magnitude: one choice for a page, so that its figures can be compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

STEPS: dict[str, tuple[tuple[float, str], ...]] = {
    "cycles": ((1, "cycles"), (1e3, "kcycles"), (1e6, "Mcycles"), (1e9, "Gcycles")),
    "pJ": ((1, "pJ"), (1e3, "nJ"), (1e6, "µJ"), (1e9, "mJ"), (1e12, "J")),
    "J s": (
        *((1e-15, "fJ s"), (1e-12, "pJ s"), (1e-9, "nJ s"), (1e-6, "µJ s"), (1e-3, "mJ s")),
        *((1, "J s"), (1e3, "kJ s")),
    ),
    "s": ((1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms"), (1, "s")),
    "KiB": ((1, "KiB"), (1024, "MiB"), (1024**2, "GiB")),
    "units": ((1, "units"), (1e3, "thousand units"), (1e6, "million units")),
}
"""By the unit that figures have: what each larger one holds of it. The published formula's sums
have no unit."""


@dataclass(frozen=True)
class Unit:
    """A unit for people.

    Attributes:
        name: with its prefix.
        size: of the unit that figures have, how many it holds.
    """

    name: str
    size: float = 1.0

    def of(self, value: float | None) -> float | None:
        """A figure in this unit."""
        return None if value is None else value / self.size

    def text(self, value: float | None) -> str:
        """A figure in this unit with four digits, or all those before the point."""
        return "-" if value is None else digits(value / self.size)


def unit_for(values: Iterable[float | None], of: str) -> Unit:
    """The largest unit in which a middling figure is 1 or more.

    Args:
        values: figures in ``of``; zeros and what is not known do not matter.
        of: ``"cycles"``, ``"pJ"``, ``"J s"``, ``"s"``, ``"KiB"`` or ``"units"``.
    """
    known = [abs(value) for value in values if value]
    middle = median(known) if known else 0.0
    size, name = max((step for step in STEPS[of] if step[0] <= middle), default=STEPS[of][0])
    return Unit(name, size)


def digits(value: float) -> str:
    """Four digits, or all those before the point."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}" if abs(value) >= 1e-3 else f"{value:.3g}"


def signed(difference: float) -> str:
    """A relative difference in percent; what rounds to none has no sign.

    >>> signed(0.0483), signed(-0.0001)
    ('+4.8%', '0.0%')
    """
    text = f"{difference:+.1%}"
    return text[1:] if text[1:] == "0.0%" else text


def counted(count: int) -> str:
    """A count in full, a large one to three digits, also where it is beyond all floats."""
    if count < 10**9:
        return f"{count:,}"
    if count < 10**300:
        return f"{count:.3g}"
    # Python writes out no number of many thousand digits: its bits say how many there are.
    decimals = len(str(count)) if count < 10**4000 else int(count.bit_length() * 0.30103) + 1
    return f"about 1e+{decimals - 1}"
