"""What pydoclint finds of arguments and results of public functions."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from types import FunctionType
from typing import Any

from tests.documentation.reference import members

OPTIONS = {
    "style": "google",
    "arg-type-hints-in-signature": True,
    "arg-type-hints-in-docstring": False,  # the signature has them
    "check-return-types": False,
    "check-yield-types": False,
    "check-class-attributes": False,  # those of bases and below fields are not known to it
    "skip-checking-raises": True,  # it looks for ``raise`` alone, and not at what is called
    "skip-checking-private-functions": True,
    "skip-checking-short-docstrings": True,  # a line that says what comes back is enough
    "omit-stars-when-documenting-varargs": True,
}
FOUND = re.compile(r"^\s*(\S.*\.py):(\d+): (DOC\d+: .*)$", re.MULTILINE)


def signature_faults(public: Mapping[str, Any]) -> Iterator[str]:
    """Arguments and results that a docstring has otherwise than the signature.

    Args:
        public: classes and functions by name.

    Yields:
        Name and fault, a line each.
    """
    places: dict[str, list[tuple[range, str]]] = {}
    for name, one in public.items():
        for function in methods(one) if isinstance(one, type) else [one]:
            lines, first = inspect.getsourcelines(function)
            where = range(first, first + len(lines))
            own = name if function is one else f"{name}.{function.__name__}"
            places.setdefault(str(inspect.getsourcefile(function)), []).append((where, own))
    for file, line, fault in _run(sorted(places)):
        for where, name in places[file]:
            if line in where:
                yield f"{name} {fault}"


def methods(of: type[Any]) -> list[FunctionType]:
    """The methods of a class; a property says what it is in a line, and takes nothing."""
    properties = (property, cached_property)
    named = members(of).items()
    return [method for name, method in named if not isinstance(vars(of)[name], properties)]


def _run(files: Sequence[str]) -> Iterator[tuple[str, int, str]]:
    options = [f"--{name}={value}" for name, value in OPTIONS.items()]
    command = [sys.executable, "-m", "pydoclint.main", "--quiet", *options]
    command += ["--show-filenames-in-every-violation-message=True", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr)
    for file, line, fault in FOUND.findall(done.stderr + done.stdout):
        yield file, int(line), fault
