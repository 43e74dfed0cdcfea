"""Expressions in specs, evaluated without ``eval``.

timeloopfe evaluates strings in attributes and variables as Python expressions over the variables,
the enclosing containers' attributes and Python's ``math`` functions. This evaluator walks the
syntax tree and knows arithmetic, comparisons, conditionals, lists and comprehensions, look-ups in
the given names and functions. Values and steps are bounded, so ``9**9**9`` is an error and not a
hang. Functions of one's own come from Python (:mod:`loas_tl.timeloop.spec.functions`).
"""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable, ItemsView, KeysView, Mapping, ValuesView
from typing import Any

from loas_tl.timeloop.spec.functions import (
    CALLABLE,
    FUNCTIONS,
    MAX_BITS,
    MAX_ITEMS,
    METHODS,
    Function,
    map_,
    power,
    shift_left,
)

MAX_LENGTH = 1000
MAX_STEPS = 100_000
"""Operations of one expression, each item of a list that is built or gone through among them."""

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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Python's, at what is no expression in the end
            tree = ast.parse(text.strip(), mode="eval")
        value = _Evaluator(names).visit(tree.body)
        if _size(value) > MAX_ITEMS:
            raise ExpressionError("the result is too long")
        return value
    except ExpressionError:
        raise
    except SyntaxError as error:
        raise ExpressionError(f"{text!r} is no expression (quote it if it is text)") from error
    except (ArithmeticError, ValueError, TypeError, KeyError, IndexError) as error:
        raise ExpressionError(f"{text!r} has no value: {error}") from error
    except (RecursionError, MemoryError) as error:
        raise ExpressionError(f"{text[:40]!r}... is too deeply nested") from error


def _size(value: Any) -> int:
    """Values in a list and lists in it, counted up to what there may be."""
    count, waiting = 0, [value]
    while waiting and count <= MAX_STEPS:
        item = waiting.pop()
        count += 1
        if isinstance(item, list | tuple):
            waiting.extend(item)
    return count


