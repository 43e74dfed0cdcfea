"""numba's compiler, where compiled code cannot be kept as well."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numba


class _Said:
    once = False


def njit(function: Callable[..., Any]) -> Any:
    """``numba.njit`` without Python objects and without the interpreter lock.

    What was compiled is kept beside the module, in the user's cache folder, or in
    ``NUMBA_CACHE_DIR``. Where none of them can be written to, it is compiled anew each time, which
    is warned of once.
    """
    try:
        compiled: Any = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder to keep it in
        _warn("no folder to keep compiled code in can be written to")
        return numba.njit(nogil=True)(function)
    with suppress(AttributeError):  # numba's own affair, another time
        cache = compiled._cache
        cache.save_overload = _kept_if_possible(cache.save_overload)
    return compiled


def _kept_if_possible(save: Callable[..., Any]) -> Callable[..., Any]:
    def saved(*arguments: Any) -> None:
        try:
            save(*arguments)
        except OSError as error:
            _warn(f"compiled code cannot be kept ({error.strerror})")

    return saved


def _warn(why: str) -> None:
    if not _Said.once:
        _Said.once = True
        warnings.warn(
            f"{why}; it is compiled anew each time (NUMBA_CACHE_DIR names a folder)",
            RuntimeWarning,
            stacklevel=3,
        )
