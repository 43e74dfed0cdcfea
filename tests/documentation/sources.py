"""Functions and classes as they are written: each module is read once."""

from __future__ import annotations

import ast
from functools import cache
from types import FunctionType
from typing import Any

from tests.documentation.reference import tree

Function = ast.FunctionDef | ast.AsyncFunctionDef


def function_tree(of: FunctionType) -> Function | None:
    """How a function is written; None where no file has it."""
    return _functions(of.__module__).get(of.__code__.co_firstlineno)


def class_tree(of: type[Any]) -> ast.ClassDef:
    """How a class is written."""
    return _classes(of.__module__)[of.__qualname__]


@cache
def _functions(module: str) -> dict[int, Function]:
    """By the first line, decorators included, as a function knows it."""
    return {
        min(part.lineno for part in (node, *node.decorator_list)): node
        for node in ast.walk(tree(module))
        if isinstance(node, Function)
    }


@cache
def _classes(module: str) -> dict[str, ast.ClassDef]:
    """By qualified name."""
    found = {}

    def walk(within: ast.AST, prefix: str) -> None:
        for node in ast.iter_child_nodes(within):
            if isinstance(node, ast.ClassDef):
                found[prefix + node.name] = node
                walk(node, f"{prefix}{node.name}.")

    walk(tree(module), "")
    return found
