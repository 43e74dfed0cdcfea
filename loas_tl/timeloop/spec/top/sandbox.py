"""Jinja that cannot do more than fill in a text, and not for long.

Jinja's sandbox keeps templates from Python's inner attributes. What it leaves open is how much a
template asks for. Here every turn of a loop and every call looks at the budget, whatever grows
text or lists is bounded before it does, and lists stay as they were made: so each operation by
itself is short.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.runtime import Context, Macro
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

from loas_tl.timeloop.spec.top.budget import MAX_CHARACTERS, MAX_ITEMS, Budget, BudgetError
from loas_tl.timeloop.spec.words import words

MAX_SOURCE = 2**20
"""Characters of a template."""
MAX_LOGIC = 2**15
"""Characters of a template between its braces."""
MAX_BITS = 4096
"""Of a whole number."""
MAX_WIDTH = 1000
"""That a text is padded or indented to."""
MAX_LISTED = 10_000
"""Characters of a text that is taken apart one by one."""

_LOGIC = re.compile(r"\{([{%]).*?(?:\1|[}%])\}", re.DOTALL)
_WIDTH = re.compile(r"\d{4}|\*")

_METHODS: dict[type, frozenset[str]] = {
    str: frozenset(
        words(
            "capitalize casefold center count endswith find format index isalnum isalpha isascii "
            "isdecimal isdigit isidentifier islower isnumeric isspace istitle isupper join ljust "
            "lower lstrip partition removeprefix removesuffix replace rfind rindex rjust "
            "rpartition rsplit rstrip split splitlines startswith strip swapcase title upper zfill"
        )
    ),
    list: frozenset(words("count index")),
    tuple: frozenset(words("count index")),
    dict: frozenset(words("get items keys values")),
    int: frozenset(words("bit_length")),
    float: frozenset(words("is_integer")),
}
"""What may be called of the values that templates have."""

_FILTERS = words(
    "abs batch capitalize center count d default dictsort first float format groupby indent int "
    "items join last length list lower map max min reject rejectattr replace reverse round select "
    "selectattr slice sort string sum title tojson trim truncate unique upper wordcount"
)


class Sandbox(SandboxedEnvironment):
    """The environment of all templates of one specification.

    Args:
        budget: shared by them.
        functions: what templates can call beside Jinja's own.
        find: text, name and nothing more of templates that others name (``{% include %}``,
            ``{% import %}``), or None.
    """

    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(
        self,
        budget: Budget,
        functions: Mapping[str, Any],
        find: Callable[[str], tuple[str, str, Any] | None],
    ) -> None:
        super().__init__(
            loader=FunctionLoader(find),
            undefined=StrictUndefined,
            autoescape=False,
            optimized=False,  # it would compute what is constant before anything is counted
            finalize=self.written,
        )
        self.budget = budget
        self.last = ""
        self.names: set[str] = set()
        self.filters = {name: self._filter(name) for name in _FILTERS if name in FILTERS}
        kept = ("range", "dict", "namespace", "cycler", "joiner")
        self.globals = {name: self.globals[name] for name in kept} | dict(functions)

    # Called by the code that templates are compiled to.

    def turn(self) -> None:
        """One turn of a loop or one call of a macro."""
        self.budget.step()

    def data(self, text: str) -> str:
        """A piece of the template's own text."""
        self.last = text
        return text

    def joined(self, *values: Any) -> str:
        """``a ~ b``."""
        self.budget.step(sum(self.budget.text(value) for value in values))
        return "".join(str(value) for value in values)

    def kept(self, value: Any) -> Any:
        """A list or mapping as it was made."""
        self.budget.items(value)
        return value

    def written(self, value: Any) -> Any:
        """A value that goes into the text."""
        self.budget.text(value)
        return value

    # Jinja's own, held back.

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        logic = sum(len(match[0]) for match in _LOGIC.finditer(source))
        if len(source) > MAX_SOURCE or logic > MAX_LOGIC:
            raise BudgetError("is larger than a template may be")
        self.budget.step()
        counting = _Counting()
        tree: nodes.Template = counting.visit(super()._parse(source, name, filename))
        self.names |= counting.names
        return tree

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Only what is known to do no harm: methods of values, fields of Jinja's own objects."""
        if not super().is_safe_attribute(obj, attr, value):
            return False
        for kind, allowed in _METHODS.items():
            if isinstance(obj, kind):
                return attr in allowed
        return not callable(value) or type(obj).__module__.startswith("jinja2.")

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """``str.format`` with widths that are no attack."""
        wrapped = super().wrap_str_format(value)
        if wrapped is None:
            return None
        text = value.__self__

        def formatted(*arguments: Any, **named: Any) -> str:
            self._refuse_widths(text, (*arguments, *named.values()))
            result: str = wrapped(*arguments, **named)
            return result

        return formatted

    def call(self, context: Context, function: Any, /, *arguments: Any, **named: Any) -> Any:
        """Any call in a template."""
        self.budget.items((arguments, named))
        owner = getattr(function, "__self__", None)
        if isinstance(owner, str):
            check: Callable[..., None] = _METHOD_CHECKS.get(function.__name__, _any)
            check(self, owner, *arguments, **named)
        result = super().call(context, function, *arguments, **named)
        if not isinstance(function, Macro):
            self._measured(result)
        return result

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """``+ * ** %``, after a look at what comes out."""
        if operator == "%" and isinstance(left, str):
            self._refuse_widths(left, right)
        elif operator == "*":
            self._refuse_product(left, right)
        elif operator == "**":
            if not all(isinstance(value, int | float) for value in (left, right)):
                raise TypeError("** expects numbers")
            if isinstance(left, int) and isinstance(right, int):
                _refuse_bits(left.bit_length() * abs(right))
        result = super().call_binop(context, operator, left, right)
        self._measured(result)
        return result

    def _refuse_product(self, left: Any, right: Any) -> None:
        for value, times in ((left, right), (right, left)):
            if isinstance(value, str) and isinstance(times, int):
                self.budget.step(len(value) * max(times, 0))
            is_list = isinstance(value, list | tuple) and isinstance(times, int)
            if is_list and self.budget.items(value) * times > MAX_ITEMS:
                raise BudgetError(f"makes a list of more than {MAX_ITEMS} values")
        if isinstance(left, int) and isinstance(right, int):
            _refuse_bits(left.bit_length() + right.bit_length())

    def _refuse_widths(self, text: str, arguments: Any) -> None:
        # Each place of the text can write any of the arguments.
        places = text.count("%") + text.count("{")
        self.budget.step(len(text) + places * self.budget.text(arguments))
        if _WIDTH.search(text) or re.search(r"\{[^{}]*\{", text):
            raise SecurityError("widths of formats are written out, with up to three digits")

    def _measured(self, value: Any) -> None:
        if isinstance(value, str):
            self.budget.step(len(value))
        elif isinstance(value, list | tuple | dict | set):
            self.budget.items(value)
        elif isinstance(value, int):
            _refuse_bits(value.bit_length())

    def _filter(self, name: str) -> Callable[..., Any]:
        original: Any = FILTERS[name]
        check: Callable[..., None] = _FILTER_CHECKS.get(name, _any)
        passed = getattr(original, "jinja_pass_arg", None)

        def run(*given: Any, **named: Any) -> Any:
            first = 0 if passed is None else 1
            arguments = [_listed(argument) for argument in given[first:]]
            self.budget.items((arguments, named))
            check(self, *arguments, **named)
            result = original(*given[:first], *arguments, **named)
            self._measured(result)
            return result

        if passed is not None:
            run.jinja_pass_arg = passed  # type: ignore[attr-defined]
        return run


