"""What may stand in a document, by class."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from loas_tl.timeloopfe.common.nodes import REQUIRED, Field, Node


def get_property_table(
    node: type[Node] | Node | None = None, col_len: int = 25, trim_cols: bool = False
) -> str:
    """The keys of a class, one a line: type, default, and the processor that declares it.

    Args:
        node: a class of nodes; by default all classes of the specification.
        col_len: letters of a column.
        trim_cols: whether longer entries are cut.

    Returns:
        The table as text.
    """
    rows: list[str] = []
    for cls in [_class(node)] if node is not None else _below(_specification()):
        rows += ["", f"==== {cls.__module__}.{cls.__name__} ===="]
        entries = [("KEY", "REQUIRED_TYPE", "DEFAULT", "SET_FROM")]
        entries += [
            (key or "(any)", _type(field), _default(field), str(field.set_from or ""))
            for key, field in _fields(cls)
        ]
        for entry in entries:
            cut = [word[: col_len - 2] if trim_cols else word for word in entry]
            rows.append("  " + ",".join(word.ljust(col_len) for word in cut).rstrip())
    return "\n".join(rows)


def get_property_tree(
    node: type[Node] | Node | None = None, skip: Collection[str] = (), n_levels: int = -1
) -> str:
    """The keys of a class and of the classes below it.

    Args:
        node: a class of nodes; by default the specification.
        skip: keys to leave out.
        n_levels: how deep; -1 for all.

    Returns:
        The tree as text.
    """
    cls = _class(node) if node is not None else _specification()
    return "\n".join([cls.__name__, *_tree(cls, frozenset(skip), n_levels, "", (cls,))])


def get_property_yaml(node: type[Node] | Node | None = None) -> str:
    """The keys of a class and of the classes below it, in the form of a document.

    Args:
        node: a class of nodes; by default the specification.

    Returns:
        YAML.
    """
    cls = _class(node) if node is not None else _specification()
    return "\n".join(_yaml(cls, "", (cls,))) + "\n"


def _specification() -> type[Node]:
    from loas_tl.timeloopfe.v4.specification import Specification

    return Specification


def _class(node: type[Node] | Node) -> type[Node]:
    return node if isinstance(node, type) else type(node)


def _fields(cls: type[Node]) -> Iterator[tuple[str, Field]]:
    yield from cls.declared().items()


def _type(field: Field) -> str:
    kinds = field.type if isinstance(field.type, tuple) else (field.type,)
    return "/".join("any" if k is None else getattr(k, "__name__", str(k)) for k in kinds)


def _default(field: Field) -> str:
    return "REQUIRED" if field.default is REQUIRED else repr(field.default)


def _inner(field: Field) -> type[Node] | None:
    kind = field.type
    return kind if isinstance(kind, type) and issubclass(kind, Node) else None


def _below(cls: type[Node]) -> list[type[Node]]:
    found: list[type[Node]] = []
    pending = [cls]
    while pending:
        each = pending.pop(0)
        if each not in found:
            found.append(each)
            pending += [inner for _, f in _fields(each) if (inner := _inner(f)) is not None]
    return sorted(found, key=lambda c: (c.__module__, c.__name__))


def _tree(
    cls: type[Node], skip: frozenset[str], levels: int, indent: str, seen: tuple[type[Node], ...]
) -> Iterator[str]:
    if not levels:
        return
    fields = [(key, field) for key, field in _fields(cls) if key not in skip]
    for number, (key, field) in enumerate(fields):
        last = number == len(fields) - 1
        default = "REQUIRED" if field.default is REQUIRED else f"= {field.default!r}"
        yield f"{indent}{'└' if last else '├'}─ {key or '(any)'}: {_type(field)} {default}"
        inner = _inner(field)
        if inner is not None and inner not in seen:
            deeper = indent + ("   " if last else "│  ")
            yield from _tree(inner, skip, levels - 1, deeper, (*seen, inner))


def _yaml(cls: type[Node], indent: str, seen: tuple[type[Node], ...]) -> Iterator[str]:
    for key, field in _fields(cls):
        inner = _inner(field)
        listed = issubclass(cls, list)
        name = f"- {key}".rstrip() if listed else f"{key or 'any'}:"
        if inner is None or inner in seen:
            default = "" if field.default is REQUIRED else f" {_plain(field.default)}"
            yield f"{indent}{name}{default}  # {_type(field)}"
        else:
            yield f"{indent}{name}"
            yield from _yaml(inner, indent + "  ", (*seen, inner))


def _plain(value: Any) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
