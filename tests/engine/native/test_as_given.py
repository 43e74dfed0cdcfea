"""Specs as their users have them, with what timeloopfe and Timeloop take without a word.

Each is one small layer on one small machine, and differs from it in a line or two that change no
count. The counts are a real Timeloop's of these (4cf6d4c, timeloopfe 0.4, Accelergy 0.4).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.mapper import search
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.prices import NO_TECHNOLOGY
from loas_tl.timeloop.result import Result
from loas_tl.timeloop.spec import load_spec, parse_spec, write_spec

ARCHITECTURE = """
architecture:
  version: 0.4
  nodes:
  - !Container
    name: chip
  - !Component
    name: Main
    class: DRAM
    attributes: {width: 64, datawidth: 8, depth: 1048576}
  - !Component
    name: Pool
    class: SRAM
    attributes: {depth: 256, width: 64, datawidth: 8}
  - !Container
    name: lanes
    spatial: {meshX: 4}
  - !Component
    name: Cell
    class: regfile
    attributes: {depth: 32, width: 8, datawidth: 8}
  - !Component
    name: mul
    class: intmac
    attributes: {datawidth: 8}
"""
PROBLEM = """
problem:
  version: 0.4
  shape:
    name: matmul
    dimensions: [I, J, K]
    data_spaces:
    - {name: X, projection: [[[I]], [[K]]]}
    - {name: W, projection: [[[K]], [[J]]]}
    - {name: Y, projection: [[[I]], [[J]]], read_write: true}
  instance: {I: 8, J: 12, K: 16}
"""
DIRECTIVES = """
- {target: Main, type: temporal, factors: [I=2, J=3, K=1], permutation: [K, J, I]}
- {target: Pool, type: temporal, factors: [I=4, J=1, K=4], permutation: [I, K, J]}
- {target: lanes, type: spatial, factors: [I=1, J=4, K=1], permutation: [J, I, K], split: 3}
- {target: Cell, type: temporal, factors: [I=1, J=1, K=4], permutation: [K, I, J]}
"""
MAPPING = "\nmapping:" + DIRECTIVES
PLAIN = ARCHITECTURE + PROBLEM + MAPPING
HALF = "densities: {X: {distribution: hypergeometric, density: 0.5}}"
SPARSE = (
    PLAIN.replace("K: 16}", "K: 16, " + HALF + "}")
    + """
sparse_optimizations:
  version: 0.4
  targets:
