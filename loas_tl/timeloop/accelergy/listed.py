"""Put entries into lists of a YAML text, and take them out, leaving every other character alone.

Places come from the YAML parser, so keys may be quoted, lists in brackets, on lines, missing or
null. What comes out is parsed again: a text that does not hold what it should is not given back.
"""

from __future__ import annotations

from typing import Any

import yaml

from loas_tl.ground import yaml_tree

_NULLS = ("", "~", "null", "Null", "NULL")


class UneditableError(ValueError):
    """The text is written in a way that cannot be changed in place."""


def with_entry(text: str, name: str, entry: str) -> str:
    """The text with one more entry, the last, in a list of its topmost mapping.

    Raises:
        UneditableError: as its name says.
    """
    root = _root(text)
    value = _value(root, name)
    if value is None:
        changed = _with_key(text, root, name, entry)
    elif isinstance(value, yaml.SequenceNode):
        changed = _with_item(text, value, entry)
    else:
        start, end = value.start_mark.index, value.end_mark.index
        if text[start:end] not in _NULLS:
            raise UneditableError(name)
        space = "" if start < end or text[:start].endswith(" ") else " "
        changed = f"{text[:start]}{space}[{_quoted(entry)}]{text[end:]}"
    _check(text, changed, name, lambda entries: [*entries, entry])
    return changed


def without_entry(text: str, name: str, entry: str) -> str:
    """The text without the items of a list that are this entry.

    Raises:
        UneditableError: as its name says.
    """
    value = _value(_root(text), name)
    if not isinstance(value, yaml.SequenceNode):
        return text
    changed = text
    items = value.value
    for number in reversed(range(len(items))):
        item = items[number]
        if not isinstance(item, yaml.ScalarNode) or item.value != entry:
            continue
        start, end = item.start_mark.index, item.end_mark.index
        if not value.flow_style:
            start = changed.rfind("\n", 0, start) + 1
            end = changed.find("\n", end) + 1 or len(changed)
        elif number:
            start = items[number - 1].end_mark.index
        elif len(items) > 1:
            end = items[1].start_mark.index
        changed = changed[:start] + changed[end:]
    _check(text, changed, name, lambda entries: [one for one in entries if one != entry])
    return changed


def _root(text: str) -> yaml.MappingNode:
    try:
        root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:  # the reader of everything else is libyaml, and takes more
        raise UneditableError("is no YAML that can be edited") from error
    if not isinstance(root, yaml.MappingNode):
        raise UneditableError("is no mapping")
    return root


def _value(root: yaml.MappingNode, name: str) -> Any:
    return next((value for key, value in root.value if key.value == name), None)


def _with_key(text: str, root: yaml.MappingNode, name: str, entry: str) -> str:
    if root.flow_style:
        if not root.value:
            raise UneditableError(name)
        at = root.value[-1][1].end_mark.index
        return f"{text[:at]}, {name}: [{_quoted(entry)}]{text[at:]}"
    indent = " " * root.start_mark.column
    end = _line_end(text)
    gap = "" if not text or text.endswith("\n") else end
    return f"{text}{gap}{indent}{name}:{end}{indent}  - {_quoted(entry)}{end}"


def _with_item(text: str, value: yaml.SequenceNode, entry: str) -> str:
    if value.flow_style:
        if value.value:
            at = value.value[-1].end_mark.index
            return f"{text[:at]}, {_quoted(entry)}{text[at:]}"
        at = value.end_mark.index - 1
        return f"{text[:at]}{_quoted(entry)}{text[at:]}"
    item = " " * value.start_mark.column + f"- {_quoted(entry)}"
    end = _line_end(text)
    at = text.find("\n", value.value[-1].end_mark.index) + 1
    return f"{text[:at]}{item}{end}{text[at:]}" if at else f"{text}{end}{item}{end}"


def _check(text: str, changed: str, name: str, expected: Any) -> None:
    """Refuse a change that does more than it should, or something else."""
    try:
        before, after = yaml_tree.read_text(text), yaml_tree.read_text(changed)
    except ValueError as error:
        raise UneditableError(name) from error
    if (after.get(name) or []) != expected(before.get(name) or []):
        raise UneditableError(name)
    if {**before, name: None} != {**after, name: None}:
        raise UneditableError(name)


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _quoted(entry: str) -> str:
    """The entry as a YAML scalar; single quotes carry any path."""
    return "'" + entry.replace("'", "''") + "'"
