"""What a search may choose: constraints of the specification, for each slot of the loop nest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from math import prod

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.mapper.loops import Slot, slots_of
from loas_tl.timeloop.mapper.machine import Machine
from loas_tl.timeloop.mapper.tiles import Keep, check_keep
from loas_tl.timeloop.native.axes import innermost, split_counts
from loas_tl.timeloop.native.mapping import allowed_tensors, check_places
from loas_tl.timeloop.spec.architecture import Architecture, Node
from loas_tl.timeloop.spec.constraints import Loops
from loas_tl.timeloop.spec.specification import Spec

MOST_KEEPS = 4096
"""Ways to keep tensors that a search will consider."""


@dataclass(frozen=True)
class Bounds:
    """What is allowed in each slot.

    Attributes:
        slots: the slots, innermost first.
        least, most: for each slot and dimension the smallest and largest factor.
        first: for each slot the dimensions that come innermost, in order.
        splits: for each slot how many of its loops may lie on the X axis.
        keeps: ways to keep tensors, for each level and tensor.
        least_parallelism: part of the compute units that must have work.
        most_temporal_loops: loops in time of more than one iteration; None: any number.
        ruby: whether all loops may run short at the end of their dimension.
        short: dimensions that the factors given for them do not divide: of the factors as they are
            listed, some run short.
        notes: what of the constraints is taken otherwise than it is written, a sentence each.
    """

    slots: tuple[Slot, ...]
    least: tuple[tuple[int, ...], ...]
    most: tuple[tuple[int, ...], ...]
    first: tuple[tuple[int, ...], ...]
    splits: tuple[tuple[int, ...], ...]
    keeps: tuple[Keep, ...]
    least_parallelism: float
    most_temporal_loops: int | None
    notes: tuple[str, ...] = ()
    ruby: bool = False
    short: frozenset[int] = frozenset()

    @property
    def imperfect(self) -> bool:
        """Whether there are mappings with loops that run short."""
        return self.ruby or bool(self.short)

    def given(self, d: int) -> tuple[int | None, ...]:
        """The factor of a dimension in each slot where there is no choice, innermost first."""
        return tuple(
            low[d] if low[d] == high[d] else None
            for low, high in zip(self.least, self.most, strict=True)
        )


def bounds_of(machine: Machine, spec: Spec, architecture: Architecture) -> Bounds:
    """Reads the constraints that nodes, ``constraints`` and ``mapping`` put on a search.

    Raises:
        InputError: a constraint cannot be kept, or is not supported.
    """
    ruby = _is_ruby(spec)
    check_places(machine.hardware, architecture)
    nodes = {placed.node.name: placed.node for placed in architecture.placed()}
    slots = slots_of(machine)
    least: list[tuple[int, ...]] = []
    most: list[tuple[int, ...]] = []
    first: list[tuple[int, ...]] = []
    splits: list[tuple[int, ...]] = []
    notes: list[str] = []
    parallelism = 0.0
    for node in nodes.values():
        parallelism = max(parallelism, node.constraints.min_utilization or 0.0)
    for slot in slots:
        level = machine.levels[slot.level]
        node = nodes[level.node]
        if level.spatial and not slot.spatial:
            ones = (1,) * len(machine.dimensions)
            least.append(ones)
            most.append(ones)
            first.append(tuple(range(len(machine.dimensions))))
            splits.append((len(machine.dimensions),))
            continue
        kind = "spatial" if slot.spatial else "temporal"
        loops: Loops = getattr(node.constraints, kind)
        low, high = _factors(machine, node, kind, loops)
        least.append(low)
        most.append(high)
        first.append(_first(machine, slot, loops, notes))
        splits.append(_splits(machine, slot, loops))
    options = (spec.mapper or {}).get("max_temporal_loops_in_a_mapping", -1)
    bounds = Bounds(
        slots,
        tuple(least),
        tuple(most),
        tuple(first),
        tuple(splits),
        _keeps(machine, architecture, nodes),
        parallelism,
        options if isinstance(options, int) and options > 0 else None,
        tuple(notes),
        ruby,
    )
    return bounds if ruby else _with_short(machine, bounds)


def _with_short(machine: Machine, bounds: Bounds) -> Bounds:
    """The same, with the dimensions that the factors given for them do not divide."""
    short, notes = [], []
    for d, (name, size) in enumerate(zip(machine.dimensions, machine.sizes, strict=True)):
        given = bounds.given(d)
        if size % prod(factor or 1 for factor in given) == 0:
            continue
        short.append(d)
        factors = ", ".join(
            f"{machine.levels[slot.level].node} {factor}"
            for slot, factor in reversed(list(zip(bounds.slots, given, strict=True)))
            if factor is not None and factor > 1
        )
        notes.append(
            f"the factors given for {name} ({factors}) do not divide {size}: the last step of a "
            "loop is shorter, as timeloop-mapper makes it"
        )
    return replace(bounds, notes=(*bounds.notes, *notes), short=frozenset(short))


def _refuse(node: Node, key: str, message: str) -> InputError:
    return InputError(message, file=node.file, key=f"{node.path}.constraints.{key}")


def _is_ruby(spec: Spec) -> bool:
    """Whether the map space has factors that do not divide, as Timeloop's Ruby has."""
    template = (spec.mapspace or {}).get("template", "uber")
    if template not in ("uber", "ruby"):
        raise InputError(
            f"expected uber or ruby, got {template}",
            file=spec.files[0] if spec.files else None,
            key="mapspace.template",
        )
    return bool(template == "ruby")


