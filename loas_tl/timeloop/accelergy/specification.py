"""The components of a Timeloop v4 specification, priced without Accelergy.

What comes out stands under the names and in the order that timeloopfe and Accelergy v0.4 give:
``<first container>_top_level.<component>[1..<instances>]``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from loas_tl.components.units import SquareMetres, Watts
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.accelergy import compound
from loas_tl.timeloop.accelergy.ert import GLOBAL_CYCLE_SECONDS, Entry, Priced
from loas_tl.timeloop.spec.architecture import Node
from loas_tl.timeloop.spec.specification import Spec
from loas_tl.timeloop.spec.tables import EnergyTable

STORAGE_DEFAULTS = {"n_banks": 2}
"""What timeloopfe sets for a storage that does not say, of what the component models read."""

PLACEHOLDER_AREA = SquareMetres(1e-12)
"""Accelergy's of the dummy storage that timeloopfe puts where instances fan out."""


def entries(spec: Spec) -> list[Entry]:
    """The components as they stand in Accelergy's tables, outermost first.

    Raises:
        InputError: where a component's class is unknown, or an attribute is missing or cannot be
            used; the message names file, component, class and attribute.
    """
    # Accelergy has the classes that a specification declares behind all others.
    found = (entry for _, _, entry in _entries(spec))
    return sorted(found, key=lambda entry: entry.arguments is not None)


def placed_entries(spec: Spec) -> list[tuple[Node, int, Entry]]:
    """Every component with its node and its number of instances; raises as :func:`entries`."""
    return [(node, count, entry) for node, count, entry in _entries(spec) if node is not None]


def tables(spec: Spec) -> tuple[EnergyTable, dict[str, float]]:
    """Energies in pJ by component and action, and areas in um2 by component.

    The form in which ``loas_tl.timeloop.native.evaluate`` takes them. Raises as :func:`entries`.
    """
    found = [(_base(entry.name), entry) for _, _, entry in _entries(spec)]
    real = [(name, entry) for name, entry in found if entry.cost.energy]
    return (
        {name: entry.energies() for name, entry in real},
        {name: entry.area_um2() for name, entry in real},
    )


def _entries(spec: Spec) -> Iterator[tuple[Node | None, int, Entry]]:
    """Components with their nodes, and, without one, what stands in where instances fan out."""
    nodes = [placed.node for placed in spec.attached().placed()]
    top = f"{nodes[0].name}_top_level" if nodes[0].kind == "container" else "top_level"
    instances = 1
    for node in nodes:
        if node.spatial.fanout != 1:
            name = f"{top}.inter_{node.name}_spatial[1..{instances}]"
            yield None, instances, Entry(name, Priced(PLACEHOLDER_AREA, Watts(0.0), {}), actions=())
            instances *= node.spatial.fanout
        if node.kind in ("storage", "compute"):
            yield node, instances, _entry(spec, node, f"{top}.{node.name}[1..{instances}]")


def _entry(spec: Spec, node: Node, name: str) -> Entry:
    kind = node.subclass or node.component_class
    attributes = {**(spec.variables or {}), **node.all_attributes}
    if node.kind == "storage":
        attributes = {**STORAGE_DEFAULTS, **attributes}
    try:
        cost = compound.price(kind, attributes, spec.components)
    except InputError as error:
        raise InputError(str(error), file=node.file, key=f"{node.path} ({node.name})") from None
    declared = next((one for one in spec.components if one.get("name") == kind), None)
    seconds = float(attributes.get("global_cycle_seconds", GLOBAL_CYCLE_SECONDS))
    return Entry(
        name=name,
        cost=cost,
        actions=None if declared is None else _names(declared),
        instances=float(attributes.get("n_instances", 1)),
        area_scale=_scale(node, "area_scale"),
        energy_scale=_scale(node, "energy_scale"),
        arguments=None if declared is None else {},
        global_cycle_seconds=seconds,
    )


def _names(declared: dict[str, Any]) -> list[str]:
    return [str(action.get("name")) for action in declared.get("actions") or []]


def _scale(node: Node, name: str) -> float:
    given = node.options.get(name)
    return 1.0 if given is None else float(given)


def _base(name: str) -> str:
    return name.split("[")[0].rsplit(".", 1)[-1]
