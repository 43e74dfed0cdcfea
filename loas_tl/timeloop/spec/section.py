"""A mapping of a spec, read key by key: every key is taken, or refused by name.

Errors say the file, the path of keys and what was expected there.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from typing import Any

from loas_tl.ground import yaml_tree
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec.expressions import ExpressionError, evaluate

MISSING: Any = object()
IGNORED = "ignore"
"""Any key with this word in it is passed over: timeloopfe's place for anchors."""
MAX_INTEGER = 2**31 - 1
"""Timeloop's own bound of sizes and factors (int)."""


def fail(problem: str, *, file: str | None, path: str) -> InputError:
    """The error of one place in a spec."""
    return InputError(problem, file=file, key=path or None)


def describe(value: object) -> str:
    """A value as an error message shows it: short, on one line."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    text = repr(str(value)) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def of_mappings(value: object) -> bool:
    """Whether a value is a list of mappings, or of lists of them, which stands for one mapping."""
    if not isinstance(value, list):
        return False
    pending = list(value)
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending += item
        elif not isinstance(item, dict):
            return False
    return True


def _holds_mapping(value: object) -> bool:
    """Whether a value is a mapping or a list with one in it, however deep."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            return True
        if isinstance(item, list | tuple):
            pending.extend(item)
    return False


