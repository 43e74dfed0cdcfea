"""What of the package is public: its names, and whatever those lead to.

- the names of ``loas_tl.__all__``;
- the names of ``__all__`` of its packages;
- what README and the documentation name in full, such as ``loas_tl.timeloop.accelergy.ert``;
- the classes of the package that those hold, give back or derive from.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
import typing
from collections.abc import Iterator
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import loas_tl

ROOT = Path(__file__).parents[1]
PACKAGES = ("comparison", "trained", "timeloop.outputs", "timeloopfe.v4")
"""Packages with public names beside those of ``loas_tl.__all__``."""

_NAMED = re.compile(r"\bloas_tl(?:\.[A-Za-z_]\w*)+")
_IMPORTED = re.compile(r"^from (loas_tl[\w.]*) import ([\w, ]+)$", re.MULTILINE)

Public = type[Any] | FunctionType


def packages() -> list[ModuleType]:
    """The public packages, without repetition."""
    names = {loas_tl._PACKAGES[one]: None for one in loas_tl.__all__ if one in loas_tl._PACKAGES}
    names |= {f"loas_tl.{one}": None for one in PACKAGES}
    return [importlib.import_module(one) for one in names]


def public() -> dict[str, Public]:
    """Every public class and function, by the module and name where it is written."""
    found: dict[str, Public] = {}
    waiting = list(_named())
    while waiting:
        one = waiting.pop()
        name = f"{one.__module__}.{one.__qualname__}"
        if name not in found:
            found[name] = one
            waiting += [other for other in _led_to(one) if _ours(other)]
    return dict(sorted(found.items()))


def members(of: type[Any]) -> dict[str, FunctionType]:
    """The public methods and properties that a class itself has, as functions."""
    found = {}
    for name, value in vars(of).items():
        function = unwrapped(value)
        own = function is not None and function.__module__ == of.__module__
        if function is not None and own and not name.startswith("_"):
            found[name] = function
    return found


def unwrapped(value: object) -> FunctionType | None:
    """The function of a method or property; None where it is neither."""
    if isinstance(value, property):
        value = value.fget
    elif isinstance(value, cached_property):
        value = value.func
    elif isinstance(value, classmethod | staticmethod):
        value = value.__func__
    return value if isinstance(value, FunctionType) else None


@cache
def hints(of: Any) -> dict[str, Any]:
    """Its annotations, evaluated; names that only type checkers import included."""
    names = _checked_imports(of.__module__)
    own = inspect.get_annotations(of)
    module = vars(sys.modules[of.__module__])
    return {
        name: eval(value, module, {**names}) if isinstance(value, str) else value  # noqa: S307
        for name, value in own.items()
    }


def complete() -> None:
    """Give modules what they import for type checkers, so that annotations name it."""
    for module in {one.__module__ for one in public().values()}:
        for name, value in _checked_imports(module).items():
            vars(sys.modules[module]).setdefault(name, value)


@cache
def tree(module: str) -> ast.Module:
    """How a module is written; of one without a file nothing."""
    file = getattr(sys.modules[module], "__file__", None)
    return ast.parse(Path(file).read_text(encoding="utf-8") if file else "")


def _named() -> Iterator[Public]:
    for module in (loas_tl, *packages()):
        for name in getattr(module, "__all__", ()):
            value = getattr(module, name)
            if _ours(value):
                yield value
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = page.read_text(encoding="utf-8")
        full = _NAMED.findall(text)
        for module_name, names in _IMPORTED.findall(text):
            full += [f"{module_name}.{name.strip()}" for name in names.split(",")]
        for name in full:
            yield from _at(name)


def _at(name: str) -> Iterator[Public]:
    """What a dotted name leads to: of a module without ``__all__`` all that is written in it."""
    value: Any = loas_tl
    for part in name.split(".")[1:]:
        if isinstance(value, ModuleType) and not hasattr(value, part):
            if find_spec(f"{value.__name__}.{part}") is None:
                return
            value = importlib.import_module(f"{value.__name__}.{part}")
        else:
            value = getattr(value, part, None)
    if isinstance(value, ModuleType):
        for inner, one in vars(value).items():
            if _ours(one) and one.__module__ == value.__name__ and not inner.startswith("_"):
                yield one
    elif _ours(value):
        yield value


def _ours(one: Any) -> bool:
    return (
        isinstance(one, type | FunctionType)
        and one.__module__.startswith("loas_tl.")
        and "<" not in one.__qualname__
        and not one.__qualname__.split(".")[-1].startswith("_")
    )


def _led_to(one: Public) -> Iterator[Any]:
    if isinstance(one, FunctionType):
        yield from _classes(hints(one).get("return"))
        return
    yield from one.__bases__
    for name, value in hints(one).items():
        if not name.startswith("_"):
            yield from _classes(value)
    for function in members(one).values():
        yield from _classes(hints(function).get("return"))


def _classes(hint: Any) -> Iterator[type[Any]]:
    if isinstance(hint, type):
        yield hint
    for inner in typing.get_args(hint):
        yield from _classes(inner)


@cache
def _checked_imports(module: str) -> dict[str, Any]:
    """What a module imports for type checkers alone."""
    names: dict[str, Any] = {}
    for node in tree(module).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for line in node.body:
                if isinstance(line, ast.Import | ast.ImportFrom):
                    for alias in line.names:
                        names[alias.asname or alias.name] = _imported(line, alias.name)
    return names


def _imported(line: ast.Import | ast.ImportFrom, name: str) -> Any:
    """What a line imports; anything where it is of an extra that is not installed."""
    try:
        if isinstance(line, ast.Import):
            return importlib.import_module(name)
        return getattr(importlib.import_module(str(line.module)), name)
    except ModuleNotFoundError:
        return Any
