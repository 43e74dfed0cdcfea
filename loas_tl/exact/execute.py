"""Execute a specification's loop nest on tensors and count.

    result = execute(spec, {"A": spikes, "B": weights != 0})

The specification is resolved (defaults, loops of every level) by the code that resolves it for the
native engine; everything from the nest on is this package's own. Nothing is estimated: densities
in the specification are not read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loas_tl.engine.errors import EngineError, MappingError
from loas_tl.engine.native.machine import Machine
from loas_tl.engine.native.resolve import build_machine
from loas_tl.engine.native.mapping import Mapping, build_mapping
from loas_tl.engine.result import Accesses
from loas_tl.errors import InputError
from loas_tl.exact.arrays import Bools, Factor, integrate, sums_within
from loas_tl.exact.computing import count_computes
from loas_tl.exact.counting import Counter
from loas_tl.exact.cycles import unit_cycles
from loas_tl.exact.events import crossings
from loas_tl.exact.fibers import level_ranks
from loas_tl.exact.nest import Nest, build_nest
from loas_tl.exact.result import ExactCycles, ExactLevel, ExactResult, ExactTensor
from loas_tl.exact.rules import choose_rules
from loas_tl.spec.specification import Spec


def execute(spec: Spec, tensors: Dictionary[str, npt.NDArray[np.generic]]) -> ExactResult:
    """Exact counts of a specification with its mapping.

    Args:
        spec: the specification; its mapping must be complete, and every coordinate of a tensor
            one dimension's index.
        tensors: of each data space its values, or where they are not zero; one axis a rank, in
            the order of the projection. The output may be left out: it is then not zero where
            any product of the operands is not.

    Raises:
        InputError: a tensor is missing or has the wrong shape, or the specification asks for
            what is not executed, by name.
        MappingError: the architecture cannot carry out the mapping.
    """
    architecture = spec.attached()
    machine = build_machine(spec, attached=architecture)
    return execute_mapping(machine, build_mapping(machine, architecture), tensors)


def execute_mapping(
    machine: Machine, mapping: Mapping, tensors: Dictionary[str, npt.NDArray[np.generic]]
) -> ExactResult:
    """Exact counts of one mapping on a machine; as :func:`execute` otherwise."""
    nest = build_nest(machine, mapping)
    for tensor, space in enumerate(machine.problem.data_spaces):
        if not nest.kept(tensor):
            raise MappingError(machine.compute.name, f"{space.name} is kept nowhere")
    operands = [t for t, written in enumerate(nest.written) if not written]
    if len(operands) != 2:
        raise EngineError(f"expected two read-only tensors, this problem has {len(operands)}")
    masks = _masks(machine, nest, tensors)
    counter = Counter(
        machine=machine,
        mapping=mapping,
        nest=nest,
        masks=masks,
        crossings=[crossings(machine, mapping, nest, t) for t in range(len(masks))],
        ranks=[level_ranks(machine, mapping, nest, t) for t in range(len(masks))],
    )
    rules = choose_rules(machine, nest, masks, counter.crossings, counter.occupied())
    work = count_computes(machine, nest, masks, rules)
    units = math.prod(loop.bound for loop in nest.loops if loop.axis)
    slowest = unit_cycles(nest, work.cost)
    balanced = (work.computes.actual + work.computes.gated) / units
    levels: dict[str, ExactLevel] = {}
    for level in reversed(range(len(machine.levels))):
        counted = {
            space.name: counter.tensor(level, tensor, rules)
            for tensor, space in enumerate(machine.problem.data_spaces)
            if nest.keep[level][tensor]
        }
        if counted:
            levels[machine.levels[level].name] = ExactLevel(
                counted, counter.bandwidth_cycles(level, counted)
            )
    waiting = max((level.cycles for level in levels.values()), default=0.0)
    latency = sum(level.latency for level in machine.levels)
    return ExactResult(
        computes=work.computes,
        compute_cycles=ExactCycles(balanced, slowest),
        cycles=max(slowest, waiting) + latency,
        balanced_cycles=max(balanced, waiting) + latency,
        levels=levels,
    )


def _masks(
    machine: Machine, nest: Nest, tensors: Dictionary[str, npt.NDArray[np.generic]]
) -> list[Bools]:
    names = [space.name for space in machine.problem.data_spaces]
    for name in tensors:
        if name not in names:
            raise InputError(f"{name!r} is no data space; they are {', '.join(names)}")
    masks: list[Bools] = []
    for tensor, name in enumerate(names):
        if name not in tensors:
            if not nest.written[tensor]:
                raise InputError(f"no values given for the tensor {name}")
            masks.append(np.zeros(0, np.bool_))
            continue
        values = np.asarray(tensors[name])
        shape = tuple(nest.sizes[d] for d in nest.tensors[tensor])
        if values.shape != shape:
            raise InputError(f"{name} has the shape {values.shape}; expected {shape}")
        masks.append(np.ascontiguousarray(values if values.dtype == np.bool_ else values != 0))
    for tensor, name in enumerate(names):
        if name not in tensors:
            masks[tensor] = _outputs(nest, masks, tensor)
    return masks


def _outputs(nest: Nest, masks: list[Bools], tensor: int) -> Bools:
    """Where any product of the operands adds to the output."""
    operands: list[object] = []
    for other, written in enumerate(nest.written):
        if not written:
            operands += [masks[other].astype(np.float32), list(nest.tensors[other])]
    used = {d for t, w in enumerate(nest.written) if not w for d in nest.tensors[t]}
    for d in nest.tensors[tensor]:
        if d not in used:
            operands += [np.ones(nest.sizes[d], np.float32), [d]]
    sums = np.einsum(*operands, list(nest.tensors[tensor]), optimize="greedy")  # type: ignore[call-overload]
    return np.ascontiguousarray(sums > 0)
