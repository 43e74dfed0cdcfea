"""From a specification to a :class:`~loas_tl.timeloop.native.machine.Machine`.

Source: attributes and defaults as of Timeloop (ISPASS 2019), section V, and timeloop-model 4cf6d4c.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native.attributes import compute_attributes, storage_attributes
from loas_tl.timeloop.native.energies import (
    COMPUTE_ACTIONS,
    NO_ART,
    STORAGE_ACTIONS,
    action_energies,
    multiplication,
    notes_on_table,
    placeholder_areas,
    placeholder_energies,
)
from loas_tl.timeloop.native.machine import (
    COMPRESSED_FORMATS,
    Action,
    ComputeLevel,
    Condition,
    Machine,
    Rank,
    StorageFormat,
    StorageLevel,
)
from loas_tl.timeloop.prices import (
    NO_PRICES,
    NO_TECHNOLOGY,
    PLACEHOLDER_TECHNOLOGY,
    technologies,
)
from loas_tl.timeloop.spec.architecture import Architecture, Node, Placed
from loas_tl.timeloop.spec.fanouts import fan_outs_that_go_on
from loas_tl.timeloop.spec.problem import Problem
from loas_tl.timeloop.spec.section import describe
from loas_tl.timeloop.spec.sparse import SparseOptimization, TensorFormat
from loas_tl.timeloop.spec.specification import Spec
from loas_tl.timeloop.spec.tables import EnergyTable
from loas_tl.timeloop.spec.without_effect import without_effect


def build_machine(
    spec: Spec,
    energies: EnergyTable | None = None,
    areas: Mapping[str, float] | None = None,
    *,
    attached: Architecture | None = None,
) -> Machine:
    """Resolves a specification's hardware.

    Args:
        spec: The specification.
        energies: pJ by component and action. By default the specification's own ERT, else
            placeholders of 1 pJ an action of a primitive component.
        areas: µm² by component; by default the specification's own ART, else placeholders of
            1 µm² a primitive component.
        attached: ``spec.attached()`` where it is at hand.

    Returns:
        The hardware, ready for mappings.

    Raises:
        InputError: The architecture asks for what this engine does not model, by name.
    """
    architecture = attached if attached is not None else spec.attached()
    placed = architecture.placed()
    _check_tree(placed)
    table = energies if energies is not None else spec.energies
    area_table = areas if areas is not None else spec.areas
    notes = (*without_effect(spec, architecture), *fan_outs_that_go_on(architecture))
    placeholders = None
    own = table is not None and table is spec.energies
    if table is not None and own:
        notes = (*notes, *notes_on_table(table, placed, "ERT"))
    elif table is not None:
        notes = (*notes, *notes_on_table(table, placed, "energies given"))
    if table is None:
        table = placeholder_energies(spec, placed)
        found = technologies(spec)
        if found == {None}:
            placeholders = NO_TECHNOLOGY
        elif not found <= {None, str(PLACEHOLDER_TECHNOLOGY)}:
            placeholders = NO_PRICES
    if area_table is None:
        try:
            area_table = placeholder_areas(spec, placed)
            notes = (*notes, NO_ART) if own else notes
        except InputError as error:
            if spec.energies is None and energies is None:
                raise
            # Prices of its own are all that a specification needs to be counted.
            area_table, notes = {}, (*notes, f"areas are unpriced: {error}")

    levels = _levels(placed, spec.problem, table, area_table)
    compute = _compute(placed[-1].node, table, area_table, _mesh(placed))
    nodes = {p.node.name: p.node for p in placed}
    sparse = {
        name: node.sparse
        for name, node in nodes.items()
        if node.sparse and node.kind != "container"
    }
    return Machine(
        problem=spec.problem,
        levels=levels,
        compute=compute,
        actions=_actions(levels, nodes, spec.problem),
        sparse=bool(sparse),
        formats=any(optimization.formats for optimization in sparse.values()),
        ert=table,
        notes=notes,
        placeholders=placeholders,
    )


def _check_tree(placed: tuple[Placed, ...]) -> None:
    for index, place in enumerate(placed):
        node = place.node
        last = index == len(placed) - 1
        where = {"file": node.file, "key": node.path}
        if node.kind == "network":
            raise InputError(
                f"the network {node.name} can be connected to nothing in the v4 form (timeloopfe "
                "puts the node in place of its name, and timeloop-model crashes when it prints "
                "it); take the node out: it changes no count",
                **where,
            )
        if node.kind == "compute" and not last:
            raise InputError("only the last node may be of a compute class", **where)
        if place.parallel and (node.kind == "container" or node.spatial.fanout > 1):
            raise InputError(
                "a container or a spatial fan-out directly below !Parallel is not supported "
                "(neither by timeloopfe)",
                **where,
            )
        if node.kind == "nothing" and node.spatial.fanout > 1:
            raise InputError("a spatial fan-out of !Nothing has no effect in Timeloop", **where)
        if node.sparse and node.kind not in ("storage", "compute", "container"):
            raise InputError(
                "sparse_optimizations belong to a storage or the compute node", **where
            )
        if node.kind == "storage" and node.sparse.compute:
            raise InputError("compute_optimization belongs to the compute node", **where)
        if node.kind == "compute" and (node.sparse.formats or node.sparse.actions):
            raise InputError(
                "representation_format and action_optimization belong to storage nodes", **where
            )


def _mesh(placed: tuple[Placed, ...]) -> tuple[int, int]:
    mesh_x = mesh_y = 1
    for place in placed:
        if place.node.kind != "nothing":
            mesh_x *= place.node.spatial.mesh_x
            mesh_y *= place.node.spatial.mesh_y
    return mesh_x, mesh_y


def _levels(
    placed: tuple[Placed, ...],
    problem: Problem,
    energies: EnergyTable,
    areas: Mapping[str, float],
) -> tuple[StorageLevel, ...]:
    """All storage levels; walked from the outermost, returned innermost first."""
    levels: list[dict[str, Any]] = []
    mesh_x = mesh_y = 1
    gating = _PowerGating()
    for place in placed:
        node = place.node
        if node.kind == "nothing":
            continue
        gating.enter(node)
        if node.spatial.fanout > 1:
            name = f"inter_{node.name}_spatial"
            values = {**_SPATIAL, "formats": (None,) * len(problem.data_spaces)}
            values["bandwidth_scale"] = (1.0,) * len(problem.data_spaces)
            values["energies"] = action_energies(name, STORAGE_ACTIONS, {}, 0.0)
            levels.append({**values, **_placed(name, node, (mesh_x, mesh_y), gating)})
        if node.kind == "container" or node.spatial.fanout > 1:
            mesh_x *= node.spatial.mesh_x
            mesh_y *= node.spatial.mesh_y
        if node.kind == "storage":
            values = storage_attributes(node, problem)
            _check_clusters(node, values["cluster_size"], mesh_x * mesh_y)
            otherwise = values.pop("access_energy")
            values["formats"] = _formats(node, values, problem)
            values["energies"] = action_energies(node.name, STORAGE_ACTIONS, energies, otherwise)
            values["area_um2"] = areas.get(node.name, 0.0)
            values["component_class"] = node.subclass or node.component_class
            levels.append({**_placed(node.name, node, (mesh_x, mesh_y), gating), **values})
        elif node.kind == "compute":
            gating.at(node.name)
    if not levels:
        raise InputError(
            "expected at least one storage node", file=placed[0].node.file, key="architecture"
        )
    _check_power_gates(levels, placed)
    levels.reverse()
    inner_x, inner_y = mesh_x, mesh_y
    for values in levels:
        values["fanout_x"] = inner_x // values["mesh_x"]
        values["fanout_y"] = inner_y // values["mesh_y"]
        inner_x, inner_y = values["mesh_x"], values["mesh_y"]
    return tuple(StorageLevel(**values) for values in levels)


def _check_power_gates(levels: list[dict[str, Any]], placed: tuple[Placed, ...]) -> None:
    names = [values["name"] for values in levels]
    for place in placed:
        gate = place.node.all_attributes.get("power_gated_at")
        if place.node.kind == "storage" and gate is not None and gate not in names:
            raise InputError(
                f"expected a storage level, {', '.join(names)}; got {describe(gate)}",
                file=place.node.file,
                key=f"{place.node.path}.attributes.power_gated_at",
            )


def _check_clusters(node: Node, cluster_size: int, instances: int) -> None:
    if instances % cluster_size:
        raise InputError(
            f"expected a divisor of the {instances} instances of {node.name}, got {cluster_size} "
            "(Timeloop stops, too)",
            file=node.file,
            key=f"{node.path}.attributes.cluster_size",
        )


_SPATIAL: dict[str, Any] = {
    "memory_size": 1,
    "multiple_buffering": 1.0,
    "size": 1,
    "metadata_size_bits": 0,
    "overbooking": False,
    "word_bits": 1,
    "block_size": 1,
    "cluster_size": 1,
    "metadata_width": 0,
    "metadata_word_bits": 0,
    "read_bandwidth": None,
    "write_bandwidth": None,
    "shared_bandwidth": None,
    "min_utilization": 0.0,
    "decompression": False,
    "compression": False,
    "latency": 0,
    "technology": "SRAM",
    "area_um2": 0.0,
}
"""A level of one word that nothing is stored in."""


def _placed(name: str, node: Node, mesh: tuple[int, int], gating: _PowerGating) -> dict[str, Any]:
    return {
        "name": name,
        "node": node.name,
        "spatial": name != node.name,
        "instances": mesh[0] * mesh[1],
        "mesh_x": mesh[0],
        "mesh_y": mesh[1],
        "power_gated_at": gating.at(name),
    }


class _PowerGating:
    """Which level's gate each level hangs on.

    A level behind a node with ``has_power_gating`` has a gate, and all levels after it hang on
    it. Behind any container timeloopfe passes that on no more, and each level has its own.
    """

    def __init__(self) -> None:
        self._contained = False
        self._gated: str | None = None
        self._next = self._own = False

    def enter(self, node: Node) -> None:
        """Comes to a node."""
        self._contained = self._contained or node.kind == "container"
        self._own = bool(node.attributes.get("has_power_gating", False))

    def at(self, name: str) -> str:
        """The level on whose gate a level hangs."""
        if self._next:
            self._gated = name
        self._next = self._own
        return name if self._contained else self._gated or name


def _compute(
    node: Node, energies: EnergyTable, areas: Mapping[str, float], mesh: tuple[int, int]
) -> ComputeLevel:
    attributes = compute_attributes(node)
    otherwise = multiplication(attributes["word_bits"])
    return ComputeLevel(
        name=node.name,
        instances=mesh[0] * mesh[1],
        mesh_x=mesh[0],
        mesh_y=mesh[1],
        gating="gating" in node.sparse.compute,
        skipping="skipping" in node.sparse.compute,
        energies=action_energies(node.name, COMPUTE_ACTIONS, energies, otherwise),
        area_um2=areas.get(node.name, 0.0),
        component_class=node.subclass or node.component_class,
        **attributes,
    )


def _formats(
    node: Node, values: Mapping[str, Any], problem: Problem
) -> tuple[StorageFormat | None, ...]:
    given = {tensor.name: tensor for tensor in node.sparse.formats}
    return tuple(
        _format(node, values, given[d.name], problem) if d.name in given else None
        for d in problem.data_spaces
    )


def _format(
    node: Node, values: Mapping[str, Any], tensor: TensorFormat, problem: Problem
) -> StorageFormat:
    ranks = []
    for rank in reversed(tensor.ranks):
        kind = rank.format.lower()
        # Timeloop gives UB the buffer's own words, whatever the rank says.
        metadata = None if kind == "ub" else rank.metadata_word_bits
        payload = None if kind == "ub" else rank.payload_word_bits
        if kind == "b" and metadata is None:
            metadata = 1
        ranks.append(
            Rank(
                kind,
                _word_bits(node, values, metadata),
                _word_bits(node, values, payload),
                tuple(
                    tuple(problem.dimensions.index(dimension) for dimension in group)
                    for group in rank.flattened
                ),
            )
        )
    uncompressed = False
    for made in ranks:
        compressed = made.format in COMPRESSED_FORMATS
        if uncompressed and compressed:
            raise InputError(
                f"{tensor.name}: a compressed rank above an uncompressed one is not supported "
                "(neither by Timeloop)",
                file=node.file,
                key=f"{node.path}.sparse_optimizations.representation_format",
            )
        uncompressed = uncompressed or not compressed
    return StorageFormat(tuple(ranks))


def _word_bits(node: Node, values: Mapping[str, Any], bits: int | None) -> int:
    """Bits of a metadata word, made to divide the metadata memory's lines."""
    width = values["metadata_width"]
    adjusted = values["metadata_word_bits"] if bits is None else bits
    if bits and width % bits and bits < width:
        # The next larger divisor of the width: width // k with the largest k that divides it.
        divisors = (width // k for k in range(width // bits, 0, -1) if width % k == 0)
        larger = (wider for wider in range(bits, 2 * bits) if width % wider == 0)
        wider = next(larger, width) if bits < width // bits else next(divisors, width)
        adjusted = min(wider, 2 * bits)
    if adjusted > width:
        raise InputError(
            f"metadata words of {adjusted} bits do not fit metadata_storage_width {width}",
            file=node.file,
            key=f"{node.path}.attributes.metadata_storage_width",
        )
    return int(adjusted)


def _actions(
    levels: tuple[StorageLevel, ...], nodes: Mapping[str, Node], problem: Problem
) -> tuple[Action, ...]:
    index = {d.name: i for i, d in enumerate(problem.data_spaces)}
    actions = []
    for word, kind in (("gating", "gated"), ("skipping", "skipped")):
        for level, storage in enumerate(levels):
            sparse = SparseOptimization() if storage.spatial else nodes[storage.node].sparse
            for action in sparse.actions:
                if action.type == "spatial_skipping":
                    raise InputError(
                        "spatial_skipping is not supported (neither by Timeloop's v4 chain)",
                        file=nodes[storage.node].file,
                        key=f"{nodes[storage.node].path}.sparse_optimizations",
                    )
                if action.type == word:
                    options = tuple(
                        Condition(index[o.target], tuple(index[n] for n in o.condition_on))
                        for o in action.options
                    )
                    actions.append(Action(level, kind, options))
    return tuple(actions)
