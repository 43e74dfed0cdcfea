"""A small specification that uses most of what the reader knows."""

ARCHITECTURE = """
variables:
  version: 0.4
  words: 16
  bits: 8
architecture:
  version: 0.4
  nodes:
  - !Container
    name: chip
    attributes: {technology: "45nm", global_cycle_seconds: 1e-9}
  - !Component
    name: DRAM
    class: DRAM
    attributes: {width: 64, datawidth: bits, metadata_storage_width: 64, metadata_datawidth: 4}
  - !Component
    name: Cache
    class: storage
    attributes:
      depth: 2 ** 10 * words
      width: bits * 2
      datawidth: bits
      metadata_storage_depth: 4096
      metadata_storage_width: 16
      metadata_datawidth: 4
    constraints:
      dataspace: {keep: [A, Z], bypass: [B]}
  - !Container
    name: PE
    spatial: {meshX: words // 4}
  - !Parallel
    nodes:
    - !Component
      name: BufA
      class: SRAM
      attributes: {depth: 64, width: 8, datawidth: 8}
      constraints: {dataspace: {keep_only: [A]}}
    - !Component
      name: BufRest
      class: SRAM
      attributes: {depth: 64, width: 8, datawidth: 8}
      constraints: {dataspace: {keep: [B, Z]}}
  - !Component
    name: mac
    class: intmac
    attributes: {datawidth: 8}
"""

PROBLEM = """
problem:
  version: 0.4
  shape:
    name: conv
    dimensions: [M, C, P, R]
    coefficients:
    - {name: Stride, default: 1}
    data_spaces:
    - {name: A, projection: [[[C]], [[P, Stride], [R]]]}
    - {name: B, projection: [[[M]], [[C]], [[R]]]}
    - {name: Z, projection: [[[M]], [[P]]], read_write: true}
  instance:
    M: 4
    C: 2
    P: 4
    R: 3
    Stride: 2
    densities:
      A: {distribution: hypergeometric, density: 0.5}
      B: 0.25
"""

MAPPING = """
mapping:
- {target: DRAM, type: temporal, factors: [M=1, C=2, P=1, R=1], permutation: [C, M, P, R]}
- {target: Cache, type: temporal, factors: [R=3], permutation: [R, C, M, P]}
- {target: PE, type: spatial, factors: [M=4], permutation: [M, C, P, R]}
- {target: BufA, type: temporal, factors: "P=4", permutation: PRMC}
- {target: BufRest, type: temporal, factors_only: [], permutation: [P, R, M, C]}
"""

SPARSE = """
sparse_optimizations:
  version: 0.4
  targets:
  - target: DRAM
    representation_format:
      data_spaces:
      - name: A
        ranks:
        - {format: UOP, payload_word_bits: 4}
        - {format: CP, metadata_word_bits: 4, flattened_rankIDs: [[C, P, R]]}
  - target: BufRest
    action_optimization:
    - type: skipping
      options:
      - {target: B, condition_on: [A]}
  - target: mac
    compute_optimization:
    - {type: gating}
"""

WHOLE = ARCHITECTURE + PROBLEM + MAPPING + SPARSE
