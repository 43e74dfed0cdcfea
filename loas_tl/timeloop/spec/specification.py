"""A whole Timeloop v4 specification: files to typed values.

    spec = load_spec(["arch.yaml", "problem.yaml", "mapping.yaml"])

Several files are merged as timeloopfe merges them: mappings key by key, lists that collect
things (nodes, classes, directives, targets) one behind the other, anything else must agree.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec import yaml_tree
from loas_tl.timeloop.spec.architecture import (
    Architecture,
    Node,
    attach_error,
    map_nodes,
    parse_architecture,
)
from loas_tl.timeloop.spec.constraints import Directive, combine, parse_directives
from loas_tl.timeloop.spec.problem import Problem, parse_problem
from loas_tl.timeloop.spec.section import IGNORED, Section, describe
from loas_tl.timeloop.spec.sparse import SparseOptimization, SparseTarget, parse_targets
from loas_tl.timeloop.spec.tables import EnergyTable, parse_art, parse_components, parse_ert, plain
from loas_tl.timeloop.spec.words import words

_SECTIONS = words(
    "architecture components constraints mapping mapper problem sparse_optimizations variables "
    "mapspace globals ERT ART"
)
_PARTIAL = ("components", "constraints", "mapping", "globals", "variables")
"""Sections that a key may name in part, the first that fits: the first four as timeloopfe has it,
the last as Timeloop's description of its input has it."""
_COLLECTING = ("nodes", "classes", "targets", "mapping", "tables")

DISPLAY_VARIABLES = ("TIMELOOP_HIDE_INCONSEQUENTIAL_STATS", "TIMELOOP_OUTPUT_STAT_")
"""Beginnings of environment variables that change what Timeloop prints and no count."""

MAPPER_OPTIONS = words(
    "out_prefix num_threads optimization_metric optimization_metrics search_size timeout "
    "victory_condition sync_interval log_interval log_oaves log_oaves_mappings log_stats "
    "log_suboptimal log_all_mappings live_status diagnostics penalize_consecutive_bypass_fails "
    "emit_whoop_nest max_temporal_loops_in_a_mapping algorithm filter_revisits "
    "max_permutations_per_if_visit"
)


@dataclass(frozen=True)
class Spec:
    """A specification as it was written; :meth:`attached` brings its parts together.

    Attributes:
        architecture: The nodes.
        problem: The layer.
        mapping: Entries of ``mapping``.
        constraints: Entries of ``constraints.targets``.
        sparse: Entries of ``sparse_optimizations.targets``.
        components: Classes for the energy models, plain data.
        variables: Evaluated variables.
        mapper: Options of timeloop-mapper, as given.
        mapspace: ``template`` and the like, as given.
        globals: As given.
        energies: A given ERT, pJ an action.
        areas: A given ART, um2.
        sparse_given: Whether ``sparse_optimizations`` stands in the files (Timeloop prints other
            statistics then).
        files: Where it came from.
    """

    architecture: Architecture
    problem: Problem
    mapping: tuple[Directive, ...] = ()
    constraints: tuple[Directive, ...] = ()
    sparse: tuple[SparseTarget, ...] = ()
    components: tuple[dict[str, Any], ...] = ()
    variables: dict[str, Any] | None = None
    mapper: dict[str, Any] | None = None
    mapspace: dict[str, Any] | None = None
    globals: dict[str, Any] | None = None
    energies: EnergyTable | None = None
    areas: dict[str, float] | None = None
    sparse_given: bool = False
    files: tuple[str, ...] = ()

    def attached(self) -> Architecture:
        """The architecture with directives and sparse targets attached to their nodes.

        Raises:
            InputError: A target is no node, or a directive contradicts another.
        """
        nodes = {placed.node.name: placed.node for placed in self.architecture.placed()}
        for directive in (*self.constraints, *self.mapping):
            if directive.target not in nodes:
                raise attach_error(
                    directive.target, self.architecture, directive.path, directive.file
                )
            node = nodes[directive.target]
            nodes[directive.target] = replace(
                node,
                constraints=combine(
                    node.constraints,
                    directive.constraints,
                    where=directive.path,
                    file=directive.file,
                ),
            )
        for target in self.sparse:
            if target.target not in nodes:
                raise attach_error(target.target, self.architecture, target.path, target.file)
            node = nodes[target.target]
            nodes[target.target] = replace(node, sparse=_united(node, target))
        return map_nodes(self.architecture, lambda node: nodes.get(node.name, node))


