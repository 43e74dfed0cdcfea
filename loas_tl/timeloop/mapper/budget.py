"""What ends a search: limits of its caller, or those of a specification's ``mapper`` section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.mapper.loops import Bools
from loas_tl.timeloop.spec.section import describe
from loas_tl.timeloop.spec.specification import Spec

OPTIONS = ("search_size", "timeout", "victory_condition")
"""Of a ``mapper`` section; 0 is no limit."""
PATIENCE = 150_000
"""Mappings without a better one after which a search without the caller's limits ends."""


@dataclass(frozen=True)
class Budget:
    """Limits; None is no such limit.

    Attributes:
        mappings: different ones that are evaluated.
        seconds: of the search.
        valid: valid mappings that are evaluated.
        invalid: mappings evaluated in rounds of which none had a valid one.
        suboptimal: valid mappings evaluated in rounds of which none brought a better one.
    """

    mappings: int | None = None
    seconds: float | None = None
    valid: int | None = None
    invalid: int | None = None
    suboptimal: int | None = None

    @classmethod
    def of(cls, spec: Spec, mappings: int | None, seconds: float | None) -> Budget:
        """The caller's limits; where it has none, those of the specification.

        Timeloop counts ``timeout`` and ``victory_condition`` for each thread by itself; here they
        are of all together, so they are multiplied by ``num_threads``.

        Raises:
            InputError: an option of the specification is not a number.
        """
        options = {name: number(spec, name) for name in OPTIONS}
        if mappings is not None or seconds is not None:
            return cls(mappings, seconds)
        threads = number(spec, "num_threads") or 1
        return cls(
            valid=options["search_size"] or None,
            invalid=threads * options["timeout"] or None,
            suboptimal=threads * options["victory_condition"] or None,
        )

    def up_to_limit(self, had: int, valid: Bools) -> int:
        """How many mappings of a batch are evaluated until the last valid one that may be.

        Args:
            had: valid ones before.
            valid: of the batch, in order.
        """
        if self.valid is None:
            return len(valid)
        if had >= self.valid:
            return 0
        reached = np.flatnonzero(had + np.cumsum(valid) >= self.valid)
        return int(reached[0]) + 1 if len(reached) else len(valid)

    def used_up(self, valid: int, invalid: int, suboptimal: int) -> str | None:
        """The option of the specification that ends the search, if any."""
        limits = (self.valid, self.invalid, self.suboptimal)
        for name, limit, count in zip(OPTIONS, limits, (valid, invalid, suboptimal), strict=True):
            if limit is not None and count >= limit:
                return name
        return None


def number(spec: Spec, option: str) -> int:
    """A count that a ``mapper`` section has; 0 where it has none.

    Raises:
        InputError: it is not a whole number from 0 on.
    """
    given: Any = (spec.mapper or {}).get(option)
    if given is None:
        return 0
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if not isinstance(given, int) or isinstance(given, bool) or given < 0:
        raise InputError(
            f"expected a whole number of 0 or more, got {describe(given)}",
            file=spec.files[0] if spec.files else None,
            key=f"mapper.{option}",
        )
    return given
