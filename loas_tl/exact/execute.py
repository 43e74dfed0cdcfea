"""Execute a specification's loop nest on tensors and count.

    result = execute(spec, {"A": spikes, "B": weights != 0})

The specification is resolved (defaults, loops of every level) by the code that resolves it for the
native engine; everything from the nest on is this package's own. Nothing is estimated: densities
in the specification are not read.

Source: what is gated and skipped as of Sparseloop (MICRO 2022), section 5.3.
"""

from __future__ import annotations

import math
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loas_tl.exact.computing import count_computes
from loas_tl.exact.counting import Counter
from loas_tl.exact.cycles import unit_cycles
from loas_tl.exact.events import crossings
from loas_tl.exact.fibers import level_ranks
from loas_tl.exact.masks import read_masks
from loas_tl.exact.nest import build_nest
from loas_tl.exact.result import ExactCycles, ExactLevel, ExactResult
from loas_tl.exact.rules import Chooser, Rules
from loas_tl.exact.windows import shape_of
from loas_tl.ground.errors import InputError
from loas_tl.ground.memory import require
from loas_tl.timeloop.errors import EngineError, MappingError
from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.native.mapping import Mapping, build_mapping
from loas_tl.timeloop.native.resolve import build_machine
from loas_tl.timeloop.spec.specification import Spec, check_spec

OF_A_WORD = 16
"""Bytes that are kept of each word of a tensor, at least: its mask, and where tiles have it."""


def execute(spec: Spec, tensors: Dictionary[str, npt.NDArray[np.generic]]) -> ExactResult:
    """Exact counts of a specification with its mapping.

    Args:
        spec: the specification; its mapping must be complete.
        tensors: of each data space its values, or where they are not zero (``bool[...]``, or any
            number): one axis a rank, in the order of the projection. The output may be left out:
            it is then not zero where any product of the operands is not.

    Returns:
        Counts of computes and accesses, capacities in elements, and cycles.

    Raises:
        InputError: a tensor is missing or has the wrong shape, or the specification asks for
            what is not executed, by name.
        MappingError: the architecture cannot carry out the mapping.

    >>> import loas_tl
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> spikes, weights = rng.random((4, 8, 32)) < 0.2, rng.integers(-9, 9, (32, 16))
    >>> layer = loas_tl.Layer("fc", spikes, weights)
    >>> spec = loas_tl.spec.parse_spec(loas_tl.design("LoAS").spec(layer).model_spec)
    >>> result = loas_tl.exact.execute(spec, {"P": layer.packed, "W": layer.weights})
    >>> result.cycles, result.computes.actual
    (326.0, 8852.0)
    """
    check_spec(spec)
    if not isinstance(tensors, Dictionary):
        kind = type(tensors).__name__
        raise InputError(f"is of type {kind}; expected arrays by name", key="tensors")
    architecture = spec.attached()
    machine = build_machine(spec, attached=architecture)
    return execute_mapping(machine, build_mapping(machine, architecture), tensors)


@dataclass(frozen=True)
class Prepared:
    """A mapping and tensors, ready to be counted.

    Attributes:
        counter: counts a tensor in a level.
        rules: skipping and gating that apply.
    """

    counter: Counter
    rules: Rules


def execute_mapping(
    machine: Machine, mapping: Mapping, tensors: Dictionary[str, npt.NDArray[np.generic]]
) -> ExactResult:
    """Exact counts of one mapping on a machine; as :func:`execute` otherwise."""
    return count(prepare(machine, mapping, tensors))


def prepare(
    machine: Machine, mapping: Mapping, tensors: Dictionary[str, npt.NDArray[np.generic]]
) -> Prepared:
    """The nest, the tensors and the rules; arguments and errors as of :func:`execute`."""
    nest = build_nest(machine, mapping)
    names = [space.name for space in machine.problem.data_spaces]
    for tensor, name in enumerate(names):
        if not nest.kept(tensor):
            raise MappingError(machine.compute.name, f"{name} is kept nowhere")
        formats = [level.formats[tensor] for level in machine.levels]
        if nest.window(tensor) and any(form is not None for form in formats):
            raise InputError(
                f"a format of {name}, which is indexed by sums, is not executed; leave it out, or "
                "write the convolution in its im2col form"
            )
    operands = nest.written.count(False)
    if operands != 2:
        raise EngineError(f"expected two read-only tensors, this problem has {operands}")
    words = sum(math.prod(shape_of(nest, tensor)) for tensor in range(len(names)))
    require(OF_A_WORD * words, "what is known of the words of its tensors")
    counter = Counter(
        machine=machine,
        mapping=mapping,
        nest=nest,
        masks=read_masks(nest, names, tensors),
        crossings=[crossings(mapping, nest, t) for t in range(len(names))],
        ranks=[level_ranks(machine, nest, t) for t in range(len(names))],
    )
    rules = Chooser(machine, nest, counter.masks, counter.crossings, counter.moved).rules()
    return Prepared(counter, rules)


def count(prepared: Prepared) -> ExactResult:
    """Counts everything."""
    counter, rules = prepared.counter, prepared.rules
    machine, nest = counter.machine, counter.nest
    work = count_computes(machine, nest, counter.masks, rules)
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
