"""What is given to templates beside the files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loas_tl.ground import yaml_tree
from loas_tl.ground.errors import InputError

MAX_DEPTH = 32


def plain_data(data: Mapping[str, Any] | None) -> dict[str, Any]:
    """Data for templates as plain values: numbers, words, lists and mappings.

    Args:
        data: as timeloopfe's ``jinja_parse_data``; paths and numpy's numbers are taken as well.

    Raises:
        InputError: something else is among it.
    """
    return {str(key): _plain(value, str(key), 0) for key, value in (data or {}).items()}


def read_data(path: Path) -> dict[str, Any]:
    """Data for templates out of a YAML or JSON file.

    Raises:
        InputError: it cannot be read or is no mapping.
    """
    tree = yaml_tree.read_text(yaml_tree.read_file(path), file=str(path))
    if not isinstance(tree, dict):
        raise InputError("expected a mapping of names to values", file=path)
    return plain_data(tree)


def parse_setting(text: str) -> tuple[str, Any]:
    """``key=value``, the value as YAML has it where it is a number, true, false or [a list].

    Raises:
        InputError: there is no key.
    """
    key, equals, value = text.partition("=")
    if not equals or not key.isidentifier():
        raise InputError(f"{text!r} is given; expected key=value", key="--set")
    if value[:1] in ("[", "{", '"', "'"):
        return key, _plain(yaml_tree.read_text(value, file=f"--set {key}"), key, 0)
    try:
        return key, yaml_tree.scalar(value) if value else ""
    except ValueError as error:
        raise InputError(str(error), key=f"--set {key}") from None


def _plain(value: Any, key: str, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise InputError(f"nested more than {MAX_DEPTH} deep", key=key)
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {str(k): _plain(v, f"{key}.{k}", depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item, key, depth + 1) for item in value]
    item = getattr(value, "item", None)
    if getattr(value, "ndim", None) == 0 and callable(item):
        return item()
    raise InputError(
        f"expected numbers, words, lists or mappings for templates, got {type(value).__name__}",
        key=key,
    )
