"""``maximize_dims``, against timeloopfe's way written down plainly."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec import parse_spec, write_spec
from loas_tl.timeloop.spec.constraints import Factor
from loas_tl.timeloop.spec.maximized import largest_product

SPEC = """
architecture:
  version: 0.4
  nodes:
  - !Component
    name: DRAM
    class: DRAM
    attributes: {datawidth: 8, width: 64}
  - !Component
    name: buffer
    class: SRAM
    attributes: {datawidth: 8, width: 8, depth: 512}
    constraints: {temporal: {maximize_dims: [[P], [M, C]], maximize_dims_capacity: 12}}
  - !Container
    name: PE
    spatial: {meshX: 8}
    constraints:
      spatial:
        permutation: [N, P, M, C]
        factors: [N=1]
        maximize_dims: [[M, C]]
        split: len(spec.problem.instance)
  - !Component
    name: mac
    class: intmac
problem:
  version: 0.4
  shape:
    dimensions: [N, P, M, C]
    data_spaces:
    - {name: I, projection: [[[N]], [[P]], [[C]]]}
    - {name: W, projection: [[[M]], [[C]]]}
    - {name: O, projection: [[[N]], [[P]], [[M]]], read_write: true}
  instance: {N: 4, P: 9, M: 6, C: 10}
"""


def plain(sizes: dict[str, int], capacity: int) -> tuple[list[tuple[str, int]], float]:
    """One prime factor after the other, in every order."""
    best: list[tuple[str, int]] = []
    most: float = 1
    if capacity <= 1:
        return best, most
    for name, size in sizes.items():
        if size > capacity:
            steps = math.ceil(size / capacity)
            share = math.ceil(size / steps)
            used = (share * (steps - 1) + size % share) / steps
            if used > most:
                best, most = [(name, share)], used
        for prime in {
            p for p in range(2, size + 1) if size % p == 0 and all(p % q for q in range(2, p))
        }:
            if prime <= capacity:
                rest, used = plain({**sizes, name: size // prime}, capacity // prime)
                if used * prime > most:
                    best, most = [(name, prime), *rest], used * prime
    return best, most


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=3), st.integers(1, 24))
def test_the_largest_product_is_that_of_trying_all(sizes: list[int], capacity: int) -> None:
    named = dict(zip("ABC", sizes, strict=False))
    factors = dict.fromkeys(named, 1)
    for name, share in plain(named, capacity)[0]:
        factors[name] *= share
    assert largest_product(named, capacity) == factors


def test_factors_stand_in_the_place_of_the_macro() -> None:
    spec = parse_spec(SPEC)
    # In space 8 of M and C: M 2 leaves 4, and C takes 10 in three steps of 4, 4 and 2, which are
    # 3.33 on average: 6.67, more than M 6 or M 3 C 2.
    assert spec.architecture.node("PE").constraints.spatial.factors == (
        Factor("N", "=", 1),
        Factor("M", "=", 2),
        Factor("C", "=", 4),
    )
    # In time 12: all of P (9), which leaves nothing to M and C.
    assert spec.architecture.node("buffer").constraints.temporal.factors == (
        Factor("P", "=", 9),
        Factor("M", "=", 1),
        Factor("C", "=", 1),
    )
    assert parse_spec(write_spec(spec)).architecture.node("PE").constraints.spatial == (
        spec.architecture.node("PE").constraints.spatial
    )


def test_the_same_in_constraints_by_target() -> None:
    section = "        maximize_dims: [[M, C]]\n"
    apart = SPEC.replace(section, "") + (
        "my_constraints:\n  version: 0.4\n  targets:\n"
        "  - {target: PE, type: spatial, maximize_dims: [M, C]}\n"
    )
    assert parse_spec(apart).attached() == parse_spec(SPEC).attached()


def test_a_search_without_end_is_refused() -> None:
    many = " ".join(f"{c}: {2**9 * 3**5 * 5**3 * 7}," for c in "NPMC")
    text = SPEC.replace("N: 4, P: 9, M: 6, C: 10", many.rstrip(","))
    text = text.replace("meshX: 8", "meshX: 100000000").replace("[[M, C]]", "[[P, M, C]]")
    with pytest.raises(InputError, match="maximize_dims: too many ways to share out"):
        parse_spec(text)
