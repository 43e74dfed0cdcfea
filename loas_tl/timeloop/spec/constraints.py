"""Loop factors, permutations, keep and bypass: of a node, of ``mapping`` and of ``constraints``.

timeloopfe takes a mapping and constraints in the same form and attaches both to the nodes they
target. timeloop-model reads what a node then has as its mapping, timeloop-mapper as bounds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec.problem import Problem
from loas_tl.timeloop.spec.section import MAX_INTEGER, Section, describe

FREE = -1
"""A factor that Timeloop passes over: as if it were not written, what other levels leave."""

_FACTOR = re.compile(r"\s*([A-Za-z_]\w*)\s*(<=|>=|=)\s*(-1|\d{1,12})\s*(?:,\s*(\d{1,12}))?\s*\Z")


@dataclass(frozen=True)
class Factor:
    """``M=4``, ``M<=4`` or ``M>=4``.

    Attributes:
        dimension: its name.
        relation: ``=``, ``<=`` or ``>=``.
        bound: iterations; 0 stands for what is left of the dimension.
        residual: bound of the last iteration where the factors do not divide (``M=4,2``).
    """

    dimension: str
    relation: str
    bound: int
    residual: int | None = None

    def __str__(self) -> str:
        rest = "" if self.residual is None else f",{self.residual}"
        return f"{self.dimension}{self.relation}{self.bound}{rest}"


@dataclass(frozen=True)
class Loops:
    """Temporal or spatial loops of one node.

    Attributes:
        factors: Bounds; dimensions that are not named are free (in a mapping: 1).
        permutation: Dimensions from the innermost loop outwards, as Timeloop has it.
        no_reuse: Tensors that get no reuse from these loops.
        rmw_first_update: Tensors whose first update reads (temporal).
        no_link_transfer: Tensors that neighbours do not pass on (spatial).
        split: How many loops of the permutation lie on the X axis (spatial).
        default_max_factor, default_min_factor: Bounds of dimensions that are not named, for a
            search.
        remainders: A bound on them, which the search of this package does not take.
        maximize: Groups of dimensions that get the largest factors that fit; a specification has
            the factors in its place (:mod:`~loas_tl.timeloop.spec.maximized`).
        maximize_capacity: How many elements they must fit into, where it is not the fan-out.
    """

    factors: tuple[Factor, ...] = ()
    permutation: tuple[str, ...] = ()
    no_reuse: tuple[str, ...] = ()
    rmw_first_update: tuple[str, ...] = ()
    no_link_transfer: tuple[str, ...] = ()
    split: int | None = None
    default_max_factor: int | None = None
    default_min_factor: int | None = None
    remainders: int | None = None
    maximize: tuple[tuple[str, ...], ...] = ()
    maximize_capacity: int | None = None

    def factor(self, dimension: str) -> Factor | None:
        """The ``=`` factor of a dimension.

        Args:
            dimension: its name.

        Returns:
            The first one; None where there is none.
        """
        for factor in self.factors:
            if factor.dimension == dimension and factor.relation == "=":
                return factor
        return None


@dataclass(frozen=True)
class Storing:
    """Which tensors a node keeps; those that are not named are free.

    Attributes:
        keep: names of tensors that are stored.
        bypass: names of tensors that pass it by.
        no_coalesce: names of tensors whose updates are not merged.
    """

    keep: tuple[str, ...] = ()
    bypass: tuple[str, ...] = ()
    no_coalesce: tuple[str, ...] = ()


@dataclass(frozen=True)
class Constraints:
    """All that is said of one node.

    Attributes:
        temporal: its loops in time.
        spatial: its loops in space.
        dataspace: what it keeps.
        max_overbooked_proportion: share of tiles that may be larger than it; None where it is not
            bounded.
        min_utilization: share of it that a mapping must fill; None where it is not bounded.
    """

    temporal: Loops = Loops()
    spatial: Loops = Loops()
    dataspace: Storing = Storing()
    max_overbooked_proportion: float | None = None
    min_utilization: float | None = None


@dataclass(frozen=True)
class Directive:
    """One entry of ``mapping`` or of ``constraints.targets``.

    Attributes:
        target: name of the node.
        type: one of :data:`TYPES`.
        constraints: what is said of it.
        path: where it stands, for messages.
        file: its file.
    """

    target: str
    type: str
    constraints: Constraints
    path: str
    file: str | None


TYPES = ("temporal", "spatial", "dataspace", "max_overbooked_proportion", "utilization")
_Part = TypeVar("_Part", Loops, Storing, Constraints)


def parse_constraints(section: Section, problem: Problem) -> Constraints:
    """Reads a node's ``constraints``."""
    parts: dict[str, Any] = {}
    for kind in TYPES:
        if kind in section:
            parts |= _part(section.section(kind), kind, problem)
    section.done()
    return Constraints(**parts)


