"""Every place of a source where cosmic-ray can plant a fault, but for those that change nothing.

Left out, because no test could tell them from the original:

- annotations, type aliases and conditions of ``TYPE_CHECKING``: nothing runs them;
- the words of an error's message, as far as they are f-strings after ``raise``;
- decorators that only keep, compile or mark (``cache``, ``njit``, ``overload``, ``override``,
  ``abstractmethod``), and arguments of ``dataclass``;
- ``strict=`` of ``zip``, which checks what holds anyway;
- ``is`` among the comparisons and comparisons for ``is``: the same for what CPython keeps once;
- stars and slashes among the arguments of a function: how they may be given;
- decorators in a ``Protocol``: nothing runs it;
- what Python cannot compile, and what it reads as the same: 1e300 and one more.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.operators.provider import OperatorProvider

Place = tuple[int, int]
"""Line from 1, column from 0."""

_SYMBOLS = {"+", "-", "*", "/", "//", "%", "**", ">>", "<<", "|", "&", "^"}
_KINDS = {
    "number": ("NumberReplacer",),
    "keyword": (
        "ReplaceTrue",
        "ReplaceFalse",
        "ReplaceAnd",
        "ReplaceOr",
        "ReplaceBreak",
        "ReplaceContinue",
    ),
    "operator": ("ReplaceBinary",),
    "comparison": ("ReplaceComparison",),
    "factor": ("ReplaceUnary",),
    "not_test": ("ReplaceUnary",),
    "test": ("AddNot",),
    "if_stmt": ("AddNot",),
    "while_stmt": ("AddNot",),
    "for_stmt": ("ZeroIteration",),
    "decorator": ("RemoveDecorator",),
    "except_clause": ("ExceptionReplacer",),
}
"""Beginnings of the names of the operators that can change a kind of node."""
_IDENTITY = {"Is", "IsNot"}
_IDLE_DECORATORS = {"abstractmethod", "cache", "njit", "overload", "override"}
_ALIAS = re.compile(r"[A-Z]+[a-z]")


@dataclass(frozen=True)
class Mutation:
    """One way to change a site: an operator of cosmic-ray, and the how manieth of its places."""

    operator: str
    occurrence: int


@dataclass(frozen=True)
class Site:
    """A place that can be changed.

    Attributes:
        line, column: where.
        code: the line without its indentation.
        nth: how many of the same code and column came before it in the file.
        mutations: ways to change it.
    """

    line: int
    column: int
    code: str
    nth: int
    mutations: tuple[Mutation, ...]


def sites_of(source: str) -> list[Site]:
    """All places of a source that can be changed, in order."""
    idle = _idle_spans(ast.parse(source))
    found: dict[Place, list[Mutation]] = {}
    counts: Counter[str] = Counter()
    for node in ast_nodes(get_ast(source)):
        if node.type == "operator" and node.value not in _SYMBOLS:
            continue
        of_arguments = _is_of_arguments(node)
        for name, operator in _operators(node.type):
            for start, _ in operator.mutation_positions(node):
                if not of_arguments and not any(first <= start < last for first, last in idle):
                    found.setdefault(start, []).append(Mutation(name, counts[name]))
                counts[name] += 1
    lines, sites = source.splitlines(), []
    same: Counter[tuple[str, int]] = Counter()
    for (line, column), mutations in sorted(found.items()):
        code = lines[line - 1].strip()
        where = (code, column - lines[line - 1].index(code))
        sites.append(Site(line, column, code, same[where], tuple(mutations)))
        same[where] += 1
    return sites


def mutated(source: str, mutation: Mutation) -> str | None:
    """The source with the fault in it; None where it is none or Python cannot compile it."""
    operator = OperatorProvider()[mutation.operator]()
    changed: str | None = mutate_code(source, operator, mutation.occurrence)
    if changed is None or changed == source:
        return None
    try:
        tree = ast.parse(changed)
        compile(tree, "mutant", "exec", dont_inherit=True)
    except SyntaxError:
        return None
    return None if ast.dump(tree) == ast.dump(ast.parse(source)) else changed


@cache
def _operators(kind: str) -> tuple[tuple[str, Operator], ...]:
    beginnings = _KINDS.get(kind, ())
    provider = OperatorProvider()
    return tuple(
        (name, provider[name]())
        for name in provider
        if beginnings and name.startswith(beginnings) and not _mixes_identity(name)
    )


def _mixes_identity(name: str) -> bool:
    _, *changed = name.rsplit("_", 2)
    return len(_IDENTITY.intersection(changed)) == 1


def _idle_spans(tree: ast.Module) -> list[tuple[Place, Place]]:
    # A decorator begins before its expression.
    return [
        ((node.lineno, node.col_offset - 1), (node.end_lineno or 0, node.end_col_offset or 0))
        for node in _idle(tree)
    ]


def _idle(tree: ast.Module) -> Iterator[ast.expr]:
    """Expressions of which no change could be told."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and _is_alias(statement):
            yield statement.value
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield node.annotation
        if isinstance(node, ast.ClassDef) and any(_name(base) == "Protocol" for base in node.bases):
            for member in ast.walk(node):
                yield from getattr(member, "decorator_list", ())
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from (d for d in node.decorator_list if _name(d) in _IDLE_DECORATORS)
            yield from (
                word.value
                for d in node.decorator_list
                if _name(d) == "dataclass" and isinstance(d, ast.Call)
                for word in d.keywords
            )
        if isinstance(node, ast.FunctionDef) and node.returns is not None:
            yield node.returns
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            yield node.test
        elif isinstance(node, ast.Call):
            yield from (word.value for word in node.keywords if word.arg == "strict")
        elif isinstance(node, ast.Raise):
            yield from (part for part in ast.walk(node) if isinstance(part, ast.JoinedStr))


def _is_of_arguments(node: Any) -> bool:
    return node.type == "operator" and node.parent.type in ("parameters", "param", "lambdef")


def _is_alias(statement: ast.Assign) -> bool:
    names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
    return isinstance(statement.value, ast.Subscript | ast.BinOp) and all(map(_ALIAS.match, names))


def _name(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
