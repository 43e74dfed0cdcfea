"""A whole Timeloop v4 specification: a tree to typed values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from loas_tl.ground import yaml_tree
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec.architecture import (
    Architecture,
    Node,
    attach_error,
    map_nodes,
    parse_architecture,
)
from loas_tl.timeloop.spec.constraints import Directive, Factor, Loops, combine, parse_directives
from loas_tl.timeloop.spec.environment import changes_counts
from loas_tl.timeloop.spec.functions import FUNCTIONS, Function
from loas_tl.timeloop.spec.maximized import maximized, without_macros
from loas_tl.timeloop.spec.problem import Problem, parse_problem
from loas_tl.timeloop.spec.section import Section
from loas_tl.timeloop.spec.sparse import SparseOptimization, SparseTarget, parse_targets
from loas_tl.timeloop.spec.tables import EnergyTable, parse_art, parse_components, parse_ert, plain
from loas_tl.timeloop.spec.words import words

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
        areas: A given ART, µm² of an instance.
        sparse_given: Whether ``sparse_optimizations`` stands in the files (Timeloop prints other
            statistics then).
        files: Where it came from.
        changes: What was changed before it was read, a line each.
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
    changes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def mapping_file(self) -> str | None:
        """The file or files with the mapping; with constraints in its place, all of them."""
        files = [directive.file for directive in self.mapping if directive.file is not None]
        return ", ".join(dict.fromkeys(files or self.files)) or None

    def runs_short(self) -> Factor | None:
        """The first factor of the mapping whose last iteration has another bound (``M=4,2``).

        Returns:
            The factor; None where all factors divide.
        """
        for directive in self.mapping:
            said = directive.constraints
            for factor in (*said.temporal.factors, *said.spatial.factors):
                if factor.residual not in (None, factor.bound):
                    return factor
        return None

    def attached(self) -> Architecture:
        """The architecture with directives and sparse targets attached to their nodes.

        Returns:
            The architecture.

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


def spec_of(
    root: yaml_tree.Mapping,
    files: Iterable[str] = (),
    functions: Mapping[str, Callable[..., Any]] | None = None,
    changes: tuple[str, ...] = (),
) -> Spec:
    """A specification out of a tree whose keys are the sections' names.

    Args:
        root: the tree.
        files: where it came from.
        functions: what expressions may call beside Python's own, by name.
        changes: what was changed in the tree before.

    Raises:
        InputError: Something in it is missing, unknown, or not what it must be. The message names
            the file, the line and the keys.
    """
    whole = Section(root, "", {}, root.file)
    own = {
        name: Function(function)
        for name, function in (functions or {}).items()
        if name not in FUNCTIONS  # which go before, in Accelergy
    }
    globals_ = _globals(whole.section("globals"), own)
    tree = _tree(root)
    variables = _variables(whole.section("variables"), {**own, "spec": tree})
    whole.names = {**own, "spec": tree, **variables, "variables": variables}
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
        variables={key: value for key, value in variables.items() if not _is_function(value)},
        mapper=_options(whole.section("mapper"), MAPPER_OPTIONS),
        mapspace=_options(whole.section("mapspace"), ("template",)),
        globals=globals_,
        energies=parse_ert(whole.section("ERT")),
        areas=parse_art(whole.section("ART")),
        sparse_given=root.get("sparse_optimizations") is not None
        or any(placed.node.sparse for placed in architecture.placed()),
        files=tuple(files),
        changes=changes,
    )
    whole.done()
    # Attaching says what cannot be attached while the files are at hand.
    loops = maximized(spec.attached(), problem)
    if not loops:
        return spec
    return replace(
        spec,
        architecture=without_macros(spec.architecture, loops),
        mapping=_without_macros(spec.mapping, loops),
        constraints=_without_macros(spec.constraints, loops),
    )


def _without_macros(
    directives: tuple[Directive, ...], loops: Mapping[str, Mapping[str, Loops]]
) -> tuple[Directive, ...]:
    """Directives of a node that has all of it now are left out."""
    return tuple(d for d in directives if d.type not in loops.get(d.target, {}))


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


def _variables(section: Section, names: dict[str, Any]) -> dict[str, Any]:
    """Each may name those before it, by itself or as ``spec.variables``."""
    section.version()
    values: dict[str, Any] = {}
    names["spec"]["variables"] = values
    section.names = names
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


def _is_function(value: object) -> bool:
    return isinstance(value, Function) or callable(value)


def _options(section: Section, known: Iterable[str]) -> dict[str, Any] | None:
    section.version()
    options = {key: plain(section.raw(key)) for key in known if key in section}
    section.done()
    return options or None


def _globals(section: Section, functions: Mapping[str, Function]) -> dict[str, Any] | None:
    section.version()
    files = section.items("expression_custom_functions", None)
    if files and not functions:
        names = ", ".join(Path(str(name)).name for name in files)
        raise section.fail(
            "expression_custom_functions",
            f"{names}: a spec does not run Python files; where you trust them, give them with "
            "--functions FILE.py, or load_spec(functions=) in Python",
        )
    environment = section.section("environment_variables")
    for key in environment.values:
        if changes_counts(key, environment.raw(key)):
            raise environment.fail(key, "not supported: it changes what Timeloop counts")
    options = {"environment_variables": plain(environment.values)} if environment.values else {}
    plug_ins = section.names_of("accelergy_plug_ins")
    if plug_ins:
        options["accelergy_plug_ins"] = list(plug_ins)
    section.done()
    return options or None


def check_spec(spec: object) -> None:
    """Refuse what is no :class:`Spec`.

    Raises:
        InputError: naming the argument.
    """
    if not isinstance(spec, Spec):
        kind = type(spec).__name__
        raise InputError(f"is of type {kind}; expected what load_spec() gives", key="spec")