def load_spec(files: str | Path | Iterable[str | Path]) -> Spec:
    """Reads one or several files as one specification.

    Raises:
        InputError: A file cannot be read, or something in it is missing, unknown, not what it
            must be, or contradicts another file. The message names the file and the keys.
    """
    paths = [files] if isinstance(files, str | Path) else list(files)
    if not paths:
        raise InputError("expected at least one specification file")
    trees = [(str(path), yaml_tree.read_file(Path(path))) for path in paths]
    return _spec(_merge_all(trees), tuple(str(path) for path in paths))


def parse_spec(text: str, *, file: str = "<text>") -> Spec:
    """Reads a specification from text; as :func:`load_spec` otherwise."""
    return _spec(_merge_all([(file, yaml_tree.read_text(text, file=file))]), (file,))


def _merge_all(trees: list[tuple[str, Any]]) -> yaml_tree.Mapping:
    root = yaml_tree.Mapping(None, trees[0][0], 1)
    for file, tree in trees:
        if not isinstance(tree, dict):
            raise InputError(
                f"expected a mapping with architecture, problem and so on, got {describe(tree)}",
                file=file,
            )
        _refuse_v3(tree, file)
        for key, value in tree.items():
            name = _section_of(str(key), file)
            if name in root:
                root[name] = _merged(root[name], value, name, file)
            else:
                root[name] = value
    return root


def _refuse_v3(tree: dict[str, Any], file: str) -> None:
    """Says of the form of Timeloop v3 that it is; its keys alone would only seem misspelt."""
    signs = (
        ("architecture", "subtree"),
        ("architecture", "local"),
        ("problem.shape", "data-spaces"),
    )
    for place, key in signs:
        section: Any = tree
        for name in place.split("."):
            section = section.get(name) if isinstance(section, dict) else None
        if isinstance(section, dict) and key in section:
            raise InputError(
                "this is the form of Timeloop v3; expected v4's, architecture.nodes and "
                "problem.shape.data_spaces",
                file=file,
                key=f"{place}.{key}",
            )


def _section_of(key: str, file: str) -> str:
    """The section a key stands for: ``extra_mapping_constraints`` is one more ``constraints``."""
    if key in _SECTIONS or IGNORED in key:
        return key
    for section in _PARTIAL:
        if section in key:
            return section
    close = difflib.get_close_matches(key, _SECTIONS, 1)
    hint = f"did you mean {close[0]}?" if close else f"expected one of {', '.join(_SECTIONS)}"
    raise InputError(f"unknown key; {hint}", file=file, key=key)


def _merged(first: Any, second: Any, path: str, file: str) -> Any:
    if first is None or second is None or first == second:
        return second if first is None else first
    if isinstance(first, yaml_tree.Mapping) and isinstance(second, yaml_tree.Mapping):
        result = yaml_tree.Mapping(first.tag, first.file, first.line)
        result.update(first)
        for key, value in second.items():
            if key in result:
                value = _merged(result[key], value, f"{path}.{key}", file)
            result[key] = value
        return result
    lists = isinstance(first, yaml_tree.Sequence) and isinstance(second, yaml_tree.Sequence)
    if lists and path.rsplit(".", 1)[-1] in _COLLECTING:
        united = yaml_tree.Sequence(first.tag, first.file, first.line)
        united.extend([*first, *second])
        return united
    raise InputError(
        f"{describe(second)} contradicts {describe(first)} given before it", file=file, key=path
    )


def _united(node: Node, target: SparseTarget) -> SparseOptimization:
    one, other = node.sparse, target.optimization
    given = {tensor.name: tensor for tensor in one.formats}
    for tensor in other.formats:
        if given.get(tensor.name, tensor) != tensor:
            raise InputError(
                f"the format of {tensor.name} contradicts the one given elsewhere for this node",
                file=target.file,
                key=f"{target.path}.representation_format",
            )
    formats = tuple(dict.fromkeys((*one.formats, *other.formats)))
    return SparseOptimization(
        formats,
        one.actions + other.actions,
        one.compute + other.compute,
        one.unused + other.unused,
    )


