"""How many instances share a count: a level's copies that hold a tensor, and the compute units."""

from __future__ import annotations

from dataclasses import dataclass

from loas_tl.exact.result import ExactResult
from loas_tl.timeloop.result import Result
from loas_tl.validation.tables import Key

Place = tuple[str, str]
"""A level and a tensor; the compute component and nothing."""


@dataclass(frozen=True)
class Copies:
    """Instances by level and tensor.

    Attributes:
        used: that the mapping uses; algorithmic counts are shared by all of them.
        predicted, exact: on average, those that hold something, as the engine has them and as
            they are; empty tiles that are never sent are not among them.
    """

    used: dict[Place, float]
    predicted: dict[Place, float]
    exact: dict[Place, float]

    def of(self, key: Key) -> tuple[float, float]:
        """Instances that share a predicted and an exact count; a capacity is of one tile."""
        place = key.level, key.tensor
        used = self.used.get(place, 1.0)
        if key.action == "capacity":
            return 1.0, 1.0
        if key.kind == "algorithmic":
            return used, used
        return self.predicted.get(place, used), self.exact.get(place, used)


def copies_of(predicted: Result, exact: ExactResult) -> Copies:
    """The instances of a prediction and of exact counts of the same mapping."""
    unit = predicted.compute.name, ""
    used = {unit: float(predicted.compute.instances_used)}
    on_average = {unit: float(predicted.compute.instances_used_average)}
    for name, level in predicted.levels.items():
        for tensor, stats in level.tensors.items():
            used[name, tensor] = float(stats.instances_used)
            on_average[name, tensor] = float(stats.instances_used_average)
    held = {
        (name, tensor): float(counted.instances)
        for name, level in exact.levels.items()
        for tensor, counted in level.tensors.items()
    }
    return Copies(used, on_average, held)
