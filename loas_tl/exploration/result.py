"""A space that was explored: its points, fronts and best designs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from loas_tl.exploration.constraints import Constraint
from loas_tl.exploration.figures import OBJECTIVES, SPREAD, Objective
from loas_tl.exploration.pareto import front
from loas_tl.exploration.points import Point
from loas_tl.ground.errors import InputError
from loas_tl.ground.nearest import unknown
from loas_tl.ground.shown import Shown
from loas_tl.ground.titles import network_named, network_titles

if TYPE_CHECKING:
    import pandas as pd


def objective(name: str, networks: Sequence[str] = ()) -> Objective:
    """A figure by name: ``cycles``, or ``vgg16.cycles`` of one network among several.

    Raises:
        InputError: where there is none, naming the nearest.
    """
    network, dot, own = str(name).rpartition(".")
    if dot and networks and own in OBJECTIVES:
        network = network_named(network, networks)
        one = OBJECTIVES[own]
        if len(networks) == 1:  # its figures are all there are
            return one
        return Objective(f"{network}.{own}", f"{one.about} of {network}", one.value, one.largest)
    if name not in OBJECTIVES:
        known = [*OBJECTIVES, *(f"{n}.{own}" for n in networks for own in OBJECTIVES)]
        raise unknown(str(name), known[: len(OBJECTIVES)], "no figure is called")
    return OBJECTIVES[name]


@dataclass(frozen=True, repr=False)
class Space(Shown):
    """What :func:`loas_tl.explore` answers.

    Attributes:
        points: all of them, in order; failed ones have an ``error``.
        networks: names of the networks.
        objectives: names of what was made small (or large).
        constraints: bounds that a design has to keep.
        model: which model counted.
        varied: the keys that vary.
        interrupted: whether points were left out by Ctrl-C.
        asked: the whole question, as it is kept in a store.
        notes: what is to be said of all points, a line each.

    >>> import loas_tl
    >>> vary = {"pes": [8, 16], "cache_KiB": [128, 256]}
    >>> space = loas_tl.explore("LoAS", "V-L8", vary=vary, jobs=1)
    >>> len(space), len(space.failed)
    (4, 0)
    >>> [point.label for point in space.pareto("cycles", "area_mm2")]
    ['LoAS cache_KiB=128', 'LoAS cache_KiB=128 pes=8']
    """

    points: tuple[Point, ...]
    networks: tuple[str, ...]
    objectives: tuple[str, ...]
    constraints: tuple[Constraint, ...] = ()
    model: str = "published"
    varied: tuple[str, ...] = ()
    interrupted: bool = False
    asked: Mapping[str, Any] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """Points, keys that vary, networks and model."""
        failed, left = len(self.failed), len(self.left)
        said = [f"{len(self.points)} points"]
        said += [f"{failed} failed"] if failed else []
        said += [f"{left} not run"] if left else []
        return (
            f"{', '.join(said)}: {', '.join(self.varied)} on {network_titles(self.networks)}, "
            f"{self.model} model"
        )

    def brief(self) -> pd.DataFrame:
        """The points on the front of all objectives: what varies, and the objectives.

        Returns:
            The frame.

        Raises:
            InputError: where an objective is no figure.
        """
        frame = self.to_frame(self.pareto() if self.feasible else None)
        return frame[["accelerator", *self.varied, *dict.fromkeys(self.objectives)]]

    def __len__(self) -> int:
        return len(self.points)

    @property
    def failed(self) -> list[Point]:
        """Points whose design cannot be, or that failed."""
        return [one for one in self.points if one.error is not None and one.run]

    @property
    def left(self) -> list[Point]:
        """Points that were not run."""
        return [one for one in self.points if not one.run]

    @property
    def feasible(self) -> list[Point]:
        """Points that have figures and keep all constraints."""
        return [one for one in self.points if one.error is None and self.keeps(one)]

    def keeps(self, point: Point) -> bool:
        """Whether a point keeps all constraints.

        Args:
            point: one that has figures.

        Returns:
            True where there are none.
        """
        return all(each.holds(point.figures) for each in self.constraints)

    def best(self, name: str) -> Point:
        """The feasible point with the least (of utilisation: the most) of a figure.

        Args:
            name: of the figure.

        Returns:
            Of several the first.

        Raises:
            InputError: where there is no such figure, or no point that has it.
        """
        meant = self.objective(name)
        name, sign = meant.name, meant.sign
        found = [one for one in self.feasible if one.figures[name] is not None]
        if not found:
            raise InputError(f"no point has {name}; see the errors of the points")
        return min(found, key=lambda one: sign * (one.figures[name] or 0.0))

    def pareto(self, *names: str) -> list[Point]:
        """The feasible points that no other one is as good as in all of these, and better in one.

        Args:
            names: figures; by default the objectives.

        Returns:
            Sorted by the first figure.

        Raises:
            InputError: where there is no such figure.
        """
        meant = [self.objective(name) for name in names or self.objectives]
        chosen, signs = [one.name for one in meant], [one.sign for one in meant]
        found = [
            one for one in self.feasible if all(one.figures[name] is not None for name in chosen)
        ]
        values = np.array(
            [
                [sign * float(one.figures[name] or 0.0) for sign, name in zip(signs, chosen)]  # noqa: B905
                for one in found
            ]
        ).reshape(len(found), len(chosen))
        best = [found[at] for at in front(values).tolist()]
        return sorted(best, key=lambda one: float(one.figures[chosen[0]] or 0.0))

    def objective(self, name: str) -> Objective:
        """What a figure is.

        Args:
            name: of the figure, ``cycles`` or ``vgg16.cycles``.

        Returns:
            Its meaning, and whether a large one is good.

        Raises:
            InputError: where there is none, naming the nearest.
        """
        return objective(name, self.networks)

    def record(self, point: Point) -> dict[str, Any]:
        """A point as in :meth:`to_dict`.

        Args:
            point: the point.

        Returns:
            Its row.
        """
        row: dict[str, Any] = {
            "accelerator": point.accelerator,
            "parameters": dict(point.parameters),
            **{name: point.figures.get(name) for name in self.objectives},
        }
        if len(self.networks) > 1:
            row["networks"] = {
                network: {
                    name: point.figures.get(f"{network}.{name}")
                    for name in self.objectives
                    if name in OBJECTIVES
                }
                for network in self.networks
            }
        spread = {
            name: {key: point.figures[f"{name}_{key}"] for key in SPREAD}
            for name in self.objectives
            if f"{name}_{SPREAD[0]}" in point.figures
        }
        if spread:
            row["spread"] = spread
        if self.constraints:
            row["feasible"] = point.error is None and self.keeps(point)
        return row | {"notes": list(point.notes), "error": point.error}

    def to_dict(self) -> dict[str, Any]:
        """``{"points": [{"accelerator", "parameters", objectives, "notes", "error"}], "pareto"}``.

        ``pareto`` are the places of the points on the front of all objectives. With several
        networks each point has ``networks`` as well, with constraints ``feasible``, and of layers
        with several samples, whose mean the figures are, ``spread``.

        Returns:
            The object; the unit is in the name of a key.

        Raises:
            InputError: where an objective is no figure.
        """
        place = {one.number: at for at, one in enumerate(self.points)}
        return {
            "points": [self.record(one) for one in self.points],
            "pareto": sorted(place[one.number] for one in self.pareto()),
            "model": self.model,
            "networks": list(self.networks),
            "objectives": list(self.objectives),
            "constraints": [str(each) for each in self.constraints],
            "notes": list(self.notes),
        }

    def to_frame(self, points: Iterable[Point] | None = None) -> pd.DataFrame:
        """A pandas frame with a row for each point: what varies, every figure, notes and error.

        Args:
            points: some of them; by default all.

        Returns:
            The frame; the unit is in the name of a column.
        """
        import pandas as pd

        rows = [
            {
                "accelerator": one.accelerator,
                **{key: one.parameters.get(key) for key in self.varied},
                **{name: one.figures.get(name) for name in self._columns()},
                "feasible": one.error is None and self.keeps(one),
                "notes": "; ".join(one.notes),
                "error": one.error,
            }
            for one in (self.points if points is None else points)
        ]
        columns = ["accelerator", *self.varied, *self._columns(), "feasible", "notes", "error"]
        return pd.DataFrame(rows, columns=columns)

    def _columns(self) -> list[str]:
        names = list(OBJECTIVES)
        if len(self.networks) > 1:
            names += [f"{network}.{name}" for network in self.networks for name in OBJECTIVES]
        there = {name for point in self.points for name in point.figures}
        return [
            with_spread
            for name in names
            for with_spread in (name, *(f"{name}_{key}" for key in SPREAD))
            if with_spread == name or with_spread in there
        ]
