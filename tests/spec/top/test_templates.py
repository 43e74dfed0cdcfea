"""Top files: what their functions do, and what messages say of lines and files."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent
from typing import Any

import numpy as np
import pytest

from loas_tl.ground import yaml_tree
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec import load_spec
from loas_tl.timeloop.spec.loading import load
from loas_tl.timeloop.spec.tree_writer import write_tree
from tests.spec.example import ARCHITECTURE, MAPPING, PROBLEM, SPARSE, WHOLE


def written(folder: Path, **files: str) -> Path:
    """Files of a folder, whose names have ``__`` for ``/``; ``top.yaml`` is the top one."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "top.yaml"


def put_in(folder: Path, expression: str, **data: Any) -> Any:
    """What a top file has in the place of an expression."""
    top = folder / "top.yaml"
    top.write_text(f"ignored: {expression}\n")
    return load(top, data=data).tree["ignored"]


TOP = """
{{ add_to_path(cwd() ~ '/parts') }}
{% set layer = layer | default('layers/default.yaml') %}
{# the parts of each kind, from their own files #}
variables: {{ include('arch.yaml', 'variables') }}
architecture: {{ include('arch.yaml', 'architecture') }}
problem:
  {{ include(layer, 'problem') }}
{% if path_exists(arch ~ '/mapping.yaml') %}
extra_mapping_constraints:
  version: 0.4
  targets: {{ include(find_path(arch ~ '/mapping.yaml'), 'mapping') }}
{% endif %}
{{ include_text('sparse.yaml') }}
"""


def test_a_specification_out_of_parts_is_the_specification(tmp_path: Path) -> None:
    top = written(
        tmp_path,
        top=TOP,
        parts__arch=ARCHITECTURE,
        layers__mine=PROBLEM,
        parts__own__mapping=MAPPING,
        parts__sparse=SPARSE,
    )
    spec = load_spec(top, data={"arch": "own", "layer": "layers/mine.yaml"})
    whole = tmp_path / "whole.yaml"
    whole.write_text(WHOLE)
    alone = load_spec(whole)
    assert spec.architecture.placed()[2].node.attributes == (
        alone.architecture.placed()[2].node.attributes
    )
    assert spec.problem == alone.problem
    assert [d.constraints for d in spec.constraints] == [d.constraints for d in alone.mapping]
    assert [target.optimization for target in spec.sparse] == [
        target.optimization for target in alone.sparse
    ]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("{{ include('a.yaml') }}", {"x": {"y": [1, 2]}}),
        ("{{ include('a.yaml', 'x.y') }}", [1, 2]),
        ("{{ include(['a.yaml'], 'x') }}", {"y": [1, 2]}),
        ("{{ include_all('?.yaml', 'x') }}", [{"y": [1, 2]}, {"y": [3]}]),
        ("{{ include_all('a*.yaml', 'x.y') }}", [1, 2]),
        ("{{ include_all(['b.yaml', 'a.yaml'], 'x.y') }}", [[3], [1, 2]]),
        ("[{{ include('b.yaml', 'x.y') }}, 4]", [[3], 4]),
        ("\n  {{ include_text('a.yaml') | indent(2) }}", {"x": {"y": [1, 2]}}),
        ("{<<: {{ include('a.yaml', 'x') }}, z: 1}", {"y": [1, 2], "z": 1}),
        ("{<<<: {{ include('a.yaml') }}, x: {y: [9], z: 1}}", {"x": {"y": [9, 1, 2], "z": 1}}),
        ("{<<<: {{ include('a.yaml') }}, x: {y: !nomerge [9]}}", {"x": {"y": [9]}}),
        ("{{ path_exists('a.yaml') }}{{ path_exists('q.yaml') }}", "TrueFalse"),
        ("{{ find_paths('?.yaml') | length }}", 2),
        ("!include b.yaml", {"x": {"y": [3]}}),
        ("!includedir parts", [{"p": 1}, {"p": 2}]),
        ("{{ include('parts/c.yaml', 'p') + '' }}", 1),
        ("{% macro m(a, b=2) %}{{ a * b }}{% endmacro %}{{ m(3) }}", 6),
        ("{% for i in range(3) %}{{ loop.index }}{% endfor %}", 123),
        ("{{ '%03d' % 7 }}", 7),
        ("{{ given.list[1] ~ given['word'] }}", "2x"),
        ("{{ size }}", 4),
        ("{{ where }}", "a/b"),
        ("{% include 'word.txt' %}", "word"),
        ("{% from 'macros.txt' import twice %}{{ twice(4) }}", 8),
    ],
)
def test_functions_of_templates(tmp_path: Path, expression: str, value: object) -> None:
    written(
        tmp_path,
        a="x: {y: [1, 2]}",
        b="x: {y: [3]}",
        parts__c="p: {{ given.list[0] }}",
        parts__d="p: 2",
    )
    (tmp_path / "word.txt").write_text("word")
    (tmp_path / "macros.txt").write_text("{% macro twice(x) %}{{ 2 * x }}{% endmacro %}")
    folder = tmp_path / "sub"
    folder.mkdir()
    for path in tmp_path.iterdir():
        if path != folder:
            (folder / path.name).symlink_to(path)
    data = {"given": {"list": (1, 2), "word": "x"}, "size": np.int64(4), "where": Path("a/b")}
    assert put_in(tmp_path, expression, **data) == value


