"""A random sample of mutants, the same as long as the code is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from .packages import Package
from .sites import Mutation, Site, mutated, sites_of

Key = tuple[str, str, int, int, str]
"""File, line of code, column, how many alike come before it, operator."""


@dataclass(frozen=True)
class Mutant:
    """One fault.

    Attributes:
        package: whose it is.
        file: of the source, from the root of the project.
        line, column: where: from 1, from 0.
        nth: how many of the same line and column come before it in the file.
        operator: of cosmic-ray.
        occurrence: the how manieth place of the file that the operator can change.
        code: the line.
        becomes: the line, mutated.
    """

    package: str
    file: str
    line: int
    column: int
    nth: int
    operator: str
    occurrence: int
    code: str
    becomes: str

    @property
    def key(self) -> Key:
        """What tells it from others, wherever in the file its line stands."""
        return self.file, self.code, self.column, self.nth, self.operator

    @property
    def mutation(self) -> Mutation:
        """How its file is changed."""
        return Mutation(self.operator, self.occurrence)


def draw(root: Path, packages: Iterable[Package], count: int, seed: int) -> Iterator[Mutant]:
    """So many mutants of all sites of the packages, each site as likely, in random order.

    A site's place in the order is a hash of its file, its line of code and the seed: a change
    elsewhere moves no other.
    """
    places: list[tuple[str, str, str, Site]] = []
    sources: dict[str, str] = {}
    for package in packages:
        for path in sorted((root / package.folder).rglob("*.py")):
            file = path.relative_to(root).as_posix()
            sources[file] = path.read_text(encoding="utf-8")
            places += [
                (_hash(seed, file, site), package.name, file, site)
                for site in sites_of(sources[file])
            ]
    places.sort(key=lambda place: place[0])
    mutants = (
        mutant
        for order, package_name, file, site in places
        if (mutant := _one_of(order, package_name, file, site, sources[file])) is not None
    )
    return islice(mutants, count)


def _one_of(order: str, package: str, file: str, site: Site, source: str) -> Mutant | None:
    """One of the ways to change a site, if any compiles."""
    ways = list(site.mutations)
    while ways:
        way = ways.pop(int(order, 16) % len(ways))
        changed = mutated(source, way)
        if changed is not None:
            place = (package, file, site.line, site.column, site.nth)
            becomes = _first_change(source, changed)
            return Mutant(*place, way.operator, way.occurrence, site.code, becomes)
    return None


def _first_change(source: str, changed: str) -> str:
    """The first line that is another than before."""
    pairs = zip(source.splitlines(), changed.splitlines(), strict=False)
    return next((after.strip() for before, after in pairs if before != after), "")


def _hash(seed: int, file: str, site: Site) -> str:
    text = f"{seed} {file} {site.code} {site.column} {site.nth}"
    return hashlib.sha256(text.encode()).hexdigest()
