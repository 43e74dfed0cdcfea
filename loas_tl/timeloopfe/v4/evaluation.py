"""Gives the expressions of a document their values, in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from loas_tl.ground import yaml_tree
from loas_tl.timeloop.spec.expressions import ExpressionError, evaluate
from loas_tl.timeloop.spec.functions import Function
from loas_tl.timeloopfe.common.nodes import DictNode, Node
from loas_tl.timeloopfe.v4.arch import Architecture, Attributes, Branch, Container, Leaf
from loas_tl.timeloopfe.v4.variables import Variables

if TYPE_CHECKING:
    from loas_tl.timeloopfe.v4.specification import Specification

_EVALUATED = (Attributes, Variables)
"""Nodes in which any text is an expression; elsewhere it is where it stands in brackets, or where
a number is declared."""


def evaluate_document(spec: Specification) -> None:
    """Puts values in the place of expressions.

    Names are the variables, the attributes of the containers before a node and its own, other
    nodes, and ``spec``. What has no value stays as it is; a call says why.
    """
    own = {name: Function(function) for name, function in spec.functions.items()}
    names: dict[str, Any] = {**own, "spec": spec}
    _evaluate(spec["variables"], names)
    names |= spec["variables"]
    names["variables"] = spec["variables"]
    for key, value in spec.items():
        if isinstance(value, Architecture):
            inner = dict(names)
            for leaf in value.get_nodes_of_type(Leaf):
                inner[leaf["name"]] = _seen(leaf)
            _architecture(value, inner)
        elif isinstance(value, Node) and key != "variables":
            _evaluate(value, dict(names))


def _architecture(branch: Branch, names: dict[str, Any]) -> None:
    for node in branch["nodes"]:
        if isinstance(node, Branch):
            _architecture(node, names)
        elif isinstance(node, Leaf):
            own = dict(names)
            _evaluate(node["attributes"], own)
            own |= node["attributes"]
            for key, value in node.items():
                if isinstance(value, Node) and key != "attributes":
                    _evaluate(value, dict(own))
                elif isinstance(value, str):
                    _one(node, key, value, own)
            names[node["name"]] = _seen(node)
            if isinstance(node, Container):
                names |= node["attributes"]


def _seen(leaf: Leaf) -> dict[str, Any]:
    """A node as expressions name it: ``PE.spatial.meshX``, ``PE.get_fanout()``."""
    fanout = Function(leaf.get_fanout)
    spatial = {**leaf["spatial"], "get_fanout": fanout}
    return {**leaf, "spatial": spatial, "get_fanout": fanout}


def _evaluate(node: Node, names: dict[str, Any]) -> None:
    """A node and what is below it; a key's value is a name to the keys after it."""
    for key, value in list(node._entries()):
        if isinstance(value, Node):
            _evaluate(value, names if isinstance(node, _EVALUATED) else dict(names))
        elif isinstance(value, str):
            _one(node, key, value, names)
        if isinstance(node, DictNode) and isinstance(node, _EVALUATED):
            names[key] = node[key]


def _one(node: Any, key: Any, text: str, names: Mapping[str, Any]) -> None:
    if isinstance(text, yaml_tree.Quoted):
        return
    bracketed = text.startswith("(") and text.endswith(")")
    declared = node.declared().get(key) if isinstance(node, DictNode) else None
    number = declared is not None and declared.type in (int, float)
    if not (isinstance(node, _EVALUATED) or bracketed or number):
        return
    try:
        value = evaluate(text, names)
    except ExpressionError:
        return
    node[key] = value
