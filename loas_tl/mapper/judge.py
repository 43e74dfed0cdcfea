"""Prices mappings: in batches where that covers them, else one by one with the model."""

from __future__ import annotations

from collections import Counter
from functools import partial

import numpy as np

from loas_tl.engine.errors import MappingError
from loas_tl.engine.native import evaluate_mapping
from loas_tl.mapper.bounds import Bounds
from loas_tl.mapper.evaluate import Evaluation, Evaluator
from loas_tl.mapper.loops import Mappings
from loas_tl.mapper.machine import Machine
from loas_tl.mapper.winner import native_mapping
from loas_tl.spec.architecture import Architecture


class Judge:
    """Evaluates mappings of one search; what it computed for tiles it has seen it keeps."""

    def __init__(self, machine: Machine, bounds: Bounds, architecture: Architecture) -> None:
        self._machine, self._bounds, self._architecture = machine, bounds, architecture
        self._evaluator = Evaluator(machine)
        self.in_batches = self._evaluator.covers and not reuse_is_denied(architecture)

    def __call__(self, mappings: Mappings) -> Evaluation:
        """Energy and cycles of each mapping."""
        if not len(mappings):
            nothing, none = np.zeros(0), np.zeros(0, bool)
            return Evaluation(nothing, nothing, none, Counter(), none)
        if not self.in_batches:
            batch = len(mappings)
            nothing = np.full(batch, np.inf)
            start = Evaluation(nothing, nothing, np.ones(batch, bool), Counter(), np.ones(batch, bool))
            return self._one_by_one(mappings, start)
        evaluation = self._evaluator(mappings, list(self._bounds.keeps))
        return self._one_by_one(mappings, evaluation) if evaluation.unsure.any() else evaluation

    def _one_by_one(self, mappings: Mappings, before: Evaluation) -> Evaluation:
        energy, cycles = before.energy.copy(), before.cycles.copy()
        valid, reasons = before.valid.copy(), Counter(before.reasons)
        for index in np.flatnonzero(before.unsure & valid).tolist():
            mapping = native_mapping(
                self._machine, self._bounds, self._architecture, mappings, index
            )
            try:
                result = evaluate_mapping(self._machine.hardware, mapping)
            except MappingError as error:
                valid[index] = False
                energy[index] = cycles[index] = np.inf
                reasons[error.level, error.reason] += 1
            else:
                energy[index], cycles[index] = result.energy_pj, result.cycles
        return Evaluation(energy, cycles, valid, reasons, np.zeros(len(mappings), bool))


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


def judge_maker(
    machine: Machine, bounds: Bounds, architecture: Architecture
) -> partial[Judge]:
    """What makes a judge in a process of its own."""
    return partial(Judge, machine, bounds, architecture)
