"""How long a cycle is that a specification counts in."""

from __future__ import annotations

from loas_tl.timeloop.spec.specification import Spec

NAMES = ("GLOBAL_CYCLE_SECONDS", "global_cycle_seconds")
"""Of variables and of attributes, as Accelergy and timeloopfe read them."""


def cycle_seconds(spec: Spec) -> float | None:
    """The length of a cycle.

    Args:
        spec: the specification.

    Returns:
        Seconds, of the variables, else of the first node that has them; None where none has.
    """
    places = [spec.variables or {}]
    places += [placed.node.all_attributes for placed in spec.architecture.placed()]
    for name in NAMES:
        for values in places:
            found = values.get(name)
            if isinstance(found, int | float) and not isinstance(found, bool):
                return float(found)
    return None
