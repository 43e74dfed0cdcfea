"""The form of Timeloop v3 as that of v4, with a line on each change.

v3 nests components (``subtree``, ``local``), counts them in their names (``PE[0..167]``, of which
``meshX`` lie along X) and gives spatial loops to the memory above a fan-out. v4 has one list of
nodes, where ``spatial`` repeats a node and all after it and has the loops. What this does not know
it refuses by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from loas_tl.ground.yaml_tree import Mapping, Quoted, Sequence, error_at
from loas_tl.timeloop.spec.architecture import COMPUTE_CLASSES
from loas_tl.timeloop.spec.section import describe

_RANGE = re.compile(r"(?P<base>[^\[]+)\[(?P<first>\d+)\.\.(?P<last>\d+)\]\Z")
_FACTOR = re.compile(r"([A-Za-z]+)(?:\s*(<=|>=|=)\s*)?(-?\d+(?:,\d+)?)")
_COMPUTES = ("mac", "mac_random")
_SIGNS = (("architecture", "subtree"), ("architecture", "local"), ("problem.shape", "data-spaces"))


def is_v3(root: Mapping) -> bool:
    """Whether the architecture or the problem is in the form of v3."""
    for place, key in _SIGNS:
        section: Any = root
        for name in place.split("."):
            section = section.get(name) if isinstance(section, dict) else None
        if isinstance(section, dict) and key in section:
            return True
    return False


def converted(root: Mapping) -> tuple[Mapping, tuple[str, ...]]:
    """The tree of a specification in the form of v4, and what was changed.

    Args:
        root: sections by name.

    Raises:
        InputError: it has what this knows no v4 for; the message names it.
    """
    changes = ["the form of Timeloop v3 is converted to v4's"]
    result = _underscored(root, changes)
    fanouts = _Nodes(changes)
    architecture = result.get("architecture")
    if isinstance(architecture, Mapping) and not isinstance(architecture.get("nodes"), list):
        nodes = _sequence(architecture)
        fanouts.level(architecture, nodes, 1)
        result["architecture"] = _mapping(architecture, nodes=nodes)
    problem = result.get("problem")
    shape = problem.get("shape") if isinstance(problem, Mapping) else None
    if isinstance(shape, str):
        raise error_at(
            problem.places["shape"],
            f"{describe(shape)} names a file of Timeloop v3; expected the shape itself",
            "problem.shape",
        )
    for name, entries in _directives(result):
        result[name] = entries
        listed = entries["targets"] if isinstance(entries, Mapping) else entries
        for entry in listed:
            fanouts.directive(entry)
        listed[:] = [entry for entry in listed if not fanouts.without_loops(entry)]
    sparse = result.get("sparse_optimizations")
    for target in sparse.get("targets") or () if isinstance(sparse, Mapping) else ():
        if "name" in target and "target" not in target:
            target["target"] = target.pop("name")
            changes.append("sparse_optimizations: name is target")
        for action in target.get("action_optimization") or ():
            if "options" not in action and "condition_on" in action:
                option = _mapping(action)
                for key in ("target", "condition_on"):
                    option.take(key, action)
                    del action[key]
                action["options"] = _sequence(action)
                action["options"].append(option)
                changes.append("sparse_optimizations: target and condition_on are an option")
    _tables(result.get("ERT"), changes)
    return result, tuple(dict.fromkeys(changes))


def _underscored(tree: Any, changes: list[str]) -> Any:
    """A copy with ``_`` for ``-`` in keys, and without versions."""
    if isinstance(tree, Sequence):
        items = _sequence(tree)
        items.extend(_underscored(item, changes) for item in tree)
        return items
    if not isinstance(tree, Mapping):
        return tree
    copy = Mapping(tree.tag, tree.file, tree.line)
    copy.spelt.update(tree.spelt)
    for key, value in tree.items():
        place = tree.places.get(key, (tree.file, tree.line))
        name = key.replace("-", "_")
        if key == "version":
            continue
        if name != key:
            changes.append(f"{key} is {name}")
        copy[name] = _underscored(value, changes)
        copy.places[name] = place
        if name == "attributes" and isinstance(value, Mapping):
            # v3 has no expressions: what is no number is text.
            words = {k: Quoted(v) for k, v in copy[name].items() if isinstance(v, str)}
            copy[name].update(words)
    return copy


@dataclass
class _Nodes:
    """The list of nodes as it grows, with how many copies there are so far."""

    changes: list[str]

    def __post_init__(self) -> None:
        self.across = (1, 1)
        self.fanout_of: dict[str, str] = {}
        self._last: list[str] = []

    def level(self, tree: Mapping, nodes: Sequence, count: int) -> None:
        """Adds the ``local`` components of a subtree, then what is below it."""
        local = tree.get("local") or []
        ordered = sorted(local, key=_computes)
        if ordered != local:
            self.changes.append("architecture: the compute unit stands after what it reads from")
        for component in ordered:
            name, copies = self._counted(component)
            own = _mapping(component, name=name)
            for key, value in component.items():
                if key != "name":
                    own.take(key, component)
                    own[key] = value
            attributes = component.get("attributes") or _mapping(component)
            if "entries" in attributes and "depth" in attributes:
                attributes = self._one_size(name, attributes)
                own["attributes"] = attributes
            self._spread(own, name, attributes, count * copies, component)
            own.tag = "!Component"
            nodes.append(own)
            self._last.append(name)
        subtrees = tree.get("subtree") or []
        if len(subtrees) > 1:
            raise error_at(_place(tree, "subtree"), "expected one subtree, got several", "subtree")
        for subtree in subtrees:
            name, copies = self._counted(subtree)
            container = _mapping(subtree, name=name)
            container.tag = "!Container"
            if subtree.get("attributes"):
                container.take("attributes", subtree)
            first = next(iter(subtree.get("local") or []), None)
            if first is not None and copies > 1 and not _RANGE.match(str(first.get("name"))):
                attributes = first.get("attributes") or {}
                self._spread(container, name, attributes, count * copies, subtree)
            nodes.append(container)
            self.changes.append(f"architecture: subtree {name} is a !Container, local its nodes")
            self.level(subtree, nodes, count * copies)

    def _one_size(self, name: str, attributes: Mapping) -> Mapping:
        """``entries`` goes before ``depth`` in v3, of which v4 takes one."""
        one = attributes.copy()
        words, width = attributes.get("word_bits", 16), attributes.get("width", 0)
        lines = attributes["depth"] * width // words if isinstance(words, int) and words else 0
        dropped, kept = ("depth", "entries")
        if lines == attributes["entries"]:
            dropped, kept = kept, dropped
        del one[dropped]
        self.changes.append(f"architecture: {name} has {kept} alone, not {dropped} as well")
        return one

    def _counted(self, tree: Mapping) -> tuple[str, int]:
        name = str(tree.get("name"))
        found = _RANGE.match(name)
        if found is None:
            return name, 1
        copies = int(found["last"]) - int(found["first"]) + 1
        self.changes.append(f"architecture: {name} is {copies} copies of {found['base']}")
        return found["base"], copies

    def _spread(
        self, node: Mapping, name: str, attributes: dict[str, Any], count: int, tree: Mapping
    ) -> None:
        """Gives a node the fan-out that there are more copies of it than of what is above."""
        mesh_x, mesh_y = attributes.get("meshX"), attributes.get("meshY")
        if mesh_x is None:
            mesh_x = count if mesh_y is None else count // mesh_y
        mesh_y = count // mesh_x if isinstance(mesh_x, int) and mesh_x else 0
        x, y = self.across
        if mesh_x * mesh_y != count or mesh_x % x or mesh_y % y:
            raise error_at(
                _place(tree, "name"),
                f"{count} copies do not lie on a mesh of {mesh_x} along X below {x} x {y}",
                f"architecture.{name}",
            )
        if (mesh_x, mesh_y) == (x, y):
            return
        spatial = _mapping(tree, meshX=mesh_x // x, meshY=mesh_y // y)
        node["spatial"] = spatial
        node.places["spatial"] = _place(tree, "name")
        self.across = (mesh_x, mesh_y)
        if self._last:
            self.fanout_of[self._last[-1]] = name

    def directive(self, entry: Mapping) -> None:
        """A directive or constraint: its spatial loops belong to the node that has the fan-out."""
        target = str(entry.get("target"))
        found = _RANGE.match(target)
        if found is not None:
            entry["target"] = target = found["base"]
        if entry.get("type") == "spatial" and target in self.fanout_of:
            entry["target"] = self.fanout_of[target]
            self.changes.append(
                f"spatial loops of {target} are those of {self.fanout_of[target]}, the fan-out "
                "below it"
            )
        order = entry.get("permutation")
        if isinstance(order, str):
            entry["permutation"] = Sequence(None, *_place(entry, "permutation"))
            entry["permutation"].extend(re.sub(r"[\s,]", "", order))
        factors = entry.get("factors")
        if isinstance(factors, str):
            listed = Sequence(None, *_place(entry, "factors"))
            for name, relation, bound in _FACTOR.findall(factors):
                listed.append(f"{name}{relation or '='}{bound}")
            entry["factors"] = listed
            self.changes.append("factors such as M4 N2 are [M=4, N=2]")

    def without_loops(self, entry: Mapping) -> bool:
        """Whether it is of spatial loops of one iteration where there is no fan-out."""
        if entry.get("type") != "spatial" or entry["target"] in self.fanout_of.values():
            return False
        factors = entry.get("factors") or ()
        if any(_FACTOR.fullmatch(str(f)) is None or not str(f).endswith("=1") for f in factors):
            return False
        self.changes.append(f"spatial loops of {entry['target']}, which has no fan-out, are gone")
        return True


def _directives(root: Mapping) -> list[tuple[str, Any]]:
    """Mapping and constraints, those of v3's ``mapspace`` among them."""
    found: list[tuple[str, Any]] = []
    mapspace = root.get("mapspace")
    if isinstance(mapspace, Mapping) and "targets" in mapspace:
        root["constraints"] = root.pop("mapspace")
    if isinstance(root.get("mapping"), Sequence):
        found.append(("mapping", root["mapping"]))
    constraints = root.get("constraints")
    if isinstance(constraints, Sequence):
        constraints = _mapping(constraints, targets=constraints)
    if isinstance(constraints, Mapping) and constraints.get("targets"):
        found.append(("constraints", constraints))
    return found


def _tables(table: Any, changes: list[str]) -> None:
    """``mac`` of a compute unit is ``compute``."""
    for entry in table.get("tables") or () if isinstance(table, Mapping) else ():
        names = [action.get("name") for action in entry.get("actions") or ()]
        for action in entry.get("actions") or ():
            if action.get("name") in _COMPUTES and "compute" not in names:
                changes.append(f"ERT: {action['name']} is compute")
                action["name"] = "compute"


def _computes(component: Mapping) -> bool:
    return any(word in str(component.get("class")) for word in COMPUTE_CLASSES)


def _mapping(like: Any, **values: Any) -> Mapping:
    made = Mapping(None, like.file, like.line)
    made.update(values)
    return made


def _sequence(like: Any) -> Sequence:
    return Sequence(None, like.file, like.line)


def _place(tree: Mapping, key: str) -> tuple[str, int]:
    return tree.places.get(key, (tree.file, tree.line))