"""
)
GATED = "  - target: Cell\n    action_optimization: [{type: gating, options: [*gate]}]\n"
RULE = "{target: W, condition_on: [X]}"

# Reads, fills and updates an instance.
Counts = dict[str, dict[str, tuple[int, int, int]]]
DENSE: Counts = {
    "Main": {"X": (128, 0, 0), "W": (384, 0, 0), "Y": (0, 0, 96)},
    "Pool": {"X": (384, 128, 0), "W": (384, 384, 0), "Y": (288, 0, 384)},
    "Cell": {"X": (384, 384, 0), "W": (384, 96, 0), "Y": (360, 72, 384)},
}


def counts(result: Result) -> Counts:
    """Actual accesses of each level."""
    return {
        level: {
            name: (round(t.reads.actual), round(t.fills.actual), round(t.updates.actual))
            for name, t in stats.tensors.items()
        }
        for level, stats in result.levels.items()
    }


def constrained(name: str, first: int, last: int) -> str:
    """Some of the directives as constraints, by a name of their own."""
    lines = DIRECTIVES.strip().splitlines()[first:last]
    return f"\n{name}_constraints:\n  targets:\n  " + "\n  ".join(lines) + "\n"


def said(result: Result) -> tuple[str, ...]:
    """The notes, but for the one on prices: the specs here give no technology."""
    return tuple(note for note in result.notes if note != NO_TECHNOLOGY)


SPLIT = "spatial: {meshX: 4}\n    constraints: {spatial: {split: %s}}"
AS_GIVEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "as it is": (PLAIN, ()),
    "variables of what is printed": (
        PLAIN + "globals:\n  environment_variables: {TIMELOOP_HIDE_INCONSEQUENTIAL_STATS: 1, "
        "TIMELOOP_OUTPUT_STAT_SCIENTIFIC: 1}\n",
        (
            "TIMELOOP_HIDE_INCONSEQUENTIAL_STATS has no effect: it changes what Timeloop prints",
            "TIMELOOP_OUTPUT_STAT_SCIENTIFIC has no effect: it changes what Timeloop prints",
        ),
    ),
    "attributes that nobody reads": (
        PLAIN.replace("{depth: 256, ", "{depth: 256, enable_overbooking: true, meshX: 3, own: 4, "),
        (
            "Pool: attribute enable_overbooking has no effect: Timeloop reads allow_overbooking",
            "Pool: attribute meshX has no effect: timeloopfe sets it from spatial",
        ),
    ),
    "keys of a layer file": (
        PLAIN.replace("K: 16}", "K: 16, H: 10, HStride: 1, pad: same}"),
        (
            "problem.instance: H, HStride, pad without effect: neither a dimension nor a "
            "coefficient of the shape",
        ),
    ),
    "constraints by another name": (ARCHITECTURE + PROBLEM + constrained("some_mapping", 0, 4), ()),
    "constraints by two names": (
        ARCHITECTURE + PROBLEM + constrained("extra", 0, 2) + constrained("mapspace", 2, 4),
        (),
    ),
    "a mapping by another name": (ARCHITECTURE + PROBLEM + "\nmy_mapping:" + DIRECTIVES, ()),
    "variables by another name": (
        PLAIN.replace("meshX: 4", "meshX: width") + "\nvariables_mine: {width: 4}\n",
        (),
    ),
    "anchors": (
        "my_ignored_anchor: {I: 3, J: [x]}\n"
        + PLAIN.replace("K: 16}", "K: 16, ignore_me: {a: 1}}").replace(
            "depth: 32,", "depth: 32, ignore_it: no expression,"
        )
        + "\nvariables: {ignore_me: no expression}\n",
        (),
    ),
    "the whole in an expression": (
        PLAIN.replace("spatial: {meshX: 4}", SPLIT % "len(spec.problem.instance) - 1"),
        (),
    ),
    "the whole in a variable": (
        PLAIN.replace("meshX: 4", "meshX: lanes")
        + "\nvariables: {lanes: len(spec.problem.instance)}\n",
        (),
    ),
    "a variable called spec": (
        PLAIN.replace("meshX: 4", "meshX: spec") + "\nvariables: {spec: 4}\n",
        (),
    ),
    "a size in an expression": (
        PLAIN.replace("meshX: 4", "meshX: spec.problem.instance.J // 3"),
        (),
    ),
    "options of a compute optimization": (
        PLAIN + "\nsparse_optimizations:\n  targets:\n  - target: mul\n"
        "    compute_optimization: [{type: gating, options: [{target: Y, condition_on: [X]}]}]\n",
        (
            "sparse_optimizations.targets[0].compute_optimization[0].options has no effect: "
            "Timeloop reads the type alone",
        ),
    ),
    "zeros of a container": (
        PLAIN + "\nsparse_optimizations:\n  targets:\n  - target: lanes\n"
        "    action_optimization: [{type: skipping, options: [{target: W, condition_on: [X]}]}]\n",
        (
            "sparse_optimizations of lanes have no effect: it is a container; they belong to a "
            "storage or the compute node",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", AS_GIVEN)
def test_a_spec_counts_as_it_is_given_and_what_is_idle_is_said(name: str) -> None:
    text, notes = AS_GIVEN[name]
    result = evaluate(parse_spec(text))
    assert counts(result) == DENSE
    assert result.cycles == 384
    assert said(result) == notes


def test_zeros_of_a_container_change_no_count_of_a_level_that_saves() -> None:
    gated = SPARSE + GATED.replace("*gate", RULE)
    both = gated + GATED.replace("Cell", "lanes").replace("gating", "skipping").replace(
        "*gate", RULE
    )
    ours = evaluate(parse_spec(both))
    assert counts(ours)["Cell"] == DENSE["Cell"] | {"W": (192, 96, 0)}
    assert counts(ours) == counts(evaluate(parse_spec(gated)))
    assert ours.cycles == evaluate(parse_spec(gated)).cycles == 192
    [ignored] = set(said(ours)) - set(said(evaluate(parse_spec(gated))))
    assert "it is a container" in ignored


PARALLEL = """  - !Parallel
    nodes:
    - !Component
      name: CellW
      class: regfile
      attributes: {depth: 32, width: 8, datawidth: 8}
      constraints: {dataspace: {keep: [W]}}
    - !Component
      name: CellY
      class: regfile
      attributes: {depth: 32, width: 8, datawidth: 8}
      constraints: {dataspace: {keep: [Y]}}
    - !Nothing
      constraints: {dataspace: {keep: [X]}}
