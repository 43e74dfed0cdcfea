"""A small accelerator in the files that a user of timeloopfe would have."""

from __future__ import annotations

from pathlib import Path

ARCH = """
architecture:
  version: 0.4
  nodes:
  - !Container
    name: system
  - !Component
    name: DRAM
    class: DRAM
    attributes: {width: 64, datawidth: WORD}
  - !Component
    name: buffer
    class: SRAM
    attributes: {depth: 512, width: 32, datawidth: WORD}
    constraints:
      dataspace: {keep: [A, B, Z]}
  - !Container
    name: PE
    spatial: {meshX: 4}
  - !Component
    name: mac
    class: intmac
    attributes: {datawidth: WORD, width: "WORD"}
"""

PROBLEM = """
problem:
  version: 0.4
  shape:
    name: matmul
    dimensions: [M, N, K]
    data_spaces:
    - {name: A, projection: [[[M]], [[K]]]}
    - {name: B, projection: [[[K]], [[N]]]}
    - {name: Z, projection: [[[M]], [[N]]], read_write: true}
  instance: {M: 8, N: 4, K: 16}
"""

VARIABLES = """
variables:
  version: 0.4
  technology: -1
  global_cycle_seconds: 2e-9
  WORD: 4 * 2
"""

MAPPING = """
mapping:
- {target: DRAM, type: temporal, factors: [M=2, N=4, K=1], permutation: [N, M, K]}
- {target: PE, type: spatial, factors: [M=4, N=1, K=1], permutation: [M, N, K]}
- {target: buffer, type: temporal, factors: [M=1, N=1, K=16], permutation: [K, M, N]}
"""

MAPPER = """
mapper:
  version: 0.4
  optimization_metrics: [energy]
"""


def write(folder: Path, **more: str) -> list[Path]:
    """The files of a model run, without ``MAPPER``; others replace them by name."""
    texts = {
        "arch": ARCH,
        "problem": PROBLEM,
        "variables": VARIABLES,
        "mapping": MAPPING,
        **more,
    }
    paths = []
    for name, text in texts.items():
        if text:
            path = folder / f"{name}.yaml"
            path.write_text(text)
            paths.append(path)
    return paths
