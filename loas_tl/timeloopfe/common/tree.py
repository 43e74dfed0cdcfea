"""A document as the tree that the typed specification is parsed from."""

from __future__ import annotations

import numbers
from typing import Any

from loas_tl.ground import yaml_tree
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec.functions import Function
from loas_tl.timeloopfe.common.nodes import DictNode, ListNode, Node


def tree_of(node: Node, file: str = "<Python>") -> Any:
    """The tree; defaults that nobody has given and keys without a value are left out.

    Args:
        node: a dictionary or a list of the document.
        file: of what Python made.

    Raises:
        InputError: something in it is no value of a document.
    """
    return _tree(node, "", file)


def _tree(value: Any, path: str, file: str) -> Any:
    if isinstance(value, Node):
        file = value.file or file
    if isinstance(value, dict):
        tree = yaml_tree.Mapping(
            getattr(value, "tag", None) or None, file, getattr(value, "line", 0)
        )
        tree.places.update(getattr(value, "places", {}))
        for key, item in value.items():
            at = f"{path}.{key}" if path else str(key)
            if item is None or not _said(value, key, item):
                continue
            tree[str(key)] = _tree(item, at, file)
        return tree
    if isinstance(value, list | tuple | set):
        items = yaml_tree.Sequence(
            getattr(value, "tag", None) or None, file, getattr(value, "line", 0)
        )
        items.extend(
            _tree(item, f"{path}[{i}]", file)
            for i, item in enumerate(value)
            if not (isinstance(item, DictNode) and not item)
        )
        return items
    return _scalar(value, path, file)


def _said(node: dict[str, Any], key: str, value: Any) -> bool:
    """Whether there is anything to say under a key."""
    if not isinstance(node, DictNode) or node.is_given(key):
        return True
    if isinstance(value, DictNode):
        return any(_said(value, inner, item) for inner, item in value.items() if item is not None)
    return isinstance(value, ListNode) and bool(value)


def _scalar(value: Any, path: str, file: str) -> Any:
    if value is None or type(value) in (bool, int, float, str, yaml_tree.Quoted):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, numbers.Integral):  # of NumPy
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    as_number = getattr(value, "item", None)
    if callable(as_number):
        found = as_number()
        if isinstance(found, bool | str | int | float):
            return found
    if isinstance(value, Function):
        return value
    if callable(value):
        return Function(value)
    kind = type(value).__name__
    raise InputError(f"expected a value of a document, got a {kind}", file=file, key=path)
