"""Small specifications to search, and what tests do with them again and again."""

from __future__ import annotations

from functools import cache

import numpy as np

from loas_tl.timeloop.errors import EngineError
from loas_tl.timeloop.mapper.loops import Mappings
from loas_tl.timeloop.mapper.strategy import Setup
from loas_tl.timeloop.mapper.winner import mapped_spec, native_mapping
from loas_tl.timeloop.native import evaluate_mapping
from loas_tl.timeloop.result import Result
from loas_tl.timeloop.spec import Spec, parse_spec
from tests.timeloop_runs import reference_runs

MATMUL = """
architecture:
  version: 0.4
  nodes:
  - !Component
    name: DRAM
    class: DRAM
    attributes: {{width: 64, datawidth: 8, read_bandwidth: 4, write_bandwidth: 4}}
  - !Component
    name: Cache
    class: storage
    attributes: {{depth: {cache}, width: 16, datawidth: 8}}
    constraints: {{{cache_constraints}}}
  - !Container
    name: PE
    spatial: {{{mesh}}}
    constraints: {{{pe_constraints}}}
  - !Component
    name: Buffer
    class: storage
    attributes: {{depth: {buffer}, width: 8, datawidth: 8}}
    constraints: {{{buffer_constraints}}}
  - !Component
    name: mac
    class: compute
    attributes: {{width: 8, datawidth: 8}}
problem:
  version: 0.4
  instance: {{M: {m}, N: {n}, K: {k}{densities}}}
  shape:
    name: matmul
    dimensions: [M, N, K]
    data_spaces:
    - {{name: A, projection: [[[M]], [[K]]]}}
    - {{name: B, projection: [[[K]], [[N]]]}}
    - {{name: Z, projection: [[[M]], [[N]]], read_write: true}}
{rest}
"""

SPARSE = """
sparse_optimizations:
  version: 0.4
  targets:
  - target: Buffer
    action_optimization:
    - type: skipping
      options: [{target: B, condition_on: [A]}]
  - target: mac
    compute_optimization: [{type: gating}]
"""


def matmul(
    *,
    m: int = 4,
    n: int = 4,
    k: int = 4,
    cache: int = 64,
    buffer: int = 16,
    mesh: str = "meshX: 2",
    cache_constraints: str = "",
    pe_constraints: str = "",
    buffer_constraints: str = "",
    sparse: bool = False,
    rest: str = "",
) -> str:
    """A matrix product on a cache and processing elements, nothing mapped yet."""
    density = "{distribution: hypergeometric, density: 0.3}"
    return MATMUL.format(
        m=m,
        n=n,
        k=k,
        cache=cache,
        buffer=buffer,
        mesh=mesh,
        cache_constraints=cache_constraints,
        pe_constraints=pe_constraints,
        buffer_constraints=buffer_constraints,
        densities=f", densities: {{A: {density}}}" if sparse else "",
        rest=(SPARSE if sparse else "") + rest,
    )


def keeps(*names: str, bypasses: tuple[str, ...] = ()) -> str:
    """A node's constraints that say what it keeps."""
    return f"dataspace: {{keep: [{', '.join(names)}], bypass: [{', '.join(bypasses)}]}}"


@cache
def freed(name: str) -> Spec:
    """A reference run's specification without its mapping and constraints."""
    return mapped_spec(parse_spec(reference_runs()[name].spec), ())


def model(setup: Setup, mappings: Mappings, index: int) -> Result | str:
    """What the single-mapping model says of one mapping: a result, or why there is none."""
    mapping = native_mapping(setup.machine, setup.space.bounds, setup.architecture, mappings, index)
    try:
        return evaluate_mapping(setup.machine.hardware, mapping)
    except EngineError as error:
        return str(error)


def some(setup: Setup, count: int, seed: int) -> Mappings:
    """Random mappings of a space."""
    return setup.space.sample(np.random.default_rng(seed), count)
