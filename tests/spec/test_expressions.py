"""Expressions: arithmetic, and nothing that could do harm."""

from __future__ import annotations

import contextlib
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loas_tl.timeloop.spec.expressions import ExpressionError, evaluate
from loas_tl.timeloop.spec.functions import FUNCTIONS, Function

NAMES: dict[str, Any] = {"width": 8, "variables": {"T": 4}, "sizes": [1, 2, 3], "nothing": None}
NAMES["own"] = Function(lambda x, by=2: x * by)
NAMES["root"] = FUNCTIONS["sqrt"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("width * 2 + 1", 17),
        ("-width // 3", -3),
        ("2 ** 10", 1024),
        ("variables.T", 4),
        ('variables["T"]', 4),
        ("sizes[1]", 2),
        ("ceil(log2(width))", 3),
        ("max(width, 9) if width > 3 else 0", 9),
        ("1 < width <= 8 and not width == 7", True),
        ("sum(sizes)", 6),
        ("1 << 4 | 1", 17),
        ("pow(2, 0.5)", math.sqrt(2)),
        ("(1, 2)[0]", 1),
        ("[width, 2]", [8, 2]),
        ("'a' + 'b'", "ab"),
        ("[1, 2] * 2 + [3]", [1, 2, 1, 2, 3]),
        ("sizes[1:]", [2, 3]),
        ("[2 * x for x in sizes if x > 1]", [4, 6]),
        ("sum(x * y for x in sizes for y in range(3))", 18),
        ("[a + b for a, b in enumerate(sizes)]", [1, 3, 5]),
        ("max([len(sizes), width])", 8),
        ("variables.get('T', 1) + variables.get('U', 2)", 6),
        ("'C=' + str(width)", "C=8"),
        ("map(sqrt, [4, 9])", [2, 3]),
        ("own(2, by=3)", 6),
        ("map(own, sizes)", [2, 4, 6]),
        ("root(16)", 4),
        ("1 if nothing is None else 2", 1),
    ],
)
def test_values(text: str, value: object) -> None:
    assert evaluate(text, NAMES) == value


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "().__class__",
        "width.real",
        "(lambda: 1)()",
        "[x for x in width]",
        "[0 for a in range(9999) for b in range(9999)]",
        "[[0] * 9999 for a in range(9999)]",
        "[lambda: 1]",
        "{x: 1 for x in sizes}",
        "variables.pop('T')",
        "sizes.append(1)",
        "own.call",
        "map(width, sizes)",
        "str(sizes)",
        "sizes is width",
        "9 ** 9 ** 9",
        "1 << 10 ** 9",
        "factorial(10 ** 6)",
        "range(10 ** 9)",
        "'a' * 10 ** 9",
        "[1] * 10 ** 9",
        "1 / 0",
        "undefined",
        "variables.U",
        "f'{width}'",
        "open('x')",
        "max(sizes, key=abs)",
        "max(*sizes)",
        "1 +",
        "x = 1",
        "(" * 300 + "1" + ")" * 300,
        "-" * 990 + "1",
        "1 + " * 250 + "1" * 400,
        "1.0e400 ** 2 ** 1.5j",
        "sizes['a']",
        "sizes[7]",
        "int('z')",
        "sqrt(-1)",
        "b'x'",
    ],
)
def test_what_has_no_value(text: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(text, NAMES)


@given(st.text(alphabet="0123456789+-*/%()[]<>=., \twidhT'\"e", max_size=30))
def test_any_text_has_a_value_or_a_reason(text: str) -> None:
    with contextlib.suppress(ExpressionError):
        evaluate(text, NAMES)


@given(st.integers(-99, 99), st.integers(-99, 99), st.sampled_from(["+", "-", "*", "<", "=="]))
def test_arithmetic_is_pythons(a: int, b: int, op: str) -> None:
    assert evaluate(f"{a} {op} ({b})", {}) == eval(f"{a} {op} ({b})")  # noqa: S307


def test_lists_of_lists_end() -> None:
    """Each value is short to write, and twice as long as the one before."""

    def grow() -> None:
        names: dict[str, Any] = {"x": [1]}
        for _ in range(100):
            names["x"] = evaluate("[x, x]", names)

    with pytest.raises(ExpressionError, match="too long"):
        grow()
