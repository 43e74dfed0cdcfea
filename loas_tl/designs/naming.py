"""Naming a design: ``LoAS``, ``LoAS:pes=32,cache_KiB=512``, ``mine.py:WIDE``."""

from __future__ import annotations

import copyreg
import errno
import hashlib
import importlib.util
import os
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

from loas_tl.components.component import Component, Part
from loas_tl.designs.checks import PLACEHOLDERS
from loas_tl.designs.design import Design
from loas_tl.designs.registry import check, designs, find
from loas_tl.ground.errors import InputError
from loas_tl.ground.given import check_mapping
from loas_tl.ground.nearest import nearest, unknown
from loas_tl.ground.raised import as_input_error

OF_A_FILE = "loas_tl_file_"
"""How the modules are called that files of one's own become."""


ALL = "all"
"""Names all registered designs, where several can be named."""


def design(name: str | Design, **values: Any) -> Design:
    """A design by name, with parameters of one's own.

    Args:
        name: ``"LoAS"``, ``"LoAS:pes=32,cache_KiB=512"``, ``"mine.py:WIDE"`` (a design in a
            Python file, which is a program and runs as one), or a design.
        values: parameters by name.

    Returns:
        The design.

    Raises:
        InputError: where there is no such design or parameter, naming the nearest, or a value
            cannot be used.

    >>> import loas_tl
    >>> wide = loas_tl.design("LoAS", pes=32, cache_KiB=512)
    >>> wide.label
    'LoAS cache_KiB=512 pes=32'
    """
    found = _named(name) if isinstance(name, str) else check(name)
    return _tried(found, values)


def choose(
    asked: Iterable[str | Design], settings: Mapping[str, str] | None = None
) -> list[Design]:
    """The designs that were asked for, with settings applied to each that has the parameter.

    The same one twice is once.

    Args:
        asked: names as of :func:`design`, or designs; :data:`ALL` is all that are registered.
        settings: ``--set``: parameters of any of them.

    Raises:
        InputError: as :func:`design`; where no design has a parameter; where two differ that are
            called the same; where nothing was asked for.
    """
    if isinstance(asked, str | Design) or not isinstance(asked, Iterable):
        asked = [asked]
    named = chosen = [one for text in asked for one in _several(text)]
    if not chosen:
        raise InputError("no accelerators given; expected at least one")
    known = list(dict.fromkeys(key for one in chosen for key in one.parameters))
    check_mapping(settings or {}, "settings")
    for key in settings or {}:
        if key not in known:
            whose = f"{chosen[0].name} has no" if len(chosen) == 1 else "no accelerator here has"
            raise unknown(key, known, whose, "--set")
    chosen = [
        _tried(one, {k: v for k, v in (settings or {}).items() if k in one.parameters})
        for one in chosen
    ]
    if settings and len(set(named)) > len(set(chosen)):
        listed = ", ".join(f"{key}={value}" for key, value in settings.items())
        raise InputError(
            f"with {listed} two of the accelerators are the same; expected settings that leave "
            "them apart",
            key="--set",
        )
    by_label = {one.label: one for one in chosen}
    for one in chosen:
        if by_label[one.label] != one:
            raise InputError(f"two accelerators are called {one.label!r}; give one another name")
    return list(by_label.values())


def choose_one(asked: str | Design, settings: Mapping[str, str] | None = None) -> Design:
    """The one design that was asked for, with settings applied.

    Args:
        asked: as of :func:`design`.
        settings: ``--set``.

    Raises:
        InputError: as :func:`choose`; for all of them.
    """
    if asked == ALL:
        raise InputError(f"{ALL} accelerators; expected one (loas-tl designs lists them)")
    return choose([asked], settings)[0]


def _several(asked: str | Design) -> list[Design]:
    return designs() if asked == ALL else [design(asked)]


def parse_settings(texts: Iterable[str], what: str = "--set") -> dict[str, str]:
    """``key=value`` texts as a mapping.

    Raises:
        InputError: for a text without ``=`` or a key that comes twice.
    """
    settings: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise InputError(f"{what} {text!r}; expected key=value")
        if name.strip() in settings:
            raise InputError(f"{what} {name.strip()} comes twice")
        settings[name.strip()] = value.strip()
    return settings


def _named(text: str) -> Design:
    file = re.match(r"(.*\.py)(?::(.*))?$", text, re.DOTALL)
    if file:
        name, _, listed = (file[2] or "").partition(":")
        if "=" in name:  # of the file's only design
            name, listed = "", file[2]
        found = _in_file(Path(file[1]), name)
    else:
        name, _, listed = text.partition(":")
        found = find(name)
    settings = parse_settings(listed.split(","), f"{text}:") if listed else {}
    for key in settings:
        if key not in found.parameters:
            raise unknown(key, list(found.parameters), f"{found.name} has no")
    return _tried(found, settings)


