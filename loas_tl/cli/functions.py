"""Functions of one's own for expressions in specs, out of a Python file that was named."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from loas_tl.ground.errors import InputError


def functions_of(files: Iterable[Path]) -> dict[str, Callable[..., Any]]:
    """All functions of the files, as Accelergy takes them: what they import is among them.

    Raises:
        InputError: a file is not there, or does not run.
    """
    functions: dict[str, Callable[..., Any]] = {}
    for file in files:
        if not file.is_file():
            raise InputError("is no file; expected a Python file", file=file, key="--functions")
        try:
            names = runpy.run_path(str(file))
        except (Exception, SystemExit) as error:
            raise InputError(
                f"{type(error).__name__}: {error}; expected a Python file that runs",
                file=file,
                key="--functions",
            ) from error
        functions |= {
            name: value
            for name, value in names.items()
            if callable(value) and not name.startswith("__")
        }
    return functions