def parse_directives(sections: list[Section], problem: Problem) -> tuple[Directive, ...]:
    """Reads ``mapping`` or ``constraints.targets``."""
    directives = []
    for section in sections:
        # Timeloop's older words for the same thing.
        words = {"bypass": "dataspace", "datatype": "dataspace"}
        kind = section.choice("type", (*TYPES, *words))
        kind = words.get(kind, kind)
        target = section.name("target")
        parts = _part(section, kind, problem)
        directives.append(Directive(target, kind, Constraints(**parts), section.path, section.file))
    return tuple(directives)


def combine(
    first: Constraints, second: Constraints, *, where: str, file: str | None
) -> Constraints:
    """What two sources say of a node together.

    Raises:
        InputError: They contradict each other.
    """

    def both(one: _Part, other: _Part, key: str) -> _Part:
        values = {}
        for field in fields(one):
            a, b = getattr(one, field.name), getattr(other, field.name)
            place = f"{key}.{field.name}" if key else field.name
            if isinstance(a, Loops | Storing):
                values[field.name] = both(a, b, place)
            elif field.name == "permutation" or not isinstance(a, tuple):
                if a and b and a != b:
                    raise InputError(
                        f"{_shown(b)} contradicts {_shown(a)} given elsewhere for this node",
                        file=file,
                        key=f"{where}.{place}",
                    )
                values[field.name] = a or b
            else:
                values[field.name] = a + tuple(item for item in b if item not in a)
        return replace(one, **values)

    merged = both(first, second, "")
    _check_combined(merged, where=where, file=file)
    return merged


def _shown(value: object) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value)


def _check_combined(constraints: Constraints, *, where: str, file: str | None) -> None:
    for kind in ("temporal", "spatial"):
        seen: dict[str, Factor] = {}
        for factor in getattr(constraints, kind).factors:
            known = seen.setdefault(factor.dimension, factor)
            if known.relation == factor.relation and known != factor:
                raise InputError(
                    f"{factor} contradicts {known}", file=file, key=f"{where}.{kind}.factors"
                )
    for name in constraints.dataspace.keep:
        if name in constraints.dataspace.bypass:
            raise InputError(
                f"{name} is both kept and bypassed", file=file, key=f"{where}.dataspace"
            )


def _part(section: Section, kind: str, problem: Problem) -> dict[str, Any]:
    """The part of one kind, as :class:`Constraints`' argument."""
    section.raw("type", None)
    section.raw("target", None)
    part: Any
    if kind == "dataspace":
        part = _storing(section, problem)
    elif kind == "max_overbooked_proportion":
        part = section.number("proportion", None)
    elif kind == "utilization":
        kind = "min_utilization"
        part = section.number("min", None)
    else:
        part = _loops(section, kind, problem)
    section.done()
    return {kind: part}


def _storing(section: Section, problem: Problem) -> Storing:
    names = tuple(d.name for d in problem.data_spaces)
    keep = _tensors(section, "keep", problem)
    bypass = _tensors(section, "bypass", problem)
    if section.values.get("keep_only") is not None:
        keep = _united(keep, only := _tensors(section, "keep_only", problem))
        bypass = _united(bypass, tuple(name for name in names if name not in only))
    if section.values.get("bypass_only") is not None:
        bypass = _united(bypass, only := _tensors(section, "bypass_only", problem))
        keep = _united(keep, tuple(name for name in names if name not in only))
    section.raw("keep_only", None)
    section.raw("bypass_only", None)
    for name in keep:
        if name in bypass:
            raise section.fail("", f"{name} is both kept and bypassed")
    return Storing(keep, bypass, _tensors(section, "no_coalesce", problem))


