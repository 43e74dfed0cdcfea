"""The section ``architecture``: nodes, outermost first."""

from __future__ import annotations

from typing import Any, ClassVar

from loas_tl.timeloopfe.common.nodes import DictNode, Field, ListNode, Node, ParseError
from loas_tl.timeloopfe.v4.constraints import ConstraintGroup
from loas_tl.timeloopfe.v4.sparse_optimizations import SparseOptimizationGroup
from loas_tl.timeloopfe.v4.version import VERSION_FIELD

BUFFER_CLASSES = ("DRAM", "SRAM", "regfile", "smartbuffer", "storage")
COMPUTE_CLASSES = ("mac", "intmac", "fpmac", "compute")
NETWORK_CLASSES = ("XY_NoC", "Legacy", "ReductionTree", "SimpleMulticast")
NOTHING_CLASSES = ("nothing",)


class ArchNode(Node):
    """Anything in an architecture."""

    def name2leaf(self, name: str) -> Leaf:
        """The node of a name below this one, or this one.

        Args:
            name: of the node.

        Returns:
            The node.

        Raises:
            ParseError: there is none (a ``ValueError``).
        """
        leaves = [self] if isinstance(self, Leaf) else self.get_nodes_of_type(Leaf)
        for leaf in leaves:
            if leaf.get("name") == name:
                return leaf
        known = ", ".join(str(leaf.get("name")) for leaf in leaves)
        raise ParseError(f"{name!r} is no node of the architecture; they are {known}")

    def find(self, name: str) -> Leaf:
        """:meth:`name2leaf`.

        Args:
            name: of the node.

        Returns:
            The node.

        Raises:
            ParseError: there is none (a ``ValueError``).
        """
        return self.name2leaf(name)

    def name2constraints(self, name: str) -> ConstraintGroup:
        """The constraints of the node of a name.

        Args:
            name: of the node.

        Returns:
            Its constraints.

        Raises:
            ParseError: there is none (a ``ValueError``).
        """
        constraints: ConstraintGroup = self.name2leaf(name)["constraints"]
        return constraints


class Attributes(DictNode):
    """What a node is like; what it does not have stands in the containers before it."""

    _open = True
    fields: ClassVar[dict[str, Field]] = {
        "has_power_gating": Field((str, bool), False),
        "power_gated_at": Field(str, None),
    }


_UNSAID = (
    "technology block_size width depth entries sizeKB shared_bandwidth read_bandwidth "
    "write_bandwidth network_fill_latency network_drain_latency metadata_block_size "
    "metadata_datawidth metadata_storage_width metadata_storage_depth "
    "concordant_compressed_tile_traversal tile_partition_supported decompression_supported "
    "compression_supported"
)


class StorageAttributes(Attributes):
    """What a storage is like. A default here is what Timeloop takes; it changes no price."""

    fields: ClassVar[dict[str, Field]] = {
        "datawidth": Field((str, int), partial=True),
        **{name: Field(None, None) for name in _UNSAID.split()},
        "n_banks": Field((str, int), 2),
        "cluster_size": Field((str, int), 1),
        "reduction_supported": Field((str, bool), True),
        "multiple_buffering": Field((str, float), 1),
        "min_utilization": Field((str, float), 0),
        "per_dataspace_bandwidth_consumption_scale": Field(dict, {}),
        "allow_overbooking": Field((str, bool), False),
    }

    def _field(self, key: str) -> Field:
        return self.declared().get(key, Field())


class Spatial(DictNode):
    """Copies of a node along two axes."""

    fields: ClassVar[dict[str, Field]] = {"meshX": Field(int, 1), "meshY": Field(int, 1)}

    def get_fanout(self) -> int:
        """How many copies."""
        copies: int = self["meshX"] * self["meshY"]
        return copies

    def to_fanout_string(self) -> str:
        """As in the names of energy tables."""
        return f"[1..{self.get_fanout()}]"


