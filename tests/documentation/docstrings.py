"""What the docstring of a public name has to say, and where it does not.

What a library knows is left to it: pydoclint holds arguments and results against the signature
(``signatures.py``), the graph of calls has what may be raised (``raising.py``). The rest is here:

- a class, function, method or property has a docstring, and each field a line;
- each argument is described;
- what is an array says its dtype and shape, as ``bool[T, M, K]``;
- what is a quantity says its unit, in its name (``_pJ``), its type (``Joules``) or in words;
- what may raise an error of ours says so under ``Raises``;
- what models hardware has a ``Source``, itself or in its module.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import FunctionType
from typing import Any

import numpy as np

from loas_tl.components.units import Quantity
from loas_tl.ground.errors import InputError
from tests.documentation.raising import CONSTRUCTORS, raised
from tests.documentation.reference import hints, members
from tests.documentation.sources import class_tree

SECTIONS = ("Args", "Attributes", "Class attributes", "Returns", "Yields", "Raises")
ARRAY = re.compile(r"\b(?:bool|u?int\d*|integer|float\d*|str|object)\[[^\]]+\]")
TENSOR = re.compile(r"x|w|(?:first_)?spikes|weights|words|inputs|outputs|maps|rows|matrix|image")
"""Arguments that are arrays, or what becomes one, whatever their annotation."""
QUANTITY = re.compile(
    r"cycles|latency|energy|area|leak|power|capacity|bandwidth|clock|traffic|seconds|bytes"
)
UNIT_IN_NAME = re.compile(
    r"(?:^|_)(?:pJ|pj|mW|mm2|um2|nm|KiB|GBps|MHz|hz|bytes_per_s|bits|bytes|cycles|percent|seconds)$"
)
UNIT = re.compile(
    r"\b(?:s|seconds?|ns|J|pJ|W|mW|m2|mm²|µm²|nm|bits?|bytes?|KiB|MiB|MB|GB/s|MHz|Hz|cycles?|percent|"
    r"[Ss]hares?|[Rr]atios?|times|-fold|density|densities|probability|factor|operations|instances|"
    r"actions|accesses|elements|counts?|units?|dimensionless)\b|%"
)
MODELS = re.compile(
    r"loas_tl\.(?:fiber|kernel|models|sparsity|exact|timeloop\.(?:native|mapper))\b"
)


@dataclass(frozen=True)
class Docstring:
    """A docstring by section.

    Attributes:
        text: the whole.
        sections: entries by section and name; of ``Returns`` and ``Yields`` one, without a name.
    """

    text: str
    sections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, one: Any) -> Docstring:
        """The docstring of a class or function."""
        text = inspect.getdoc(one) or ""
        sections: dict[str, dict[str, str]] = {}
        section, names = "", [""]
        for line in text.splitlines():
            entry = re.match(r"    (\**[\w.]+(?:, \**[\w.]+)*): *(.*)", line)
            if line.endswith(":") and line[:-1] in SECTIONS:
                section, names = line[:-1], [""]
                sections[section] = {}
            elif line and not line.startswith(" "):
                section = ""
            elif section and entry and section not in ("Returns", "Yields"):
                names = entry[1].replace("*", "").split(", ")
                sections[section] |= dict.fromkeys(names, entry[2])
            elif section:
                for name in names:
                    sections[section][name] = f"{sections[section].get(name, '')}\n{line.strip()}"
        return cls(text, sections)

    def entry(self, section: str, name: str = "") -> str:
        """What a section says of a name; empty where it says nothing."""
        return self.sections.get(section, {}).get(name, "").strip()

    def about(self) -> str:
        """What it says before its sections."""
        return re.split(rf"^(?:{'|'.join(SECTIONS)}):$", self.text, maxsplit=1, flags=re.M)[0]


def faults(one: Any) -> Iterator[str]:
    """What the docstring of a public class or function lacks, a line each."""
    yield from _of_class(one) if isinstance(one, type) else _of_function(one)
    if MODELS.match(one.__module__):
        yield from _of_model(one)


def _of_class(one: type[Any]) -> Iterator[str]:
    """Of a class, its fields, methods and properties."""
    if not one.__doc__:
        yield "has no docstring"
    for name, said in described_fields(one).items():
        if not said:
            yield f"does not describe {name}"
            continue
        yield from (f"{name} {fault}" for fault in _of_value(name, hints(one)[name], said))
    if any(name in vars(one) for name in CONSTRUCTORS):
        yield from _of_errors(one)
    for name, member in members(one).items():
        yield from (f"{name} {fault}" for fault in _of_function(member))


def _of_function(one: FunctionType) -> Iterator[str]:
    """Of a function, a method or a property."""
    said = Docstring.of(one)
    if not said.text:
        yield "has no docstring"
        return
    yield from _of_errors(one)
    known = hints(one)
    for name in inspect.signature(one).parameters:
        if name in ("self", "cls") or not name.strip("_"):
            continue
        about = said.entry("Args", name)
        if not about:
            yield f"does not describe its argument {name}"
            continue
        yield from (f"{name} {fault}" for fault in _of_value(name, known.get(name), about))
    back = "\n".join([said.about(), said.entry("Returns"), said.entry("Yields")])
    for fault in _of_value(one.__name__, known.get("return"), back):
        yield f"gives what {fault}"


def _of_errors(one: Any) -> Iterator[str]:
    """Of errors of ours that it may raise, and that none under ``Raises`` stands for."""
    said = Docstring.of(one).sections.get("Raises", {})
    known = {error.__name__: error for error in _all_errors()}
    told = [known.get(name) for name in said]
    for error in sorted(raised(one), key=lambda error: error.__name__):
        if not any(each is not None and issubclass(error, each) for each in told):
            yield f"does not say that it raises {error.__name__}"


def _of_model(one: Any) -> Iterator[str]:
    """Of a model: its source, in its docstring or that of its module."""
    texts = [one.__doc__ or "", sys.modules[one.__module__].__doc__ or ""]
    if not any("Source:" in text for text in texts):
        yield "has no Source, nor has its module"


def _all_errors(of: type[InputError] = InputError) -> Iterator[type[InputError]]:
    yield of
    for inner in of.__subclasses__():
        yield from _all_errors(inner)


def described_fields(one: type[Any]) -> dict[str, str]:
    """What is said of each public field that a class itself declares; empty where nothing is."""
    return {
        name: "\n".join(part for base in one.__mro__ for part in _said_of(base, name)).strip()
        for name in hints(one)
        if not name.startswith("_")
    }


def _said_of(one: type[Any], name: str) -> Iterator[str]:
    """What a class says of a field: under its attributes, below the field, or in its metadata."""
    if not one.__module__.startswith(("loas_tl.", "tests.")):
        return
    said = Docstring.of(one)
    yield said.entry("Attributes", name) or said.entry("Class attributes", name)
    yield _below_fields(one).get(name, "")
    declared = getattr(one, "__dataclass_fields__", {}).get(name)
    for kept in (declared.metadata, *declared.metadata.values()) if declared else ():
        if isinstance(kept, Mapping):
            yield " ".join(str(kept.get(key, "")) for key in ("about", "unit"))


def _of_value(name: str, hint: Any, said: str) -> Iterator[str]:
    """What is missing of an argument, a result or a field."""
    kinds = set(_kinds(hint))
    array = np.ndarray in kinds or (hint in (object, Any) and TENSOR.fullmatch(name))
    if array and not ARRAY.search(said):
        yield "is an array without dtype and shape, as in float64[T, M]"
    if any(isinstance(kind, type) and issubclass(kind, Quantity) for kind in kinds):
        return
    number = float in kinds or (int in kinds and QUANTITY.search(name))
    if number and not UNIT_IN_NAME.search(name) and not UNIT.search(said):
        yield "is a quantity without unit (say 'share' or 'ratio' where it has none)"


def _kinds(hint: Any) -> Iterator[Any]:
    """The classes that an annotation names."""
    arguments = hint if isinstance(hint, list) else typing.get_args(hint)
    if not isinstance(hint, list):
        kind = typing.get_origin(hint) or hint
        yield kind
        if hasattr(kind, "__value__"):  # an alias, as numpy's NDArray is from Python 3.12 on
            yield from _kinds(kind.__value__)
    for inner in arguments:
        yield from _kinds(inner)


def _below_fields(one: type[Any]) -> dict[str, str]:
    """The texts that stand below fields of a class."""
    body = class_tree(one).body
    found = {}
    for first, second in pairwise(body):
        if (
            isinstance(first, ast.AnnAssign)
            and isinstance(first.target, ast.Name)
            and isinstance(second, ast.Expr)
            and isinstance(second.value, ast.Constant)
        ):
            found[first.target.id] = str(second.value.value)
    return found
