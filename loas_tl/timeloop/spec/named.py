"""Nodes as expressions name them: ``PE.spatial.meshX``, ``PE.get_fanout()``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec.functions import Function
from loas_tl.timeloop.spec.section import Section


def seen(node: Mapping[str, Any], mesh_x: int, mesh_y: int) -> dict[str, Any]:
    """What expressions see of a node.

    Args:
        node: its name, class, subclass and attributes, by these words.
        mesh_x: copies along X.
        mesh_y: copies along Y.
    """
    fanout = Function(lambda: mesh_x * mesh_y)
    mesh = {"meshX": mesh_x, "meshY": mesh_y, "get_fanout": fanout}
    return {**node, "spatial": mesh, "get_fanout": fanout}


def ahead(tree: Any, names: Mapping[str, Any]) -> dict[str, Any]:
    """Nodes as those before them name them: by class and fan-out, without attributes.

    A mesh that has no value before the node's own turn (of what its containers set) is left out.

    Args:
        tree: ``architecture`` as the file has it.
        names: what expressions may name there.
    """
    found = {}
    for node in _nodes(tree):
        name, mesh = node.get("name"), node.get("spatial")
        if isinstance(name, str) and isinstance(mesh, dict):
            section = Section(mesh, "", dict(names))
            try:
                copies = section.integer("meshX", 1), section.integer("meshY", 1)
            except InputError:
                continue
            found[name] = seen({"name": name, "class": node.get("class")}, *copies)
    return found


def finding(tree: Mapping[str, Any], find: Callable[[str], Any]) -> dict[str, Any]:
    """``spec.architecture`` as expressions see it: with ``find("PE")``.

    Args:
        tree: ``architecture`` as the file has it.
        find: a node by its name.
    """
    return {**tree, "find": Function(find)}


def given(tree: Any) -> set[str]:
    """Names that nodes have in the file, before any is made up."""
    return {str(node.get("name")) for node in _nodes(tree)}


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.append(node.get("nodes"))
        elif isinstance(node, list):
            waiting += node
