"""Evaluates thousands of mappings at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from loas_tl.timeloop.mapper.accesses import Computes, Counts, counts_of, plain_counts
from loas_tl.timeloop.mapper.arithmetic import unique_rows
from loas_tl.timeloop.mapper.buffers import check_tiles, cost_of, leakage
from loas_tl.timeloop.mapper.compute import Computed, computed
from loas_tl.timeloop.mapper.conditions import left_out
from loas_tl.timeloop.mapper.density import Sums
from loas_tl.timeloop.mapper.loops import Bools, Floats, Ints, Mappings, Nests
from loas_tl.timeloop.mapper.machine import Machine
from loas_tl.timeloop.mapper.nest import Traffic, traffic_of
from loas_tl.timeloop.mapper.tiles import Keep, Tile, check_keep, tiles_of
from loas_tl.timeloop.native.density import density_model


@dataclass(frozen=True)
class Evaluation:
    """What a batch of mappings costs.

    Attributes:
        energy: pJ, infinite for mappings that cannot run; cycles: the same.
        valid: bool[B].
        reasons: how many mappings failed, by level and Timeloop's reason; the first reason of
            each mapping counts.
    """

    energy: Floats
    cycles: Floats
    valid: Bools
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)

    def first(self, count: int) -> Evaluation:
        """Of the first so many mappings; ``reasons`` stay those of all."""
        return Evaluation(
            self.energy[:count], self.cycles[:count], self.valid[:count], self.reasons
        )

    def cost(self, metric: str) -> Floats:
        """What a search makes small: energy in pJ, cycles, or their product.

        The product is in joules times cycles, which are all as long: J s are for people.
        """
        if metric == "energy":
            return self.energy
        if metric == "cycles":
            return self.cycles
        with np.errstate(invalid="ignore"):
            return self.energy * 1e-12 * self.cycles


@dataclass(frozen=True)
class Details:
    """Everything the evaluation of one batch found, for tests and reports."""

    traffic: Traffic
    tiles: dict[tuple[int, int], Tile]
    counts: dict[tuple[int, int], Counts]
    computed: Computed


class Evaluator:
    """Evaluates mappings of one machine; keeps what it computed for tiles it has seen."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.sums = [Sums(density_model(tensor.density, tensor.size)) for tensor in machine.tensors]
        self.details: Details | None = None

    def __call__(self, mappings: Mappings, keeps: list[Keep]) -> Evaluation:
        """Evaluates mappings, those that keep the same tensors together.

        Args:
            mappings: of the machine; fan-outs are taken to be respected.
            keeps: what ``mappings.keep`` is an index into.
        """
        choices = np.unique(mappings.keep)
        if len(choices) == 1:
            return self._evaluate(mappings, keeps[int(choices[0])])
        return self._in_parts(mappings, mappings.keep, lambda mine: keeps[int(mine.keep[0])])

    def _in_parts(
        self, mappings: Mappings, group: Ints, keep_of: Callable[[Mappings], Keep]
    ) -> Evaluation:
        """Evaluates groups of mappings by themselves."""
        batch = len(mappings)
        energy, cycles = np.full(batch, np.inf), np.full(batch, np.inf)
        valid = np.zeros(batch, bool)
        reasons: Counter[tuple[str, str]] = Counter()
        for one in np.unique(group).tolist():
            mine = group == one
            some = mappings.take(mine)
            part = self._evaluate(some, keep_of(some))
            energy[mine], cycles[mine] = part.energy, part.cycles
            valid[mine] = part.valid
            reasons += part.reasons
        return Evaluation(energy, cycles, valid, reasons)

    def _evaluate(self, mappings: Mappings, keep: Keep) -> Evaluation:
        machine = self.machine
        batch = len(mappings)
        valid = np.ones(batch, bool)
        reasons: Counter[tuple[str, str]] = Counter()

        def fail(level: int, reason: str, which: Bools | bool) -> None:
            failed = int((which & valid).sum())
            if failed:
                reasons[machine.levels[level].name, reason] += failed
                np.logical_and(valid, ~np.asarray(which), out=valid)

        problem = check_keep(machine, keep)
        if problem is not None:
            fail(*problem, True)
            nothing = np.full(batch, np.inf)
            return Evaluation(nothing, nothing, valid, reasons)
        nests = Nests.of(machine, mappings)
        traffic = traffic_of(nests, keep)
        tiles: dict[tuple[int, int], Tile] = {}
        if machine.sparse:
            tiles = tiles_of(nests, keep, self.sums, fail)
            optimised = left_out(nests, keep, self.sums, tiles, fail)
            if len(optimised) > 1:
                # Of several options each mapping takes its own: those with others are apart.
                taken = np.stack([there.taken for there in optimised.values()])
                _, group = unique_rows(taken)
                if group.any():
                    return self._in_parts(mappings, group, lambda _: keep)
            counts, computes = counts_of(nests, keep, traffic, tiles, optimised)
            done = computed(machine, keep, self.sums, computes)
            fail(0, "illegal operand probability", ~done.valid)
        else:
            tiles = _dense_tiles(nests, keep)
            counts = {place: plain_counts(traffic, *place) for place in tiles}
            done = _all_of(Computes(traffic.computes, {}))
        for level in range(len(machine.levels)):
            here = {t: tile for (at, t), tile in tiles.items() if at == level}
            check_tiles(machine, level, here, fail)
        energy, cycles = self._cost(nests, traffic, tiles, counts, done)
        for level, needed in enumerate(cycles):
            fail(level, "no bandwidth for its accesses", ~np.isfinite(needed))
        total = np.max(cycles, axis=0) + sum(level.latency for level in machine.levels)
        self.details = Details(traffic, tiles, counts, done)
        return Evaluation(
            np.where(valid, energy, np.inf), np.where(valid, total, np.inf), valid, reasons
        )

    def _cost(
        self,
        nests: Nests,
        traffic: Traffic,
        tiles: dict[tuple[int, int], Tile],
        counts: dict[tuple[int, int], Counts],
        done: Computed,
    ) -> tuple[Floats, list[Floats]]:
        """Energy of everything, and cycles each level needs."""
        machine = self.machine
        unit = machine.compute.energies
        energy = (
            done.actual * unit.get("random_compute", 0.0)
            + done.gated * unit.get("gated_compute", 0.0)
            + done.skipped * unit.get("skipped_compute", 0.0)
        )
        unit_cycles = np.ceil((done.actual + done.gated) / traffic.copies[0])
        cycles = []
        for level in range(len(machine.levels)):
            cost = cost_of(nests, level, traffic, tiles, counts, self.sums, unit_cycles)
            energy = energy + cost.energy
            cycles.append(np.maximum(unit_cycles, cost.cycles))
        total = np.max(cycles, axis=0)
        used = []
        for level in range(len(machine.levels)):
            here = [tile.exists for (at, _), tile in tiles.items() if at == level]
            # A tensor that is not kept counts as there in each instance.
            most = np.max(here, axis=0) if len(here) == len(machine.tensors) else np.ones(1)
            used.append(traffic.copies[level + 1] * most)
        for level in range(len(machine.levels)):
            energy = energy + leakage(machine, level, used, total)
        return energy, cycles


def _dense_tiles(nests: Nests, keep: Keep) -> dict[tuple[int, int], Tile]:
    tiles = {}
    for level, flags in enumerate(keep):
        for t, kept in enumerate(flags):
            if kept:
                size = nests.size(t, level)
                full = size.astype(np.float64)
                one = np.ones(size.shape)
                tiles[level, t] = Tile(size, full, full, one, one, None, None)
    return tiles


def _all_of(computes: Computes) -> Computed:
    nothing = np.zeros(computes.left.shape)
    return Computed(computes.left, nothing, nothing, np.ones(computes.left.shape, bool))
