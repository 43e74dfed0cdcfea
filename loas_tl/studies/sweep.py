"""Sweep the inner-join unit and the sparsity it meets: what the laggy prefix-sum costs where."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from loas_tl.designs.design import Design
from loas_tl.designs.loas import LOAS
from loas_tl.ground.errors import InputError
from loas_tl.models.detailed.model import count_detailed
from loas_tl.studies.laggy_cost import laggy_unit
from loas_tl.workload.layer import Layer
from loas_tl.workload.source import LayerSource, Progress, on_each_layer

RANDOM = "random"
"""What rows call the random layers."""

ADDERS = (1, 2, 4, 8, 16, 32, 64, 128)
FIFO_DEPTHS = (1, 2, 4, 8, 16, 32, 64)
CHUNKS = (32, 64, 128, 256, 512)
TIMESTEPS = (1, 2, 4, 6, 8, 12, 16)
SPIKE_DENSITIES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
WEIGHT_DENSITIES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True)
class RandomLayer:
    """A layer of independent spikes and weights.

    Attributes:
        T, M, N, K: its shape.
        active: share of neurons that fire at least once in four timesteps.
        weights: share of non-zero weights.
    """

    T: int = 4
    M: int = 64
    N: int = 64
    K: int = 1152
    active: float = 0.3
    weights: float = 0.05

    def make(self, seed: int) -> Layer:
        """Draw it; each timestep has the same rate, so more timesteps make more neurons active."""
        rng = np.random.default_rng(seed)
        rate = 1 - (1 - self.active) ** (1 / 4)
        spikes = rng.random((self.T, self.M, self.K)) < rate
        kept = rng.random((self.K, self.N)) < self.weights
        values = rng.integers(1, 128, kept.shape, dtype=np.int8)
        return Layer(RANDOM, spikes, np.where(kept, values, np.int8(0)))


@dataclass(frozen=True)
class SweepRow:
    """One point of a sweep.

    Attributes:
        network: whose layers, added up, or :data:`RANDOM`.
        parameter: what was changed from the unit or the random layer that was asked for.
        value: what it was set to.
        matches, chunks: of the layers.
        two_fast, laggy: cycles with two fast prefix-sums and with a laggy one.
    """

    network: str
    parameter: str
    value: float
    matches: int
    chunks: int
    two_fast: int
    laggy: int

    @property
    def overhead(self) -> float:
        """What the laggy prefix-sum adds, as a share of the cycles with two fast ones."""
        return self.laggy / self.two_fast - 1

    def record(self) -> dict[str, str | int | float]:
        """One row of a report; the unit is in the name of the column."""
        return {
            "network": self.network,
            "parameter": self.parameter,
            "value": self.value,
            "matches": self.matches,
            "chunks": self.chunks,
            "two_fast_cycles": self.two_fast,
            "laggy_cycles": self.laggy,
            "overhead": self.overhead,
        }


def sweep(
    sources: Sequence[LayerSource],
    design: Design = LOAS,
    random: RandomLayer | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[SweepRow]:
    """Change one parameter at a time.

    Args:
        sources: the layers for the design's own parameters: adders, FIFO depth, chunk width.
        design: what the others are kept at.
        random: the layer for T and the densities, 64 x 64 x 1152 by default.
        seed: of the random layers.
        progress: called after each layer.

    Returns:
        A row for each network, parameter and value.

    Raises:
        InputError: where the design has no laggy prefix-sum.
    """
    points = unit_points(design)
    units = [point for _, _, point in points]
    rows: dict[tuple[str, str, float], SweepRow] = {}
    answers = on_each_layer(sources, lambda layer: _costs(layer, units), progress)
    for source, parts in zip(sources, answers, strict=True):
        for costs in parts:
            for (parameter, value, _), cost in zip(points, costs, strict=True):
                key = (source.network, parameter, value)
                before = rows[key] if key in rows else SweepRow(*key, 0, 0, 0, 0)
                rows[key] = _plus(before, cost)
    for parameter, value, drawn in random_points(random or RandomLayer()):
        row = SweepRow(RANDOM, parameter, value, 0, 0, 0, 0)
        # As many lanes as timesteps: what is swept is the prefix-sum, not the lanes.
        lanes = design.with_(timesteps=drawn.T) if "timesteps" in design.parameters else design
        rows[row.network, parameter, value] = _plus(row, _costs(drawn.make(seed), [lanes])[0])
    return sorted(rows.values(), key=lambda row: (row.parameter, row.network, row.value))


def unit_points(design: Design) -> list[tuple[str, float, Design]]:
    """The designs of the sweep: which parameter is changed, to what, and the design."""
    laggy_unit(design)  # refuses one without
    points = []
    for parameter, key, values in (
        ("adders", "laggy_adders", ADDERS),
        ("fifo_depth", "fifo_depth", FIFO_DEPTHS),
        ("chunk", "chunk_bits", CHUNKS),
    ):
        for value in values if key in design.parameters else ():
            with suppress(InputError):  # a value that does not go with the others
                points.append((parameter, float(value), design.with_(**{key: value})))
    return points


def random_points(random: RandomLayer) -> list[tuple[str, float, RandomLayer]]:
    """The random layers of the sweep: which parameter is changed, to what, and the layer."""
    return [
        *(("timesteps", t, replace(random, T=t)) for t in TIMESTEPS),
        *(("spike_density", d, replace(random, active=d)) for d in SPIKE_DENSITIES),
        *(("weight_density", d, replace(random, weights=d)) for d in WEIGHT_DENSITIES),
    ]


@dataclass(frozen=True)
class _Cost:
    matches: int
    chunks: int
    two_fast: int
    laggy: int


def _costs(layer: Layer, designs: Sequence[Design]) -> list[_Cost]:
    dataflows, units, _ = zip(*map(laggy_unit, designs), strict=True)
    fast = {
        unit.chunk: replace(dataflow, machine=replace(unit, laggy=None))
        for dataflow, unit in zip(dataflows, units, strict=True)
    }
    details = count_detailed(layer, [*fast.values(), *dataflows])
    cycles = [detail.schedule.cycles for detail in details]
    two_fast = dict(zip(fast, cycles, strict=False))
    matches = details[0].counts.computes
    return [
        _Cost(
            matches,
            -(-layer.T // dataflow.word(layer.T)) * layer.M * layer.N * -(-layer.K // unit.chunk),
            two_fast[unit.chunk],
            laggy,
        )
        for dataflow, unit, laggy in zip(dataflows, units, cycles[len(fast) :], strict=True)
    ]


def _plus(row: SweepRow, cost: _Cost) -> SweepRow:
    return replace(
        row,
        matches=row.matches + cost.matches,
        chunks=row.chunks + cost.chunks,
        two_fast=row.two_fast + cost.two_fast,
        laggy=row.laggy + cost.laggy,
    )
