"""Files to one specification.

    spec = load_spec(["arch.yaml", "problem.yaml", "mapping.yaml"])
    spec = load_spec("top.yaml.jinja2", data={"architecture": "eyeriss_like"}, include=["layers"])

Every file may be a Jinja template that includes others, as for timeloopfe. Several files are merged
as timeloopfe merges them: mappings key by key, lists that collect things (nodes, classes,
directives, targets) one behind the other, anything else must agree.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loas_tl.ground import yaml_tree
from loas_tl.ground.errors import InputError
from loas_tl.ground.given import paths_of
from loas_tl.timeloop.spec import v3
from loas_tl.timeloop.spec.section import IGNORED, Section, describe, of_mappings
from loas_tl.timeloop.spec.specification import Spec, spec_of
from loas_tl.timeloop.spec.words import words

SECTIONS = words(
    "architecture components constraints mapping mapper problem sparse_optimizations variables "
    "mapspace globals ERT ART"
)
_PARTIAL = ("components", "constraints", "mapping", "globals", "variables")
"""Sections that a key may name in part, the first that fits: the first four as timeloopfe has it,
the last as Timeloop's description of its input has it."""
_COLLECTING = ("nodes", "classes", "targets", "mapping", "tables")

Files = str | Path | Iterable[str | Path]


@dataclass(frozen=True)
class Loaded:
    """The files of a specification, read and merged.

    Attributes:
        tree: sections by name.
        files: as given.
        filled_in: whether a file was a template or included others.
        unused: data that no template has named.
        changes: that make v4 of the form of v3.
    """

    tree: yaml_tree.Mapping
    files: tuple[str, ...]
    filled_in: bool = False
    unused: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    def spec(self, functions: Mapping[str, Callable[..., Any]] | None = None) -> Spec:
        """The typed specification.

        Args:
            functions: as for :func:`load_spec`.

        Returns:
            The specification.

        Raises:
            InputError: as :func:`load_spec`.
        """
        return spec_of(self.tree, self.files, functions, self.changes)


