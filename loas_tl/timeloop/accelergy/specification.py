"""The components of a Timeloop v4 specification, priced without Accelergy.

What comes out stands under the names and in the order that timeloopfe and Accelergy v0.4 give:
``<first container>_top_level.<component>[1..<instances>]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from loas_tl.components import registry
from loas_tl.components.units import SquareMetres, Watts
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.accelergy import compound, ert
from loas_tl.timeloop.accelergy.ert import LEAK, Entry, Priced
from loas_tl.timeloop.accelergy.given import Given
from loas_tl.timeloop.accelergy.numbers import global_cycle_seconds, n_instances
from loas_tl.timeloop.result import Unpriced
from loas_tl.timeloop.spec.architecture import Node
from loas_tl.timeloop.spec.specification import Spec
from loas_tl.timeloop.spec.tables import EnergyTable

STORAGE_DEFAULTS = {"n_banks": 2}
"""What timeloopfe sets for a storage that does not say, of what the component models read."""

PLACEHOLDER_AREA = SquareMetres(1e-12)
"""Accelergy's of the dummy storage that timeloopfe puts where instances fan out."""

PLACEHOLDER_TECHNOLOGY = -1
"""Has Accelergy answer 1 pJ an action and 1 µm² a component."""

_ASKED = {"storage": ("write", "read", "update", LEAK), "compute": ("compute",)}
"""Actions that timeloopfe asks Accelergy for."""

_NEEDED: dict[str, dict[str, tuple[str, ...]]] = {
    "storage": {
        "read": ("random_read", "read"),
        "write": ("random_fill", "random_write", "fill", "write"),
    },
    "compute": {"compute": ("mac_random", "mult_random", "mac", "mult", "compute")},
}
"""Actions that Timeloop cannot do without, and the names it takes for each."""

_ACCESSES = re.compile(
    r"(random_|gated_|skipped_)?(metadata_)?(read|write|fill|update)|(de)?compression_count"
)
_COMPUTES = re.compile(r"((gated|skipped)_)?(mac|mult|compute)(_(random|gated|skipped))?")
"""Actions that Timeloop takes where a table has them."""


@dataclass
class Costs:
    """What the components of a specification cost, as an engine takes it.

    Attributes:
        energies: pJ by component and action; 0 of what is unpriced.
        areas: µm² by component.
        unpriced: what has no price.
        notes: what is odd, extended or approximate in the prices, a sentence each.
    """

    energies: EnergyTable = field(default_factory=dict)
    areas: dict[str, float] = field(default_factory=dict)
    unpriced: list[Unpriced] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


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
    """Energies in pJ by component and action, and areas in µm² by component.

    The form in which ``loas_tl.timeloop.native.evaluate`` takes them. Raises as :func:`entries`.
    """
    real = [(node, entry) for node, _, entry in _entries(spec) if node is not None]
    return (
        {node.name: entry.energies() for node, entry in real},
        {node.name: entry.area_um2() for node, entry in real},
    )


def costs(spec: Spec, given: Given | None = None, *, placeholders: bool = False) -> Costs:
    """What each component costs; one without a price keeps no other from its own.

    Args:
        spec: the specification.
        given: prices that come before all others.
        placeholders: take 1 pJ an action and 1 µm² for all that is not given.

    Raises:
        InputError: where a given price is of a class that no component is of, or of an action that
            nothing asks for.
    """
    given = given or Given()
    whole = Costs()
    for place in spec.attached().placed():
        node = place.node
        if node.kind in ("storage", "compute"):
            _add(whole, spec, node, given, placeholders=placeholders)
    # What an unpriced component would ask of its parts is not known.
    given.check_used(actions=not whole.unpriced)
    whole.notes = list(dict.fromkeys(whole.notes))
    return whole


def _add(whole: Costs, spec: Spec, node: Node, given: Given, *, placeholders: bool) -> None:
    kind, needed = _kind(node), _NEEDED[node.kind]
    try:
        entry = _entry(spec, node, node.name, given, placeholders=placeholders)
    except InputError as error:
        whole.energies[node.name] = dict.fromkeys([*needed, LEAK], 0.0)
        whole.areas[node.name] = 0.0
        whole.unpriced.append(Unpriced(node.name, kind, str(error)))
        return
    given.ask(kind, _asked(node, entry, given.pj.get(kind, {})))
    lacking = [name for name, names in needed.items() if not {*names} & {*entry.names()}]
    found = {action: _energy(entry, action) for action in (*entry.names(), *lacking)}
    for action, pj in found.items():
        if isinstance(pj, InputError):
            whole.unpriced.append(Unpriced(node.name, kind, str(pj), (action,)))
    whole.energies[node.name] = {
        action: 0.0 if isinstance(pj, InputError) else pj for action, pj in found.items()
    }
    whole.areas[node.name] = entry.area_um2()
    said = (*entry.cost.outside, *entry.cost.remarks)
    whole.notes += [f"{node.name} ({kind}): {line}" for line in said]


