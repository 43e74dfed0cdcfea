"""``architecture``: the tree of nodes, from the outermost memory to the compute units.

A node stands inside all nodes before it. ``spatial`` of a node repeats it, and everything after
it, ``meshX * meshY`` times. Attributes of a container hold for all nodes after it that do not set
them. Children of ``!Parallel`` share the tensors among them, each kept by one child.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec import named
from loas_tl.timeloop.spec.constraints import Constraints, parse_constraints
from loas_tl.timeloop.spec.problem import Problem
from loas_tl.timeloop.spec.section import Section, describe
from loas_tl.timeloop.spec.sparse import SparseOptimization, parse_sparse
from loas_tl.timeloop.spec.words import words

MAX_NODES = 200

STORAGE_CLASSES = ("DRAM", "SRAM", "regfile", "smartbuffer", "storage")
COMPUTE_CLASSES = ("mac", "intmac", "fpmac", "compute")
NETWORK_CLASSES = ("XY_NoC", "Legacy", "ReductionTree", "SimpleMulticast")

COUNTING_ATTRIBUTES = words(
    "datawidth word_bits word_width block_size n_words cluster_size width memory_width "
    "data_storage_width depth memory_depth data_storage_depth entries sizeKB reduction_supported "
    "multiple_buffering min_utilization shared_bandwidth read_bandwidth write_bandwidth bandwidth "
    "network_fill_latency network_drain_latency per_dataspace_bandwidth_consumption_scale "
    "allow_overbooking metadata_block_size metadata_datawidth metadata_word_bits "
    "metadata_storage_width metadata_width metadata_storage_depth metadata_depth "
    "concordant_compressed_tile_traversal tile_partition_supported decompression_supported "
    "compression_supported instances meshX meshY has_power_gating power_gated_at"
)
"""Attributes that Timeloop itself reads. Any other goes to the energy models as it is."""

_OTHER_ATTRIBUTES = words(
    "technology global_cycle_seconds cycle_seconds n_rd_ports n_wr_ports n_rdwr_ports n_ports "
    "n_entries num_ports n_banks num_banks n_instances latency action_latency_cycles area_scale "
    "energy_scale datawidth_a datawidth_b bandwidth_scale enable_overbooking"
)
NOT_READ = {
    "enable_overbooking": "Timeloop reads allow_overbooking",
    "meshX": "timeloopfe sets it from spatial",
    "meshY": "timeloopfe sets it from spatial",
}
"""Attributes of public specs that change nothing, and why."""


@dataclass(frozen=True)
class Spatial:
    """Copies of a node along two axes.

    Attributes:
        mesh_x, mesh_y: how many along each.
    """

    mesh_x: int = 1
    mesh_y: int = 1

    @property
    def fanout(self) -> int:
        """How many copies."""
        return self.mesh_x * self.mesh_y


@dataclass(frozen=True)
class Node:
    """A ``!Component`` or ``!Container``.

    Attributes:
        kind: ``storage``, ``compute``, ``network``, ``nothing`` or ``container``.
        name: Unique in the architecture.
        component_class: Timeloop's ``class``; empty for a container.
        subclass: The Accelergy class of its own, if any.
        attributes: Its own attributes, evaluated.
        inherited: Attributes of the containers before it; its own take precedence.
        spatial: How many times it and what follows is repeated.
        constraints: What the node itself says of the mapping.
        sparse: What the node itself says of zeros.
        enabled: False leaves the node out.
        options: ``required_actions``, ``area_scale``, ``energy_scale`` where given.
        path: Where it stands, for messages.
        file: Its file.
    """

    kind: str
    name: str
    component_class: str = ""
    subclass: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    inherited: dict[str, Any] = field(default_factory=dict)
    spatial: Spatial = Spatial()
    constraints: Constraints = field(default_factory=Constraints)
    sparse: SparseOptimization = field(default_factory=SparseOptimization)
    enabled: bool = True
    options: dict[str, Any] = field(default_factory=dict)
    path: str = ""
    file: str | None = None

    @property
    def all_attributes(self) -> dict[str, Any]:
        """Own and inherited attributes."""
        return {**self.inherited, **self.attributes}


@dataclass(frozen=True)
class Branch:
    """Nodes below a node.

    Attributes:
        kind: ``Hierarchical``, ``Parallel`` or ``Pipelined``.
        nodes: outermost first.
    """

    kind: str
    nodes: tuple[Node | Branch, ...]


@dataclass(frozen=True)
class Placed:
    """A node in order.

    Attributes:
        node: the node.
        parallel: whether it is a direct child of a ``!Parallel``.
    """

    node: Node
    parallel: bool


@dataclass(frozen=True)
class Architecture:
    """The whole tree.

    Attributes:
        nodes: outermost first.
    """

    nodes: tuple[Node | Branch, ...]

    def placed(self) -> tuple[Placed, ...]:
        """All enabled nodes, outermost first."""
        return tuple(_walk(self.nodes, parallel=False))

    def node(self, name: str) -> Node:
        """A node by name.

        Args:
            name: of the node.

        Returns:
            The node.

        Raises:
            KeyError: where there is none, or it is not enabled.
        """
        for placed in self.placed():
            if placed.node.name == name:
                return placed.node
        raise KeyError(name)

    def parallels(self) -> tuple[Branch, ...]:
        """All ``!Parallel`` branches."""
        return tuple(_branches(self.nodes, "Parallel"))


def _walk(nodes: tuple[Node | Branch, ...], *, parallel: bool) -> Iterator[Placed]:
    for node in nodes:
        if isinstance(node, Branch):
            yield from _walk(node.nodes, parallel=node.kind == "Parallel")
        elif node.enabled:
            yield Placed(node, parallel)


def _branches(nodes: tuple[Node | Branch, ...], kind: str) -> Iterator[Branch]:
    for node in nodes:
        if isinstance(node, Branch):
            if node.kind == kind:
                yield node
            yield from _branches(node.nodes, kind)


def map_nodes(architecture: Architecture, change: Any) -> Architecture:
    """The architecture with each node replaced by ``change(node)``."""

    def visit(nodes: tuple[Node | Branch, ...]) -> tuple[Node | Branch, ...]:
        return tuple(
            replace(node, nodes=visit(node.nodes)) if isinstance(node, Branch) else change(node)
            for node in nodes
        )

    return Architecture(visit(architecture.nodes))


def parse_architecture(section: Section, problem: Problem) -> Architecture:
    """Reads ``architecture``.

    Raises:
        InputError: A key is missing, unknown or not what it must be; a name is given twice.
    """
    section.version()
    ahead = named.ahead(section.values, section.names)
    given = named.given(section.values)
    reader = _Reader(problem, {**ahead, **section.names}, given)
    whole = section.names.get("spec")
    if isinstance(whole, dict) and isinstance(whole.get("architecture"), dict):
        # What comes after the architecture finds all nodes, with their attributes.
        whole["architecture"] = named.finding(whole["architecture"], reader.node)
    nodes = reader.nodes(section)
    section.done()
    if not nodes:
        raise section.fail("nodes", "expected at least one node")
    architecture = Architecture(nodes)
    placed = architecture.placed()
    if not placed or placed[-1].node.kind != "compute":
        raise section.fail("nodes", "expected the last node to be of a compute class")
    return architecture


class _Reader:
    """Reads nodes in order: what a container sets holds for what comes after it."""

    def __init__(self, problem: Problem, names: dict[str, Any], given: set[str]) -> None:
        self._problem = problem
        self._names = names
        self._inherited: dict[str, Any] = {}
        self._seen: set[str] = set()
        self._given = given

    def node(self, name: str) -> Any:
        """What expressions see of a node, of one further in its fan-out; ValueError without it."""
        if name not in self._given | self._seen or name not in self._names:
            raise ValueError(f"the architecture has no node {name!r} here")
        return self._names[name]

    def nodes(self, section: Section) -> tuple[Node | Branch, ...]:
        return tuple(self._node(entry) for entry in section.sections("nodes"))

    def _node(self, section: Section) -> Node | Branch:
        tag = section.tag
        if tag in ("!Hierarchical", "!Parallel", "!Pipelined"):
            branch = Branch(tag[1:], self.nodes(section))
            section.name("name", "")
            section.done()
            return branch
        if tag not in ("!Component", "!Container", "!Nothing"):
            raise section.fail(
                "",
                "expected !Component, !Container, !Nothing, !Hierarchical, !Parallel or "
                f"!Pipelined, got {tag or 'no tag'}",
            )
        node = self._leaf(section, tag)
        if node.name in self._seen:
            raise section.fail("name", f"{node.name!r} is given twice")
        if len(self._seen) >= MAX_NODES:
            raise section.fail("", f"more than {MAX_NODES} nodes")
        self._seen.add(node.name)
        if node.kind == "container" and node.enabled:
            self._inherited = {**self._inherited, **node.attributes}
        return node

    def _leaf(self, section: Section, tag: str) -> Node:
        kind = component_class = ""
        subclass = None
        options = {}
        enabled = True
        if tag == "!Container":
            kind = "container"
            if section.items("networks", None):
                raise section.fail("networks", "not supported")
        else:
            if tag == "!Nothing":
                component_class = section.name("class", "nothing")
            else:
                component_class = section.name("class")
            kind = "nothing" if tag == "!Nothing" else _kind(section, component_class)
            subclass = section.name("subclass", None)
            enabled = section.flag("enabled", True)
            options["required_actions"] = section.names_of("required_actions")
            options["area_scale"] = section.number("area_scale", None)
            options["energy_scale"] = section.number("energy_scale", None)
        name = (
            section.name("name", self._free("nothing"))
            if kind == "nothing"
            else section.name("name")
        )
        if not name.replace("_", "").replace("-", "").isalnum():
            raise section.fail("name", f"expected letters, digits and _, got {describe(name)}")
        mesh = section.section("spatial")
        spatial = Spatial(mesh.integer("meshX", 1), mesh.integer("meshY", 1))
        mesh.done()
        attributes = self._attributes(section.section("attributes"), kind)
        of = {"name": name, "class": component_class, "subclass": subclass}
        of["attributes"] = {**self._inherited, **attributes}
        self._names[name] = named.seen(of, spatial.mesh_x, spatial.mesh_y)
        section.names = {**self._names, "attributes": self._names[name]["attributes"]}
        node = Node(
            kind=kind,
            name=name,
            component_class=component_class,
            subclass=subclass,
            attributes=attributes,
            inherited=self._inherited,
            spatial=spatial,
            constraints=parse_constraints(section.section("constraints"), self._problem),
            sparse=parse_sparse(section.section("sparse_optimizations"), self._problem),
            enabled=enabled,
            options={key: value for key, value in options.items() if value},
            path=section.path,
            file=section.file,
        )
        section.done()
        return node

    def _free(self, name: str) -> str:
        """The name, or with the first number that makes it one of its own."""
        names = (name, *(f"{name}_{number}" for number in range(2, 2 * MAX_NODES + 2)))
        return next(each for each in names if each not in self._seen | self._given)

    def _attributes(self, section: Section, kind: str) -> dict[str, Any]:
        section.names = {**self._names, **self._inherited}
        attributes: dict[str, Any] = {}
        for key, raw in section.rest():
            if isinstance(raw, dict):
                inner = Section(raw, section.at(key), section.names, section.file)
                value: Any = {k: inner.scalar(k, v) for k, v in inner.rest()}
            elif isinstance(raw, list):
                value = [section.scalar(key, item) for item in raw]
            else:
                value = section.scalar(key, raw)
            if kind == "storage" and key not in (*COUNTING_ATTRIBUTES, *_OTHER_ATTRIBUTES):
                close = difflib.get_close_matches(key, COUNTING_ATTRIBUTES, 1, 0.8)
                if close:
                    raise section.fail(key, f"unknown attribute; did you mean {close[0]}?")
            if key in COUNTING_ATTRIBUTES and isinstance(value, str) and value.strip().isdecimal():
                value = int(value)  # Timeloop does not see the quotes
            attributes[key] = value
            section.names[key] = value
        section.done()
        return attributes


def _kind(section: Section, component_class: str) -> str:
    for kind, known in (
        ("storage", STORAGE_CLASSES),
        ("compute", COMPUTE_CLASSES),
        ("network", NETWORK_CLASSES),
        ("nothing", ("nothing",)),
    ):
        if any(word in component_class for word in known):
            return kind
    classes = ", ".join((*STORAGE_CLASSES, *COMPUTE_CLASSES))
    raise section.fail(
        "class", f"expected a class with one of {classes} in its name, got {component_class!r}"
    )


def attach_error(
    target: str, architecture: Architecture, path: str, file: str | None
) -> InputError:
    """The error of a target that is no node."""
    known = ", ".join(placed.node.name for placed in architecture.placed())
    return InputError(
        f"{describe(target)} is no node of the architecture; they are {known}",
        file=file,
        key=f"{path}.target",
    )