def _united(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return first + tuple(name for name in second if name not in first)


def _tensors(section: Section, key: str, problem: Problem) -> tuple[str, ...]:
    names = section.names_of(key)
    known = tuple(d.name for d in problem.data_spaces)
    for name in names:
        if name != "*" and name not in known:
            raise section.fail(key, f"{name!r} is no data space; they are {', '.join(known)}")
    if "*" in names:
        names = tuple(n for n in names if n != "*") + known
    return tuple(dict.fromkeys(names))


def _loops(section: Section, kind: str, problem: Problem) -> Loops:
    factors = _factors(section, "factors", problem)
    given = {factor.dimension for factor in factors}
    # Macros of timeloopfe, which stand for factors.
    if section.values.get("factors_only") is not None:
        only = _factors(section, "factors_only", problem)
        factors += only
        given |= {factor.dimension for factor in only}
        factors += tuple(Factor(d, "=", 1) for d in problem.dimensions if d not in given)
    for key, wanted in (
        ("no_iteration_over_dataspaces", True),
        ("must_iterate_over_dataspaces", False),
    ):
        if section.values.get(key) is None:
            section.raw(key, None)
            continue
        names = _tensors(section, key, problem)
        touched = frozenset().union(*(problem.data_space(n).dimensions for n in names))
        factors += tuple(Factor(d, "=", 1) for d in problem.dimensions if (d in touched) == wanted)
    section.raw("factors_only", None)
    factors = tuple(dict.fromkeys(factor for factor in factors if factor.bound != FREE))
    loops = Loops(
        factors=factors,
        permutation=_permutation(section, problem),
        no_reuse=_tensors(section, "no_reuse", problem)
        or _tensors(section, "no_temporal_reuse", problem),
        default_max_factor=section.integer("default_max_factor", None, least=0),
        default_min_factor=section.integer("default_min_factor", None, least=0),
        remainders=section.integer("remainders", None, least=0),
        maximize=_groups(section, problem),
        maximize_capacity=section.integer("maximize_dims_capacity", None),
    )
    section.raw("no_temporal_reuse", None)
    if kind == "temporal":
        loops = replace(loops, rmw_first_update=_tensors(section, "rmw_first_update", problem))
    else:
        loops = replace(
            loops,
            no_link_transfer=_tensors(section, "no_link_transfer", problem),
            split=section.integer("split", None, least=0),
        )
    parts: dict[str, Any] = {kind: loops}
    _check_combined(Constraints(**parts), where=section.path, file=section.file)
    return loops


def _groups(section: Section, problem: Problem) -> tuple[tuple[str, ...], ...]:
    """``maximize_dims``: a list of dimensions, or of lists of them."""
    value = section.items("maximize_dims", None)
    lists = [isinstance(item, list) for item in value]
    if any(lists) and not all(lists):
        raise section.fail("maximize_dims", "expected dimensions or lists of them, got both")
    groups = value if all(lists) else [value]
    for name in (name for group in groups for name in group):
        if name not in problem.dimensions:
            raise section.fail(
                "maximize_dims",
                f"{describe(name)} is no dimension; they are {', '.join(problem.dimensions)}",
            )
    return tuple(tuple(str(name) for name in group) for group in groups)


def _factors(section: Section, key: str, problem: Problem) -> tuple[Factor, ...]:
    value = section.raw(key, None)
    if value is None:
        return ()
    if isinstance(value, str):
        # "M=4 N=2" and "M=4,N=2": a comma before a digit is a residual, not a separator.
        value = [word for word in re.split(r",(?!\s*\d)|\s+(?![\d=<>,])", value) if word.strip()]
    if not isinstance(value, list):
        raise section.fail(key, f"expected a list such as [M=4, K<=2], got {describe(value)}")
    factors = []
    for i, word in enumerate(value):
        word = _written(section, f"{key}[{i}]", word)
        match = _FACTOR.match(word) if isinstance(word, str) else None
        if match is None:
            raise section.fail(f"{key}[{i}]", f"expected M=4, M<=4 or M>=4, got {describe(word)}")
        dimension, relation = match[1], match[2]
        bound, residual = int(match[3]), None if match[4] is None else int(match[4])
        if dimension not in problem.dimensions:
            raise section.fail(
                f"{key}[{i}]",
                f"{dimension!r} is no dimension; they are {', '.join(problem.dimensions)}",
            )
        free = bound == FREE and relation == "=" and residual is None
        if not (free or 0 <= bound <= MAX_INTEGER) or (
            residual is not None and not 1 <= residual <= bound
        ):
            raise section.fail(
                f"{key}[{i}]", f"expected a bound up to {MAX_INTEGER}, a residual up to the bound"
            )
        factors.append(Factor(dimension, relation, bound, residual))
    return tuple(dict.fromkeys(factors))


def _written(section: Section, key: str, word: Any) -> Any:
    """A factor as text: it may be an expression, ``('M=' + str(n))``, or a list of its parts."""
    if isinstance(word, list):
        word = "".join(str(part) for part in word)
    if isinstance(word, str) and not _FACTOR.match(word):
        word = section.worded(key, word)
    return word


def _permutation(section: Section, problem: Problem) -> tuple[str, ...]:
    value = section.raw("permutation", None)
    if value is None:
        return ()
    if isinstance(value, str):
        value = [word for word in re.split(r"[,\s]+", value) if word]
        if len(value) == 1 and value[0] not in problem.dimensions:
            value = list(value[0])
    if not isinstance(value, list):
        raise section.fail("permutation", f"expected a list of dimensions, got {describe(value)}")
    words = tuple(str(word) for word in value)
    for i, word in enumerate(words):
        if word not in problem.dimensions:
            raise section.fail(
                f"permutation[{i}]",
                f"{describe(value[i])} is no dimension; they are {', '.join(problem.dimensions)}",
            )
        if words.index(word) != i:
            raise section.fail(f"permutation[{i}]", f"{word} is given twice")
    return words
