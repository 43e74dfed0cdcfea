"""A mapping out of a batch: for the single-mapping model, and as Timeloop v4 writes it."""

from __future__ import annotations

from dataclasses import replace

from loas_tl.timeloop.mapper.bounds import Bounds
from loas_tl.timeloop.mapper.loops import Mappings, slots_of
from loas_tl.timeloop.mapper.machine import Machine
from loas_tl.timeloop.mapper.remainders import last_bounds
from loas_tl.timeloop.native.mapping import LevelMapping, Loop, Mapping
from loas_tl.timeloop.spec.architecture import Architecture, Node, map_nodes
from loas_tl.timeloop.spec.constraints import Constraints, Directive, Factor, Loops, Storing
from loas_tl.timeloop.spec.specification import Spec


def native_mapping(
    machine: Machine, bounds: Bounds, architecture: Architecture, mappings: Mappings, index: int
) -> Mapping:
    """One mapping of a batch as the native engine takes it."""
    nodes = {placed.node.name: placed.node for placed in architecture.placed()}
    tensors = [tensor.name for tensor in machine.tensors]
    keep = bounds.keeps[int(mappings.keep[index])]
    levels = []
    slots = slots_of(machine)
    last = last_bounds(machine.sizes, mappings.factors[:, :, index])
    for number, level in enumerate(machine.levels):
        constraints = nodes[level.node].constraints
        proportion = constraints.max_overbooked_proportion
        loops: dict[bool, tuple[Loop, ...]] = {True: (), False: ()}
        for s, slot in enumerate(slots):
            if slot.level != number:
                continue
            split = int(mappings.split[s, index])
            loops[slot.spatial] = tuple(
                Loop(d, bound, ("X" if i < split else "Y") if slot.spatial else "", int(last[s, d]))
                for i, (d, bound) in enumerate(_loops(mappings, s, index))
            )

        def indices(names: tuple[str, ...]) -> frozenset[int]:
            return frozenset(tensors.index(name) for name in names)

        if level.spatial:
            extra = LevelMapping(
                (),
                no_multicast=indices(constraints.spatial.no_reuse),
                no_link_transfer=indices(constraints.spatial.no_link_transfer),
            )
        else:
            extra = LevelMapping(
                (),
                no_temporal_reuse=indices(constraints.temporal.no_reuse),
                rmw_first_update=indices(constraints.temporal.rmw_first_update),
                no_coalesce=indices(constraints.dataspace.no_coalesce),
                least_confidence=1 - proportion if proportion is not None else 0.0,
            )
        levels.append(replace(extra, temporal=loops[False], spatial=loops[True], keep=keep[number]))
    return Mapping(tuple(levels))


def _loops(mappings: Mappings, s: int, index: int) -> list[tuple[int, int]]:
    """Dimensions and bounds of a slot's loops, innermost first."""
    order = mappings.order[s, :, index].tolist()
    return [(d, int(mappings.factors[s, d, index])) for d in order]


def directives(
    machine: Machine, bounds: Bounds, mappings: Mappings, index: int
) -> tuple[Directive, ...]:
    """One mapping of a batch as entries of ``mapping``, outermost level first.

    Loops are written in full, so that Timeloop adds none in an order of its own.
    """
    names = machine.dimensions
    result = []
    keep = bounds.keeps[int(mappings.keep[index])]
    slots = slots_of(machine)
    last = last_bounds(machine.sizes, mappings.factors[:, :, index])
    for s in reversed(range(len(slots))):
        slot, level = slots[s], machine.levels[slots[s].level]
        if level.spatial and not slot.spatial:
            continue
        pairs = _loops(mappings, s, index)
        loops = Loops(
            factors=tuple(
                Factor(names[d], "=", bound, None if last[s, d] == bound else int(last[s, d]))
                for d, bound in pairs
            ),
            permutation=tuple(names[d] for d, _ in pairs),
            split=int(mappings.split[s, index]) if slot.spatial else None,
        )
        if slot.spatial:
            result.append(_directive(level.node, "spatial", Constraints(spatial=loops)))
        else:
            result.append(_directive(level.node, "temporal", Constraints(temporal=loops)))
        if not slot.spatial:
            tensors = [tensor.name for tensor in machine.tensors]
            flags = keep[slot.level]
            storing = Storing(
                keep=tuple(name for name, kept in zip(tensors, flags, strict=True) if kept),
                bypass=tuple(name for name, kept in zip(tensors, flags, strict=True) if not kept),
            )
            result.append(_directive(level.node, "dataspace", Constraints(dataspace=storing)))
    return tuple(result)


def _directive(target: str, kind: str, constraints: Constraints) -> Directive:
    return Directive(target, kind, constraints, f"mapping.{target}", None)


def mapped_spec(spec: Spec, mapping: tuple[Directive, ...]) -> Spec:
    """The specification with a mapping in place of what constrained the search."""

    def freed(node: Node) -> Node:
        old = node.constraints
        kept = Constraints(
            temporal=Loops(
                no_reuse=old.temporal.no_reuse, rmw_first_update=old.temporal.rmw_first_update
            ),
            spatial=Loops(
                no_reuse=old.spatial.no_reuse, no_link_transfer=old.spatial.no_link_transfer
            ),
            # Timeloop finds the branch of a !Parallel by what its nodes keep.
            dataspace=replace(old.dataspace),
        )
        return replace(node, constraints=kept)

    return replace(
        spec,
        architecture=map_nodes(spec.architecture, freed),
        constraints=(),
        mapping=mapping,
        mapper=None,
        mapspace=None,
    )
