"""Random small nests."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from functools import cache

from loas_tl.timeloop.native import build_machine
from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.native.mapping import LevelMapping, Loop, Mapping
from loas_tl.timeloop.spec import parse_spec
from loas_tl.timeloop.spec.problem import DataSpace, Density, Problem, Term

ARCHITECTURE = """
architecture:
  version: 0.4
  nodes:
  - !Component {name: Main, class: DRAM, attributes: {datawidth: 8}}
  - !Component {name: Cache, class: storage, attributes: {datawidth: 8}}
  - !Container {name: PE, spatial: {meshX: 8, meshY: 8}}
  - !Component {name: Buffer, class: storage, attributes: {datawidth: 8}}
  - !Component {name: mac, class: mac, spatial: {meshX: 4, meshY: 4}, attributes: {datawidth: 8}}
"""
PLACEHOLDER = """
problem:
  version: 0.4
  shape:
    dimensions: [M]
    data_spaces:
    - {name: A, projection: [[[M]]]}
    - {name: B, projection: [[[M]]]}
    - {name: Z, projection: [[[M]]], read_write: true}
  instance: {M: 1}
"""


def matrix_product(sizes: dict[str, int]) -> Problem:
    """Z[M,N,T] += A[M,K,T] * B[K,N]."""
    return _problem(sizes, {"A": ["M", "K", "T"], "B": ["K", "N"], "Z": ["M", "N", "T"]})


def convolution(sizes: dict[str, int], stride: int) -> Problem:
    """Z[M,P] += A[C,stride*P+R] * B[M,C,R]."""
    problem = _problem(sizes, {"A": ["C", "P"], "B": ["M", "C", "R"], "Z": ["M", "P"]})
    window = (Term("P", "stride"), Term("R"))
    a = replace(problem.data_spaces[0], projection=((Term("C"),), window))
    return replace(
        problem, data_spaces=(a, *problem.data_spaces[1:]), coefficients={"stride": stride}
    )


def _problem(sizes: dict[str, int], tensors: dict[str, list[str]]) -> Problem:
    return Problem(
        name="",
        dimensions=tuple(sizes),
        data_spaces=tuple(
            DataSpace(name, tuple((Term(d),) for d in dims), read_write=name == "Z")
            for name, dims in tensors.items()
        ),
        sizes=sizes,
        coefficients={},
        densities=dict.fromkeys(tensors, Density()),
    )


@cache
def _machine() -> Machine:
    return build_machine(parse_spec(ARCHITECTURE + PLACEHOLDER))


def machine(problem: Problem) -> Machine:
    """Three storage levels, elements between the inner two, and more below the innermost."""
    return replace(_machine(), problem=problem)


def random_nest(seed: int) -> tuple[Machine, Mapping]:
    """A problem with a mapping; every fourth a convolution, whose loops run at most twice."""
    rng = random.Random(seed)  # noqa: S311
    window = seed % 4 == 3
    names = ["M", "C", "P", "R"] if window else ["M", "N", "K", "T"]
    levels = len(_machine().levels)
    slots = [(level, space) for level in range(levels) for space in (False, True)]
    slots = [s for s in slots if not s[1] or _machine().levels[s[0]].spatial]
    slots = [s for s in slots if s[1] or not _machine().levels[s[0]].spatial]
    below = rng.random() < 0.3
    if not below:
        slots.remove((0, True))
    factors: dict[tuple[int, bool], list[int]] = {slot: [1] * len(names) for slot in slots}
    for _ in range(rng.randint(1, 6)):
        slot, dimension = rng.choice(slots), rng.randrange(len(names))
        if not window or factors[slot][dimension] == 1:
            factors[slot][dimension] *= 2 if window else rng.choice([2, 2, 3])
    sizes = {
        name: math.prod(row[number] for row in factors.values())
        for number, name in enumerate(names)
    }
    problem = convolution(sizes, rng.randint(1, 2)) if window else matrix_product(sizes)
    return machine(problem), _mapping(rng, factors, bypass=not window and not below)


def _mapping(
    rng: random.Random, factors: dict[tuple[int, bool], list[int]], *, bypass: bool
) -> Mapping:
    levels = []
    for number, level in enumerate(_machine().levels):
        ones = [1] * len(next(iter(factors.values())))
        outermost = number == len(_machine().levels) - 1
        levels.append(
            LevelMapping(
                temporal=_loops(rng, factors.get((number, False), ones), space=False),
                spatial=_loops(rng, factors.get((number, True), ones), space=True)
                if level.spatial
                else (),
                keep=tuple(
                    not level.spatial and (outermost or not bypass or rng.random() < 0.7)
                    for _ in range(3)
                ),
            )
        )
    return Mapping(tuple(levels))


def _loops(rng: random.Random, bounds: list[int], *, space: bool) -> tuple[Loop, ...]:
    order = rng.sample(range(len(bounds)), len(bounds))
    split = rng.randint(0, len(bounds)) if space else 0
    return tuple(
        Loop(d, bounds[d], ("X" if i < split else "Y") if space else "")
        for i, d in enumerate(order)
    )


def denied(machine: Machine, mapping: Mapping, seed: int) -> Mapping:
    """The same loops, some levels being denied some reuse of some tensors."""
    rng = random.Random(seed)  # noqa: S311

    def some() -> frozenset[int]:
        return frozenset(t for t in range(3) if rng.random() < 0.4)

    return Mapping(
        tuple(
            replace(level, no_multicast=some(), no_link_transfer=some())
            if hardware.spatial
            else replace(level, no_temporal_reuse=some())
            for hardware, level in zip(machine.levels, mapping.levels, strict=True)
        )
    )
