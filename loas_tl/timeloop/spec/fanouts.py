"""Fan-outs inside a nested ``!Hierarchical``, which do not end with it."""

from __future__ import annotations

from collections.abc import Iterator

from loas_tl.timeloop.spec.architecture import Architecture, Branch, Node


def fan_outs_that_go_on(architecture: Architecture) -> tuple[str, ...]:
    """Which fan-outs of a nested ``!Hierarchical`` hold for what follows it, a sentence each.

    Timeloop's levels are one list, outermost first: each fan-out multiplies all levels after it,
    wherever the brackets are.
    """
    return tuple(_going_on(architecture.nodes))


def _going_on(nodes: tuple[Node | Branch, ...]) -> Iterator[str]:
    for index, branch in enumerate(nodes):
        if not isinstance(branch, Branch):
            continue
        yield from _going_on(branch.nodes)
        after = list(_leaves(nodes[index + 1 :]))
        if branch.kind != "Hierarchical" or not after:
            continue
        for node in _leaves(branch.nodes):
            if node.spatial.fanout > 1:
                names = ", ".join(leaf.name for leaf in after)
                yield (
                    f"the fan-out of {node.name} ({node.spatial.fanout}) goes on to {names}: it "
                    "does not end with the !Hierarchical that it is in, as in Timeloop"
                )


def _leaves(nodes: tuple[Node | Branch, ...]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, Branch):
            yield from _leaves(node.nodes)
        elif node.enabled:
            yield node