def _factors(
    machine: Machine, node: Node, kind: str, loops: Loops
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Smallest and largest factor of each dimension."""
    if loops.remainders is not None:
        raise _refuse(
            node,
            f"{kind}.remainders",
            "a bound on remainders is not searched under; mapspace.template: ruby allows all",
        )
    # A dimension's own bound stands in for the default, also where it allows more.
    given = {(factor.dimension, factor.relation) for factor in loops.factors}
    low, high = [], []
    for name, size in zip(machine.dimensions, machine.sizes, strict=True):
        low.append(((name, ">=") not in given and loops.default_min_factor) or 1)
        high.append(((name, "<=") not in given and loops.default_max_factor) or size)
    for factor in loops.factors:
        d = machine.dimensions.index(factor.dimension)
        size = machine.sizes[d]
        bound = factor.bound or size
        if factor.residual is not None and factor.residual != factor.bound:
            raise _refuse(
                node,
                f"{kind}.factors",
                f"{factor}: with mapspace.template: ruby a search finds residuals itself; "
                "write the bound alone",
            )
        if factor.relation == "=":
            if bound > size:  # Timeloop ignores such a factor
                continue
            low[d] = high[d] = bound
        elif factor.relation == "<=":
            high[d] = min(high[d], bound)
        else:
            low[d] = max(low[d], bound)
    for d, name in enumerate(machine.dimensions):
        if low[d] > high[d]:
            raise _refuse(
                node,
                f"{kind}.factors",
                f"none of {name} is at least {low[d]}, at most {high[d]}",
            )
    return tuple(low), tuple(high)


def _first(machine: Machine, slot: Slot, loops: Loops, notes: list[str]) -> tuple[int, ...]:
    """Dimensions that come innermost, in order.

    At its innermost level, if that has loops in time, timeloop-mapper takes the dimensions in
    their own order, whatever permutation is given.
    """
    level = machine.levels[slot.level]
    given = loops.permutation
    if slot.level == 0 and not slot.spatial and given:
        if given != machine.dimensions[: len(given)]:
            notes.append(
                f"{level.node}: the temporal permutation [{', '.join(given)}] is ignored at the "
                f"innermost level, as timeloop-mapper does: [{', '.join(machine.dimensions)}]"
            )
        return tuple(range(len(machine.dimensions)))
    if loops.split is not None and given != innermost(loops, machine.hardware.problem):
        notes.append(split_counts(level.node, loops))
    return tuple(machine.dimensions.index(name) for name in given)


def _splits(machine: Machine, slot: Slot, loops: Loops) -> tuple[int, ...]:
    count = len(machine.dimensions)
    if loops.split is not None:
        return (loops.split,)
    level = machine.levels[slot.level]
    if not slot.spatial or level.fanout_y == 1:
        return (count,)
    if level.fanout_x == 1:
        return (0,)
    return tuple(range(count + 1))


def _keeps(
    machine: Machine, architecture: Architecture, nodes: dict[str, Node]
) -> tuple[Keep, ...]:
    """All ways to keep tensors that the levels' formats allow."""
    allowed = allowed_tensors(architecture, machine.hardware.problem)
    choices: list[tuple[bool, ...]] = []
    outermost = len(machine.levels) - 1
    for index, level in enumerate(machine.levels):
        storing = nodes[level.node].constraints.dataspace
        for tensor in machine.tensors:
            if level.spatial or tensor.name not in allowed[level.node]:
                choices.append((False,))
            elif tensor.name in storing.keep:
                choices.append((True,))
            elif tensor.name in storing.bypass:
                choices.append((False,))
            else:
                choices.append((True,) if index == outermost else (True, False))
    total = 1
    for choice in choices:
        total *= len(choice)
    if total > MOST_KEEPS:
        raise InputError(
            f"{total} ways to keep or bypass tensors; expected at most {MOST_KEEPS}: "
            "constrain dataspace keep and bypass of some levels",
            key="architecture",
        )
    width = len(machine.tensors)
    keeps, problems = [], []
    for flags in product(*choices):
        keep = tuple(flags[i : i + width] for i in range(0, len(flags), width))
        problem = check_keep(machine, keep)
        if problem is None:
            keeps.append(keep)
        else:
            problems.append(problem)
    if not keeps:
        level_index, reason = problems[0]
        raise InputError(
            f"no valid mapping: {machine.levels[level_index].name}: {reason}", key="architecture"
        )
    return tuple(keeps)