"""
CELL = ARCHITECTURE[ARCHITECTURE.index("  - !Component\n    name: Cell") :]
CELL = CELL[: CELL.index("  - !Component\n    name: mul")]
PASSING = PLAIN.replace(CELL, PARALLEL).replace(
    "- {target: Cell, type: temporal, factors: [I=1, J=1, K=4], permutation: [K, I, J]}",
    "- {target: CellY, type: temporal, factors: [I=1, J=1, K=4], permutation: [K, I, J]}\n"
    "- {target: CellW, type: temporal, factors: [I=1, J=1, K=1], permutation: [K, I, J]}",
)


def test_a_tensor_may_pass_a_parallel_by() -> None:
    result = evaluate(parse_spec(PASSING))
    cells = {"CellW": {"W": (384, 96, 0)}, "CellY": {"Y": (360, 72, 384)}}
    outer = {name: DENSE[name] for name in ("Main", "Pool")}
    held = {
        level: {name: found for name, found in tensors.items() if any(found)}
        for level, tensors in counts(result).items()
    }
    assert held["CellW"] == cells["CellW"]
    assert held["CellY"] == cells["CellY"]
    assert {name: counts(result)[name] for name in outer} == outer
    assert result.cycles == 384


def test_what_the_mapper_writes_of_it_can_be_modelled() -> None:
    free = parse_spec(PASSING[: PASSING.index("\nmapping:")])
    found = search(free, max_mappings=200, seed=1)
    again = evaluate(parse_spec(write_spec(found.spec)))
    assert again.cycles == found.result.cycles
    assert counts(again) == counts(found.result)


def test_several_parallels_may_each_have_one_without_a_name() -> None:
    twice = PASSING.replace(
        "    - !Nothing\n      constraints: {dataspace: {keep: [X]}}\n",
        "    - !Nothing\n      constraints: {dataspace: {keep: [X]}}\n"
        "  - !Parallel\n    nodes:\n"
        "    - !Nothing\n      constraints: {dataspace: {keep: [X, W, Y]}}\n",
    )
    spec = parse_spec(twice)
    assert [p.node.name for p in spec.architecture.placed() if p.node.kind == "nothing"] == [
        *("nothing", "nothing_2")
    ]
    assert counts(evaluate(spec)) == counts(evaluate(parse_spec(PASSING)))


def test_one_without_a_name_may_stand_before_one_of_that_name() -> None:
    named = PASSING.replace(
        "    - !Nothing\n      constraints: {dataspace: {keep: [X]}}\n",
        "    - !Nothing\n      constraints: {dataspace: {keep: [X]}}\n"
        "  - !Parallel\n    nodes:\n"
        "    - !Nothing\n      name: nothing\n"
        "      constraints: {dataspace: {keep: [X, W, Y]}}\n",
    )
    spec = parse_spec(named)
    assert [p.node.name for p in spec.architecture.placed() if p.node.kind == "nothing"] == [
        *("nothing_2", "nothing")
    ]


def test_a_nothing_outside_keeps_nothing() -> None:
    text = PLAIN.replace(
        "  - !Container\n    name: lanes",
        "  - !Nothing\n    constraints: {dataspace: {keep: [X]}}\n  - !Container\n    name: lanes",
    )
    with pytest.raises(InputError, match="dataspace loops or constraints of nothing"):
        evaluate(parse_spec(text))


TWO_GEN = """
components:
  version: 0.4
  classes:
  - name: two_gen
    attributes: {width: must_specify}
    subcomponents:
    - {name: cells, class: SRAM, attributes: {width: width}}
    - {name: "gen[0..1]", class: intadder, attributes: {width: 8}}
    actions:
    - name: read
      subcomponents:
      - {name: cells, actions: [{name: read}]}
      - {name: "gen[0]", actions: [{name: add}]}
    - name: write
      subcomponents:
      - {name: cells, actions: [{name: write}]}
      - {name: "gen[1]", actions: [{name: add}]}
    - name: update
      subcomponents:
      - {name: cells, actions: [{name: write}]}
      - {name: "gen[0..1]", actions: [{name: add}]}
