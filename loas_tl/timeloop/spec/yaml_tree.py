"""YAML text to plain trees, safely.

Timeloop reads YAML 1.2 (``1e-9`` is a number, ``no`` is a word) with tags on architecture nodes.
The reader builds dictionaries, lists and scalars from the parser's events and nothing else: no
tag names a Python object, no key is given twice, and a document cannot be larger, deeper or, by
aliases of aliases, wider than the bounds below. Every container knows its file and line.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import yaml

from loas_tl.ground.errors import InputError

MAX_BYTES = 8 * 2**20
MAX_DEPTH = 64
MAX_NODES = 400_000
"""Values in a document, each alias counted with all it stands for."""
MAX_DIGITS = 40
"""Digits of a number; more is no size of hardware or of a problem."""

_STANDARD = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(_STANDARD + word for word in ("int", "float", "bool", "null", "map", "seq"))

_INTEGER = re.compile(r"[-+]?[0-9]+\Z|0x[0-9a-fA-F]+\Z|0o[0-7]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", "+.inf"), float("inf")),
    "-.inf": float("-inf"),
    ".nan": float("nan"),
    ".NaN": float("nan"),
}

# The C parser is ten times faster where PyYAML was built with it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Quoted(str):
    """A string that was quoted in the file: never an expression, never a number."""

    __slots__ = ()


class Mapping(dict[str, Any]):
    """A YAML mapping with its tag (``!Component`` and the like), file and line."""

    __slots__ = ("file", "line", "tag")

    def __init__(self, tag: str | None, file: str, line: int) -> None:
        super().__init__()
        self.tag = tag
        self.file = file
        self.line = line


class Sequence(list[Any]):
    """A YAML sequence with its tag, file and line."""

    __slots__ = ("file", "line", "tag")

    def __init__(self, tag: str | None, file: str, line: int) -> None:
        super().__init__()
        self.tag = tag
        self.file = file
        self.line = line


def read_file(path: Path) -> Any:
    """The tree of one file.

    Raises:
        InputError: The file cannot be read, is no UTF-8, or is no YAML this reader takes.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(error.strerror or str(error), file=path) from error
    if len(data) > MAX_BYTES:
        raise InputError(f"larger than {MAX_BYTES >> 20} MiB", file=path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"expected UTF-8 text ({error.reason})", file=path) from error
    return read_text(text, file=str(path))


