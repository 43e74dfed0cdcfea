"""A specification back to Timeloop v4 YAML, as timeloopfe and this package read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from loas_tl.ground.yaml_tree import Quoted
from loas_tl.timeloop.spec.architecture import Architecture, Branch, Node
from loas_tl.timeloop.spec.constraints import Constraints, Directive, Loops, Storing
from loas_tl.timeloop.spec.problem import Density, Problem
from loas_tl.timeloop.spec.sparse import SparseOptimization, TensorFormat
from loas_tl.timeloop.spec.specification import Spec

_VERSION = 0.4


class _Tagged(dict[str, Any]):
    """A mapping to be written with a tag."""

    def __init__(self, tag: str, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.tag = tag


class _Flow(list[Any]):
    """A list to be written on one line."""


class _Text(str):
    """A string to be written in quotes: an attribute that is text, not an expression."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, _data: Any) -> bool:
        return True


_Dumper.add_representer(
    _Tagged, lambda dumper, data: dumper.represent_mapping(data.tag, data.items())
)
_Dumper.add_representer(
    _Flow,
    lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True),
)
for _type in (_Text, Quoted):
    _Dumper.add_representer(
        _type,
        lambda dumper, data: dumper.represent_scalar("tag:yaml.org,2002:str", data, style='"'),
    )


def write_spec(spec: Spec) -> str:
    """The specification as one YAML document.

    What was an expression is its value; keys that had no influence are gone. Reading the text
    gives an equal specification (but for paths and file names).

    Args:
        spec: the specification.

    Returns:
        The text.
    """
    document: dict[str, Any] = {}
    if spec.variables:
        document["variables"] = {"version": _VERSION, **_quoted(spec.variables)}
    document["architecture"] = _architecture(spec.architecture)
    if spec.components:
        document["components"] = {"version": _VERSION, "classes": list(spec.components)}
    document["problem"] = problem_tree(spec.problem)
    if spec.mapping:
        document["mapping"] = [directive_tree(directive) for directive in spec.mapping]
    if spec.constraints:
        document["constraints"] = {
            "version": _VERSION,
            "targets": [directive_tree(directive) for directive in spec.constraints],
        }
    if spec.sparse:
        document["sparse_optimizations"] = {
            "version": _VERSION,
            "targets": [{"target": t.target, **_sparse(t.optimization)} for t in spec.sparse],
        }
    for key, options in (
        ("mapper", spec.mapper),
        ("mapspace", spec.mapspace),
        ("globals", spec.globals),
    ):
        if options:
            document[key] = {"version": _VERSION, **options}
    if spec.energies is not None:
        document["ERT"] = {"version": _VERSION, "tables": _energy_tables(spec.energies)}
    if spec.areas is not None:
        document["ART"] = {
            "version": _VERSION,
            "tables": [{"name": name, "area": area} for name, area in spec.areas.items()],
        }
    return _dump(document)


def write_mapping(directives: Iterable[Directive]) -> str:
    """A ``mapping`` section as a YAML document of its own."""
    return _dump({"mapping": [directive_tree(directive) for directive in directives]})


def _dump(document: dict[str, Any]) -> str:
    text: str = yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, default_flow_style=False, width=100
    )
    return text


def _quoted(values: dict[str, Any]) -> dict[str, Any]:
    """Text in places that hold expressions gets quotes; tuples become lists."""

    def one(value: Any) -> Any:
        if isinstance(value, str):
            return _Text(value)
        if isinstance(value, dict):
            return _quoted(value)
        if isinstance(value, list | tuple):
            return _Flow(one(item) for item in value)
        return value

    return {key: one(value) for key, value in values.items()}


def _architecture(architecture: Architecture) -> dict[str, Any]:
    def visit(nodes: tuple[Node | Branch, ...]) -> list[Any]:
        return [
            _Tagged(f"!{node.kind}", {"nodes": visit(node.nodes)})
            if isinstance(node, Branch)
            else _node(node)
            for node in nodes
        ]

    return {"version": _VERSION, "nodes": visit(architecture.nodes)}


def _node(node: Node) -> _Tagged:
    tree: dict[str, Any] = {"name": node.name}
    if node.kind != "container":
        tree["class"] = node.component_class
    if node.subclass:
        tree["subclass"] = node.subclass
    if not node.enabled:
        tree["enabled"] = False
    for key, value in node.options.items():
        tree[key] = _Flow(value) if isinstance(value, tuple) else value
    if node.attributes:
        tree["attributes"] = _quoted(node.attributes)
    if node.spatial.fanout > 1:
        tree["spatial"] = {
            key: value
            for key, value in (("meshX", node.spatial.mesh_x), ("meshY", node.spatial.mesh_y))
            if value > 1
        }
    constraints = constraints_tree(node.constraints)
    if constraints:
        tree["constraints"] = constraints
    if node.sparse:
        tree["sparse_optimizations"] = _sparse(node.sparse)
    tag = {"container": "!Container", "nothing": "!Nothing"}.get(node.kind, "!Component")
    return _Tagged(tag, tree)


