"""Render the templates as timeloopfe would, in a sandbox.

timeloopfe hands its templates functions to read other files. Ours use one of them,
``include_text``, and Jinja's own imports; both see only the folders of the templates here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, meta, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from loas_tl.ground.data import shipped_folder
from loas_tl.ground.errors import InputError


def render_template(path: Path, variables: Mapping[str, Any]) -> str:
    """The template's text, filled in; blank lines that its logic leaves are dropped.

    Raises:
        InputError: where a variable is undefined, or the template does what the sandbox forbids
            or Jinja does not understand; the message names file and line.
    """
    try:
        text = _environment(path.parent).get_template(path.name).render(variables)
    except TemplateError as error:
        raise InputError(
            f"{type(error).__name__}: {error}", file=path, key=_line_in(error, path)
        ) from None
    except (ArithmeticError, LookupError, TypeError, ValueError, OSError) as error:
        raise InputError(
            f"cannot be filled in ({error})", file=path, key=_line_in(error, path)
        ) from None
    return _without_spare_blanks(text)


@cache
def variables_of(path: Path) -> frozenset[str]:
    """Names that a template, and those it imports or includes, take from outside.

    Raises:
        InputError: where Jinja does not understand it; the message names file and line.
    """
    environment = _environment(path.parent)
    names: set[str] = set()
    waiting, seen = [path.name], {path.name}
    while waiting:
        name = waiting.pop()
        try:
            tree = environment.parse(_loader(path.parent).get_source(environment, name)[0], name)
        except TemplateError as error:
            raise InputError(
                f"{type(error).__name__}: {error}", file=path, key=_line_in(error, path)
            ) from None
        names |= meta.find_undeclared_variables(tree)
        for other in meta.find_referenced_templates(tree):
            if other is not None and other not in seen:
                seen.add(other)
                waiting.append(other)
    return frozenset(names)


def _loader(folder: Path) -> FileSystemLoader:
    return FileSystemLoader([folder, *_shared()])


def _shared() -> list[Path]:
    return [shipped_folder("arch_specs"), shipped_folder("mappings")]


@cache
def _environment(folder: Path) -> SandboxedEnvironment:
    """One a folder, so that each template is compiled once.

    A template sees what lies beside it, then what our own templates share.
    """
    environment = SandboxedEnvironment(
        loader=_loader(folder), undefined=StrictUndefined, autoescape=False
    )

    @pass_context
    def include_text(context: Context, name: str) -> str:
        path = (folder / name).resolve()
        if path.parent not in [each.resolve() for each in (folder, *_shared())]:
            raise PermissionError(f"{name} lies outside of the templates' folders")
        return _environment(path.parent).get_template(path.name).render(context.get_all())

    environment.globals["include_text"] = include_text
    environment.globals["cwd"] = lambda: str(folder)
    environment.globals["path_exists"] = lambda name: (folder / name).exists()
    return environment


def _line_in(error: BaseException, path: Path) -> str | None:
    """The template's line that an error is about; Jinja rewrites tracebacks to its lines."""
    line = getattr(error, "lineno", None)
    traceback = error.__traceback__
    while traceback is not None and line is None:
        if traceback.tb_frame.f_code.co_filename == str(path):
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return None if line is None else f"line {line}"


def _without_spare_blanks(text: str) -> str:
    lines: list[str] = []
    for line in text.splitlines():
        line = line.rstrip()
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip("\n") + "\n"
