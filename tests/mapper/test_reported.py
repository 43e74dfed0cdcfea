"""Specs that people had trouble with: what constraints empty, and where orders are Timeloop's."""

from __future__ import annotations

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.mapper import Found, search
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.spec import parse_spec, write_spec
from tests.engine.native.test_as_given import PROBLEM

HEAD = """
variables: {version: 0.4, technology: -1, global_cycle_seconds: 1e-9}
architecture:
  version: 0.4
  nodes:
  - !Component
    name: OffChip
    class: SRAM
    attributes: {depth: 4096, width: 64, datawidth: 8}
"""
MATMUL = """
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
  instance: {M: 4, N: 4, K: 16}
"""


def grid(spatial: str, mesh: str = "meshX: 4, meshY: 4") -> str:
    return f"""
  - !Container
    name: grid
    spatial: {{{mesh}}}
    constraints: {{spatial: {{{spatial}}}}}
"""


def find(text: str, **options: object) -> Found:
    return search(parse_spec(text), jobs=1, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("time_limit", [None, 60.0])
@pytest.mark.parametrize(
    ("spatial", "loops"),
    [
        ("factors: [K=16], permutation: [K, N, M]", "K=16"),
        ("factors: [K=8, M=4]", "M=4, K=8"),
        ("factors: [K=2, M=2], permutation: [M, K], split: 0", None),
        ("factors: [K=4, M=2], permutation: [K, M], split: 0", "M=2, K=4"),
    ],
)
def test_a_fan_out_without_room_is_named(
    spatial: str, loops: str | None, time_limit: float | None
) -> None:
    text = HEAD + grid(spatial) + MATMUL
    if loops is None:
        assert find(text, time_limit=1.0).valid_mappings
        return
    with pytest.raises(InputError) as caught:
        find(text, time_limit=time_limit)
    assert str(caught.value).startswith(
        f"architecture: no valid mapping: grid: its spatial factors are at least {loops}, which do "
        "not lie on its fan-out of 4 (X) x 4 (Y)"
    )


def test_a_split_beyond_the_last_dimension_has_all_loops_along_x() -> None:
    text = HEAD + grid("factors: [K=4, M=2], permutation: [K, M], split: 999", "meshX: 8") + MATMUL
    found = find(text, max_mappings=200)
    assert found.result.compute.instances_used == 8


def test_one_dimension_on_two_fan_outs() -> None:
    two = grid("factors: [K=4]", "meshX: 4") + grid("factors: [K=4]", "meshY: 4").replace(
        "grid", "gridY"
    )
    assert find(HEAD + two + MATMUL).result.cycles == 16
    assert find(HEAD + grid("") + MATMUL).result.cycles == 16


def test_constraints_that_leave_no_factors_are_listed() -> None:
    text = HEAD.replace(
        "datawidth: 8}", "datawidth: 8}\n    constraints: {temporal: {factors: [K=4]}}"
    )
    with pytest.raises(InputError) as caught:
        find(text + grid("factors: [K=2]") + MATMUL)
    assert str(caught.value) == (
        "architecture: no valid mapping: no factors of K that the constraints allow multiply to "
        "16: OffChip temporal 4, grid spatial 2"
    )


def test_where_given_factors_do_not_divide_the_last_step_is_shorter() -> None:
    text = HEAD.replace(
        "datawidth: 8}", "datawidth: 8}\n    constraints: {temporal: {factors: [K=3]}}"
    )
    found = find(text + grid("factors: [K=6]", "meshX: 6") + MATMUL)
    assert found.exhaustive
    loops = [loop for level in found.result.mapping or () for loop in level.loops]
    assert {(loop.bound, loop.last_bound) for loop in loops if loop.dimension == "K"} == {
        (3, 3),
        (6, 4),
    }


def test_a_split_beyond_all_dimensions_is_all_of_them() -> None:
    """``split: 999`` and ``split: len(spec.problem.instance)`` of public specs."""
    text = HEAD + grid("factors: [M=4, N=1, K=1], split: 999", "meshX: 4") + MATMUL
    assert find(text, time_limit=1.0).result.compute.instances_used == 4


def test_a_utilization_that_is_not_reached_is_named() -> None:
    used = grid("factors: [M=2, N=2, K=1]").replace(
        "constraints: {", "constraints: {utilization: {min: 0.9}, "
    )
    with pytest.raises(InputError, match=r"fan-outs \(grid 4 x 4\) and a utilization of at least"):
        find(HEAD + used + MATMUL)


SPLIT = """
  - !Container
    name: PE
    spatial: {meshX: 4, meshY: 3}
    constraints:
      spatial: {permutation: [R, M], split: 1, factors: [B=1, X=1]}
  - !Component
    name: Reg
    class: regfile
    attributes: {depth: 16, width: 8, datawidth: 8}
    constraints:
      dataspace: {keep: [W], bypass: [A, Y]}
      temporal: {factors: [R=1, M=1]}
  - !Component
    name: mac
    class: intmac
problem:
  version: 0.4
  shape:
    name: conv1d_batched
    dimensions: [B, X, R, M]
    data_spaces:
    - {name: W, projection: [[[R]], [[M]]]}
    - {name: A, projection: [[[B]], [[X], [R]]]}
    - {name: Y, projection: [[[B]], [[X]], [[M]]], read_write: true}
  instance: {B: 1, X: 6, R: 4, M: 3}
"""
FIXED = """
mapping:
- {target: OffChip, type: temporal, factors: [X=6], permutation: [X, R, M, B]}
- {target: PE, type: spatial, factors: [R=4, M=3]}
"""
COUNTED = (
    "PE: split 1 counts the loops of the permutation [R, M]; Timeloop counts first the loops of "
    "one iteration that it leaves out"
)


def test_model_and_search_agree_on_a_permutation_with_a_split() -> None:
    found = find(HEAD + SPLIT)
    fixed = evaluate(parse_spec(HEAD + SPLIT + FIXED))
    assert found.result.cycles == fixed.cycles == 6
    assert found.result.compute.instances_used == fixed.compute.instances_used == 12
    assert COUNTED in found.result.notes
    assert COUNTED in fixed.notes


def test_where_timeloops_way_to_count_has_room_it_is_taken() -> None:
    roomy = (HEAD + SPLIT + FIXED).replace("meshY: 3", "meshY: 12")
    result = evaluate(parse_spec(roomy))
    assert result.notes == ()
    in_full = "permutation: [X, B, R, M]"
    assert (
        result.levels == evaluate(parse_spec(roomy.replace("permutation: [R, M]", in_full))).levels
    )


def test_what_is_written_is_what_was_found() -> None:
    found = find(HEAD + SPLIT)
    again = evaluate(parse_spec(write_spec(found.spec)))
    assert again.levels == found.result.levels
    assert again.notes == ()


INNERMOST = """
variables: {version: 0.4, technology: -1, global_cycle_seconds: 1e-9}
architecture:
  version: 0.4
  nodes:
  - !Component
    name: Main
    class: DRAM
    attributes: {width: 64, datawidth: 8, depth: 1048576}
    constraints: {temporal: {factors: [I=2, J=3, K=1], permutation: [K, J, I]},
      dataspace: {keep: [X, W, Y]}}
  - !Component
    name: Pool
    class: SRAM
    attributes: {depth: 256, width: 64, datawidth: 8}
    constraints: {temporal: {factors: [I=1, J=1, K=4], permutation: [K, I, J]},
      dataspace: {keep: [X, W, Y]}}
  - !Container
    name: lanes
    spatial: {meshX: 4}
    constraints: {spatial: {factors: [I=1, J=4, K=1], permutation: [J, I, K], split: 3}}
  - !Component
    name: Cell
    class: regfile
    attributes: {depth: 32, width: 8, datawidth: 8}
    constraints: {temporal: {factors: [I=4, J=1, K=4], permutation: [K, I, J]},
      dataspace: {keep: [X], bypass: [W, Y]}}
  - !Component
    name: mul
    class: intmac
    attributes: {datawidth: 8}
"""
SKIPPING = """
sparse_optimizations:
  version: 0.4
  targets:
  - target: Cell
    action_optimization: [{type: skipping, options: [{target: X, condition_on: [W]}]}]
  - target: Pool
    action_optimization: [{type: skipping, options: [{target: Y, condition_on: [W, X]}]}]
"""


def test_the_order_at_the_innermost_level_is_that_of_timeloop_mapper() -> None:
    sparse = PROBLEM.replace(
        "K: 16", "K: 16, densities: {W: {distribution: hypergeometric, density: 0.3}}"
    )
    found = find(INNERMOST + sparse + SKIPPING)
    # Counted by timeloop-mapper 4cf6d4c, which has I innermost.
    assert found.result.cycles == 116
    counts = found.result.levels["Pool"].tensors["Y"]
    assert (round(counts.reads.actual), round(counts.updates.actual)) == (1103, 1177)
    assert found.result.energy_pj == pytest.approx(3129.99936, abs=0.01)
    assert found.result.notes == (
        "Cell: the temporal permutation [K, I, J] is ignored at the innermost level, as "
        "timeloop-mapper does: [I, J, K]",
    )


def test_loops_of_nothing_are_refused_by_search_and_model_alike() -> None:
    passing = """
  - !Parallel
    nodes:
    - !Component
      name: Cell
      class: regfile
      attributes: {depth: 32, width: 8, datawidth: 8}
      constraints: {dataspace: {keep: [W, Y]}}
    - !Nothing
      constraints: {dataspace: {keep: [X]}TEMPORAL}
"""
    told = parse_spec(HEAD + passing.replace("TEMPORAL", "") + MATMUL)
    found = search(told, jobs=1, max_mappings=500)
    assert evaluate(parse_spec(write_spec(found.spec))).levels == found.result.levels
    wrong = parse_spec(HEAD + passing.replace("TEMPORAL", ", temporal: {factors: [M=2]}") + MATMUL)
    said = []
    for run in (evaluate, search):
        with pytest.raises(InputError, match="temporal loops or constraints of nothing") as caught:
            run(wrong)
        said.append(str(caught.value))
    assert said[0] == said[1]