class _Counting(NodeTransformer):
    """Puts the counting into a template's tree, and the lines of its text."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_Name(self, node: nodes.Name) -> nodes.Name:  # noqa: N802
        self.names.add(node.name)
        return node

    def visit_TemplateData(self, node: nodes.TemplateData) -> nodes.Expr:  # noqa: N802
        # Jinja keeps the lines of expressions alone.
        return _call("data", [nodes.Const(node.data)], node.lineno)

    def visit_Template(self, node: nodes.Template) -> nodes.Template:  # noqa: N802
        return self._with_turn(node)

    visit_For = visit_Macro = visit_CallBlock = visit_Block = visit_Template  # noqa: N815

    def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:  # noqa: N802
        self.generic_visit(node)
        return _call("joined", node.nodes, node.lineno)

    def visit_List(self, node: nodes.List) -> nodes.Expr:  # noqa: N802
        self.generic_visit(node)
        return _call("kept", [node], node.lineno)

    visit_Dict = visit_List  # noqa: N815

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Expr:  # noqa: N802
        if node.ctx != "load":
            return node
        self.generic_visit(node)
        return _call("kept", [node], node.lineno)

    def _with_turn(self, node: Any) -> Any:
        self.generic_visit(node)
        call = _call("turn", [], node.lineno)
        node.body.insert(0, nodes.ExprStmt(call, lineno=node.lineno))
        return node


def _call(name: str, arguments: list[nodes.Expr], line: int) -> nodes.Call:
    function = nodes.EnvironmentAttribute(name, lineno=line)
    return nodes.Call(function, arguments, [], None, None, lineno=line)


def _listed(value: Any) -> Any:
    """What another filter gives one by one, as a list, which can be measured."""
    return list(islice(value, MAX_ITEMS + 1)) if isinstance(value, Iterator) else value


def _refuse_bits(bits: int) -> None:
    if bits > MAX_BITS:
        raise BudgetError(f"makes a number of more than {MAX_BITS} bits")


def _any(_sandbox: Sandbox, *_arguments: Any, **_named: Any) -> None:
    pass


def _small(limit: int) -> Callable[..., None]:
    """No number among the arguments, or length of a text, is beyond the limit."""

    def check(_sandbox: Sandbox, _value: Any, *arguments: Any, **named: Any) -> None:
        for argument in (*arguments, *named.values()):
            size = len(argument) if isinstance(argument, str) else argument
            if isinstance(size, int | float) and abs(size) > limit:
                raise BudgetError(f"asks for a size of more than {limit}")

    return check


def _indent(sandbox: Sandbox, value: Any, *arguments: Any, **named: Any) -> None:
    _small(MAX_WIDTH)(sandbox, value, *arguments, **named)
    width = next(iter((*arguments, *named.values())), 4)
    size = len(width) if isinstance(width, str) else int(width)
    sandbox.budget.step((str(value).count("\n") + 1) * size)


def _replace(sandbox: Sandbox, value: Any, old: Any, new: Any, *_arguments: Any) -> None:
    text = str(value) if isinstance(value, str | int | float) else ""
    sandbox.budget.step((text.count(str(old)) + 1) * len(str(new)))


def _join(sandbox: Sandbox, value: Any, *arguments: Any, **named: Any) -> None:
    separators = [a for a in (*arguments, *named.values()) if isinstance(a, str)]
    sandbox.budget.text(value)
    count = len(value) if hasattr(value, "__len__") else MAX_LISTED
    sandbox.budget.step(count * sum(map(len, separators)) if separators else 0)


def _text_join(sandbox: Sandbox, separator: str, values: Any) -> None:
    _join(sandbox, values, separator)


def _taken_apart(_sandbox: Sandbox, value: Any, *_arguments: Any, **_named: Any) -> None:
    if isinstance(value, str) and len(value) > MAX_LISTED:
        raise BudgetError(f"takes a text of more than {MAX_LISTED} characters apart")


def _format(sandbox: Sandbox, value: Any, *arguments: Any, **named: Any) -> None:
    sandbox._refuse_widths(str(value) if isinstance(value, str) else "", (*arguments, named))


def _written(sandbox: Sandbox, value: Any, *arguments: Any, **named: Any) -> None:
    _small(MAX_WIDTH)(sandbox, value, *arguments, **named)
    sandbox.budget.text(value)


def _sum(_sandbox: Sandbox, _value: Any, _attribute: Any = None, start: Any = 0) -> None:
    if not isinstance(start, int | float):
        raise TypeError("sum adds numbers")


_METHOD_CHECKS: dict[str, Callable[..., None]] = {
    **dict.fromkeys(("ljust", "rjust", "center", "zfill"), _small(MAX_WIDTH)),
    **dict.fromkeys(("split", "rsplit", "splitlines"), _taken_apart),
    "replace": _replace,
    "join": _text_join,
}
_FILTER_CHECKS: dict[str, Callable[..., None]] = {
    **dict.fromkeys(("center", "batch", "slice"), _small(MAX_WIDTH)),
    **dict.fromkeys(
        ("list", "int", "float", "sort", "unique", "reverse", "map", "select", "reject", "min"),
        _taken_apart,
    ),
    **dict.fromkeys(("string", "tojson", "trim", "upper", "lower", "title"), _written),
    "round": _small(30),
    "indent": _indent,
    "replace": _replace,
    "join": _join,
    "format": _format,
    "sum": _sum,
    "wordcount": _taken_apart,
    "truncate": _small(MAX_CHARACTERS),
}
