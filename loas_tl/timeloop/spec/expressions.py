"""Expressions in specs, evaluated without ``eval``.

timeloopfe evaluates strings in attributes and variables as Python expressions over the variables,
the enclosing containers' attributes and Python's ``math`` functions. This evaluator walks the
syntax tree and knows arithmetic, comparisons, conditionals, tuples, look-ups in the given names
and the functions below. Values are bounded, so ``9**9**9`` is an error and not a hang.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from loas_tl.timeloop.spec.words import words

MAX_LENGTH = 1000
MAX_BITS = 4096
"""Bits of an integer on the way to a result."""
MAX_ITEMS = 10_000
"""Items of a list or range."""

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}
_UNARY: dict[type, Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Not: operator.not_,
    ast.Invert: operator.invert,
}


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(base, int) and isinstance(exponent, int) and exponent > 0:
        if base.bit_length() * exponent > MAX_BITS:
            raise ValueError("the result is too large")
        return base**exponent
    return float(base) ** float(exponent)


def _shift_left(value: Any, by: Any) -> Any:
    if by > MAX_BITS:
        raise ValueError("the result is too large")
    return value << by


def _range(*arguments: int) -> list[int]:
    result = range(*arguments)
    if len(result) > MAX_ITEMS:
        raise ValueError(f"a range of more than {MAX_ITEMS} items")
    return list(result)


def _bounded(function: Callable[..., Any], limit: int) -> Callable[..., Any]:
    """A function of integers that grows fast, for small arguments only."""

    def call(*arguments: int) -> Any:
        if any(abs(argument) > limit for argument in arguments):
            raise ValueError(f"arguments up to {limit}")
        return function(*arguments)

    return call


FUNCTIONS: dict[str, Any] = {
    **{
        name: getattr(math, name)
        for name in words(
            "ceil copysign fabs floor fmod fsum gcd isclose isfinite isinf isnan isqrt ldexp "
            "prod remainder trunc exp expm1 log log1p log2 log10 sqrt acos asin atan atan2 cos "
            "dist hypot sin tan degrees radians acosh asinh atanh cosh sinh tanh erf erfc gamma "
            "lgamma pi e tau inf nan"
        )
    },
    **{name: _bounded(getattr(math, name), 400) for name in ("comb", "perm", "factorial")},
    **{f.__name__: f for f in (abs, round, sum, len, min, max, float, int, bool)},
    "pow": _power,
    "range": _range,
    "list": list,
    "tuple": tuple,
    "str": str,
}


class ExpressionError(ValueError):
    """An expression cannot be evaluated; the message says why, without the place."""


def evaluate(text: str, names: Mapping[str, Any]) -> Any:
    """The value of an expression.

    Args:
        text: A Python expression, at most :data:`MAX_LENGTH` characters.
        names: What names stand for; mappings among them may be looked into, as in
            ``variables.width`` or ``variables["width"]``.

    Raises:
        ExpressionError: It is no expression, names something unknown, uses what is not supported,
            or has no value (division by zero, too large).
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"an expression of more than {MAX_LENGTH} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval")
        return _Evaluator(names).visit(tree.body)
    except ExpressionError:
        raise
    except SyntaxError as error:
        raise ExpressionError(f"{text!r} is no expression (quote it if it is text)") from error
    except (ArithmeticError, ValueError, TypeError, KeyError, IndexError) as error:
        raise ExpressionError(f"{text!r} has no value: {error}") from error
    except (RecursionError, MemoryError) as error:
        raise ExpressionError(f"{text[:40]!r}... is too deeply nested") from error


class _Evaluator:
    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = names

    def visit(self, node: ast.expr) -> Any:
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise ExpressionError(f"{type(node).__name__.lower()} is not supported in expressions")
        value = method(node)
        if isinstance(value, int) and value.bit_length() > MAX_BITS:
            raise ExpressionError("the result is too large")
        if isinstance(value, str | list | tuple) and len(value) > MAX_ITEMS:
            raise ExpressionError("the result is too long")
        return value

    def _constant(self, node: ast.Constant) -> Any:
        if not isinstance(node.value, int | float | str):
            raise ExpressionError(f"{node.value!r} is not supported in expressions")
        return node.value

    def _name(self, node: ast.Name) -> Any:
        if node.id in self._names:
            return self._names[node.id]
        if node.id in FUNCTIONS:
            return FUNCTIONS[node.id]
        raise ExpressionError(f"{node.id!r} is not defined (quote it if it is text)")

    def _attribute(self, node: ast.Attribute) -> Any:
        return self._look_up(self.visit(node.value), node.attr)

    def _subscript(self, node: ast.Subscript) -> Any:
        return self._look_up(self.visit(node.value), self.visit(node.slice))

    def _look_up(self, value: Any, key: Any) -> Any:
        if isinstance(value, Mapping):
            if key not in value:
                raise ExpressionError(f"{key!r} is not defined there")
            return value[key]
        if isinstance(value, list | tuple | str) and isinstance(key, int):
            return value[key]
        raise ExpressionError(f"cannot look up {key!r}")

    def _binop(self, node: ast.BinOp) -> Any:
        left, right = self.visit(node.left), self.visit(node.right)
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if isinstance(node.op, ast.Pow) and numbers:
            return _power(left, right)
        if isinstance(node.op, ast.LShift | ast.RShift) and numbers:
            shift = _shift_left if isinstance(node.op, ast.LShift) else operator.rshift
            return shift(left, right)
        function = _BINARY.get(type(node.op))
        if function is None or not (numbers or isinstance(node.op, ast.Add)):
            raise ExpressionError("arithmetic expects numbers")
        return function(left, right)

    def _unaryop(self, node: ast.UnaryOp) -> Any:
        return _UNARY[type(node.op)](self.visit(node.operand))

    def _boolop(self, node: ast.BoolOp) -> Any:
        wanted = isinstance(node.op, ast.Or)
        value: Any = not wanted
        for operand in node.values:
            value = self.visit(operand)
            if bool(value) == wanted:
                return value
        return value

    def _compare(self, node: ast.Compare) -> bool:
        left = self.visit(node.left)
        for op, operand in zip(node.ops, node.comparators, strict=True):
            function = _COMPARE.get(type(op))
            if function is None:
                raise ExpressionError(f"{type(op).__name__.lower()} is not supported")
            right = self.visit(operand)
            if not function(left, right):
                return False
            left = right
        return True

    def _ifexp(self, node: ast.IfExp) -> Any:
        return self.visit(node.body if self.visit(node.test) else node.orelse)

    def _list(self, node: ast.List) -> list[Any]:
        return [self.visit(item) for item in node.elts]

    def _tuple(self, node: ast.Tuple) -> tuple[Any, ...]:
        return tuple(self.visit(item) for item in node.elts)

    def _call(self, node: ast.Call) -> Any:
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise ExpressionError("functions take plain arguments here")
        if not isinstance(node.func, ast.Name) or not callable(FUNCTIONS.get(node.func.id)):
            raise ExpressionError(f"{ast.unparse(node.func)!r} is no known function")
        return FUNCTIONS[node.func.id](*(self.visit(argument) for argument in node.args))
