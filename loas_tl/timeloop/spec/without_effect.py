"""What timeloopfe and Timeloop take without a word and which does nothing, and what was changed."""

from __future__ import annotations

from collections.abc import Iterator

from loas_tl.timeloop.spec.architecture import NOT_READ, Architecture
from loas_tl.timeloop.spec.environment import effect
from loas_tl.timeloop.spec.specification import Spec


def without_effect(spec: Spec, attached: Architecture) -> tuple[str, ...]:
    """A sentence each, in the order of the specification.

    Args:
        spec: the specification.
        attached: ``spec.attached()``.
    """
    return tuple(_without_effect(spec, attached))


def _without_effect(spec: Spec, attached: Architecture) -> Iterator[str]:
    yield from spec.changes
    for placed in attached.placed():
        node = placed.node
        if node.kind == "container" and node.sparse:
            yield (
                f"sparse_optimizations of {node.name} have no effect: it is a container; they "
                "belong to a storage or the compute node"
            )
        for name, reason in NOT_READ.items():
            if name in node.attributes:
                yield f"{node.name}: attribute {name} has no effect: {reason}"
        for path in node.sparse.unused:
            yield f"{path} has no effect: Timeloop reads the type alone"
    if spec.problem.unused:
        keys = ", ".join(spec.problem.unused)
        yield (
            f"problem.instance: {keys} without effect: neither a dimension nor a coefficient of "
            "the shape"
        )
    for name in (spec.globals or {}).get("environment_variables", {}):
        yield f"{name} has no effect: {effect(name)}"