class _Evaluator:
    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = names
        self._steps = 0

    def visit(self, node: ast.expr) -> Any:
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise ExpressionError(f"{type(node).__name__.lower()} is not supported in expressions")
        self._step(1)
        value = method(node)
        if isinstance(value, int) and value.bit_length() > MAX_BITS:
            raise ExpressionError("the result is too large")
        if isinstance(value, str | list | tuple) and len(value) > MAX_ITEMS:
            raise ExpressionError("the result is too long")
        return value

    def _step(self, count: int) -> None:
        self._steps += count
        if self._steps > MAX_STEPS:
            raise ExpressionError(f"more than {MAX_STEPS} steps")

    def _constant(self, node: ast.Constant) -> Any:
        if not isinstance(node.value, int | float | str | None):
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
        value = self.visit(node.value)
        if isinstance(node.slice, ast.Slice):
            if not isinstance(value, list | tuple | str):
                raise ExpressionError("cannot take a part of that")
            self._step(len(value))
            ends = (node.slice.lower, node.slice.upper, node.slice.step)
            return value[slice(*(None if end is None else self.visit(end) for end in ends))]
        return self._look_up(value, self.visit(node.slice))

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
            return power(left, right)
        if isinstance(node.op, ast.LShift | ast.RShift) and numbers:
            shift = shift_left if isinstance(node.op, ast.LShift) else operator.rshift
            return shift(left, right)
        if isinstance(node.op, ast.Mult) and not numbers:
            return self._repeated(left, right)
        function = _BINARY.get(type(node.op))
        if function is None or not (numbers or isinstance(node.op, ast.Add)):
            raise ExpressionError("arithmetic expects numbers")
        if not numbers:
            self._step(sum(len(v) for v in (left, right) if isinstance(v, list | tuple | str)))
        return function(left, right)

    def _repeated(self, left: Any, right: Any) -> Any:
        items, times = (left, right) if isinstance(right, int) else (right, left)
        if not isinstance(items, list | tuple | str) or not isinstance(times, int):
            raise ExpressionError("arithmetic expects numbers")
        self._step(len(items) * max(times, 0))
        return items * times

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
            right = self.visit(operand)
            if isinstance(op, ast.Is | ast.IsNot):
                if right is not None:
                    raise ExpressionError("is compares with None alone")
                same = (left is None) == isinstance(op, ast.Is)
            else:
                function = _COMPARE.get(type(op))
                if function is None:
                    raise ExpressionError(f"{type(op).__name__.lower()} is not supported")
                self._step(_size(left) + _size(right))
                same = function(left, right)
            if not same:
                return False
            left = right
        return True

    def _ifexp(self, node: ast.IfExp) -> Any:
        return self.visit(node.body if self.visit(node.test) else node.orelse)

    def _list(self, node: ast.List) -> list[Any]:
        return [self.visit(item) for item in node.elts]

    def _tuple(self, node: ast.Tuple) -> tuple[Any, ...]:
        return tuple(self.visit(item) for item in node.elts)

    def _listcomp(self, node: ast.ListComp | ast.GeneratorExp) -> list[Any]:
        outside = self._names
        items: list[Any] = []
        try:
            self._comprehend(node.elt, node.generators, items)
        finally:
            self._names = outside
        return items

    _generatorexp = _listcomp

    def _comprehend(
        self, item: ast.expr, generators: list[ast.comprehension], items: list[Any]
    ) -> None:
        if not generators:
            items.append(self.visit(item))
            return
        first, rest = generators[0], generators[1:]
        values = self.visit(first.iter)
        if not isinstance(values, list | tuple | str | dict):
            raise ExpressionError("expected a list to go through")
        names = self._names
        for value in values:
            self._names = {**names, **self._bound(first.target, value)}
            if all(self.visit(condition) for condition in first.ifs):
                self._comprehend(item, rest, items)

    def _bound(self, target: ast.expr, value: Any) -> dict[str, Any]:
        if isinstance(target, ast.Name):
            return {target.id: value}
        if isinstance(target, ast.Tuple) and isinstance(value, list | tuple):
            if len(target.elts) != len(value):
                raise ExpressionError(f"expected {len(target.elts)} values, got {len(value)}")
            bound: dict[str, Any] = {}
            for part, item in zip(target.elts, value, strict=True):
                bound |= self._bound(part, item)
            return bound
        raise ExpressionError("expected names to go through a list with")

    def _call(self, node: ast.Call) -> Any:
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            raise ExpressionError("functions take plain arguments here")
        method = self._method(node.func)
        function: Any = method or self.visit(node.func)
        own = isinstance(function, Function)
        if not own and method is None and id(function) not in CALLABLE:
            raise ExpressionError(f"{ast.unparse(node.func)!r} is no known function")
        if node.keywords and not own:
            raise ExpressionError("functions take plain arguments here")
        arguments = [self.visit(argument) for argument in node.args]
        named = {str(word.arg): self.visit(word.value) for word in node.keywords}
        self._step(sum(_size(argument) for argument in arguments))
        if own:
            return function.call(*arguments, **named)
        if function is map_:
            arguments[0] = self._called(arguments[0])
        value = function(*arguments)
        views = (KeysView, ValuesView, ItemsView)
        return list(value) if isinstance(value, views) else value

    def _called(self, function: Any) -> Any:
        if isinstance(function, Function):
            return function.call
        if id(function) not in CALLABLE:
            raise ExpressionError("map expects a function")
        return function

    def _method(self, node: ast.expr) -> Callable[..., Any] | None:
        """A method of a value, as ``spec.variables.get``."""
        if not isinstance(node, ast.Attribute):
            return None
        value = self.visit(node.value)
        for kind, names in METHODS.items():
            if isinstance(value, kind) and node.attr in names:
                method: Callable[..., Any] = getattr(value, node.attr)
                return method
        return None
