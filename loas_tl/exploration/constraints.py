"""Bounds that a design has to keep: ``area_mm2<=3``."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from loas_tl.ground.errors import InputError
from loas_tl.ground.nearest import unknown

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


@dataclass(frozen=True)
class Constraint:
    """A comparison of a figure with a number.

    Attributes:
        name: of the figure.
        operator: ``<=``, ``>=``, ``<`` or ``>``.
        bound: the number, in the unit of the figure.
    """

    name: str
    operator: str
    bound: float

    def __str__(self) -> str:
        return f"{self.name}{self.operator}{self.bound:g}"

    def holds(self, figures: Mapping[str, float | None]) -> bool:
        """Whether figures keep it.

        Args:
            figures: by name, each in its unit; None where it is not counted.

        Returns:
            False where its figure is not counted.
        """
        value = figures.get(self.name)
        return value is not None and _OPERATORS[self.operator](value, self.bound)

    def excess(self, figures: Mapping[str, float | None]) -> float:
        """How far figures are from keeping it, for a search.

        Args:
            figures: by name, each in its unit; None where it is not counted.

        Returns:
            In the unit of its figure: above 0 where they do not keep it.
        """
        value = figures.get(self.name)
        if value is None:
            return math.inf
        over = value - self.bound if self.operator.startswith("<") else self.bound - value
        return over if over or self.holds(figures) else math.ulp(1.0)


def parse_constraint(text: str, known: Collection[str]) -> Constraint:
    """Read ``NAME<=NUMBER``.

    Args:
        text: as behind ``--constraint``.
        known: names of figures.

    Raises:
        InputError: where it is no comparison, or of an unknown figure.
    """
    match = re.fullmatch(r"\s*([\w.]+)\s*(<=|>=|<|>)\s*(\S+)\s*", text)
    try:
        bound = float(match[3]) if match else math.nan
    except ValueError:
        bound = math.nan
    if match is None or not math.isfinite(bound):
        raise InputError(
            f"{text!r} is no comparison; expected a figure, <=, >=, < or >, and a number: "
            "'area_mm2<=3'",
            key="--constraint",
        )
    if match[1] not in known:
        raise unknown(match[1], list(known), "no figure is called", "--constraint")
    return Constraint(match[1], match[2], bound)