def read_text(text: str, *, file: str = "<text>") -> Any:
    """The tree of one document.

    Raises:
        InputError: As :func:`read_file`; with the line.
    """
    try:
        return _Composer(file).compose(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark is not None else ""
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        hint = ""
        if re.search(r"\{\{|\{%", text):
            hint = "; it looks like a Jinja template: expected it rendered, with its data put in"
        raise InputError(f"{where}not YAML: {problem}{hint}", file=file) from error


def scalar(text: str) -> Any:
    """The value of an unquoted scalar under YAML 1.2's core schema.

    Raises:
        ValueError: A number with more digits than :data:`MAX_DIGITS`.
    """
    if text in _WORDS:
        return _WORDS[text]
    first = text[0]
    if not (first.isdecimal() or first in "+-."):
        return text
    if _INTEGER.match(text):
        if len(text) > MAX_DIGITS:
            raise ValueError(f"a number of more than {MAX_DIGITS} digits")
        return int(text, 0 if text[:2] in ("0x", "0o") else 10)
    if _FLOAT.match(text):
        if len(text) > MAX_DIGITS:
            raise ValueError(f"a number of more than {MAX_DIGITS} digits")
        return float(text)
    return text


class _Composer:
    """Builds the tree of one document from the parser's events, without recursion."""

    def __init__(self, file: str) -> None:
        self._file = file
        # What an anchor stands for: the value, its nodes, and how deep it is nested.
        self._anchors: dict[str, tuple[Any, int, int]] = {}
        self._nodes = 0

    def compose(self, text: str) -> Any:
        root: list[Any] = []
        documents = 0
        # Open containers: [container, pending key or None, node count at its start, anchor, depth].
        stack: list[list[Any]] = []
        event: Any
        for event in yaml.parse(text, Loader=_Loader):
            kind = type(event)
            if kind is yaml.ScalarEvent:
                value = self._scalar(event)
                self._count(1, event)
                if event.anchor:
                    self._anchors[event.anchor] = (value, 1, 0)
                self._add(stack, root, value, event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if len(stack) >= MAX_DEPTH:
                    raise self._error(event, f"nested more than {MAX_DEPTH} deep")
                make: Any = Mapping if kind is yaml.MappingStartEvent else Sequence
                container = make(self._tag(event, event.tag), self._file, event.start_mark.line + 1)
                self._count(1, event)
                stack.append([container, None, self._nodes - 1, event.anchor, 1])
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                container, _, start, anchor, depth = stack.pop()
                if stack:
                    stack[-1][4] = max(stack[-1][4], depth + 1)
                if anchor:
                    self._anchors[anchor] = (container, self._nodes - start, depth)
                if isinstance(container, Mapping):
                    self._merge(container, event)
                self._add(stack, root, container, event)
            elif kind is yaml.AliasEvent:
                if event.anchor not in self._anchors:
                    raise self._error(event, f"unknown or recursive alias *{event.anchor}")
                value, size, depth = self._anchors[event.anchor]
                self._count(size, event)
                if len(stack) + depth > MAX_DEPTH:
                    raise self._error(event, f"nested more than {MAX_DEPTH} deep")
                if stack:
                    stack[-1][4] = max(stack[-1][4], depth + 1)
                self._add(stack, root, value, event)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise self._error(event, "expected one document")
        return root[0] if root else None

    def _scalar(self, event: Any) -> Any:
        tag = self._tag(event, event.tag)
        if tag not in (None, "!", _STANDARD + "str"):
            raise self._error(event, f"tag {tag} on a scalar is not supported")
        if event.style in ("'", '"', "|", ">") or tag is not None:
            return Quoted(event.value)
        try:
            return scalar(event.value)
        except ValueError as error:
            raise self._error(event, str(error)) from error

    def _tag(self, event: Any, tag: str | None) -> str | None:
        if tag is None or tag in _PLAIN_TAGS:
            return None
        if tag.startswith(_STANDARD) and tag != _STANDARD + "str":
            raise self._error(event, f"tag !!{tag[len(_STANDARD) :]} is not supported")
        return tag

    def _count(self, nodes: int, event: Any) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise self._error(event, f"more than {MAX_NODES} values, aliases counted in full")

    def _add(self, stack: list[list[Any]], root: list[Any], value: Any, event: Any) -> None:
        if not stack:
            root.append(value)
            return
        frame = stack[-1]
        container = frame[0]
        if isinstance(container, Sequence):
            container.append(value)
        elif frame[1] is None:
            if isinstance(value, Mapping | Sequence):
                raise self._error(event, "a key must be a word, not a mapping or a list")
            key = _key(value)
            if key in container:
                raise self._error(event, f"key {key!r} is given twice")
            frame[1] = key
        else:
            container[frame[1]] = value
            frame[1] = None

    def _merge(self, container: Mapping, event: Any) -> None:
        """The merge keys: what they name stands behind the mapping's own keys.

        ``<<`` is YAML's; ``<<<`` is Accelergy's, of one mapping, and goes on into mappings that
        both have.
        """
        if "<<" in container and "<<<" in container:
            raise self._error(event, "expected either << or <<< in a mapping")
        if "<<" in container:
            merged = container.pop("<<")
            sources = merged if isinstance(merged, Sequence) else [merged]
            for source in sources:
                if not isinstance(source, Mapping):
                    raise self._error(event, "<< expects a mapping or a list of mappings")
                self._count(len(source), event)
                for key, value in source.items():
                    container.setdefault(key, value)
        if "<<<" in container:
            source = container.pop("<<<")
            if not isinstance(source, Mapping):
                raise self._error(event, "<<< expects a mapping")
            self._merge_deep(container, source, event)

    def _merge_deep(self, container: Mapping, source: Mapping, event: Any) -> None:
        self._count(len(source), event)
        for key, value in source.items():
            own = container.setdefault(key, value)
            if own is not value and isinstance(own, Mapping) and isinstance(value, Mapping):
                # A copy: what stands there may be an alias of what stands elsewhere, too.
                united = Mapping(own.tag, own.file, own.line)
                united.update(own)
                self._merge_deep(united, value, event)
                container[key] = united

    def _error(self, event: Any, problem: str) -> InputError:
        return InputError(f"line {event.start_mark.line + 1}: {problem}", file=self._file)


def _key(value: Any) -> str:
    """Keys are text; ``true`` as a key is the word that was written."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(cast(object, value))
