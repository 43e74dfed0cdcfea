"""The examples in docstrings of public names run, and give what stands there."""

from __future__ import annotations

import doctest
import inspect
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import loas_tl
from loas_tl.designs import registry
from tests.documentation.reference import members, public

NEEDS = {"torch": pytest.mark.torch, "nir": pytest.mark.snn}
"""Extras that examples import, and the marks of tests that need them."""

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
MAIN = [
    value
    for value in (getattr(loas_tl, name) for name in loas_tl.__all__)
    if not isinstance(value, ModuleType)
]


def examples(name: str, one: Any) -> list[doctest.DocTest]:
    """The examples of a function, or of a class and its members."""
    told = {name: one}
    if isinstance(one, type):
        told |= {f"{name}.{key}": member for key, member in members(one).items()}
    parser, found = doctest.DocTestParser(), []
    for key, value in told.items():
        text = inspect.cleandoc(value.__doc__ or "")
        names = dict(vars(sys.modules[one.__module__]))
        found.append(parser.get_doctest(text, names, key, inspect.getsourcefile(value), None))
    return [each for each in found if each.examples]


def marked(test: doctest.DocTest) -> Any:
    sources = "\n".join(example.source for example in test.examples)
    missing = [name for name in NEEDS if f"import {name}\n" in sources]
    marks = [
        mark
        for name in missing
        for mark in (NEEDS[name], pytest.mark.skipif(not find_spec(name), reason=f"needs {name}"))
    ]
    return pytest.param(test, id=test.name.removeprefix("loas_tl."), marks=marks)


@pytest.mark.parametrize(
    "test", [marked(each) for name, one in public().items() for each in examples(name, one)]
)
def test_an_example_gives_what_stands_there(
    test: doctest.DocTest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    failed, _ = doctest.DocTestRunner(optionflags=FLAGS).run(test)
    assert not failed, capsys.readouterr().out


@pytest.mark.parametrize("one", MAIN, ids=lambda one: str(one.__name__))
def test_a_main_name_has_an_example(one: Any) -> None:
    assert examples(one.__name__, one)


def test_an_example_that_is_wrong_is_seen() -> None:
    def wrong() -> None:
        """One.

        >>> 1 + 1
        3
        """

    wrong.__module__ = __name__
    [test] = examples("wrong", wrong)
    assert doctest.DocTestRunner(verbose=False).run(test, out=lambda _: None).failed == 1
