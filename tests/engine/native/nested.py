"""Specifications with rules for one tensor at several levels."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

NESTED = """
architecture:
  version: 0.4
  nodes:
  - !Container
    name: sys
    attributes: {technology: "32nm", global_cycle_seconds: 1e-9}
  - !Component
    name: Outer
    class: SRAM
    attributes: {depth: 65536, width: 8, datawidth: 8}
    sparse_optimizations:
      action_optimization:
      - {type: gating, options: [{target: Y, condition_on: [X]}]}
  - !Component
    name: Inner
    class: SRAM
    attributes: {depth: 64, width: 8, datawidth: 8}
    constraints: {dataspace: {keep: [Y], bypass: [X, W]}}
    sparse_optimizations:
      action_optimization:
      - {type: gating, options: [{target: Y, condition_on: [W]}]}
  - !Component
    name: mac
    class: intmac
problem:
  version: 0.4
  shape:
    name: mm
    dimensions: [M, N, K]
    data_spaces:
    - {name: X, projection: [[[M]], [[K]]]}
    - {name: W, projection: [[[K]], [[N]]]}
    - {name: Y, projection: [[[M]], [[N]]], read_write: true}
  instance:
    M: 8
    N: 8
    K: 16
    densities:
      X: {distribution: hypergeometric, density: 0.1}
      W: {distribution: hypergeometric, density: 0.5}
mapping:
- {target: Outer, type: temporal, factors: [M=4, N=4, K=16], permutation: [M, N, K]}
- {target: Inner, type: temporal, factors: [M=2, N=2, K=1], permutation: [M, N, K]}
"""
"""The outer memory gates Y where X is empty (10 % dense), the inner where W is zero (50 %)."""

NESTED_ENERGIES = {
    "Outer": {"read": 2.0, "write": 2.0, "update": 2.0, "leak": 0.0},
    "Inner": {"read": 1.0, "write": 1.0, "update": 1.0, "gated_read": 0.1, "leak": 0.0},
    "mac": {"compute": 0.5, "leak": 0.0},
}


@dataclass(frozen=True)
class Rule:
    """What a level does about a tensor: ``gating`` or ``skipping``, where others are empty."""

    level: str
    target: str
    type: str
    on: tuple[str, ...]


LEVELS = ("Far", "Middle", "Near")
RANK = "{format: CP, flattened_rankIDs: [[M, N]]}"
"""Takes all loops over Y that there are."""


def rules(
    given: list[Rule],
    *,
    sizes: tuple[int, int, int] | None = None,
    fan: int = 1,
    densities: tuple[float, float] = (0.1, 0.5),
    width: int = 8,
    mapped: bool = True,
    compressed: bool = False,
) -> str:
    """A matrix product on three levels with rules.

    Args:
        given: the rules.
        sizes: M, N and K, all of them iterated at the outermost level, but for what ``fan``
            takes of N; by default 8, 12 and 16 over all levels.
        fan: instances of the innermost level, along N.
        densities: of X and W.
        width: bits of a line of the two inner memories.
        mapped: whether there is a mapping.
        compressed: whether Y, half of which is not zero, is stored without its zeros.
    """
    m, n, k = sizes or (8, 12 * fan, 16)
    tiles = {"Far": (m, n // fan, k), "Middle": (1, 1, 1), "Near": (1, 1, 1)}
    if sizes is None:
        tiles = {"Far": (2, 3, 4), "Middle": (2, 2, 2), "Near": (2, 2, 2)}
    nodes = ""
    for level in LEVELS:
        options = "".join(
            f"\n      - {{type: {rule.type}, options: "
            f"[{{target: {rule.target}, condition_on: [{', '.join(rule.on)}]}}]}}"
            for rule in given
            if rule.level == level
        )
        sparse = "\n    sparse_optimizations:"
        sparse += f"\n      action_optimization:{options}" if options else ""
        if compressed:
            ranks = ", ".join([RANK] * (3 - LEVELS.index(level)))
            sparse += (
                "\n      representation_format:"
                f"\n        data_spaces: [{{name: Y, ranks: [{ranks}]}}]"
            )
        depth = "" if level == "Far" else "depth: 4096, "
        if compressed:
            depth += "metadata_storage_width: 8, metadata_storage_depth: 4096, "
            depth += "metadata_datawidth: 8, "
        nodes += f"""
  - !Component
    name: {level}
    class: {"DRAM" if level == "Far" else "SRAM"}
    spatial: {{meshX: {fan if level == "Near" else 1}}}
    attributes: {{{depth}width: {64 if level == "Far" else width}, datawidth: 8}}
    constraints: {{dataspace: {{keep: [X, W, Y]}}}}{sparse if options or compressed else ""}"""
    mapping = "mapping:" if mapped else ""
    for level in LEVELS if mapped else ():
        if level == "Near" and fan > 1:
            mapping += f"\n- {{target: Near, type: spatial, factors: [M=1, N={fan}, K=1]}}"
        factors = ", ".join(f"{d}={bound}" for d, bound in zip("MNK", tiles[level], strict=True))
        mapping += (
            f"\n- {{target: {level}, type: temporal, factors: [{factors}], permutation: [K, N, M]}}"
        )
    x, w = densities
    dense = "" if not given else f", densities: {{X: {_spread(x)}, W: {_spread(w)}}}"
    if compressed:
        dense = dense.replace("}}", f"}}, Y: {_spread(0.5)}}}")
    return f"""
architecture:
  version: 0.4
  nodes:{nodes}
  - !Component
    name: mac
    class: mac
    attributes: {{datawidth: 8}}
problem:
  version: 0.4
  shape:
    name: mm
    dimensions: [M, N, K]
    data_spaces:
    - {{name: X, projection: [[[M]], [[K]]]}}
    - {{name: W, projection: [[[K]], [[N]]]}}
    - {{name: Y, projection: [[[M]], [[N]]], read_write: true}}
  instance: {{M: {m}, N: {n}, K: {k}{dense}}}
{mapping}
"""


def _spread(density: float) -> str:
    return f"{{distribution: hypergeometric, density: {density}}}"


densities = st.sampled_from([0.02, 0.1, 0.5, 0.95])


@st.composite
def nested_rules(draw: st.DrawFn) -> list[Rule]:
    """Rules for one tensor at some of the levels, and at times for another one."""
    found = []
    for target in draw(st.lists(st.sampled_from("XWY"), min_size=1, max_size=2, unique=True)):
        for level in draw(st.lists(st.sampled_from(LEVELS), min_size=1, unique=True)):
            on = draw(st.sampled_from([t for t in "XW" if t != target]))
            kind = draw(st.sampled_from(["gating", "skipping"]))
            found.append(Rule(level, target, kind, (on,)))
    return found
