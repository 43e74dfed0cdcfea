"""A point of a space with its figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from loas_tl.designs.design import Design
from loas_tl.exploration.evaluation import Failure, Outcome
from loas_tl.exploration.figures import (
    OBJECTIVES,
    Figures,
    geometric_mean,
    measured,
    of_network,
    spread,
)
from loas_tl.exploration.store import Row

NOT_RUN = "not run"


@dataclass(frozen=True)
class Point:
    """A design on the workloads of a space.

    Attributes:
        number: its place in the space.
        accelerator: name of the design that it varies.
        label: name of the design.
        parameters: values of what varies, by key.
        figures: every objective by name and in its unit, as of the only network or the geometric
            mean over networks; of one network alone under ``NETWORK.NAME``. None where the model
            does not count it, empty where the point failed.
        error: why it has no figures, None where it has.
        notes: what is to be said of the figures, a line each.
        design: the design; None where it cannot be, or was read from a store.
    """

    number: int
    accelerator: str
    label: str
    parameters: Mapping[str, Any]
    figures: Mapping[str, float | None] = field(default_factory=dict)
    error: str | None = None
    notes: tuple[str, ...] = ()
    design: Design | None = field(default=None, repr=False, compare=False)

    def __getitem__(self, name: str) -> Any:
        """A figure, or the value of a parameter."""
        return self.parameters[name] if name in self.parameters else self.figures[name]

    @property
    def run(self) -> bool:
        """Whether it was looked at, and did not merely wait its turn."""
        return self.error != NOT_RUN


def assembled(
    row: Row, find: Callable[[str, str], Outcome | None], design: Design | None = None
) -> Point:
    """A point of what was found for its layers.

    Args:
        row: the point.
        find: gives what was found for a design (its hash) on a layer (its recipe).
        design: the design itself, where it is at hand.
    """

    def point(**more: Any) -> Point:
        return Point(
            *(row.number, row.accelerator, row.label, row.parameters), design=design, **more
        )

    if row.error is not None:
        return point(error=row.error)
    networks: dict[str, list[list[list[Figures]]]] = {}
    for network, layer, samples in row.layers:
        found = [[find(row.design, recipe) for recipe in sample] for sample in samples]
        every = [one for sample in found for one in sample]
        for one in every:
            if isinstance(one, Failure):
                return point(error=f"{network} layer {layer}: {one.reason}")
        if any(one is None for one in every):
            return point(error=NOT_RUN)
        networks.setdefault(network, []).append(
            [[one for one in sample if isinstance(one, Figures)] for sample in found]
        )
    totals = {name: of_network(layers) for name, layers in networks.items()}
    of = {name: measured(figures) for name, (figures, _) in totals.items()}
    figures = {
        name: geometric_mean([figures[name] for figures in of.values()]) for name in OBJECTIVES
    }
    notes = [notes for _, notes in totals.values()]
    spreads = {name: spread(total) for name, (total, _) in totals.items()}
    if len(of) == 1:
        [only] = spreads.values()
        return point(figures=figures | only, notes=notes[0])
    figures |= {f"{n}.{name}": value for n, s in spreads.items() for name, value in s.items()}
    figures |= {f"{n}.{name}": f[name] for n, f in of.items() for name in OBJECTIVES}
    said = [f"{name}: {note}" for name, (_, lines) in totals.items() for note in lines]
    return point(figures=figures, notes=tuple(said))
