"""YAML text to plain trees, safely.

Timeloop reads YAML 1.2 (``1e-9`` is a number, ``no`` is a word) with tags on architecture nodes.
The reader builds dictionaries, lists and scalars from the parser's events and nothing else: no
tag names a Python object, no key is given twice, and a document cannot be larger, deeper or, by
aliases of aliases, wider than the bounds below. Every container knows its file and line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Sequence as Sequence_
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from loas_tl.ground.errors import InputError
from loas_tl.ground.raised import as_input_error

MAX_BYTES = 8 * 2**20
MAX_DEPTH = 64
MAX_NODES = 400_000
"""Values in a document, each alias counted with all it stands for."""
MAX_DIGITS = 40
"""Digits of a number; more is no size of hardware or of a problem."""

_STANDARD = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(_STANDARD + word for word in ("int", "float", "bool", "null", "map", "seq"))

_TAGGED: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}

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


Place = tuple[str, int]
"""A file, and a line in it."""


class Mapping(dict[str, Any]):
    """A YAML mapping with its tag (``!Component`` and the like), file and line.

    ``places`` has the file and line of each key, which may come from elsewhere (``<<``), ``spelt``
    a key as the file has it where that is another.
    """

    __slots__ = ("file", "line", "places", "spelt", "tag")

    def __init__(self, tag: str | None, file: str, line: int) -> None:
        super().__init__()
        self.tag = tag
        self.file = file
        self.line = line
        self.places: dict[str, Place] = {}
        self.spelt: dict[str, str] = {}

    def copy(self) -> Mapping:
        """The same keys and values, to be changed."""
        copy = Mapping(self.tag, self.file, self.line)
        copy.update(self)
        copy.places.update(self.places)
        return copy

    def take(self, key: str, other: Mapping) -> None:
        """Take over a key of another mapping, with its place.

        Args:
            key: the key.
            other: that has it.
        """
        self[key] = other[key]
        if key in other.places:
            self.places[key] = other.places[key]


class Sequence(list[Any]):
    """A YAML sequence with its tag, file and line."""

    __slots__ = ("file", "line", "tag")

    def __init__(self, tag: str | None, file: str, line: int) -> None:
        super().__init__()
        self.tag = tag
        self.file = file
        self.line = line


@dataclass(frozen=True)
class Part:
    """A tree to be put into another: what it is, how many values it has and how deep it is."""

    value: Any
    nodes: int
    depth: int


Includes = Callable[[str, str, Place], Part]
"""What a scalar with the tag of an include stands for: tag, text and place."""

NO_MERGE = "!nomerge"
"""Tag of a mapping or a list that ``<<<`` leaves as it is."""
INCLUDE_TAGS = ("!include_loaded", "!include", "!includedir")
TEMPLATE_MARKS = ("{{", "{%", "{#")
"""A file with none of these is no template."""


def error_at(place: Place, problem: str, key: str | None = None) -> InputError:
    """The error of a place in a file."""
    return InputError(problem, file=f"{place[0]}: line {place[1]}", key=key)


def read_file(path: Path, *, name: str | None = None) -> str:
    """The text of one file.

    Args:
        path: the file.
        name: of it in messages.

    Raises:
        InputError: The file cannot be read, or is no UTF-8.
    """
    name = name or str(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise as_input_error(error, file=name) from error
    if len(data) > MAX_BYTES:
        raise InputError(f"larger than {MAX_BYTES >> 20} MiB", file=name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"expected UTF-8 text ({error.reason})", file=name) from error


def read_text(text: str, *, file: str = "<text>") -> Any:
    """The tree of one document.

    Raises:
        InputError: It is no YAML this reader takes; the message has the line.
    """
    return read_part(text, file=file).value


def read_part(
    text: str,
    *,
    file: str,
    places: Sequence_[Place] | None = None,
    includes: Includes | None = None,
) -> Part:
    """The tree of one document, to be put into others.

    Args:
        text: the document.
        file: its name.
        places: where each line comes from, if the text is not the file's.
        includes: what its includes stand for; without it, they are refused.

    Raises:
        InputError: As :func:`read_text`.
    """
    composer = _Composer(file, places, includes)
    try:
        return composer.compose(str.__str__(text))  # the C parser takes no kind of str
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        if places is None and any(each in text for each in TEMPLATE_MARKS):
            problem += "; it looks like a Jinja template, which is taken from a file"
        if mark is None:
            raise InputError(f"not YAML: {problem}", file=file) from error
        file, line = composer.place(mark.line)
        raise InputError(f"line {line}: not YAML: {problem}", file=file) from error


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

    def __init__(
        self, file: str, places: Sequence_[Place] | None, includes: Includes | None
    ) -> None:
        self._file = file
        self._places = places
        self._includes = includes
        # What an anchor stands for: the value, its nodes, and how deep it is nested.
        self._anchors: dict[str, tuple[Any, int, int]] = {}
        self._nodes = 0

    def place(self, line: int) -> Place:
        """Where a line comes from, which is counted from 0."""
        if not self._places:
            return self._file, line + 1
        return self._places[min(line, len(self._places) - 1)]

    def compose(self, text: str) -> Part:
        root: list[Any] = []
        deepest = 0
        documents = 0
        # Open containers: [container, pending key or None, node count at its start, anchor, depth].
        stack: list[list[Any]] = []
        event: Any
        for event in yaml.parse(text, Loader=_Loader):
            kind = type(event)
            if kind is yaml.ScalarEvent and event.tag in INCLUDE_TAGS:
                part = self._included(event)
                self._count(part.nodes, event)
                if event.anchor:
                    self._anchors[event.anchor] = (part.value, part.nodes, part.depth)
                deepest = self._put(stack, root, part.value, part.depth, event, deepest)
            elif kind is yaml.ScalarEvent:
                value = self._scalar(event)
                self._count(1, event)
                if event.anchor:
                    self._anchors[event.anchor] = (value, 1, 0)
                self._add(stack, root, value, event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if len(stack) >= MAX_DEPTH:
                    raise self._error(event, f"nested more than {MAX_DEPTH} deep")
                make: Any = Mapping if kind is yaml.MappingStartEvent else Sequence
                container = make(self._tag(event, event.tag), *self.place(event.start_mark.line))
                self._count(1, event)
                stack.append([container, None, self._nodes - 1, event.anchor, 1])
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                container, _, start, anchor, depth = stack.pop()
                if anchor:
                    self._anchors[anchor] = (container, self._nodes - start, depth)
                if isinstance(container, Mapping):
                    self._merge(container, event)
                deepest = self._put(stack, root, container, depth, event, deepest)
            elif kind is yaml.AliasEvent:
                if event.anchor not in self._anchors:
                    raise self._error(event, f"unknown or recursive alias *{event.anchor}")
                value, size, depth = self._anchors[event.anchor]
                self._count(size, event)
                deepest = self._put(stack, root, value, depth, event, deepest)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise self._error(event, "expected one document")
        return Part(root[0] if root else None, self._nodes, deepest)

    def _put(
        self, stack: list[list[Any]], root: list[Any], value: Any, depth: int, event: Any, most: int
    ) -> int:
        """Adds a value that may have others in it; the depth of the deepest so far."""
        if len(stack) + depth > MAX_DEPTH:
            raise self._error(event, f"nested more than {MAX_DEPTH} deep")
        if stack:
            stack[-1][4] = max(stack[-1][4], depth + 1)
        self._add(stack, root, value, event)
        return max(most, len(stack) + depth)

    def _included(self, event: Any) -> Part:
        if self._includes is None:
            raise self._error(event, f"tag {event.tag} is for files")
        return self._includes(event.tag, event.value, self.place(event.start_mark.line))

    def _scalar(self, event: Any) -> Any:
        tag = self._tag(event, event.tag)
        if tag not in (None, "!", _STANDARD + "str"):
            raise self._error(event, f"tag {tag} on a scalar is not supported")
        if event.tag in _PLAIN_TAGS:
            return self._tagged(event)
        if event.style in ("'", '"', "|", ">") or tag is not None:
            return Quoted(event.value)
        try:
            return scalar(event.value)
        except ValueError as error:
            raise self._error(event, str(error)) from error

    def _tagged(self, event: Any) -> Any:
        """A scalar whose tag says what it is."""
        kind = event.tag[len(_STANDARD) :]
        try:
            value = scalar(event.value)
        except ValueError as error:
            raise self._error(event, str(error)) from error
        if not isinstance(value, _TAGGED.get(kind, ())) or (
            isinstance(value, bool) and kind != "bool"
        ):
            raise self._error(event, f"{event.value!r} is no !!{kind}")
        return value

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
            container.places[key] = self.place(event.start_mark.line)
        else:
            container[frame[1]] = value
            frame[1] = None

    def _merge(self, container: Mapping, event: Any) -> None:
        """The merge keys: what they name stands behind the mapping's own keys.

        ``<<`` is YAML's; ``<<<`` is Accelergy's, which goes on into mappings and lists that both
        have, unless those are tagged ``!nomerge``.
        """
        if "<<" in container and "<<<" in container:
            raise self._error(event, "expected either << or <<< in a mapping")
        for mark in ("<<", "<<<"):
            if mark not in container:
                continue
            merged = container.pop(mark)
            container.places.pop(mark, None)
            for source in merged if isinstance(merged, Sequence) else [merged]:
                if not isinstance(source, Mapping):
                    raise self._error(event, f"{mark} expects a mapping or a list of mappings")
                self._merge_in(container, source, event, deep=mark == "<<<")

    def _merge_in(self, container: Mapping, source: Mapping, event: Any, *, deep: bool) -> None:
        self._count(len(source), event)
        for key, value in source.items():
            if key not in container:
                container.take(key, source)
                continue
            own = container[key]
            if not deep or own is value or getattr(own, "tag", None) == NO_MERGE:
                continue
            if isinstance(own, Mapping) and isinstance(value, Mapping):
                # A copy: what stands there may be an alias of what stands elsewhere, too.
                united = own.copy()
                self._merge_in(united, value, event, deep=True)
                container[key] = united
            elif isinstance(own, Sequence) and isinstance(value, Sequence):
                self._count(len(value), event)
                longer = Sequence(own.tag, own.file, own.line)
                longer.extend([*own, *value])
                container[key] = longer

    def _error(self, event: Any, problem: str) -> InputError:
        file, line = self.place(event.start_mark.line)
        return InputError(f"line {line}: {problem}", file=file)


def _key(value: Any) -> str:
    """Keys are text; ``true`` as a key is the word that was written."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(cast(object, value))
