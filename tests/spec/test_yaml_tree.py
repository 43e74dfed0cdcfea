"""YAML as Timeloop writes it, and as nobody should."""

from __future__ import annotations

import pytest
import yaml

from loas_tl.ground import yaml_tree
from loas_tl.ground.errors import InputError
from loas_tl.ground.yaml_tree import Quoted, read_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-9", 1e-9),
        ("12", 12),
        ("0x10", 16),
        ("-3.5", -3.5),
        ("no", "no"),
        ("true", True),
        ("1:30", "1:30"),
        ("~", None),
        ("!!str 5", "5"),
        ("!!int 5", 5),
        ("2024-01-01", "2024-01-01"),
        (".inf", float("inf")),
        ("N", "N"),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    assert read_text(f"x: {text}") == {"x": value}


def test_quoted_words_are_text() -> None:
    tree = read_text("x: '12'\ny: 12\n'N': 1")
    assert tree == {"x": "12", "y": 12, "N": 1}
    assert isinstance(tree["x"], Quoted)


def test_tags_files_and_lines_are_kept() -> None:
    tree = read_text("a:\n- !Component\n  name: x", file="f.yaml")
    node = tree["a"][0]
    assert (node.tag, node.file, node.line) == ("!Component", "f.yaml", 2)


def test_aliases_and_merge_keys() -> None:
    tree = read_text("base: &b {x: 1, y: 2}\nmore: {<<: *b, y: 3}\nlist: [*b]")
    assert tree["more"] == {"x": 1, "y": 3}
    assert tree["list"] == [{"x": 1, "y": 2}]


def test_a_deep_merge_goes_on_into_what_both_have() -> None:
    tree = read_text(
        "base: &base {x: 1, deep: {a: 2, b: {c: 3}, list: [2]}}\n"
        "shallow: {<<: *base, deep: {a: 4}}\n"
        "deep: {<<<: *base, deep: {a: 4, b: {d: 5}}}\n"
    )
    assert tree["shallow"] == {"x": 1, "deep": {"a": 4}}
    assert tree["deep"] == {"x": 1, "deep": {"a": 4, "b": {"c": 3, "d": 5}, "list": [2]}}
    assert tree["base"] == {"x": 1, "deep": {"a": 2, "b": {"c": 3}, "list": [2]}}


def test_a_deep_merge_leaves_aliases_as_they_are() -> None:
    tree = read_text("base: {deep: &deep {a: 1}}\none: {<<<: {deep: {b: 2}}, deep: *deep}\n")
    assert tree["one"] == {"deep": {"a": 1, "b": 2}}
    assert tree["base"] == {"deep": {"a": 1}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", "line 2: key 'a' is given twice"),
        ("a: *b", "unknown or recursive alias"),
        ("a: &a [*a]", "unknown or recursive alias"),
        ("? {x: 1}\n: 2", "a key must be a word"),
        ("a: !!python/name:os.system x", "not supported"),
        ("a: !tag x", "tag !tag on a scalar"),
        ("a: 1\n---\nb: 2", "expected one document"),
        ("a: " + "9" * 50, "more than 40 digits"),
        ("<<: 3", "<< expects a mapping"),
        ("<<<: [3]", "<<< expects a mapping"),
        ("<<: {a: 1}\n<<<: {a: 1}", "expected either << or <<<"),
        ("[" * 100 + "]" * 100, "nested more than 64 deep"),
        ("- " * 100 + "x", "nested more than 64 deep"),
        ("a: \x07", "not YAML"),
    ],
)
def test_what_is_not_taken(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_text(text)


def test_aliases_of_aliases_do_not_explode() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    with pytest.raises(InputError, match="aliases counted in full"):
        read_text("\n".join(lines))


def test_the_plain_parser_gives_the_same_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "c: &c 1\na: {b: [1, 'x', *c], d: !T {e: 2}}"
    fast = read_text(text)
    monkeypatch.setattr(yaml_tree, "_Loader", yaml.SafeLoader)
    assert read_text(text) == fast


def test_aliases_do_not_nest_deeper_than_a_document_may() -> None:
    deep = "{x: " * 40 + "%s" + "}" * 40
    link = "a: &a " + deep % "1" + "\nb: " + deep
    assert read_text(link % "1")
    with pytest.raises(InputError, match="line 2: nested more than 64 deep"):
        read_text(link % "*a")