def _spec(root: yaml_tree.Mapping, files: tuple[str, ...]) -> Spec:
    whole = Section(root, "", {}, root.file)
    tree = _tree(root)
    variables = _variables(whole.section("variables"), tree)
    tree["variables"] = variables
    whole.names = {"spec": tree, **variables, "variables": variables}
    for key in ("architecture", "problem"):
        if key not in whole:
            raise whole.fail(key, "missing")
    problem = parse_problem(whole.section("problem"))
    tree["problem"]["instance"] |= {**problem.sizes, **problem.coefficients}
    components = parse_components(whole.section("components"))
    architecture = parse_architecture(whole.section("architecture"), problem)
    constraints = whole.section("constraints")
    constraints.version()
    targets = parse_directives(constraints.sections("targets"), problem)
    constraints.done()
    spec = Spec(
        architecture=architecture,
        problem=problem,
        mapping=parse_directives(_mapping(whole), problem),
        constraints=targets,
        sparse=parse_targets(whole.section("sparse_optimizations"), problem),
        components=components,
        variables=variables,
        mapper=_options(whole.section("mapper"), MAPPER_OPTIONS),
        mapspace=_options(whole.section("mapspace"), ("template",)),
        globals=_globals(whole.section("globals")),
        energies=parse_ert(whole.section("ERT")),
        areas=parse_art(whole.section("ART")),
        sparse_given=root.get("sparse_optimizations") is not None
        or any(placed.node.sparse for placed in architecture.placed()),
        files=files,
    )
    whole.done()
    spec.attached()  # says what cannot be attached while the files are at hand
    return spec


def _tree(root: dict[str, Any]) -> dict[str, Any]:
    """``spec`` as expressions see it; timeloopfe adds densities to any instance."""
    problem = root.get("problem")
    instance = problem.get("instance") if isinstance(problem, dict) else None
    if not isinstance(problem, dict) or not isinstance(instance, dict):
        return dict(root)
    return {**root, "problem": {**problem, "instance": {"densities": {}, **instance}}}


def _mapping(whole: Section) -> list[Section]:
    value = whole.raw("mapping", None)
    if isinstance(value, dict):
        if "type" in value or "nodes" in value:
            raise whole.fail("mapping", "fused mappings are not supported; expected a list")
        raise whole.fail("mapping", "expected a list of directives, got a mapping")
    return whole.sections("mapping")


def _variables(section: Section, tree: dict[str, Any]) -> dict[str, Any]:
    section.version()
    values: dict[str, Any] = {}
    section.names = {"spec": tree}
    for key, raw in section.rest():
        if isinstance(raw, dict):
            inner = Section(raw, section.at(key), section.names, section.file)
            values[key] = {k: inner.scalar(k, v) for k, v in inner.rest()}
        elif isinstance(raw, list):
            values[key] = [section.scalar(key, item) for item in raw]
        else:
            values[key] = section.scalar(key, raw)
        section.names[key] = values[key]
    return values


def _options(section: Section, known: Iterable[str]) -> dict[str, Any] | None:
    section.version()
    options = {key: plain(section.raw(key)) for key in known if key in section}
    section.done()
    return options or None


def _globals(section: Section) -> dict[str, Any] | None:
    section.version()
    if section.items("expression_custom_functions", None):
        raise section.fail("expression_custom_functions", "not supported: it runs Python files")
    environment = section.section("environment_variables")
    for key in environment.values:
        environment.raw(key)
        if key.startswith("TIMELOOP_") and not key.startswith(DISPLAY_VARIABLES):
            raise environment.fail(key, "not supported: it changes what Timeloop counts")
    options = {"environment_variables": plain(environment.values)} if environment.values else {}
    plug_ins = section.names_of("accelergy_plug_ins")
    if plug_ins:
        options["accelergy_plug_ins"] = list(plug_ins)
    section.done()
    return options or None