def _tried(found: Design, values: Mapping[str, Any]) -> Design:
    """The design with these values; of one's own, all that models will ask it for is tried.

    Raises:
        InputError: where it refuses the values, or its own Python fails; naming file and line.
    """
    file = getattr(sys.modules.get(type(found).__module__), "__file__", None)
    try:
        one = found.with_(**values) if values else found
        if type(found).__module__.startswith(OF_A_FILE):
            _ask(one)
    except InputError:
        raise
    except Exception as error:
        if not type(found).__module__.startswith(OF_A_FILE):
            raise
        raise InputError(
            f"{type(error).__name__}: {error}; expected a class that makes a design",
            file=file,
            key=_line(error, str(file)),
        ) from None
    return one


def _ask(one: Design) -> None:
    """Ask a design what models will ask it; InputError where it answers with something else."""
    _ = one.dataflow(), one.models, one.label
    if one.technology == PLACEHOLDERS:
        return
    pe = one.pe()
    if not isinstance(pe, Component | None):
        raise InputError(f"{one.name}: pe is a {type(pe).__name__}; expected a component (or None)")
    for what in ("neurons", "left_out", "parts"):
        answer = getattr(one, what)()
        if not isinstance(answer, tuple) or not all(isinstance(part, Part) for part in answer):
            raise InputError(f"{one.name}: {what} gives no tuple of parts; expected Part(...), ...")
    _ = one.constants


def _in_file(path: Path, name: str) -> Design:
    """The design that a Python file calls ``name``; its only one where no name is given."""
    module = run_file(path)
    there = {key: value for key, value in vars(module).items() if _is_design(value, module)}
    imported = {id(one) for one in designs()}
    own = {key: value for key, value in there.items() if id(value) not in imported}
    objects = [key for key, value in own.items() if isinstance(value, Design)] or list(own)
    if not name and len(objects) == 1:
        [name] = objects
    if name not in there:
        if name and hasattr(module, name):
            raise InputError("is no design; expected a loas_tl.Design", file=path, key=name)
        listed = ", ".join(objects) or "none"
        wanted = f"has no {name!r}; {nearest(name, list(there))}" if name else ""
        raise InputError(f"{wanted}expected FILE.py:NAME, of its designs: {listed}", file=path)
    value = there[name]
    try:
        return check(value if isinstance(value, Design) else value())
    except InputError as error:
        raise InputError(str(error), file=path, key=name) from None
    except Exception as error:
        raise InputError(
            f"{type(error).__name__}: {error}; expected a class that makes a design",
            file=path,
            key=_line(error, str(path.resolve())) or name,
        ) from None


def _is_design(value: object, module: Any) -> bool:
    if isinstance(value, Design):
        return True
    # A class that the file declares stands for the design with its defaults.
    return (
        isinstance(value, type)
        and issubclass(value, Design)
        and value.__module__ == module.__name__
        and not value.__name__.startswith("_")
    )


def run_file(path: Path) -> Any:
    """Run a Python file once; the same file is the same module from then on."""
    try:
        resolved = path.resolve(strict=True)
        if not resolved.is_file():
            raise InputError("is no file; expected a Python file", file=path)
        digest = hashlib.sha256(resolved.read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise as_input_error(error, file=path, expected="a Python file") from None
    except RuntimeError:  # a loop of links, before Python 3.13
        loop = OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        raise as_input_error(loop, file=path, expected="a Python file") from None
    name = f"{OF_A_FILE}{hashlib.sha256(str(resolved).encode()).hexdigest()[:8]}_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, resolved)
    if spec is None or spec.loader is None:
        raise InputError("is no Python file", file=path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(resolved.parent))
    try:
        spec.loader.exec_module(module)
    except KeyboardInterrupt:
        sys.modules.pop(name, None)
        raise
    except BaseException as error:
        sys.modules.pop(name, None)
        if isinstance(error, InputError):
            raise InputError(str(error), file=path) from None
        raise InputError(
            f"{type(error).__name__}: {str(error) or 'stopped'}; expected a file that runs",
            file=path,
            key=_line(error, str(resolved)),
        ) from None
    finally:
        sys.path.remove(str(resolved.parent))
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Design) and value.__module__ == name:
            # Another process has no such module: it runs the file itself.
            copyreg.pickle(value, partial(_reduced, str(resolved)))
    return module


def _reduced(file: str, one: Design) -> tuple[Any, ...]:
    values = {each.name: getattr(one, each.name) for each in fields(one)}
    return _restored, (file, type(one).__name__, values)


def _restored(file: str, name: str, values: dict[str, Any]) -> Design:
    """A design of a file, in whatever process."""
    made: Design = getattr(run_file(Path(file)), name)(**values)
    return made


def _line(error: BaseException, file: str) -> str | None:
    """The line of the file that an error is about."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == file]
    if isinstance(error, SyntaxError) and error.filename == file:
        lines = [error.lineno]
    return f"line {lines[-1]}" if lines else None
