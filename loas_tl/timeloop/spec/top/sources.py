"""The files of a specification, with all that they include, to trees.

The functions are those of Accelergy's reader, which timeloopfe calls for every file.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from loas_tl.ground import yaml_tree
from loas_tl.ground.errors import InputError
from loas_tl.ground.raised import as_input_error
from loas_tl.ground.yaml_tree import Part, Place
from loas_tl.timeloop.spec.section import describe
from loas_tl.timeloop.spec.top.budget import Budget
from loas_tl.timeloop.spec.top.data import plain_data
from loas_tl.timeloop.spec.top.filling import Text, fill_in, line_now
from loas_tl.timeloop.spec.top.folders import Folders
from loas_tl.timeloop.spec.top.sandbox import Sandbox

Names = str | list[str]


class Sources:
    """Reads the files of one specification.

    Args:
        given: the files.
        data: what their templates take from outside.
        include: further folders that templates may look into.

    Raises:
        InputError: from :meth:`tree` too: a file cannot be read or filled in, or is no YAML; the
            message says where, and what includes the file.
    """

    def __init__(
        self,
        given: Iterable[Path],
        data: Mapping[str, Any] | None = None,
        include: Iterable[Path] = (),
    ) -> None:
        self._budget = Budget()
        given = list(given)
        include = list(include)
        for folder in include:
            if not folder.is_dir():
                raise InputError("is no folder; expected one", file=folder, key="--include")
        self._folders = Folders(given, include, self._budget)
        self._data = plain_data(data)
        self._parts: dict[tuple[Path, tuple[Path, ...]], Part] = {}
        self._shown = {path.resolve(): str(path) for path in given}
        self._names: set[str] = set()
        self.filled_in = False
        """Whether any file was a template, or included others."""

    def tree(self, path: Path) -> Any:
        """The tree of one of the given files."""
        return _Reading(self, path.resolve(), str(path), "", [], ()).part().value

    def unused(self) -> tuple[str, ...]:
        """Data that no template has named."""
        return tuple(name for name in self._data if name not in self._names)


class _Reading:
    """One file as it is read: its name, its folders, and what it has included."""

    def __init__(
        self,
        sources: Sources,
        path: Path,
        name: str,
        chain: str,
        folders: list[Path],
        above: tuple[Path, ...],
    ) -> None:
        self._sources = sources
        self._path = path
        self._short = name
        self._chain = chain
        self._name = name + chain
        self._folders = list(folders)
        self._above = above
        self._loaded: dict[str, Part] = {}

    def part(self) -> Part:
        text = self.text()
        places = text.places if isinstance(text, Text) else None
        return yaml_tree.read_part(text, file=self._name, places=places, includes=self._resolve)

    def text(self) -> str:
        self._sources._budget.file(len(self._above))
        source = yaml_tree.read_file(self._path, name=self._name)
        if not any(mark in source for mark in yaml_tree.TEMPLATE_MARKS):
            return source
        self._sources.filled_in = True
        functions = {
            "include": self._include_one,
            "include_all": self._include_all,
            "include_text": self._include_text,
            "add_to_path": self._add_to_path,
            "cwd": lambda: str(self._path.parent),
            "path_exists": lambda name: bool(self._find(name)),
            "find_path": lambda name: str(self._found(name)[0]),
            "find_paths": lambda name: [str(path) for path in self._found(name)],
            "setenv": self._setenv,
        }
        sandbox = Sandbox(self._sources._budget, functions, self._template)
        try:
            return fill_in(sandbox, source, self._name, self._sources._data)
        finally:
            self._sources._names |= sandbox.names

    # What templates call.

    def _include_one(self, name: Names, indices: str = "") -> str:
        found = self._found(name)
        if len(found) > 1:
            raise ValueError(
                f"{len(found)} files are called {describe(name)}; include_all takes several"
            )
        return self._include(found, indices)

    def _include_all(self, name: Names, indices: str = "") -> str:
        return self._include(self._found(name), indices)

    def _include(self, found: list[Path], indices: str) -> str:
        place = self._place()
        parts = [_at(self._other(path, place), indices, path) for path in found]
        if len(parts) == 1:
            part = parts[0]
        else:
            several = yaml_tree.Sequence(None, *place)
            several.extend(part.value for part in parts)
            part = Part(
                several, sum(part.nodes for part in parts) + 1, max(p.depth for p in parts) + 1
            )
        name = f"_{len(self._loaded)}"
        self._loaded[name] = part
        return f"!include_loaded {name}"

    def _include_text(self, name: Names) -> str:
        place = self._place()
        texts: list[str] = []
        places: list[Place] = []
        for path in self._found(name):
            reading = self._reading(path, place)
            text = reading.text()
            texts.append(text)
            places += (
                text.places
                if isinstance(text, Text)
                else [(reading._name, number + 1) for number in range(text.count("\n") + 1)]
            )
        return Text.of("\n".join(texts), places)

    def _add_to_path(self, name: Names) -> str:
        self._folders += self._found(name)
        return ""

    def _setenv(self, key: Any, _value: Any) -> str:
        raise ValueError(
            f"setenv({describe(key)}, ...) would change the environment of this process; give "
            "globals.environment_variables"
        )

    # Finding and reading others.

    def _find(self, name: Names) -> list[Path]:
        names = name if isinstance(name, list | tuple) else [name]
        found: dict[Path, None] = {}
        for each in names:
            if not isinstance(each, str):
                raise TypeError(f"expected the name of a file, got {describe(each)}")
            found |= dict.fromkeys(
                self._sources._folders.find(each, self._path.parent, self._folders)
            )
        return list(found)

    def _found(self, name: Names) -> list[Path]:
        found = self._find(name)
        if not found:
            folders = ", ".join(str(folder) for folder in (self._path.parent, *self._folders))
            raise ValueError(f"there is no {describe(name)} in {folders}")
        return found

    def _other(self, path: Path, place: Place) -> Part:
        self._sources.filled_in = True
        key = (path, tuple(self._folders))
        known = self._sources._parts
        if key not in known:
            known[key] = self._reading(path, place).part()
        return known[key]

    def _reading(self, path: Path, place: Place) -> _Reading:
        name = self._sources._shown.get(path)
        if name is None:
            relative = os.path.relpath(path)
            name = str(path) if relative.startswith("..") else relative
        chain = f", included by {self._short} line {place[1]}{self._chain}"
        _refuse_devices(path, name + chain)
        above = (*self._above, self._path)
        if path in above:
            raise yaml_tree.error_at(place, f"{path.name} would include itself")
        return _Reading(self._sources, path, name, chain, self._folders, above)

    def _place(self) -> Place:
        return self._name, line_now() or 1

    def _template(self, name: str) -> tuple[str, str, Any] | None:
        """Jinja's own includes, imports and parents: beside the file."""
        found = [path for path in self._find(name) if path.is_file()]
        if not found:
            return None
        _refuse_devices(found[0], name)
        self._sources._budget.file(len(self._above))
        return yaml_tree.read_file(found[0], name=name), name, None

    # What is left for the YAML reader.

    def _resolve(self, tag: str, text: str, place: Place) -> Part:
        if tag == "!include_loaded":
            name = text.strip()
            if name not in self._loaded:
                raise InputError(
                    f"line {place[1]}: !include_loaded stands for what include(...) leaves; "
                    "expected that",
                    file=place[0],
                )
            return self._loaded[name]
        name = text.strip().rstrip(",")
        pattern = f"{name}/*.yaml" if tag == "!includedir" else name
        try:
            found = self._sources._folders.find(pattern, self._path.parent, [])
            if not found and tag == "!include":
                raise ValueError(f"there is no {describe(name)} in {self._path.parent}")
        except ValueError as error:
            raise InputError(f"line {place[1]}: {error}", file=place[0]) from error
        parts = [self._other(path, place) for path in found]
        if tag == "!include":
            return parts[0]
        several = yaml_tree.Sequence(None, *place)
        several.extend(part.value for part in parts)
        return Part(
            several,
            sum(part.nodes for part in parts) + 1,
            max((part.depth for part in parts), default=0) + 1,
        )


def _refuse_devices(path: Path, name: str) -> None:
    """Reading a pipe or a device could go on for ever."""
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
    except OSError as error:
        raise as_input_error(error, file=name) from error
    if not regular:
        raise InputError("is no file", file=name)


def _at(part: Part, indices: str, path: Path) -> Part:
    """A part of a file: ``architecture.nodes``."""
    value = part.value
    for key in re.split(r"\.", indices.strip(".")) if indices.strip(".") else ():
        if not isinstance(value, dict) or key not in value:
            keys = ", ".join(value) if isinstance(value, dict) else describe(value)
            raise ValueError(f"{path.name} has no {indices!r}: {key!r} is not in {keys}")
        value = value[key]
    return Part(value, part.nodes, part.depth)