class Section:
    """One mapping and where it stands.

    Args:
        value: What the tree holds there.
        path: Keys from the root, as in ``architecture.nodes[2].attributes``.
        names: What expressions may name.
        file: The file, where ``value`` does not know it.

    Raises:
        InputError: ``value`` is no mapping.
    """

    def __init__(
        self,
        value: object,
        path: str,
        names: dict[str, Any] | None = None,
        file: str | None = None,
    ) -> None:
        self.file = getattr(value, "file", file)
        self.path = path
        self.names = names if names is not None else {}
        if value is None:
            value = {}
        if of_mappings(value):
            value = self._together(value)
        if not isinstance(value, dict):
            raise fail(f"expected a mapping, got {describe(value)}", file=self.file, path=path)
        self.values: dict[str, Any] = value
        self._taken: set[str] = set()

    def _together(self, parts: Any) -> yaml_tree.Mapping:
        """A list of mappings as one: timeloopfe takes it for any mapping."""
        first = next((part for part in parts if isinstance(part, yaml_tree.Mapping)), None)
        whole = yaml_tree.Mapping(
            None, *((self.file or "", 1) if first is None else (first.file, first.line))
        )
        waiting = list(parts)
        while waiting:
            part = waiting.pop(0)
            if isinstance(part, list):
                waiting += part
                continue
            for key, value in part.items():
                if key not in whole or IGNORED in key:
                    whole[key] = value
                    whole.places[key] = getattr(part, "places", {}).get(key, ("", 1))
                elif whole[key] != value:
                    self.values = part
                    raise self.fail(
                        key, f"{describe(value)} contradicts {describe(whole[key])} given before it"
                    )
        return whole

    @property
    def tag(self) -> str | None:
        """The YAML tag, as ``!Component``."""
        return getattr(self.values, "tag", None)

    def at(self, key: str) -> str:
        """The path of one of this mapping's keys, as its file has them."""
        key = getattr(self.values, "spelt", {}).get(key, key)
        return f"{self.path}.{key}" if self.path else key

    def fail(self, key: str, problem: str) -> InputError:
        """The error of one of this mapping's keys, with the line of the key in its file."""
        path = self.at(key) if key else self.path
        file, line = self.file, getattr(self.values, "line", None)
        places = getattr(self.values, "places", {})
        file, line = places.get(re.split(r"[.\[]", key, maxsplit=1)[0], (file, line))
        # What a script put there stands in no line.
        where = f"{file}: line {line}" if line and file is not None else file
        return fail(problem, file=where, path=path)

    def _file_of(self, key: str) -> str | None:
        place = getattr(self.values, "places", {}).get(key)
        return self.file if place is None else place[0]

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def raw(self, key: str, default: Any = MISSING) -> Any:
        """A value as it stands in the tree."""
        self._taken.add(key)
        if key in self.values:
            return self.values[key]
        if default is MISSING:
            raise self.fail(key, "missing")
        return default

    def rest(self) -> Iterator[tuple[str, Any]]:
        """Every key not taken so far, which takes it; none that is to be ignored."""
        for key, value in list(self.values.items()):
            if key not in self._taken and IGNORED not in key:
                self._taken.add(key)
                yield key, value

    def section(self, key: str) -> Section:
        """A mapping below this one; empty where absent."""
        return Section(self.raw(key, None), self.at(key), self.names, self._file_of(key))

    def sections(self, key: str) -> list[Section]:
        """A list of mappings."""
        return [
            Section(item, f"{self.at(key)}[{i}]", self.names, self._file_of(key))
            for i, item in enumerate(self.items(key))
        ]

    def items(self, key: str, default: Any = ()) -> list[Any]:
        """A list as it stands in the tree."""
        value = self.raw(key, default)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            raise self.fail(key, f"expected a list, got {describe(value)}")
        return list(value)

    def worded(self, key: str, value: Any) -> Any:
        """A word, which is an expression only in parentheses, as timeloopfe has it."""
        is_text = isinstance(value, str) and not isinstance(value, yaml_tree.Quoted)
        if is_text and value.startswith("(") and value.endswith(")"):
            return self.evaluated(key, value)
        return value

    def scalar(self, key: str, value: Any) -> Any:
        """A scalar, evaluated where it is an expression."""
        return self.evaluated(key, value) if isinstance(value, str) else value

    def evaluated(self, key: str, value: str) -> Any:
        """The value of a string of this mapping; quoted ones and plain text are no expressions."""
        if isinstance(value, yaml_tree.Quoted):
            return str(value)
        try:
            found = evaluate(value, self.names)
        except ExpressionError as error:
            raise self.fail(key, str(error)) from error
        if _holds_mapping(found):
            raise self.fail(key, f"{describe(value)} is a part of the spec; expected a value in it")
        return found

    def text(self, key: str, default: Any = MISSING) -> Any:
        """A string."""
        value = self.raw(key, default)
        if value is default:
            return default
        value = self.worded(key, value)
        if not isinstance(value, str) or not value:
            raise self.fail(key, f"expected text, got {describe(value)}")
        return str(value)

    def name(self, key: str, default: Any = MISSING) -> Any:
        """A name. Numbers and words that YAML reads otherwise are taken as they are spelt."""
        value = self.raw(key, default)
        if value is default:
            return default
        value = self.worded(key, value)
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            raise self.fail(key, f"expected a name, got {describe(value)}")
        return str(value)

    def choice(self, key: str, choices: Collection[str], default: Any = MISSING) -> Any:
        """One of several words."""
        value = self.raw(key, default)
        if value is default:
            return default
        value = self.worded(key, value)
        if not isinstance(value, str) or value not in choices:
            raise self.fail(
                key, f"expected one of {', '.join(sorted(choices))}, got {describe(value)}"
            )
        return str(value)

    def integer(self, key: str, default: Any = MISSING, *, least: int = 1) -> Any:
        """A whole number from ``least`` to :data:`MAX_INTEGER`."""
        value = self.raw(key, default)
        if value is default:
            return default
        return self.as_integer(key, value, least=least)

    def as_integer(self, key: str, value: Any, *, least: int = 1) -> int:
        """A value of this mapping as a whole number, evaluated where it is an expression."""
        number = self.scalar(key, value)
        if isinstance(number, float) and number.is_integer():
            number = int(number)
        if isinstance(number, bool) or not isinstance(number, int):
            raise self.fail(key, f"expected a whole number, got {describe(value)}")
        if not least <= number <= MAX_INTEGER:
            raise self.fail(
                key, f"expected a number from {least} to {MAX_INTEGER}, got {describe(number)}"
            )
        return number

    def number(self, key: str, default: Any = MISSING, *, least: float = 0.0) -> Any:
        """A finite number of at least ``least``."""
        value = self.raw(key, default)
        if value is default:
            return default
        return self.as_number(key, value, least=least)

    def as_number(self, key: str, value: Any, *, least: float = 0.0) -> float:
        """A value of this mapping as a finite number."""
        number = self.scalar(key, value)
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise self.fail(key, f"expected a number, got {describe(value)}")
        if not least <= number <= 1e300:
            raise self.fail(key, f"expected a number of at least {least:g}, got {describe(number)}")
        return float(number)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.scalar(key, self.raw(key, default))
        if not isinstance(value, bool | int) or value not in (0, 1):
            raise self.fail(key, f"expected true or false, got {describe(value)}")
        return bool(value)

    def names_of(self, key: str, default: Any = ()) -> tuple[str, ...]:
        """A list of names."""
        values = self.items(key, default)
        for value in values:
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise self.fail(key, f"expected a list of names, got {describe(value)} in it")
        return tuple(str(value) for value in values)

    def version(self) -> None:
        """Takes ``version``, which must be 0.4 where given."""
        value = self.raw("version", "0.4")
        if str(value) != "0.4":
            raise self.fail("version", f"expected 0.4 (Timeloop v4), got {describe(value)}")

    def done(self, without_influence: Collection[str] = ()) -> None:
        """Refuses keys that were not taken.

        Args:
            without_influence: Timeloop's keys that change no count.
        """
        known = self._taken | set(without_influence)
        for key in self.values:
            if key in known or IGNORED in key:
                continue
            close = difflib.get_close_matches(key, known, 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise self.fail(key, f"unknown key{hint}")
