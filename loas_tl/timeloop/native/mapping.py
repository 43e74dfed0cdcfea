"""One mapping, complete: each level's loops with every dimension, and what it keeps.

Loops stand innermost first. Loops of one iteration are kept: their order matters where a format's
ranks and skipping's granularity are found.

Source: Timeloop (ISPASS 2019), section V; remainders as of Ruby (ISPASS 2022).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native.axes import innermost, laid_out, split_counts
from loas_tl.timeloop.native.machine import Machine, StorageLevel
from loas_tl.timeloop.spec.architecture import Architecture, Branch, Node
from loas_tl.timeloop.spec.constraints import Constraints, Loops
from loas_tl.timeloop.spec.problem import Problem

MAX_LOOPS = 400
"""Loops of more than one iteration in a mapping."""
MAX_FANOUT = 65_536
"""Spatial elements that one level's loops may address."""


@dataclass(frozen=True)
class Loop:
    """A loop over a dimension.

    Attributes:
        dimension: its index.
        bound: iterations.
        axis: ``X`` or ``Y`` in space, empty in time.
        residual: iterations in the last of all iterations of the loops around it, where their
            product is more than the dimension; None where it is ``bound``, too.
    """

    dimension: int
    bound: int
    axis: str = ""
    residual: int | None = None

    @property
    def last(self) -> int:
        """Iterations in the last of all iterations of the loops around it."""
        return self.bound if self.residual is None else self.residual


@dataclass(frozen=True)
class LevelMapping:
    """One level's part of a mapping.

    Attributes:
        temporal: its loops in time, innermost first, one for each dimension.
        spatial: its loops over the next inner level's copies, which lie inside the temporal ones;
            empty where the level has no fan-out, else one for each dimension.
        keep: whether each tensor is stored here.
        no_temporal_reuse, no_multicast, no_link_transfer: tensors (by index) denied that reuse.
        rmw_first_update: tensors whose first update reads.
        no_coalesce: tensors whose updates are not merged here.
        least_confidence: probability that a tile fits, where the level may be overbooked; only a
            mapper's constraints bound it.
    """

    temporal: tuple[Loop, ...]
    spatial: tuple[Loop, ...] = ()
    keep: tuple[bool, ...] = ()
    no_temporal_reuse: frozenset[int] = field(default_factory=frozenset)
    no_multicast: frozenset[int] = field(default_factory=frozenset)
    no_link_transfer: frozenset[int] = field(default_factory=frozenset)
    rmw_first_update: frozenset[int] = field(default_factory=frozenset)
    no_coalesce: frozenset[int] = field(default_factory=frozenset)
    least_confidence: float = 0.0

    @property
    def loops(self) -> tuple[Loop, ...]:
        """All of its loops, innermost first."""
        return self.spatial + self.temporal


@dataclass(frozen=True)
class Mapping:
    """A mapping.

    Attributes:
        levels: an entry for each of a machine's levels, innermost first.
        notes: what of it is otherwise than in Timeloop, a sentence each.
    """

    levels: tuple[LevelMapping, ...]
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def imperfect(self) -> bool:
        """Whether some loop runs short at the end of its dimension."""
        return any(
            loop.residual is not None and loop.residual != loop.bound
            for level in self.levels
            for loop in level.loops
        )


def build_mapping(machine: Machine, architecture: Architecture, file: str | None = None) -> Mapping:
    """The mapping that the nodes' constraints, with ``mapping`` attached, describe.

    Args:
        machine: the levels.
        architecture: the nodes.
        file: where the mapping stands, for messages.

    Returns:
        The mapping, complete.

    Raises:
        InputError: Factors do not multiply to the problem's sizes, a directive has no level that
            could carry it out, or asks for what this engine does not model.
    """
    placed = architecture.placed()
    nodes = {place.node.name: place.node for place in placed}
    _check_nodes(machine, architecture)
    allowed = allowed_tensors(architecture, machine.problem)
    notes: list[str] = []
    levels = tuple(
        _level(level, nodes[level.node], machine.problem, allowed[level.node], notes)
        for level in machine.levels
    )
    mapping = Mapping(levels, tuple(notes))
    check_mapping(machine, mapping, file)
    return mapping


