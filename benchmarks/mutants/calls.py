"""Notes which functions of a package are called: their first statement says so."""

from __future__ import annotations

import ast
import builtins
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

from .functions import functions_of

_NAME = "__function_is_called__"


class Calls(MetaPathFinder):
    """Finds the modules of a folder, with functions that note that they are called.

    Attributes:
        seen: functions that were called, as ``file:first line``.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.seen: set[str] = set()

    def install(self) -> None:
        """Has what is imported from now on note its calls."""
        setattr(builtins, _NAME, self.seen.add)
        sys.meta_path.insert(0, self)

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """As the import system asks for it."""
        if not name.startswith("loas_tl"):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.origin is None or not spec.origin.startswith(self._folder):
            return None
        spec.loader = _Noting(name, spec.origin)
        return spec


class _Noting(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        del fullname
        tree = ast.parse(Path(self.path).read_text(encoding="utf-8"))
        for function in functions_of(tree):
            if function.compiled:
                continue
            node, at = function.node, f"{self.path}:{function.first}"
            call = ast.Call(ast.Name(_NAME, ast.Load()), [ast.Constant(at)], [])
            place = int(ast.get_docstring(node, clean=False) is not None)
            statement = ast.copy_location(ast.Expr(call), node.body[0])
            node.body.insert(place, ast.fix_missing_locations(statement))
        return compile(tree, self.path, "exec", dont_inherit=True)
