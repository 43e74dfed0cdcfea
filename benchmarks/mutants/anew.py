"""Imports the project anew with one file changed, and runs tests on it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

OPTIONS = (
    "-s",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "-p",
    "no:benchmark",
    "-o",
    "timeout=0",
    "-o",
    "tmp_path_retention_policy=none",
)
"""Of pytest: nothing is written; limits are our own."""
_OURS = {"loas_tl", "tests", "conftest"}


def quick_hypothesis() -> None:
    """Has hypothesis try the same examples each time, and not look for smaller ones that fail."""
    from hypothesis import HealthCheck, Phase, settings

    settings.register_profile(
        "mutants",
        phases=[Phase.explicit, Phase.generate],
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutants")


def run(
    path: str, source: str, names: Sequence[str], folder: Path, begin: Callable[[str], None]
) -> str | None:
    """Runs tests in order until one fails; nothing of the project is imported before.

    Args:
        path: of the file that is changed.
        source: its text from now on.
        names: of the tests.
        folder: what they write goes there.
        begin: called with each.

    Returns:
        The test that failed, an empty string if the import did; None if all passed.
    """
    for name in [*sys.modules]:
        if name.partition(".")[0] in _OURS:
            del sys.modules[name]
    sys.meta_path.insert(0, _Changed(path, source))
    _compile_afresh(path)
    order = _Order(names, begin)
    files = list(dict.fromkeys(name.partition("::")[0] for name in names))
    options = [*OPTIONS, "-x", f"--basetemp={folder}"]
    status = pytest.main([*files, *options], plugins=[order])
    if order.failed is None and status != pytest.ExitCode.OK:
        return ""
    return order.failed


class _Order:
    """Runs the tests that are named, in their order."""

    def __init__(self, names: Sequence[str], begin: Callable[[str], None]) -> None:
        self._place = {name: number for number, name in enumerate(names)}
        self._begin = begin
        self.failed: str | None = None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self._place),
            key=lambda item: self._place[item.nodeid],
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> None:
        self._begin(item.nodeid)

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and self.failed is None:
            self.failed = report.nodeid


class _Changed(MetaPathFinder):
    """Finds the one module whose source is changed."""

    def __init__(self, path: str, source: str) -> None:
        self._path, self._source = path, source

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.origin != self._path:
            return None
        loader: Loader = _Source(name, self._path, self._source)
        spec.loader = loader
        return spec


class _Source(SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        del fullname
        return compile(self._source, self.path, "exec", dont_inherit=True)


def _compile_afresh(path: str) -> None:
    """Has numba keep nothing of a file and of those that import it: what they call is inlined."""
    from numba.core import dispatcher

    fresh = {str(file) for file in users_of(Path(path), Path.cwd())}
    enable = dispatcher.Dispatcher.enable_caching

    def enable_caching(self: Any) -> None:
        if self.py_func.__code__.co_filename not in fresh:
            enable(self)

    dispatcher.Dispatcher.enable_caching = enable_caching  # type: ignore[method-assign]


def users_of(file: Path, root: Path) -> set[Path]:
    """A file of the project, and all that import it, directly or not."""
    imports: dict[Path, set[str]] = {}
    for path in (root / "loas_tl").rglob("*.py"):
        names = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names |= {f"{node.module}", *(f"{node.module}.{one.name}" for one in node.names)}
        imports[path] = names

    def name_of(path: Path) -> str:
        return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")

    users, new = {file}, {file}
    while new:
        names = {name_of(path) for path in new}
        new = {path for path, used in imports.items() if used & names} - users
        users |= new
    return users