def check_mapping(machine: Machine, mapping: Mapping, file: str | None = None) -> None:
    """Refuses a mapping whose loops do not cover the problem, or that is too large to walk."""
    problem = machine.problem
    # Of each dimension the last index that is reached: what the loops around left out of it
    # times the bound, and the iterations of the last.
    reached = [0] * len(problem.dimensions)
    loops = 0
    for level in reversed(mapping.levels):
        fanout = 1
        for loop in reversed(level.loops):
            reached[loop.dimension] = reached[loop.dimension] * loop.bound + loop.last - 1
            loops += loop.bound > 1
            fanout *= loop.bound if loop.axis else 1
        if fanout > MAX_FANOUT:
            raise InputError(
                f"more than {MAX_FANOUT} spatial elements below one level", key="mapping"
            )
    if not any(reached) and any(size > 1 for size in problem.sizes.values()):
        raise InputError(
            "no mapping is given, or all its factors are 1; expected the loops of each level, or "
            "have them searched with loas-tl map (call_mapper, loas_tl.mapper.search)",
            file=file,
            key="mapping",
        )
    for dimension, index in zip(problem.dimensions, reached, strict=True):
        if index + 1 != problem.sizes[dimension]:
            raise InputError(
                f"the factors of dimension {dimension} multiply to {index + 1}, "
                f"expected {problem.sizes[dimension]}",
                file=file,
                key="mapping",
            )
    if loops > MAX_LOOPS:
        raise InputError(f"more than {MAX_LOOPS} loops", key="mapping")


def _check_nodes(machine: Machine, architecture: Architecture) -> None:
    check_places(machine, architecture)
    for placed in architecture.placed():
        node, constraints = placed.node, placed.node.constraints
        parts = {
            "max_overbooked_proportion": constraints.max_overbooked_proportion is None,
            "utilization": constraints.min_utilization is None,
        }
        for part, possible in parts.items():
            if not possible:
                raise InputError(
                    f"{part} of {node.name} bounds a search; in a mapping Timeloop refuses it, too",
                    file=node.file,
                    key=f"{node.path}.constraints.{part}",
                )


def check_places(machine: Machine, architecture: Architecture) -> None:
    """Refuses loops and constraints of nodes that can have none.

    Raises:
        InputError: a node has loops in time or keeps tensors and stores nothing, or has loops in
            space and no fan-out.
    """
    with_loops = {level.node for level in machine.levels if level.spatial}
    for placed in architecture.placed():
        node, constraints = placed.node, placed.node.constraints
        stores = node.kind == "storage"
        # A child of !Parallel may stand for the tensors that pass the others by.
        passes = placed.parallel and node.kind == "nothing"
        parts = {
            "temporal": stores or constraints.temporal == Loops(),
            "dataspace": stores or passes or constraints.dataspace == Constraints().dataspace,
            "spatial": node.name in with_loops
            or constraints.spatial == Loops()
            or (node.kind == "container" and _no_loops(constraints.spatial)),
        }
        for part, possible in parts.items():
            if possible:
                continue
            reason = (
                "this node has no spatial fan-out"
                if part == "spatial"
                else f"a {node.kind} has none"
            )
            raise InputError(
                f"{part} loops or constraints of {node.name}: {reason}",
                file=node.file,
                key=f"{node.path}.constraints.{part}",
            )


def _no_loops(loops: Loops) -> bool:
    """Whether all loops may run once; on a container without a fan-out they then say nothing."""
    return all(factor.bound == 1 or factor.relation == "<=" for factor in loops.factors)


def allowed_tensors(architecture: Architecture, problem: Problem) -> dict[str, frozenset[str]]:
    """Which tensors each node may keep: below ``!Parallel`` only those its child is given.

    Raises:
        InputError: A tensor is kept by several children of a ``!Parallel``, or by none.
    """
    allowed: dict[str, frozenset[str]] = {}
    _allow(architecture.nodes, frozenset(d.name for d in problem.data_spaces), allowed)
    return allowed