"""
POOL = PLAIN.replace("class: SRAM", "class: storage\n    subclass: two_gen") + TWO_GEN


def test_a_part_may_be_named_by_its_index() -> None:
    result = evaluate(parse_spec(POOL))
    assert counts(result) == DENSE
    pool = result.ert["Pool"]
    assert {name: round(pool[name], 9) for name in ("read", "write", "update")} == {
        "read": 2,
        "write": 2,
        "update": 3,
    }
    # A real Timeloop's with the same table of 1 pJ an action, of reads and fills of 64 bits.
    assert result.levels["Pool"].tensors["X"].energy_pj == pytest.approx(128)


def test_parts_of_one_name_may_be_of_several_kinds() -> None:
    """``gen[0..1]`` and ``gen[2..3]`` are four parts, and a range may be of both."""
    more = POOL.replace(
        "    actions:\n    - name: read\n",
        '    - {name: "gen[2..3]", class: intadder, attributes: {width: 8}, energy_scale: 10}\n'
        "    actions:\n    - name: read\n",
    )
    pool = evaluate(parse_spec(more.replace('"gen[0..1]", actions', '"gen[1..3]", actions'))).ert
    assert {name: round(energy, 9) for name, energy in pool["Pool"].items() if name != "leak"} == {
        "read": 2,
        "write": 2,
        "update": 1 + 1 + 2 * 10,
    }
    with pytest.raises(InputError, match=r"two_gen\.gen: is given twice"):
        evaluate(parse_spec(more.replace("gen[2..3]", "gen[1..3]")))


@pytest.mark.parametrize(
    "name", ["gen[2]", "gen[-1]", "gen[0.5]", "gon[0]", "gen[0..5]", "gen[0.5..1]"]
)
def test_a_part_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(InputError) as caught:
        evaluate(parse_spec(POOL.replace('"gen[0]"', f'"{name}"'), file="mine.yaml"))
    assert str(caught.value) == (
        f"mine.yaml: architecture.nodes[2] (Pool): two_gen.read: no part '{name}'; expected "
        "cells, gen[0..1]"
    )


def test_prices_of_its_own_are_all_that_a_spec_needs() -> None:
    broken = POOL.replace('"gen[0]"', '"gon[0]"') + (
        "ERT:\n  version: 0.4\n  tables:\n"
        "  - {name: Pool, actions: [{name: read, energy: 3}, {name: write, energy: 3}]}\n"
    )
    result = evaluate(parse_spec(broken))
    assert counts(result) == DENSE
    assert result.levels["Pool"].tensors["X"].energy_pj == pytest.approx(3 * (48 + 16))
    assert result.area_um2 == 0
    [note] = [each for each in result.notes if "unpriced" in each]
    assert any("not in the ERT" in each for each in result.notes)
    assert note.startswith("areas are unpriced: ")
    assert "no part 'gon[0]'" in note


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PLAIN.replace("K: 16}", "K: 16, densites: {X: 0.5}}"), "did you mean densities"),
        (PLAIN.replace("K: 16}", "K: 16, sparsity: {X: 0.5}}"), "did you mean densities"),
        (PLAIN.replace("K: 16}", "K: 16, commonDensty: 0.5}"), "did you mean commonDensity"),
            (PLAIN + "varables: {x: 1}\n", "varables: unknown key; did you mean variables"),
        (PLAIN + "x_base: {x: 1}\n", "x_base: unknown key; expected one of architecture, "),
        (PLAIN + "my_constraints: [1]\n", r"constraints: expected a mapping, got a list"),
        (PLAIN + "globals: {environment_variables: {TIMELOOP_USE_ISL: x}}\n", "changes what"),
        (PLAIN.replace("meshX: 4", "meshX: spec.problem.instance.Q"), "'Q' is not defined there"),
        (PLAIN + "variables: {x: spec}\n", r"variables\.x: 'spec' is a part of the spec"),
        (PLAIN + "variables: {x: [spec.problem]}\n", r"variables\.x: .* is a part of the spec"),
        (PLAIN + "variables: {x: '[spec]'}\n".replace("'", ""), r"variables\.x: 'spec' is a part"),
        (PLAIN.replace("meshX: 4", "meshX: spec.__class__"), "'__class__' is not defined there"),
    ],
)  # fmt: skip
def test_what_may_be_a_slip_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        evaluate(parse_spec(text))


def test_sections_in_part_of_several_files_come_together(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text(ARCHITECTURE + PROBLEM + constrained("early", 0, 1))
    second.write_text(constrained("late", 1, 4))
    assert counts(evaluate(load_spec([first, second]))) == DENSE


def test_an_unknown_section_is_refused_in_its_own_file(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text(PLAIN)
    second.write_text("maper: {timeout: 3}\n")
    with pytest.raises(
        InputError, match=r"b\.yaml: line 1: maper: unknown key; did you mean mapper\?"
    ):
        load_spec([first, second])


def test_a_problem_in_the_form_of_v3_counts_as_it_does_in_v4s() -> None:
    result = evaluate(parse_spec(PLAIN.replace("    data_spaces:", "    data-spaces:")))
    assert counts(result) == DENSE
    assert said(result)[:2] == (
        "the form of Timeloop v3 is converted to v4's",
        "data-spaces is data_spaces",
    )


def test_a_variable_of_the_environment_is_not_ignored_for_its_name() -> None:
    text = PLAIN + "globals: {environment_variables: {TIMELOOP_ignore: 1, TIMELOOP_USE_ISL: 0}}\n"
    assert said(evaluate(parse_spec(text))) == (
        "TIMELOOP_ignore has no effect: Timeloop knows no such variable",
        "TIMELOOP_USE_ISL has no effect: it is what Timeloop does without it",
    )


@pytest.mark.parametrize(
    ("name", "value", "refused"),
    [
        ("TIMELOOP_USE_ISL", "1", True),
        ("TIMELOOP_USE_ISL", "'0'", False),
        ("TIMELOOP_DISABLE_LINK_TRANSFERS", "true", True),
        ("TIMELOOP_ENABLE_FIRST_READ_ELISION", "0", True),
        ("TIMELOOP_ENABLE_FIRST_READ_ELISION", "2", False),
        ("TIMELOOP_MULTICAST_MODEL", "PROBABILISTIC", False),
        ("TIMELOOP_PRINT_NEST_ANALYSIS_RESULT", "1", False),
    ],
)
def test_variables_that_change_counts_are_refused(name: str, value: str, refused: bool) -> None:
    text = PLAIN + f"globals: {{environment_variables: {{{name}: {value}}}}}\n"
    if not refused:
        assert parse_spec(text).globals is not None
        return
    with pytest.raises(InputError, match=f"{name}: not supported: it changes what Timeloop counts"):
        parse_spec(text)


def test_a_range_of_parts_runs_forwards() -> None:
    with pytest.raises(InputError, match=r"gen\[1\.\.0\] is empty"):
        evaluate(parse_spec(POOL.replace('"gen[0]"', '"gen[1..0]"')))


def test_what_a_table_of_ones_own_leaves_out_is_said() -> None:
    tables = (
        "ERT:\n  version: 0.4\n  tables:\n"
        "  - {name: 'x.Main[1..1]', actions: [{name: raed, energy: 3}, {name: write, energy: 3}]}\n"
        "  - {name: 'x.Pol[1..1]', actions: [{name: read, energy: 3}, {name: write, energy: 3}]}\n"
    )
    notes = evaluate(parse_spec(POOL + tables)).notes
    assert "ERT: Pol: no component is called so; without effect" in notes
    assert any(note.startswith("Main: read not in the ERT; what Timeloop has") for note in notes)
    assert any(note.startswith("Pool: read, fill, update not in the ERT") for note in notes)
    assert any(note.startswith("no ART is given: areas are placeholders") for note in notes)