def _asked(node: Node, entry: Entry, prices: Mapping[str, float]) -> set[str]:
    """Actions of a component that something reads: prices given for others change nothing."""
    words = _COMPUTES if node.kind == "compute" else _ACCESSES
    required = {*map(str, node.options.get("required_actions") or ())}
    names = {*entry.names()}
    own = {*_ASKED[node.kind], *_of_sparsity(node)}
    return own | required | names - {*prices} | {*filter(words.fullmatch, names)}


def _energy(entry: Entry, action: str) -> float | InputError:
    """PJ of an action, or why there is no telling."""
    try:
        return entry.energy(action)
    except InputError as error:
        return error


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
            name = f"{top}.{node.name}[1..{instances}]"
            try:
                entry = _entry(spec, node, name, Given(), placeholders=False)
            except InputError as error:
                where = f"{node.path} ({node.name})"
                raise InputError(str(error), file=node.file, key=where) from None
            yield node, instances, entry


def _entry(spec: Spec, node: Node, name: str, given: Given, *, placeholders: bool) -> Entry:
    kind = _kind(node)
    attributes = {**(spec.variables or {}), **node.all_attributes}
    if node.kind == "storage":
        attributes = {**STORAGE_DEFAULTS, **attributes}
    primitive = None
    if placeholders or str(attributes.get("technology")) == str(PLACEHOLDER_TECHNOLOGY):
        primitive = _placeholder
    cost = compound.price(kind, attributes, spec.components, primitive, given)
    declared = next((one for one in spec.components if one.get("name") == kind), None)
    return Entry(
        name=name,
        cost=cost,
        actions=_actions(node, kind, declared, cost, given.pj.get(kind, {})),
        instances=n_instances(kind, attributes),
        area_scale=_scale(node, "area_scale"),
        energy_scale=_scale(node, "energy_scale"),
        arguments=None if declared is None else {},
        global_cycle_seconds=global_cycle_seconds(kind, attributes),
    )


def _placeholder(_kind: str, _attributes: Mapping[str, Any]) -> Priced:
    return ert.placeholder()


def _actions(
    node: Node,
    kind: str,
    declared: Mapping[str, Any] | None,
    cost: Priced,
    prices: Mapping[str, float],
) -> list[str] | None:
    """Actions in the table: a declared class's, all of one of this package's, else those asked.

    A price that is given asks for its action where sparsity makes the component have any.
    """
    if declared is not None:
        names = [str(action.get("name")) for action in declared.get("actions") or []]
        return list(dict.fromkeys((*names, *cost.energy)))
    if any(kind == one.kind for one in registry.COMPONENTS):
        return None
    asked = [*_ASKED[node.kind], *map(str, node.options.get("required_actions") or ())]
    asked += [name for name in prices if name in _of_sparsity(node)]
    # Timeloop takes writes for updates where a user's prices have none of these.
    spare = "update" not in cost.energy and cost.otherwise is None
    return [name for name in dict.fromkeys(asked) if not (name == "update" and spare)]


def _of_sparsity(node: Node) -> tuple[str, ...]:
    """Actions that a component's formats and rules bring, beside those always asked for."""
    saved = {"gating": "gated", "skipping": "skipped"}
    if node.kind == "compute":
        return tuple(f"compute_{saved[type_]}" for type_ in saved if type_ in node.sparse.compute)
    metadata = ("metadata_read", "metadata_write") if node.sparse.formats else ()
    types = {rule.type for rule in node.sparse.actions}
    return (
        *metadata,
        *(
            f"{word}_{action}"
            for type_, word in saved.items()
            if type_ in types
            for action in ("read", "update", *(("metadata_read",) if metadata else ()))
        ),
    )


def _kind(node: Node) -> str:
    return node.subclass or node.component_class


def _scale(node: Node, name: str) -> float:
    given = node.options.get(name)
    return 1.0 if given is None else float(given)
