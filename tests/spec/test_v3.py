"""The form of Timeloop v3: what is converted, what is said of it, and what is refused."""

from __future__ import annotations

import re

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.spec import Spec, parse_spec, write_spec
from loas_tl.timeloop.spec.constraints import Factor
from loas_tl.timeloop.spec.sparse import ActionOption

V3 = """
architecture:
  version: 0.3
  subtree:
  - name: system
    attributes: {technology: 45nm}
    local:
    - {name: DRAM, class: DRAM, attributes: {width: 64, block-size: 8, word-bits: 8}}
    subtree:
    - name: chip
      local:
      - {name: glb, class: SRAM, attributes: {depth: 512, width: 8, word-bits: 8}}
      - name: column[0..1]
        class: regfile
        attributes: {depth: 64, width: 8, word-bits: 8, meshX: 2}
      subtree:
      - name: PE[0..7]
        local:
        - {name: mac, class: intmac, attributes: {datawidth: 8, meshX: 2}}
        - name: spad
          class: smartbuffer_RF
          attributes: {memory_depth: 32, memory_width: 8, word-bits: 8, meshX: 2}
problem:
  shape:
    dimensions: [M, K]
    data-spaces:
    - {name: A, projection: [[[M]], [[K]]]}
    - {name: B, projection: [[[K]]]}
    - {name: Z, projection: [[[M]]], read-write: true}
  instance: {M: 16, K: 8}
mapping:
- {target: DRAM, type: temporal, factors: M2 K1, permutation: KM}
- {target: glb, type: spatial, factors: M2 K1, permutation: M K}
- {target: glb, type: temporal, factors: M=1 K=2, permutation: "M,K"}
- {target: "column[0..1]", type: spatial, factors: M2 K2, permutation: KM, split: 0}
- {target: column, type: temporal, factors: [M=1, K=1], permutation: KM}
- {target: spad, type: temporal, factors: M2 K2, permutation: KM}
- {target: spad, type: spatial, factors: M1 K1, permutation: KM}
sparse_optimizations:
  targets:
  - name: spad
    action-optimization:
    - {type: gating, target: B, condition-on: [A]}
"""

CHANGES = [
    "the form of Timeloop v3 is converted to v4's",
    "block-size is block_size",
    "word-bits is word_bits",
    "architecture: column[0..1] is 2 copies of column",
    "architecture: PE[0..7] is 8 copies of PE",
    "architecture: subtree PE is a !Container, local its nodes",
    "architecture: the compute unit stands after what it reads from",
    "factors such as M4 N2 are [M=4, N=2]",
    "spatial loops of glb are those of column, the fan-out below it",
    "spatial loops of column are those of PE, the fan-out below it",
    "spatial loops of spad, which has no fan-out, are gone",
    "sparse_optimizations: name is target",
    "sparse_optimizations: target and condition_on are an option",
]


def fanouts(spec: Spec) -> dict[str, tuple[int, int]]:
    return {
        placed.node.name: (placed.node.spatial.mesh_x, placed.node.spatial.mesh_y)
        for placed in spec.architecture.placed()
    }


def test_what_is_nested_becomes_a_list_of_nodes() -> None:
    spec = parse_spec(V3)
    assert fanouts(spec) == {
        "system": (1, 1),
        "DRAM": (1, 1),
        "chip": (1, 1),
        "glb": (1, 1),
        "column": (2, 1),
        "PE": (1, 4),
        "spad": (1, 1),
        "mac": (1, 1),
    }
    assert spec.architecture.node("spad").all_attributes["technology"] == "45nm"
    assert spec.architecture.node("DRAM").attributes["block_size"] == 8


def test_spatial_loops_move_to_the_fan_out() -> None:
    spec = parse_spec(V3)
    found = {(d.target, d.type): d.constraints for d in spec.mapping}
    assert found["column", "spatial"].spatial.factors == (Factor("M", "=", 2), Factor("K", "=", 1))
    assert found["PE", "spatial"].spatial.split == 0
    assert found["DRAM", "temporal"].temporal.permutation == ("K", "M")
    assert ("spad", "spatial") not in found
    [target] = spec.sparse
    assert target.optimization.actions[0].options == (ActionOption("B", ("A",)),)


def test_each_change_is_said_where_the_counts_stand() -> None:
    result = evaluate(parse_spec(V3))
    assert [line for line in CHANGES if line not in result.notes] == []
    assert result.cycles == 16
    assert result.compute.instances == 8


def test_what_is_converted_is_written_as_v4() -> None:
    spec = parse_spec(V3)
    again = parse_spec(write_spec(spec))
    assert again.changes == ()
    assert evaluate(again).cycles == evaluate(spec).cycles


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "PE[0..7]",
            "PE[0..6]",
            r"line \d+: architecture\.PE: 7 copies do not lie on a mesh of 2",
        ),
        (
            "  - name: system\n",
            "  - {name: other}\n  - name: system\n",
            r"one subtree, got several",
        ),
        (r"shape:\n(    .*\n)+", "shape: cnn-layer\n", r"problem\.shape: 'cnn-layer' names a file"),
    ],
)
def test_what_has_no_v4_is_refused(old: str, new: str, message: str) -> None:
    text = re.sub(old if "shape" in old else re.escape(old), new, V3, count=1)
    with pytest.raises(InputError, match=message):
        parse_spec(text)
