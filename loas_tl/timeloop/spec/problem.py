"""``problem``: shape, instance, data spaces with their projections, densities."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from loas_tl.timeloop.spec.section import MISSING, Section, describe

DISTRIBUTIONS = ("fixed_structured", "hypergeometric", "banded", "dense")
MAX_DIMENSIONS = 32
MAX_DATA_SPACES = 32


@dataclass(frozen=True)
class Term:
    """One summand of a projection: a dimension, or a coefficient times a dimension.

    Attributes:
        dimension: its name.
        coefficient: the name of what it is multiplied with; None for 1.
    """

    dimension: str
    coefficient: str | None = None


@dataclass(frozen=True)
class DataSpace:
    """A tensor.

    Attributes:
        name: unique in the problem.
        projection: a sum of terms for each of its ranks.
        read_write: whether it is an output.
        ranks: names of the ranks; empty where they have none.
    """

    name: str
    projection: tuple[tuple[Term, ...], ...]
    read_write: bool = False
    ranks: tuple[str, ...] = ()

    @property
    def dimensions(self) -> frozenset[str]:
        """The dimensions the tensor depends on."""
        return frozenset(term.dimension for rank in self.projection for term in rank)


@dataclass(frozen=True)
class Density:
    """How a tensor's non-zeros are spread.

    Attributes:
        distribution: One of :data:`DISTRIBUTIONS`.
        density: Share of non-zeros, from 0 to 1.
        tensor_size: Size of the whole tensor for ``hypergeometric`` where given; else it follows
            from the problem.
        band_width: For ``banded``.
    """

    distribution: str = "fixed_structured"
    density: float = 1.0
    tensor_size: int | None = None
    band_width: int | None = None


@dataclass(frozen=True)
class Problem:
    """One layer: dimensions with their sizes, tensors, densities.

    Attributes:
        name: as the specification has it.
        dimensions: names, in the order of the shape.
        data_spaces: the tensors.
        sizes: extent of each dimension.
        coefficients: of projections, by name.
        densities: of the tensors that are not dense, by name.
        unused: keys of the instance that are none of these, such as ``H`` and ``HStride`` of the
            layer files that the tutorials come with.
    """

    name: str
    dimensions: tuple[str, ...]
    data_spaces: tuple[DataSpace, ...]
    sizes: dict[str, int]
    coefficients: dict[str, int]
    densities: dict[str, Density]
    unused: tuple[str, ...] = field(default=(), compare=False)

    def data_space(self, name: str) -> DataSpace:
        """A tensor by name.

        Args:
            name: of the tensor.

        Returns:
            The tensor.

        Raises:
            KeyError: where there is none.
        """
        for data_space in self.data_spaces:
            if data_space.name == name:
                return data_space
        raise KeyError(name)


def parse_problem(section: Section) -> Problem:
    """Reads ``problem``.

    Raises:
        InputError: A key is missing, unknown or not what it must be.
    """
    section.version()
    shape = section.section("shape")
    instance = section.section("instance")
    section.done()

    shape_name = shape.name("name", "")
    dimensions = shape.names_of("dimensions", MISSING)
    _check_names(shape, "dimensions", dimensions, MAX_DIMENSIONS)
    for dimension in dimensions:
        if len(dimension) != 1:
            raise shape.fail(
                "dimensions", f"Timeloop's dimensions have names of one letter, got {dimension!r}"
            )
    coefficients: dict[str, int] = {}
    for entry in shape.sections("coefficients"):
        name = entry.name("name")
        if name in coefficients:
            raise entry.fail("name", f"coefficient {name} is given twice")
        coefficients[name] = entry.integer("default")
        entry.done()
    data_spaces = tuple(
        _data_space(entry, dimensions, coefficients) for entry in shape.sections("data_spaces")
    )
    _check_names(shape, "data_spaces", tuple(d.name for d in data_spaces), MAX_DATA_SPACES)
    if sum(d.read_write for d in data_spaces) != 1:
        raise shape.fail("data_spaces", "expected exactly one with read_write: true")
    shape.done()

    sizes = {dimension: instance.integer(dimension) for dimension in dimensions}
    coefficients = {name: instance.integer(name, value) for name, value in coefficients.items()}
    densities = _densities(instance, data_spaces)
    instance.name("name", "")
    unused = tuple(_unused(instance))
    instance.done()
    return Problem(shape_name, dimensions, data_spaces, sizes, coefficients, densities, unused)


def _unused(instance: Section) -> Iterator[str]:
    """Keys that nothing else takes. Densities by another name would be a tensor taken for dense."""
    for key, value in instance.rest():
        close = difflib.get_close_matches(key, ("densities", "commonDensity"), 1)
        if close or isinstance(value, dict):
            hint = close[0] if close else "densities"
            raise instance.fail(key, f"unknown key; did you mean {hint}?")
        yield key


def _check_names(section: Section, key: str, names: tuple[str, ...], most: int) -> None:
    if not names:
        raise section.fail(key, "expected at least one")
    if len(names) > most:
        raise section.fail(key, f"expected at most {most}, got {len(names)}")
    for name in names:
        if names.count(name) > 1:
            raise section.fail(key, f"{name!r} is given twice")


def _data_space(
    section: Section, dimensions: tuple[str, ...], coefficients: dict[str, int]
) -> DataSpace:
    name = section.name("name")
    projection = section.items("projection", MISSING)
    if projection and all(isinstance(rank, str) for rank in projection):
        # The short form: each rank is one dimension.
        projection = [[[rank]] for rank in projection]
    ranks = tuple(
        tuple(_term(section, f"projection[{i}]", term, dimensions, coefficients) for term in rank)
        for i, rank in enumerate(_lists(section, "projection", projection))
    )
    for i, rank in enumerate(ranks):
        used = [term.dimension for term in rank]
        if len(set(used)) != len(used):
            raise section.fail(f"projection[{i}]", "a dimension is used twice in one rank")
    data_space = DataSpace(
        name, ranks, section.flag("read_write", False), section.names_of("ranks")
    )
    if data_space.ranks and len(data_space.ranks) != len(ranks):
        raise section.fail("ranks", f"expected {len(ranks)} names, one for each rank")
    section.done()
    return data_space


def _lists(section: Section, key: str, values: list[Any]) -> list[list[Any]]:
    if len(values) > MAX_DIMENSIONS:
        raise section.fail(key, f"expected at most {MAX_DIMENSIONS} ranks, got {len(values)}")
    for i, value in enumerate(values):
        if not isinstance(value, list) or not value:
            raise section.fail(
                f"{key}[{i}]", f"expected a list of terms such as [[P], [R]], got {describe(value)}"
            )
        if len(value) > MAX_DIMENSIONS:
            raise section.fail(f"{key}[{i}]", f"expected at most {MAX_DIMENSIONS} terms")
    return values


def _term(
    section: Section,
    key: str,
    value: Any,
    dimensions: tuple[str, ...],
    coefficients: dict[str, int],
) -> Term:
    words = value if isinstance(value, list) else None
    if words is None or not 1 <= len(words) <= 2 or isinstance(words[0], list | dict | bool):
        raise section.fail(
            key, f"expected [dimension] or [dimension, coefficient], got {describe(value)}"
        )
    dimension = str(words[0])
    if dimension not in dimensions:
        raise section.fail(key, f"{dimension!r} is no dimension; they are {', '.join(dimensions)}")
    if len(words) == 1:
        return Term(dimension)
    coefficient = str(words[1])
    if coefficient not in coefficients:
        known = ", ".join(coefficients) or "none"
        raise section.fail(key, f"{coefficient!r} is no coefficient; they are {known}")
    return Term(dimension, coefficient)


def _densities(instance: Section, data_spaces: tuple[DataSpace, ...]) -> dict[str, Density]:
    names = [d.name for d in data_spaces]
    if "commonDensity" in instance:
        if "densities" in instance:
            raise instance.fail("densities", "expected either densities or commonDensity")
        common = _density(instance, "commonDensity")
        return dict.fromkeys(names, common)
    section = instance.section("densities")
    densities = {name: _density(section, name) for name in names if name in section}
    section.done()
    return {name: densities.get(name, Density()) for name in names}


def _density(section: Section, key: str) -> Density:
    value = section.raw(key)
    if not isinstance(value, dict):
        number = section.as_number(key, value)
        if number > 1:
            raise section.fail(key, f"expected a density from 0 to 1, got {number:g}")
        return Density(density=number)
    entry = Section(value, section.at(key), section.names, section.file)
    distribution = entry.choice("distribution", (*DISTRIBUTIONS, "fixed-structured"))
    distribution = distribution.replace("-", "_")
    density = entry.number("density", 1.0 if distribution == "dense" else MISSING)
    if density > 1:
        raise entry.fail("density", f"expected a density from 0 to 1, got {density:g}")
    if distribution == "dense" and density != 1:
        raise entry.fail("density", f"a dense tensor has density 1, got {density:g}")
    tensor_size = band_width = None
    if distribution == "hypergeometric":
        tensor_size = entry.integer("workload_tensor_size", None, least=0) or None
    if distribution == "banded":
        band_width = entry.integer("band_width", 0, least=0)
    entry.done(("workload_tensor_size", "band_width"))
    return Density(distribution, density, tensor_size, band_width)
