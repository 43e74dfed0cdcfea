"""What one design needs for one layer, added up to networks, and the objectives made of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from loas_tl.comparison import Result, added, whole
from loas_tl.ground.spread import Spread
from loas_tl.ground.sums import in_order


@dataclass(frozen=True)
class Figures:
    """What one design needs for one spMspM, for a layer, or for a whole network.

    Attributes:
        result: as :func:`loas_tl.compare` has it; of an engine that knows only the total of its
            energy, that is in ``compute``.
        area_mm2: of the design.
        traffic: whether the model counts it.
    """

    result: Result
    area_mm2: float
    traffic: bool = True


def of_network(layers: Sequence[Sequence[Sequence[Figures]]]) -> tuple[Figures, tuple[str, ...]]:
    """The total of a network and its notes, from the functions that add up for ``compare``.

    Args:
        layers: at least one; of each its samples, of each sample the spMspMs that are added up.
    """
    results = [
        Result.mean([whole([part.result for part in sample]) for sample in layer])
        for layer in layers
    ]
    said = [note for one in results for note in one.notes]
    notes = tuple(
        note
        if said.count(note) == len(results)
        else f"{note} (in {said.count(note)} of {len(results)} layers)"
        for note in dict.fromkeys(said)
    )
    parts = [part for layer in layers for sample in layer for part in sample]
    area = max(part.area_mm2 for part in parts)
    return Figures(added(results), area, all(part.traffic for part in parts)), notes


@dataclass(frozen=True)
class Objective:
    """A figure to make small, or large.

    Attributes:
        name: in columns and options; the unit is in it.
        about: for people, with the unit.
        value: gives it of a network, in its unit; None where the model does not count it.
        largest: whether more of it is better.
    """

    name: str
    about: str
    value: Callable[[Figures], float | None]
    largest: bool = False

    @property
    def sign(self) -> int:
        """What to multiply by so that less is better."""
        return -1 if self.largest else 1


def _seconds(figures: Figures) -> float:
    return figures.result.counts.cycles / (figures.result.clock_MHz * 1e6)


def _energy(figures: Figures) -> float | None:
    physical = figures.result.physical
    return None if physical is None else physical.total


def _edp(figures: Figures) -> float | None:
    energy = _energy(figures)
    return None if energy is None else energy * 1e-12 * _seconds(figures)


def _power(figures: Figures) -> float | None:
    energy, seconds = _energy(figures), _seconds(figures)
    if energy is None:
        return None
    return energy * 1e-12 / seconds * 1e3 if seconds else 0.0


OBJECTIVES: dict[str, Objective] = {
    one.name: one
    for one in (
        Objective("cycles", "cycles", lambda f: f.result.counts.cycles),
        Objective("seconds", "time (s)", _seconds),
        Objective("energy_pJ", "energy (pJ)", _energy),
        Objective("edp", "energy-delay product (J s)", _edp),
        Objective("area_mm2", "area (mm²)", lambda f: f.area_mm2),
        Objective("power_mW", "power (mW)", _power),
        Objective(
            "dram_KiB",
            "DRAM traffic (KiB)",
            lambda f: f.result.counts.dram_kib if f.traffic else None,
        ),
        Objective(
            "sram_KiB",
            "SRAM traffic (KiB)",
            lambda f: f.result.counts.sram_kib if f.traffic else None,
        ),
        Objective(
            "utilisation",
            "PE-cycles with work over all",
            lambda f: f.result.utilization,
            largest=True,
        ),
    )
}
"""By name, in the order of columns."""

SPREAD = ("std", "min", "max")
"""Of a figure, over samples: standard deviation (over n - 1) and extremes."""

TRAFFIC = ("dram_KiB", "sram_KiB")
"""Those that the Timeloop models do not give."""

DEFAULT = ("cycles", "energy_pJ", "area_mm2")


def measured(figures: Figures) -> dict[str, float | None]:
    """Every objective of a network, by name."""
    return {name: one.value(figures) for name, one in OBJECTIVES.items()}


def spread(figures: Figures) -> dict[str, float]:
    """Of a network with several samples: ``cycles_std``, ``cycles_min``, ``cycles_max`` and so on.

    Figures that are the same for all samples, as the area, have none.
    """
    found: dict[str, float] = {}
    for name, one in OBJECTIVES.items():
        values = [one.value(replace(figures, result=each)) for each in figures.result.samples]
        known = [value for value in values if value is not None]
        if name != "area_mm2" and known:
            record = Spread.of(known).record()
            found |= {f"{name}_{key}": record[key] for key in SPREAD}
    return found


def geometric_mean(values: Iterable[float | None]) -> float | None:
    """Of values of 0 or more; of equal ones their value. None where one is, or there are none."""
    found = list(values)
    if len(set(found)) == 1:
        return found[0]
    numbers = [value for value in found if value is not None]
    if not numbers or len(numbers) < len(found):
        return None
    if min(numbers) <= 0:
        return 0.0
    return math.exp(in_order(map(math.log, numbers)) / len(numbers))
