"""One template to text, each line of which knows where it comes from."""

from __future__ import annotations

import bisect
import sys
from collections.abc import Mapping
from types import FrameType, TracebackType
from typing import Any

from jinja2 import Template, TemplateError, TemplateSyntaxError
from jinja2.exceptions import UndefinedError

from loas_tl.ground.errors import InputError
from loas_tl.ground.yaml_tree import Place
from loas_tl.timeloop.spec.top.sandbox import Sandbox

_CODE = "<template of a specification>"


class Text(str):
    """Text that was put together, with the place of each line."""

    __slots__ = ("places",)
    places: list[Place]

    def __str__(self) -> str:
        return self  # str() would drop the places

    @classmethod
    def of(cls, text: str, places: list[Place]) -> Text:
        """Text with its places."""
        whole = cls(text)
        whole.places = places
        return whole


def fill_in(sandbox: Sandbox, source: str, name: str, data: Mapping[str, Any]) -> Text:
    """A template filled in.

    Args:
        sandbox: where it runs.
        source: the template.
        name: of it in messages.
        data: what its names stand for.

    Raises:
        InputError: It is no template, names what is not there, or asks for what the sandbox
            forbids; the message has the line.
    """
    try:
        code = sandbox.compile(source, name, _CODE)
        template = Template.from_code(sandbox, code, sandbox.make_globals(None))
        return _written(sandbox, template, name, data)
    except InputError:
        raise
    except TemplateSyntaxError as error:
        raise InputError(f"line {error.lineno}: {error.message}", file=name) from None
    except (RecursionError, MemoryError) as error:
        raise InputError("is nested too deeply to be filled in", file=name) from error
    except _FAILURES as error:
        line = _line_of(error.__traceback__)
        where = f"line {line}: " if line else ""
        raise InputError(f"{where}{_reason(error)}", file=name) from error


def line_now() -> int | None:
    """The line of the template that has called the caller."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        template = frame.f_globals.get("__jinja_template__")
        if template is not None:
            line: int = template.get_corresponding_lineno(frame.f_lineno)
            return line
        frame = frame.f_back
    return None


_FAILURES = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    TypeError,
    ValueError,
)


def _written(sandbox: Sandbox, template: Template, name: str, data: Mapping[str, Any]) -> Text:
    lines = _Lines(template)
    chunks: list[str] = []
    places: list[Place] = []
    open_line: Place | None = None
    generator = template.root_render_func(template.new_context(dict(data)))
    for chunk in generator:
        line = lines.of(generator)
        chunks.append(chunk)
        own = chunk is sandbox.last
        inner = chunk.places if isinstance(chunk, Text) else None
        for number, piece in enumerate(chunk.split("\n")):
            if number:
                places.append(open_line or (name, line))
                open_line = None
            if open_line is None and piece.strip():
                if inner is not None:
                    open_line = inner[min(number, len(inner) - 1)]
                else:
                    open_line = (name, line + number if own else line)
    places.append(open_line or (name, 1))
    return Text.of("".join(chunks), places)


class _Lines:
    """Lines of a template by lines of the code that it was compiled to."""

    def __init__(self, template: Template) -> None:
        pairs = sorted((code, line) for line, code in template.debug_info)
        self._code = [code for code, _ in pairs]
        self._template = [line for _, line in pairs]

    def of(self, generator: Any) -> int:
        frame = generator.gi_frame
        if frame is None or not self._code:
            return 1
        index = bisect.bisect_right(self._code, frame.f_lineno) - 1
        return self._template[max(index, 0)]


def _line_of(traceback: TracebackType | None) -> int | None:
    line = None
    while traceback is not None:
        template = traceback.tb_frame.f_globals.get("__jinja_template__")
        if template is not None:
            line = template.get_corresponding_lineno(traceback.tb_lineno)
        traceback = traceback.tb_next
    return line


def _reason(error: BaseException) -> str:
    text = str(error) or type(error).__name__
    if isinstance(error, UndefinedError) and text.endswith("is undefined"):
        word = text.split("'")[1] if text.count("'") == 2 else None
        if word is not None:
            return f"{text}; give it with --set {word}=... or --data"
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is not there" if error.args else text
    if isinstance(error, TypeError):  # in Python's words
        return "a value is used as something that it is not (called, counted, taken apart)"
    return text if len(text) <= 300 else text[:297] + "..."