def test_what_a_template_sets_stays_its_own(tmp_path: Path) -> None:
    """As in Accelergy: included files see the data given from outside alone."""
    top = written(
        tmp_path, top="{% set x = 1 %}globals: {{ include('a.yaml', 'x') }}", a="x: {{ x }}"
    )
    assert load(top, data={"x": 5}).tree["globals"] == 5


def test_folders_are_opened_by_name(tmp_path: Path) -> None:
    top = written(
        tmp_path / "here", top="globals: {{ include('b.yaml', 'x') }}", b="x: {{ include(c) }}"
    )
    written(tmp_path / "there", c="{y: 1}", b="x: 0")
    with pytest.raises(InputError, match=r"b\.yaml, included by .*top\.yaml line 1: line 1: .*out"):
        load(top, data={"c": str(tmp_path / "there" / "c.yaml")})
    with pytest.raises(InputError, match=r"there is no 'c\.yaml' in .*here"):
        load(top, data={"c": "c.yaml"})
    found = load(top, data={"c": "c.yaml"}, include=[tmp_path / "there"])
    assert found.tree["globals"] == {"y": 1}


def test_data_without_effect_is_known(tmp_path: Path) -> None:
    top = written(tmp_path, top="globals: {{ a }}")
    assert load(top, data={"a": 1, "b": 2}).unused == ("b",)


def test_errors_have_the_line_of_the_key_in_its_own_file(tmp_path: Path) -> None:
    top = written(
        tmp_path,
        top="{% set a = 1 %}\n\n{% for x in [1, 2] %}\n# {{ x }}\n{% endfor %}\n"
        "{% if a %}\nproblem: {{ include('p/q.yaml', 'problem') }}\n{% endif %}\n"
        "architecture:\n  {{ include_text('arch.yaml') }}\n",
        p__q="{% if 1 %}\n{# ... #}\n{% endif %}\nproblem: {{ include('r.yaml', 'x.y') }}\n",
        p__r="x:\n  y:\n    shape: {}\n    instanze: {}\n",
        arch="nodes:\n  - !Component\n    klass: DRAM\n",
    )
    with pytest.raises(InputError) as error:
        load_spec(top)
    assert str(error.value) == (
        f"{tmp_path}/p/r.yaml, included by {tmp_path}/p/q.yaml line 4, included by {top} line 7: "
        "line 4: problem.instanze: unknown key; did you mean instance?"
    )
    (tmp_path / "p/r.yaml").write_text("x:\n  y:\n" + indent(PROBLEM.split("problem:\n")[1], "  "))
    with pytest.raises(
        InputError, match=rf"arch\.yaml, included by {top} line 10: line \d: .*nodes"
    ):
        load_spec(top)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: {{ x }}", r"line 2: 'x' is undefined; give it with --set x=\.\.\. or --data"),
        ("a: 1\n{% if %}", r"line 2: Expected an expression"),
        ("a: 1\n\nb: {{ include('q.yaml') }}", r"line 3: there is no 'q\.yaml' in"),
        ("a: 1\nb: {{ include_all('*.txt') }}", r"line 2: there is no '\*\.txt' in"),
        ("b: {{ include('*.yaml') }}", r"line 1: 2 files are called '\*\.yaml'; include_all"),
        ("b: {{ include('ok.yaml', 'a.c') }}", r"line 1: ok\.yaml has no 'a\.c': 'c' is not in b"),
        ("b: {{ include('top.yaml') }}", r"line 1: top\.yaml would include itself"),
        ("{{ setenv('PATH', '') }}", r"line 1: setenv\('PATH', \.\.\.\) would change the env"),
        ("a: {{ 1 }}\nb: [", r"line 2: not YAML"),
        ("a: {{ 1 }}\n{% if 1 %}\na: 2\n{% endif %}", r"line 3: key 'a' is given twice"),
        ("a: !include_loaded x", r"line 1: !include_loaded stands for what include"),
        ("a: !include nowhere.yaml", r"line 1: there is no 'nowhere\.yaml'"),
        ("a: {{ 1 // 0 }}", r"line 1: integer division or modulo by zero"),
    ],
)
def test_what_is_said_of_templates(tmp_path: Path, text: str, message: str) -> None:
    top = written(tmp_path, top=text, ok="a: {b: 1}")
    with pytest.raises(InputError, match=message):
        load(top)


def test_data_are_plain_values(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="f: expected numbers, words, lists or mappings"):
        load(written(tmp_path, top="a: {{ f }}"), data={"f": print})


def test_a_tree_is_written_as_it_was_read(tmp_path: Path) -> None:
    top = written(tmp_path, top=TOP, parts__arch=ARCHITECTURE, layers__default=PROBLEM,
                  parts__sparse=SPARSE)  # fmt: skip
    tree = load(top, data={"arch": "none"}).tree
    text = write_tree(tree)
    again = yaml_tree.read_text(text)
    assert again == tree
    assert again["architecture"]["nodes"][0].tag == "!Container"
    technology = again["architecture"]["nodes"][0]["attributes"]["technology"]
    assert isinstance(technology, yaml_tree.Quoted)
    assert not isinstance(
        again["architecture"]["nodes"][2]["attributes"]["depth"], yaml_tree.Quoted
    )
