"""Prices mappings: in batches where that covers them, else one by one with the model."""

from __future__ import annotations

from collections import Counter
from functools import partial
from math import prod

import numpy as np

from loas_tl.timeloop.errors import EngineError, MappingError
from loas_tl.timeloop.mapper.bounds import Bounds
from loas_tl.timeloop.mapper.evaluate import Evaluation, Evaluator
from loas_tl.timeloop.mapper.loops import Mappings
from loas_tl.timeloop.mapper.machine import Machine
from loas_tl.timeloop.mapper.winner import native_mapping
from loas_tl.timeloop.native import evaluate_mapping
from loas_tl.timeloop.spec.architecture import Architecture


class Judge:
    """Evaluates mappings of one search; what it computed for tiles it has seen it keeps."""

    def __init__(self, machine: Machine, bounds: Bounds, architecture: Architecture) -> None:
        self._machine, self._bounds, self._architecture = machine, bounds, architecture
        self._evaluator = Evaluator(machine)
        self._batches = not (
            reuse_is_denied(architecture)
            or too_large(machine)
            or may_overbook(machine)
            or writes_a_diagonal(machine)
        )
        self.in_batches = self._batches and not bounds.imperfect

    def __call__(self, mappings: Mappings) -> Evaluation:
        """Energy and cycles of each mapping."""
        if not len(mappings):
            return Evaluation(np.zeros(0), np.zeros(0), np.zeros(0, bool), Counter())
        if self.in_batches:
            return self._together(mappings)
        if not self._batches:
            return self._one_by_one(mappings)
        # Mappings whose factors divide go together, those that run short one by one.
        sizes = np.array(self._machine.sizes)[:, np.newaxis]
        divide = (mappings.factors.prod(axis=0) == sizes).all(axis=0)
        energy, cycles = np.full(len(mappings), np.inf), np.full(len(mappings), np.inf)
        reasons: Counter[tuple[str, str]] = Counter()
        for which, price in ((divide, self._together), (~divide, self._one_by_one)):
            if which.any():
                part = price(mappings.take(which))
                energy[which], cycles[which] = part.energy, part.cycles
                reasons += part.reasons
        return Evaluation(energy, cycles, np.isfinite(energy), reasons)

    def _together(self, mappings: Mappings) -> Evaluation:
        return self._evaluator(mappings, list(self._bounds.keeps))

    def _one_by_one(self, mappings: Mappings) -> Evaluation:
        batch = len(mappings)
        energy, cycles = np.full(batch, np.inf), np.full(batch, np.inf)
        reasons: Counter[tuple[str, str]] = Counter()
        for index in range(batch):
            mapping = native_mapping(
                self._machine, self._bounds, self._architecture, mappings, index
            )
            try:
                result = evaluate_mapping(self._machine.hardware, mapping)
            except EngineError as error:
                level, reason = self._machine.compute.name, str(error)
                if isinstance(error, MappingError):
                    level, reason = error.level, error.reason
                reasons[level, reason] += 1
            else:
                energy[index], cycles[index] = result.energy_pj, result.cycles
        return Evaluation(energy, cycles, np.isfinite(energy), reasons)


def reuse_is_denied(architecture: Architecture) -> bool:
    """Whether nodes deny tensors some reuse, which only the model knows how to price."""
    for placed in architecture.placed():
        constraints = placed.node.constraints
        if (
            constraints.temporal.no_reuse
            or constraints.temporal.rmw_first_update
            or constraints.spatial.no_reuse
            or constraints.spatial.no_link_transfer
            or constraints.dataspace.no_coalesce
        ):
            return True
    return False


def may_overbook(machine: Machine) -> bool:
    """Whether tiles may be larger than a memory, which only the model knows how to price."""
    return machine.sparse and any(level.overbooking for level in machine.levels)


def writes_a_diagonal(machine: Machine) -> bool:
    """Whether the output has words that no compute reaches: Z[n, n], whose mappings may fail."""
    for tensor in machine.tensors:
        named = [dimension for rank in tensor.projection for dimension in {d for d, _ in rank}]
        if tensor.read_write and len(set(named)) < len(named):
            return True
    return False


def too_large(machine: Machine) -> bool:
    """Whether there are counts that doubles, of which batches are made, do not hold."""
    return max(prod(machine.sizes), *(tensor.size for tensor in machine.tensors)) > 2**53


def judge_maker(machine: Machine, bounds: Bounds, architecture: Architecture) -> partial[Judge]:
    """What makes a judge in a process of its own."""
    return partial(Judge, machine, bounds, architecture)
