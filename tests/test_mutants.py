"""Where faults are planted by ``make mutants``, and where none would be seen."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

# By name: mypy knows it as mutants.functions.
functions = import_module("benchmarks.mutants.functions")

SOURCE = """
from functools import cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from x import Y

Pairs = list[int] | None
MOST = 4


class Named(Protocol):
    @property
    def name(self) -> str: ...


@cache
def low(a: int | None = 3, *b: int, **c: int) -> int | None:
    if a is None:
        raise ValueError(f"no {MOST + 1}")
    return [x for x, _ in zip([a], [2], strict=True)][0] * MOST
"""


def test_sites_are_where_a_fault_can_be_seen() -> None:
    pytest.importorskip("cosmic_ray")
    sites = import_module("benchmarks.mutants.sites")

    found = {
        SOURCE.splitlines()[site.line - 1][site.column :].partition(" ")[0]: site
        for site in sites.sites_of(SOURCE)
    }
    assert list(found) == ["4", "3,", "a", "is", "2],", "0]", "*"]
    changed = {sites.mutated(SOURCE, mutation) for mutation in found["*"].mutations}
    assert SOURCE.replace("[0] * MOST", "[0] - MOST") in changed
    assert [mutation.operator for mutation in found["is"].mutations] == [
        "ReplaceComparisonOperator_Is_IsNot"
    ]


def function(line: int, column: int) -> Any:
    return functions.function_at(SOURCE, line, column)


def test_a_place_belongs_to_a_function_or_to_the_import() -> None:
    body = function(21, 12)
    assert body is not None
    assert (body.name, body.first, body.last) == ("low", 17, 21)
    assert function(18, 27) is None  # a default
    assert function(9, 7) is None


def test_code_is_exchanged_where_it_is_in_use() -> None:
    source = "def one(a):\n    def inner():\n        return a + 1\n    return inner()\n"
    names: dict[str, object] = {}
    exec(compile(source, "file", "exec"), names)  # noqa: S102
    one, place = names["one"], functions.function_at(source, 3, 8)
    assert callable(one)
    assert place is not None
    again = one
    code = functions.new_code(source.replace("+ 1", "+ 5"), "file", place)
    assert functions.exchange([one], code)
    assert again(2) == 7


def test_the_page_has_the_scores_that_are_kept() -> None:
    scores = import_module("benchmarks.mutants.scores")
    root = Path(__file__).parents[1]
    kept = scores.read(root / "benchmarks" / "results" / "mutants.csv").values()
    page = (root / "docs" / "mutants.md").read_text(encoding="utf-8")
    assert "\n".join(scores.table(kept)) in page