def load_spec(
    files: Files,
    *,
    data: Mapping[str, Any] | None = None,
    include: Iterable[str | Path] = (),
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> Spec:
    """Reads one or several files as one specification.

    Args:
        files: YAML, or Jinja templates of it; one that is named twice is read once.
        data: what templates take from outside, as timeloopfe's ``jinja_parse_data``.
        include: folders that templates may look into, beside those of the files.
        functions: what expressions may call beside Python's own, by name: what timeloopfe would
            take from the files of ``globals.expression_custom_functions``.

    Returns:
        The specification.

    Raises:
        InputError: A file cannot be read or filled in, or something in it is missing, unknown, not
            what it must be, or contradicts another file. The message names the file, what includes
            it, the line and the keys.

    >>> import loas_tl
    >>> from pathlib import Path
    >>> layer = loas_tl.generate_network("V-L8").layers[0]
    >>> rendered = loas_tl.design("LoAS").spec(layer)
    >>> _ = Path("loas.yaml").write_text(rendered.model_spec)
    >>> spec = loas_tl.spec.load_spec("loas.yaml")
    >>> spec.problem.sizes, [space.name for space in spec.problem.data_spaces]
    ({'T': 4, 'M': 16, 'N': 512, 'K': 2304}, ['P', 'W', 'O'])
    """
    return load(files, data=data, include=include).spec(functions)


def load(
    files: Files, *, data: Mapping[str, Any] | None = None, include: Iterable[str | Path] = ()
) -> Loaded:
    """Reads one or several files as one tree, to be looked at or changed before it is a spec.

    Strings that were quoted are :class:`~loas_tl.ground.yaml_tree.Quoted`; others may be
    expressions.

    Args:
        files: as of :func:`load_spec`.
        data: likewise.
        include: likewise.

    Returns:
        The tree, its files, and what templates did not use.

    Raises:
        InputError: as :func:`load_spec`, where files cannot be read, filled in or merged.
    """
    paths = paths_of(files, "files")
    if not paths:
        raise InputError("expected at least one specification file")
    paths = list({path.resolve(): path for path in reversed(paths)}.values())[::-1]
    if data is None and not include:
        # Files without templates, which are most, do without Jinja.
        plain = _plain_trees(paths)
        if plain is not None:
            return _loaded(plain, paths)
    from loas_tl.timeloop.spec.top.sources import Sources

    sources = Sources(paths, data, [Path(folder) for folder in include])
    trees = [(str(path), sources.tree(path)) for path in paths]
    return _loaded(trees, paths, sources.filled_in, sources.unused())


def parse_spec(text: str, *, file: str = "<text>") -> Spec:
    """Reads a specification from text, which is no template.

    Args:
        text: YAML.
        file: what messages call it.

    Returns:
        The specification.

    Raises:
        InputError: as :func:`load_spec`.
    """
    if not isinstance(text, str):
        raise InputError(f"is of type {type(text).__name__}; expected YAML, as text", key="text")
    return _loaded([(file, yaml_tree.read_text(text, file=file))], [file]).spec()


def _loaded(
    trees: list[tuple[str, Any]],
    files: Iterable[object],
    filled_in: bool = False,
    unused: tuple[str, ...] = (),
) -> Loaded:
    root = merged(trees)
    changes: tuple[str, ...] = ()
    if v3.is_v3(root):
        root, changes = v3.converted(root)
    return Loaded(root, tuple(map(str, files)), filled_in, unused, changes)


def merged(trees: Iterable[tuple[str, Any]]) -> yaml_tree.Mapping:
    """Trees of several files as one, their keys as the sections that they stand for.

    Args:
        trees: each with its file.

    Returns:
        A tree of the sections.

    Raises:
        InputError: One is no mapping, has an unknown key, or contradicts another.
    """
    root: yaml_tree.Mapping | None = None
    for file, tree in trees:
        if not isinstance(tree, yaml_tree.Mapping):
            raise InputError(
                f"expected a mapping with architecture, problem and so on, got {describe(tree)}",
                file=file,
            )
        if root is None:
            root = yaml_tree.Mapping(None, tree.file, 1)
        for key, value in tree.items():
            place = tree.places.get(key, (file, 1))
            name = _section_of(key, place)
            if name in SECTIONS and name != "mapping" and of_mappings(value):
                value = Section(value, key, file=file).values  # a list of mappings is one
            if name in root:
                root[name] = _united(root[name], value, name, place)
                root.spelt.pop(name, None)
            else:
                root[name] = value
                root.spelt |= {} if name == key else {name: key}
            root.places.setdefault(name, place)
    if root is None:
        raise InputError("expected at least one specification file")
    return root


def _plain_trees(paths: list[Path]) -> list[tuple[str, Any]] | None:
    trees = []
    for path in paths:
        text = yaml_tree.read_file(path)
        if any(mark in text for mark in (*yaml_tree.TEMPLATE_MARKS, *yaml_tree.INCLUDE_TAGS)):
            return None
        trees.append((str(path), yaml_tree.read_text(text, file=str(path))))
    return trees


def _section_of(key: str, place: yaml_tree.Place) -> str:
    """The section a key stands for: ``extra_mapping_constraints`` is one more ``constraints``."""
    if key in SECTIONS or IGNORED in key:
        return key
    for section in _PARTIAL:
        if section in key:
            return section
    close = difflib.get_close_matches(key, SECTIONS, 1)
    hint = f"did you mean {close[0]}?" if close else f"expected one of {', '.join(SECTIONS)}"
    raise yaml_tree.error_at(place, f"unknown key; {hint}", key)


def _united(first: Any, second: Any, path: str, place: yaml_tree.Place) -> Any:
    if first is None or second is None or first == second:
        return second if first is None else first
    if isinstance(first, yaml_tree.Mapping) and isinstance(second, yaml_tree.Mapping):
        result = first.copy()
        for key, value in second.items():
            if key in result:
                there = second.places.get(key, place)
                result[key] = _united(result[key], value, f"{path}.{key}", there)
            else:
                result.take(key, second)
        return result
    lists = isinstance(first, yaml_tree.Sequence) and isinstance(second, yaml_tree.Sequence)
    if lists and path.rsplit(".", 1)[-1] in _COLLECTING:
        united = yaml_tree.Sequence(first.tag, first.file, first.line)
        united.extend([*first, *second])
        return united
    raise yaml_tree.error_at(
        place, f"{describe(second)} contradicts {describe(first)} given before it", path
    )
