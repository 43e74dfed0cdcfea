"""Packages whose modules are there without an import of their own, imported on first use."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules


def modules_of(
    package: str, path: list[str], more: dict[str, str] | None = None
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` for a package's ``__init__``.

    Args:
        package: its ``__name__``.
        path: its ``__path__``.
        more: names that it offers beside its modules, by the module that has them.

    >>> import loas_tl.components
    >>> loas_tl.components.sram.estimate.__name__
    'estimate'
    """
    others = more or {}

    def get(name: str) -> object:
        if name in others:
            return getattr(import_module(others[name]), name)
        if name.startswith("_") or name not in names():
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return import_module(f"{package}.{name}")

    def names() -> list[str]:
        return sorted({*others, *(module.name for module in iter_modules(path))})

    return get, names
