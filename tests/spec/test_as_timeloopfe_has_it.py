"""Forms of values that timeloopfe takes: lists of mappings, expressions, functions, names."""

from __future__ import annotations

from pathlib import Path

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec import load_spec, parse_spec
from loas_tl.timeloop.spec.constraints import Factor
from tests.spec.example import WHOLE


def changed(old: str, new: str) -> str:
    assert old in WHOLE
    return WHOLE.replace(old, new)


def test_variables_may_be_a_list_of_mappings() -> None:
    text = changed(
        "variables:\n  version: 0.4\n  words: 16\n  bits: 8\n",
        "variables:\n- {version: 0.4}\n- {words: 16, ignored_ignore: x}\n"
        "- [{bits: words // 2, words: 16, ignored_ignore: y}]\n",
    )
    assert parse_spec(text).variables == {"words": 16, "bits": 8}
    with pytest.raises(InputError, match=r"line 5: variables\.words: 3 contradicts 16"):
        parse_spec(text.replace("words: 16, ignored_ignore: y", "words: 3"))


@pytest.mark.parametrize("value", ["[[3]]", "[1]", "[{a: 1}, [[2]]]"])
def test_a_list_of_something_else_is_no_mapping(value: str) -> None:
    text = changed("variables:\n  version: 0.4\n  words: 16\n  bits: 8\n", f"variables: {value}\n")
    with pytest.raises(InputError, match="variables: expected a mapping, got a list"):
        parse_spec(text)


def test_variables_may_be_lists_and_name_the_spec() -> None:
    text = changed(
        "  bits: 8\n",
        "  bits: 8\n  hist: ([1, 2, 3])\n  twice: hist * 2\n"
        "  scaled: '[2 * x for x in hist]'\n  mean: sum(twice) / len(twice)\n"
        "  known: spec.variables.get('bits', 1) + spec.variables.get('nothing', 2)\n",
    )
    variables = parse_spec(text.replace("'[2", "([2").replace("hist]'", "hist])")).variables
    assert variables is not None
    assert variables["twice"] == [1, 2, 3, 1, 2, 3]
    assert variables["scaled"] == [2, 4, 6]
    assert (variables["mean"], variables["known"]) == (2, 10)


@pytest.mark.parametrize(
    "factor",
    ["R=3", "R = 3", "[R, '=', 3]", "('R=' + str(3))", "('R=' + str(spec.problem.instance.R))"],
)
def test_factors_may_be_expressions(factor: str) -> None:
    spec = parse_spec(changed("factors: [R=3]", f"factors: [{factor}]"))
    assert spec.mapping[1].constraints.temporal.factors == (Factor("R", "=", 3),)


def test_nodes_may_be_named_by_those_after_them() -> None:
    spec = parse_spec(changed("{depth: 64,", "{depth: PE.get_fanout() * PE.spatial.meshX * 4,"))
    assert spec.architecture.node("BufA").attributes["depth"] == 64


def test_meshes_may_be_named_by_nodes_before_them() -> None:
    spec = parse_spec(changed("depth: 2 ** 10 * words", "depth: 4096 * PE.get_fanout()"))
    assert spec.architecture.node("Cache").attributes["depth"] == 4096 * 4
    with pytest.raises(InputError, match="'BufA' is not defined"):
        parse_spec(changed("depth: 2 ** 10 * words", "depth: BufA.attributes.depth"))


@pytest.mark.parametrize("what", ["get_fanout()", "spatial.get_fanout()", "spatial.meshX"])
def test_nodes_are_found_by_name(what: str) -> None:
    found = f"spec.architecture.find('PE').{what}"
    spec = parse_spec(changed("depth: 2 ** 10 * words", f"depth: 4096 * {found}"))
    assert spec.architecture.node("Cache").attributes["depth"] == 4096 * 4
    factor = f"('R=' + str({found} - 1))"
    spec = parse_spec(changed("factors: [R=3]", f"factors: [{factor}]"))
    assert spec.mapping[1].constraints.temporal.factors == (Factor("R", "=", 3),)


def test_attributes_of_nodes_are_found_after_the_architecture() -> None:
    depth = "spec.architecture.find('Cache').attributes.depth"
    spec = parse_spec(changed("factors: [R=3]", f"factors: [('R=' + str(3 * ({depth} > 0)))]"))
    assert spec.mapping[1].constraints.temporal.factors == (Factor("R", "=", 3),)


@pytest.mark.parametrize("name", ["'Nowhere'", "'spec'", "'words'", "[1]", "3"])
def test_what_is_no_node_is_not_found(name: str) -> None:
    text = changed("depth: 2 ** 10 * words", f"depth: spec.architecture.find({name}).get_fanout()")
    with pytest.raises(InputError, match="has no value"):
        parse_spec(text)


def test_words_are_expressions_in_parentheses_alone() -> None:
    spec = parse_spec(changed("class: storage", "class: ('sto' + 'rage')\n    subclass: bits"))
    cache = spec.architecture.node("Cache")
    assert (cache.component_class, cache.subclass) == ("storage", "bits")


def test_functions_of_ones_own_are_given_beside_the_files(tmp_path: Path) -> None:
    text = "globals: {expression_custom_functions: [mine.py]}\n" + changed(
        "  bits: 8\n", "  double: twice\n  bits: double(4, by=2)\n"
    )
    path = tmp_path / "spec.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"line 1: .*mine\.py: a spec does not run Python files"):
        load_spec(path)
    spec = load_spec(path, functions={"twice": lambda x, by: x * by})
    assert spec.variables == {"words": 16, "bits": 8}
    with pytest.raises(InputError, match=r"variables\.double: 'twice' is not defined"):
        load_spec(path, functions={"other": len})


def test_an_error_has_the_name_of_the_section_as_the_file_has_it() -> None:
    text = WHOLE + "my_constraints: {targets: [{target: Cache, type: odd}]}\n"
    with pytest.raises(InputError, match=r"line \d+: my_constraints\.targets\[0\]\.type: expected"):
        parse_spec(text)


def test_numbers_in_quotes_are_numbers_where_timeloop_reads_them() -> None:
    spec = parse_spec(changed("depth: 2 ** 10 * words", "depth: '512'\n      label: '512'"))
    attributes = spec.architecture.node("Cache").attributes
    assert (attributes["depth"], attributes["label"]) == (512, "512")
