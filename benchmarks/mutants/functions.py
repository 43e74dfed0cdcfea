"""Which function a line belongs to, and how its code is exchanged while it is in use."""

from __future__ import annotations

import ast
import functools
import gc
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any


@dataclass(frozen=True)
class Function:
    """A function of a module, or a method; those within it are parts of it.

    Attributes:
        first, last: its lines, decorators included.
        body: line and column from which on the code is its own, not that of the module.
        name: without that of its class.
        compiled: by numba.
        node: of its syntax.
    """

    first: int
    last: int
    body: tuple[int, int]
    name: str
    compiled: bool
    node: ast.FunctionDef


def function_at(source: str, line: int, column: int) -> Function | None:
    """The function in whose body a place is; None where it is run by the import."""
    for function in functions_of(ast.parse(source)):
        if function.body <= (line, column) and line <= function.last:
            return function
    return None


def functions_of(node: ast.Module | ast.ClassDef) -> Iterator[Function]:
    """All functions and methods, but those within others."""
    for child in node.body:
        if isinstance(child, ast.ClassDef):
            yield from functions_of(child)
        if isinstance(child, ast.FunctionDef):
            decorators = child.decorator_list
            first = min([child.lineno, *(d.lineno for d in decorators)])
            body = child.body[0].lineno, child.body[0].col_offset
            compiled = any("njit" in ast.dump(d) for d in decorators)
            yield Function(first, child.end_lineno or first, body, child.name, compiled, child)


def live_functions(folder: str) -> dict[tuple[str, int, str], list[FunctionType]]:
    """All function objects of the files of a folder, by file, first line and name."""
    found: dict[tuple[str, int, str], list[FunctionType]] = {}
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(folder):
            code = each.__code__
            place = (code.co_filename, code.co_firstlineno, code.co_name)
            found.setdefault(place, []).append(each)
    return found


def new_code(source: str, file: str, function: Function) -> CodeType | None:
    """The code of a function in a changed source."""
    for code in _codes(compile(source, file, "exec", dont_inherit=True)):
        if code.co_firstlineno == function.first and code.co_name == function.name:
            return code
    return None


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def exchange(functions: list[FunctionType], code: CodeType | None) -> bool:
    """Has functions run other code from now on; False where they cannot."""
    if code is None or not functions:
        return False
    if any(each.__code__.co_freevars != code.co_freevars for each in functions):
        return False
    for each in functions:
        each.__code__ = code
    return True


class Caches:
    """The caches of the project and of its tests, but for those of recordings.

    Those of functools, and private dictionaries of a module that nothing was in at first.
    """

    def __init__(self) -> None:
        self._known: list[Any] = []
        self._filled: dict[tuple[str, str], dict[Any, Any]] = {}
        self._modules = 0

    def empty(self) -> None:
        """Forgets what they hold."""
        if len(sys.modules) != self._modules:
            self._modules = len(sys.modules)
            self._known = [each for each in gc.get_objects() if _is_ours(each)]
            self._filled |= _empty_dictionaries()
        for each in self._known:
            each.cache_clear()
        for filled in self._filled.values():
            filled.clear()


def _empty_dictionaries() -> dict[tuple[str, str], dict[Any, Any]]:
    return {
        (name, variable): value
        for name, module in list(sys.modules.items())
        if name.startswith("loas_tl.")
        for variable, value in list(vars(module).items())
        if variable.startswith("_") and type(value) is dict and not value
    }


def _is_ours(each: object) -> bool:
    if not isinstance(each, functools._lru_cache_wrapper):
        return False
    module = getattr(each, "__module__", "") or ""
    recorded = module.startswith("tests.") and module.count(".") == 1
    return module.startswith(("loas_tl.", "tests.")) and not recorded
