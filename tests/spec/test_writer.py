"""Writing a specification back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from loas_tl.ground import yaml_tree
from loas_tl.timeloop.spec import Spec, parse_spec, write_spec
from loas_tl.timeloop.spec.architecture import map_nodes
from loas_tl.timeloop.spec.writer import write_mapping
from tests.spec.example import MAPPING, WHOLE
from tests.timeloop_runs import reference_runs


def bare(spec: Spec) -> Any:
    """A specification without the places it was read from."""

    def placeless(entries: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(entry, path="", file=None) for entry in entries)

    return replace(
        spec,
        architecture=map_nodes(spec.architecture, lambda node: replace(node, path="", file=None)),
        mapping=placeless(spec.mapping),
        constraints=placeless(spec.constraints),
        sparse=placeless(spec.sparse),
        files=(),
    )


def test_what_is_written_is_read_as_the_same() -> None:
    spec = parse_spec(WHOLE)
    assert bare(parse_spec(write_spec(spec))) == bare(spec)


@pytest.mark.parametrize("name", sorted(reference_runs())[::10])
def test_reference_specifications_come_back(name: str) -> None:
    spec = parse_spec(reference_runs()[name].spec)
    assert bare(parse_spec(write_spec(spec))) == bare(spec)


def test_everything_else_comes_back_too() -> None:
    more = (
        WHOLE
        + """
constraints:
  targets:
  - {target: Cache, type: temporal, no_reuse: [A], factors: [M<=4, M>=2]}
  - {target: PE, type: spatial, split: 2, no_link_transfer: [Z]}
  - {target: DRAM, type: max_overbooked_proportion, proportion: 0.1}
mapper: {algorithm: random, optimization_metric: [edp, delay]}
mapspace: {template: uber}
ERT: {version: 0.4, tables: [{name: "chip.DRAM[1..1]", actions: [{name: read, energy: 2.5}]}]}
ART: {version: 0.4, tables: [{name: chip.DRAM, area: 7}]}
components: {classes: [[{name: own, attributes: {x: "1 + y"}, actions: []}]]}
"""
    )
    spec = parse_spec(more)
    assert spec.energies == {"DRAM": {"read": 2.5}}
    assert spec.areas == {"DRAM": 7.0}
    assert bare(parse_spec(write_spec(spec))) == bare(spec)


def test_a_mapping_alone() -> None:
    directives = parse_spec(WHOLE).mapping
    text = write_mapping(directives)
    assert bare(parse_spec(WHOLE.replace(MAPPING, "\n" + text))) == bare(parse_spec(WHOLE))


def test_actions_of_a_written_table_have_arguments_as_timeloopfe_wants_them() -> None:
    table = "ERT: {tables: [{name: Cache, actions: [{name: read, energy: 2.5}]}]}\n"
    written = write_spec(parse_spec(WHOLE + table))
    [action] = yaml_tree.read_text(written)["ERT"]["tables"][0]["actions"]
    assert action == {"name": "read", "arguments": {}, "energy": 2.5}
    assert parse_spec(written).energies == {"Cache": {"read": 2.5}}
