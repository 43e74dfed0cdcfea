"""Arithmetic in specifications: names, numbers, + - * / // % **, parentheses; nothing is run."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from loas_tl.errors import InputError

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_LONGEST = 1000


def evaluate(expression: Any, names: Mapping[str, Any], where: str) -> Any:
    """The value of an expression; what is no text is its own value.

    Args:
        expression: a number, or text such as ``"width / 2"``.
        names: what the names in it stand for.
        where: what the message says the expression belongs to.

    Raises:
        InputError: where it is no arithmetic, or names something that is not there.
    """
    if not isinstance(expression, str):
        return expression
    try:
        if len(expression) > _LONGEST:
            raise ValueError("too long")
        return _value(ast.parse(expression.strip(), mode="eval").body, names)
    except KeyError as missing:
        raise InputError(
            f"{expression!r} names {missing.args[0]!r}; expected a number or one of "
            f"{', '.join(map(str, names)) or 'no names'}",
            key=where,
        ) from None
    except (SyntaxError, ValueError, TypeError, ZeroDivisionError, RecursionError) as error:
        raise InputError(
            f"{expression!r} cannot be computed ({error}); expected arithmetic of numbers "
            "and attributes",
            key=where,
        ) from None


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=int() | float() as value):
            return value
        case ast.Name(id=name):
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner, names)
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return +_value(inner, names)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(left, names), _value(right, names))
    raise ValueError("not arithmetic")