def constraints_tree(constraints: Constraints) -> dict[str, Any]:
    """A node's constraints by type."""
    tree: dict[str, Any] = {}
    for kind in ("temporal", "spatial"):
        loops = _loops(getattr(constraints, kind))
        if loops:
            tree[kind] = loops
    storing = _storing(constraints.dataspace)
    if storing:
        tree["dataspace"] = storing
    if constraints.max_overbooked_proportion is not None:
        tree["max_overbooked_proportion"] = {"proportion": constraints.max_overbooked_proportion}
    if constraints.min_utilization is not None:
        tree["utilization"] = {"min": constraints.min_utilization}
    return tree


def directive_tree(directive: Directive) -> dict[str, Any]:
    """One entry of ``mapping``."""
    parts = constraints_tree(directive.constraints)
    return {"target": directive.target, "type": directive.type, **parts.get(directive.type, {})}


def _loops(loops: Loops) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    if loops.factors:
        tree["factors"] = _Flow(str(factor) for factor in loops.factors)
    for key in ("permutation", "no_reuse", "rmw_first_update", "no_link_transfer"):
        if getattr(loops, key):
            tree[key] = _Flow(getattr(loops, key))
    for key in ("split", "default_max_factor", "default_min_factor", "remainders"):
        if getattr(loops, key) is not None:
            tree[key] = getattr(loops, key)
    return tree


def _storing(storing: Storing) -> dict[str, Any]:
    return {
        key: _Flow(getattr(storing, key))
        for key in ("keep", "bypass", "no_coalesce")
        if getattr(storing, key)
    }


def problem_tree(problem: Problem) -> dict[str, Any]:
    """``problem`` as plain data."""
    shape: dict[str, Any] = {"dimensions": _Flow(problem.dimensions)}
    if problem.name:
        shape = {"name": problem.name, **shape}
    if problem.coefficients:
        shape["coefficients"] = [
            {"name": name, "default": value} for name, value in problem.coefficients.items()
        ]
    shape["data_spaces"] = []
    for data_space in problem.data_spaces:
        tree: dict[str, Any] = {
            "name": data_space.name,
            "projection": _Flow(
                [[t.dimension, *([t.coefficient] if t.coefficient else [])] for t in rank]
                for rank in data_space.projection
            ),
        }
        if data_space.ranks:
            tree["ranks"] = _Flow(data_space.ranks)
        if data_space.read_write:
            tree["read_write"] = True
        shape["data_spaces"].append(tree)
    instance: dict[str, Any] = {**problem.sizes, **problem.coefficients}
    densities = {
        name: _density(density)
        for name, density in problem.densities.items()
        if density != Density()
    }
    if densities:
        instance["densities"] = densities
    return {"version": _VERSION, "shape": shape, "instance": instance}


def _density(density: Density) -> dict[str, Any]:
    tree: dict[str, Any] = {"distribution": density.distribution, "density": density.density}
    if density.tensor_size is not None:
        tree["workload_tensor_size"] = density.tensor_size
    if density.band_width is not None:
        tree["band_width"] = density.band_width
    return tree


def _sparse(sparse: SparseOptimization) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    if sparse.formats:
        tree["representation_format"] = {"data_spaces": [_format(t) for t in sparse.formats]}
    if sparse.actions:
        tree["action_optimization"] = [
            {
                "type": action.type,
                "options": [
                    {"target": option.target, "condition_on": _Flow(option.condition_on)}
                    for option in action.options
                ],
            }
            for action in sparse.actions
        ]
    if sparse.compute:
        tree["compute_optimization"] = [{"type": kind} for kind in sparse.compute]
    return tree


def _format(tensor: TensorFormat) -> dict[str, Any]:
    ranks = []
    for rank in tensor.ranks:
        tree: dict[str, Any] = {"format": rank.format}
        if rank.flattened:
            tree["flattened_rankIDs"] = _Flow(list(group) for group in rank.flattened)
        if rank.metadata_word_bits is not None:
            tree["metadata_word_bits"] = rank.metadata_word_bits
        if rank.payload_word_bits is not None:
            tree["payload_word_bits"] = rank.payload_word_bits
        ranks.append(tree)
    return {"name": tensor.name, "ranks": ranks}


def _energy_tables(energies: dict[str, dict[str, float]]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            # timeloopfe refuses an action without arguments, which change no price in a table.
            "actions": [
                {"name": action, "arguments": {}, "energy": energy}
                for action, energy in actions.items()
            ],
        }
        for name, actions in energies.items()
    ]