def _allow(
    nodes: tuple[Node | Branch, ...], tensors: frozenset[str], allowed: dict[str, frozenset[str]]
) -> None:
    for node in nodes:
        if isinstance(node, Node):
            allowed[node.name] = tensors
            continue
        if node.kind != "Parallel":
            _allow(node.nodes, tensors, allowed)
            continue
        kept = [_kept(child) for child in node.nodes]
        for tensor in sorted(tensors):
            keepers = sum(tensor in names for names in kept)
            if keepers != 1:
                first = _leaves(node)[0] if _leaves(node) else None
                raise InputError(
                    f"expected one child of !Parallel to keep {tensor}, "
                    f"{'none does' if keepers == 0 else 'several do'}",
                    file=first.file if first else None,
                    key=first.path if first else "architecture",
                )
        for child, names in zip(node.nodes, kept, strict=True):
            _allow((child,), names, allowed)


def _leaves(node: Node | Branch) -> list[Node]:
    if isinstance(node, Node):
        return [node]
    return [leaf for child in node.nodes for leaf in _leaves(child)]


def _kept(node: Node | Branch) -> frozenset[str]:
    return frozenset(name for leaf in _leaves(node) for name in leaf.constraints.dataspace.keep)


def _level(
    level: StorageLevel,
    node: Node,
    problem: Problem,
    allowed: frozenset[str],
    notes: list[str],
) -> LevelMapping:
    constraints = node.constraints
    tensors = tuple(d.name for d in problem.data_spaces)

    def indices(names: tuple[str, ...]) -> frozenset[int]:
        return frozenset(tensors.index(name) for name in names)

    if level.spatial:
        bounds = _bounds(constraints.spatial, node, "spatial", problem)
        mesh = (level.fanout_x, level.fanout_y)
        given, departs = laid_out(constraints.spatial, problem, bounds, mesh)
        loops = _loops(given, bounds, constraints.spatial, problem)
        split = constraints.spatial.split
        if departs:
            notes.append(split_counts(node.name, constraints.spatial))
        split = len(loops) if split is None else split
        return LevelMapping(
            temporal=tuple(Loop(d, 1) for d in range(len(problem.dimensions))),
            spatial=tuple(
                Loop(loop.dimension, loop.bound, "X" if i < split else "Y", loop.residual)
                for i, loop in enumerate(loops)
            ),
            keep=(False,) * len(tensors),
            no_multicast=indices(constraints.spatial.no_reuse),
            no_link_transfer=indices(constraints.spatial.no_link_transfer),
        )
    storing = constraints.dataspace
    return LevelMapping(
        temporal=_loops(
            innermost(constraints.temporal, problem),
            _bounds(constraints.temporal, node, "temporal", problem),
            constraints.temporal,
            problem,
        ),
        keep=tuple(name in allowed and name not in storing.bypass for name in tensors),
        no_temporal_reuse=indices(constraints.temporal.no_reuse),
        rmw_first_update=indices(constraints.temporal.rmw_first_update),
        no_coalesce=indices(storing.no_coalesce),
    )


def _bounds(loops: Loops, node: Node, kind: str, problem: Problem) -> dict[str, int]:
    """Iterations of the loops that are written."""
    bounds = {}
    for factor in loops.factors:
        where = {"file": node.file, "key": f"{node.path}.constraints.{kind}.factors"}
        if factor.relation != "=":
            raise InputError(f"expected = in a mapping, got {factor}", **where)
        bound = factor.bound or problem.sizes[factor.dimension]
        bounds[factor.dimension] = bound
    for option in ("default_max_factor", "default_min_factor", "remainders"):
        if getattr(loops, option) is not None:
            raise InputError(
                f"{option} bounds a search and says nothing in a mapping",
                file=node.file,
                key=f"{node.path}.constraints.{kind}.{option}",
            )
    return bounds


def _loops(
    given: tuple[str, ...], bounds: dict[str, int], loops: Loops, problem: Problem
) -> tuple[Loop, ...]:
    """All dimensions' loops: those whose order is given, then the others."""
    order = [*given, *(dimension for dimension in problem.dimensions if dimension not in given)]
    residuals = {factor.dimension: factor.residual for factor in loops.factors}
    return tuple(
        Loop(problem.dimensions.index(d), bounds.get(d, 1), residual=residuals.get(d))
        for d in order
    )
