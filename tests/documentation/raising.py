"""Which errors of ours a function may raise, from the graph of calls in the sources.

A call leads on where the sources say to what: a name of the module or of an import, a method of
``self``, ``cls`` or of an argument whose class is annotated, a class that is made. What an
``except`` catches is not raised on. A call of what is not known leads nowhere: what is found is
raised, but more may be.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
from collections.abc import Iterator
from functools import cache, cached_property
from types import FunctionType, ModuleType
from typing import Any

from loas_tl.ground.errors import InputError
from tests.documentation.reference import hints, unwrapped
from tests.documentation.sources import function_tree

Error = type[InputError]
CONSTRUCTORS = ("__new__", "__init__", "__post_init__")


def raised(one: Any) -> frozenset[Error]:
    """The errors of ours that a function, or making an object of a class, may raise."""
    found: set[Error] = set()
    seen: set[FunctionType] = set()
    waiting = list(_functions(one))
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        errors, calls = _own(function)
        found |= errors
        waiting += calls
    return frozenset(found)


@cache
def _own(function: FunctionType) -> tuple[frozenset[Error], tuple[FunctionType, ...]]:
    """What a function raises itself, and the functions of ours that it calls."""
    tree = function_tree(function)
    if tree is None:  # made while running, as those of dataclasses
        return frozenset(), ()
    reader = _Reader(function)
    reader.visit(tree)
    return frozenset(reader.errors), tuple(reader.calls)


class _Reader(ast.NodeVisitor):
    """Collects raises and calls of one function."""

    def __init__(self, function: FunctionType) -> None:
        self.errors: set[Error] = set()
        self.calls: list[FunctionType] = []
        self._module = vars(sys.modules[function.__module__])
        self._local: dict[str, Any] = {}
        self._typed: dict[str, type[Any]] = {}
        owner = _owner(function)
        if owner is not None:
            self._typed |= {"self": owner, "cls": owner}
        try:
            known = hints(function)
        except NameError:
            known = {}
        for name, hint in known.items():
            if isinstance(hint, type) and hint.__module__.startswith(("loas_tl.", "tests.")):
                self._typed[name] = hint

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = __import__(str(node.module), fromlist=["_"]) if _installed(node.module) else None
        for alias in node.names:
            self._local[alias.asname or alias.name] = getattr(module, alias.name, None)

    def visit_Raise(self, node: ast.Raise) -> None:
        if node.exc is not None:
            one = self._value(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)
            if isinstance(one, type) and issubclass(one, InputError):
                self.errors.add(one)
            elif isinstance(one, FunctionType):
                back = hints(one).get("return")
                if isinstance(back, type) and issubclass(back, InputError):
                    self.errors.add(back)
        self.generic_visit(node)

    def visit_Try(self, node: ast.Try) -> None:
        if any(self._catches(handler) for handler in node.handlers):
            rest = [*node.handlers, *node.orelse, *node.finalbody]
        else:
            rest = [*node.body, *node.handlers, *node.orelse, *node.finalbody]
        for one in rest:
            self.visit(one)

    def visit_Call(self, node: ast.Call) -> None:
        self.calls += _functions(self._value(node.func))
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        owner = self._typed.get(node.value.id) if isinstance(node.value, ast.Name) else None
        member = inspect.getattr_static(owner, node.attr, None) if owner else None
        if isinstance(member, property | cached_property):
            self.calls += _functions(member)
        self.generic_visit(node)

    def _catches(self, handler: ast.ExceptHandler) -> bool:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        caught = [self._value(kind) for kind in kinds if kind is not None]
        return not caught or any(
            isinstance(one, type) and issubclass(InputError, one) for one in caught
        )

    def _value(self, node: ast.expr) -> Any:
        """What an expression is; None where that is not known."""
        if isinstance(node, ast.Name):
            for names in (self._local, self._module, vars(builtins)):
                if node.id in names:
                    return names[node.id]
        if isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id in self._typed:
                return inspect.getattr_static(self._typed[node.value.id], node.attr, None)
            holder = self._value(node.value)
            if isinstance(holder, type | ModuleType):
                return getattr(holder, node.attr, None)
        return None


def _functions(one: Any) -> Iterator[FunctionType]:
    """What runs where something is called: a class's constructors; nothing but ours."""
    function = unwrapped(one)
    if isinstance(one, type):
        for name in CONSTRUCTORS:
            made = getattr(one, name, None)
            if isinstance(made, FunctionType):
                yield from _functions(made)
    elif function is not None:
        function = inspect.unwrap(function)
        if function.__module__.startswith(("loas_tl.", "tests.")):
            yield function


def _owner(function: FunctionType) -> type[Any] | None:
    """The class whose method it is."""
    *outer, _ = function.__qualname__.split(".")
    value: Any = sys.modules[function.__module__]
    for name in outer:
        value = getattr(value, name, None)
    return value if isinstance(value, type) else None


def _installed(name: str | None) -> bool:
    try:
        __import__(str(name))
    except ImportError:
        return False
    return True
