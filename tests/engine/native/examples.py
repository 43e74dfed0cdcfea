"""A small specification whose hardware is not all in use."""

from __future__ import annotations


def partly_used(m: int, n: int, k: int, instances: int) -> str:
    """An M x N x K product with M in space, on more or as many processing elements."""
    return f"""
architecture:
  version: 0.4
  nodes:
  - !Container
    name: sys
    attributes: {{technology: "32nm", global_cycle_seconds: 1e-9}}
  - !Component
    name: OffChip
    class: SRAM
    attributes: {{depth: 4096, width: 64, datawidth: 8}}
  - !Container
    name: PE
    spatial: {{meshX: {instances}}}
  - !Component
    name: Reg
    class: regfile
    attributes: {{depth: 16, width: 8, datawidth: 8}}
  - !Component
    name: mac
    class: intmac
problem:
  version: 0.4
  shape:
    name: mm
    dimensions: [M, N, K]
    data_spaces:
    - {{name: X, projection: [[[M]], [[K]]]}}
    - {{name: W, projection: [[[K]], [[N]]]}}
    - {{name: Y, projection: [[[M]], [[N]]], read_write: true}}
  instance: {{M: {m}, N: {n}, K: {k}}}
mapping:
- {{target: OffChip, type: temporal, factors: [N={n}], permutation: [N, M, K]}}
- {{target: PE, type: spatial, factors: [M={m}], permutation: [M, N, K]}}
- {{target: Reg, type: temporal, factors: [K={k}], permutation: [K, M, N]}}
"""


PARTLY_USED = partly_used(3, 4, 5, 8)
"""NVlabs/timeloop 95: three of eight processing elements have work."""