class Leaf(ArchNode, DictNode):
    """A node of its own."""

    fields: ClassVar[dict[str, Field]] = {
        "name": Field(str),
        "attributes": Field(Attributes, {}),
        "spatial": Field(Spatial, {}),
        "constraints": Field(ConstraintGroup, {}),
        "sparse_optimizations": Field(SparseOptimizationGroup, {}),
    }

    def get_fanout(self) -> int:
        """How many copies."""
        copies: int = self["spatial"].get_fanout()
        return copies


class Component(Leaf):
    """A storage, a compute unit, a network, or nothing."""

    tag = "!Component"
    fields: ClassVar[dict[str, Field]] = {
        "class": Field(str),
        "subclass": Field(str, None),
        "required_actions": Field(list, []),
        "area_scale": Field(float, None),
        "energy_scale": Field(float, None),
        "enabled": Field(bool, True),
    }

    @property
    def _class(self) -> str:
        """``class``, which Python keeps for itself."""
        return str(self["class"])

    @_class.setter
    def _class(self, value: str) -> None:
        self["class"] = value


class Storage(Component):
    """A memory."""

    fields: ClassVar[dict[str, Field]] = {"attributes": Field(StorageAttributes, {})}


class Compute(Component):
    """Compute units."""


class Network(Component):
    """A network."""


class Networks(ListNode):
    """Networks of a container."""

    fields: ClassVar[dict[str, Field]] = {"": Field(Network)}


class Nothing(Component):
    """A place where nothing is stored."""

    tag = "!Nothing"
    fields: ClassVar[dict[str, Field]] = {
        "name": Field(str, "nothing"),
        "class": Field(str, "nothing"),
    }


class Container(Leaf):
    """What the nodes after it stand in."""

    tag = "!Container"
    fields: ClassVar[dict[str, Field]] = {"networks": Field(Networks, [])}


_BY_CLASS: tuple[tuple[tuple[str, ...], type[Component]], ...] = (
    (BUFFER_CLASSES, Storage),
    (COMPUTE_CLASSES, Compute),
    (NETWORK_CLASSES, Network),
    (NOTHING_CLASSES, Nothing),
)


def component_factory(*args: Any, **kwargs: Any) -> Component:
    """A node of the Python class that its ``class`` is of.

    Raises:
        ValueError: its ``class`` is none that Timeloop knows.
    """
    if len(args) == 1 and isinstance(args[0], Component):
        return args[0]
    given = args[0] if len(args) == 1 and not kwargs else kwargs
    name = given.get("class")
    for words, made in _BY_CLASS:
        if isinstance(name, str) and any(word in name for word in words):
            return made(given)
    if getattr(given, "file", None):
        return Component(given)  # the call says what is wrong with it, and where
    known = ", ".join(word for words, _ in _BY_CLASS for word in words)
    raise ParseError(f"expected a class with one of {known} in its name, got {name!r}")


class ArchNodes(ArchNode, ListNode):
    """Nodes, outermost first."""

    fields: ClassVar[dict[str, Field]] = {}


class Branch(ArchNode, DictNode):
    """Nodes below a node."""

    fields: ClassVar[dict[str, Field]] = {"nodes": Field(ArchNodes, [])}


class Hierarchical(Branch):
    """One node in the other."""

    tag: str | None = "!Hierarchical"


class Parallel(Branch):
    """Nodes side by side: a tensor takes one of them."""

    tag = "!Parallel"


class Pipelined(Branch):
    """Nodes one behind the other."""

    tag = "!Pipelined"


class Architecture(Hierarchical):
    """The section."""

    tag = None
    fields: ClassVar[dict[str, Field]] = {"version": VERSION_FIELD}


ArchNodes.fields |= {
    "!Component": Field(Component, cast=component_factory),
    "!Container": Field(Container),
    "!Nothing": Field(Nothing),
    "!Hierarchical": Field(Hierarchical),
    "!Parallel": Field(Parallel),
    "!Pipelined": Field(Pipelined),
}


def dummy_storage(name: str) -> Component:
    """A memory of one word."""
    attributes = {"width": 1, "depth": 1, "datawidth": 1, "technology": -1}
    return component_factory({"name": name, "class": "dummy_storage", "attributes": attributes})
