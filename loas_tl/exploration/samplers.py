"""Which points of a space are looked at.

A sampler is a generator: it gives candidates a batch at a time and is sent what came of them. What
it gives depends on that and on its seed alone, never on how many processes there are.
"""

from __future__ import annotations

import random
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Literal, get_args

from loas_tl.designs.parameter import Value
from loas_tl.exploration.ranges import Axis
from loas_tl.exploration.space import Candidate, Dimensions
from loas_tl.ground.errors import InputError

SamplerName = Literal["grid", "random", "nsga2", "tpe"]
SAMPLERS: tuple[SamplerName, ...] = get_args(SamplerName)

MOST_POINTS = 1_000_000
POINTS = 100
"""Of a random or guided sampler, where none were asked for."""


@dataclass(frozen=True)
class Score:
    """What came of a candidate.

    Attributes:
        values: its objectives; None where it failed.
        excess: by how much it misses each constraint; above 0 where it does.
    """

    values: tuple[float, ...] | None
    excess: tuple[float, ...] = ()


Sampler = Generator[list[Candidate], list[Score], None]


def check_points(points: int | None) -> None:
    """Refuse a number of points that cannot be (InputError)."""
    if points is None:
        return
    if not isinstance(points, Integral) or isinstance(points, bool):
        raise InputError(f"is {points!r}; expected a whole number", key="--points")
    if not 1 <= points <= MOST_POINTS:
        raise InputError(f"is {points:,}; expected 1 to {MOST_POINTS:,}", key="--points")


def grid(space: Sequence[Dimensions], points: int | None, seed: int) -> Sampler:
    """Every point, the last key fastest; with fewer ``points``, that many of them by chance.

    Raises:
        InputError: where a key takes any number between two, or the grid is too large.
    """
    for one in space:
        for each in one.continuous:
            raise InputError(
                f"takes any number from {each.low:g} to {each.high:g}; a grid needs a step "
                f"({each.low:g}..{each.high:g}:STEP), or --sampler random",
                key=f"--vary {each.key}",
            )
    total = sum(one.size for one in space)
    if points is None and total > MOST_POINTS:
        raise InputError(
            f"a grid of {total:,} points; expected {MOST_POINTS:,} at most, or --points N for N of "
            "them by chance",
            key="--vary",
        )
    chosen: Sequence[int] = range(total)
    if points is not None and points < total:
        chosen = sorted(_sample(total, points, random.Random(seed)))  # noqa: S311
    return _once([_at(space, index) for index in chosen])


def _once(candidates: list[Candidate]) -> Sampler:
    yield candidates


def by_chance(space: Sequence[Dimensions], points: int | None, seed: int) -> Sampler:
    """Points drawn evenly, none twice: of the grid, or of all numbers where a key takes any."""
    generator, wanted = random.Random(seed), points or POINTS  # noqa: S311
    if not any(one.continuous for one in space):
        total = sum(one.size for one in space)
        chosen = range(total) if wanted >= total else _sample(total, wanted, generator)
        return _once([_at(space, index) for index in chosen])
    batch = []
    for _ in range(wanted):
        one = generator.choice(space)
        batch.append(Candidate(one.base, {a.key: _draw(a, generator) for a in one.axes}))
    return _once(batch)


def _sample(total: int, count: int, generator: random.Random) -> list[int]:
    """So many different whole numbers below the total, which may be beyond what ranges take."""
    if total < 2**62:
        return generator.sample(range(total), count)
    found: dict[int, None] = {}
    while len(found) < count:
        found[generator.randrange(total)] = None
    return list(found)


def _at(space: Sequence[Dimensions], index: int) -> Candidate:
    for one in space:
        if index < one.size:
            return one.at(index)
        index -= one.size
    raise IndexError(index)


def _draw(one: Axis, generator: random.Random) -> Value:
    if one.continuous:
        return generator.uniform(one.low, one.high)
    return one.values[generator.randrange(len(one.values))]
