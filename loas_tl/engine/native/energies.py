"""Energy of each action: from a table, or placeholders.

Timeloop knows its actions by names of its own and takes the first that Accelergy's table has of
several (``random_read`` is ``read``, a gated compute costs what a compute costs unless the table
tells them apart). What a table does not have costs nothing, except plain reads, fills, updates
and computes: for those Timeloop has figures of its own, by width and size.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loas_tl.spec.architecture import Node, Placed
from loas_tl.spec.specification import Spec
from loas_tl.spec.tables import EnergyTable


def _kinds(action: str, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Actual, gated and skipped variants of an action; skipping costs at most what gating does."""
    plain = tuple(f"random_{name}" for name in names) + names
    gated = tuple(f"gated_{name}" for name in names)
    skipped = tuple(f"skipped_{name}" for name in names) + gated
    return {f"random_{action}": plain, f"gated_{action}": gated, f"skipped_{action}": skipped}


_COMPUTE = ("mac", "mult", "compute")
COMPUTE_ACTIONS: dict[str, tuple[str, ...]] = {
    "random_compute": ("mac_random", "mult_random", *_COMPUTE),
    "gated_compute": ("mac_gated", "mult_gated", "compute_gated", *_COMPUTE),
    "skipped_compute": (
        *("mac_skipped", "mult_skipped", "compute_skipped"),
        *("mac_gated", "mult_gated", "compute_gated"),
        *_COMPUTE,
    ),
}
STORAGE_ACTIONS: dict[str, tuple[str, ...]] = {
    **_kinds("read", ("read",)),
    **_kinds("metadata_read", ("metadata_read",)),
    **_kinds("fill", ("fill", "write")),
    **_kinds("metadata_fill", ("metadata_fill", "metadata_write")),
    **_kinds("update", ("update", "write")),
    **_kinds("metadata_update", ("metadata_update", "metadata_write")),
    "decompression_count": ("decompression_count",),
    "compression_count": ("compression_count",),
    "leak": ("leak",),
}
# Timeloop lists random_fill, random_write before fill, write.
STORAGE_ACTIONS["random_fill"] = ("random_fill", "random_write", "fill", "write")
STORAGE_ACTIONS["random_update"] = ("random_update", "random_write", "update", "write")

_ALWAYS = ("random_read", "random_fill", "random_update", "random_compute")


def dram_access(bits: int) -> float:
    """Cost of an access to DRAM that no table has, in pJ: 200 pJ for 16 bits."""
    return 200.0 * bits / 16


def sram_access(words: int, word_bits: int, block_size: int, cluster_size: int) -> float:
    """Cost of an access to a memory on chip that no table has, in pJ.

    For 16 bits 1 pJ at 0.5 KiB and 6 pJ at 100 KiB, linear between and beyond.
    """
    if not words:
        return 0.0
    width = word_bits * block_size * cluster_size
    kib = -(-words // block_size) * width / (8 * 1024)
    return (5 / 99.5 * (kib - 0.5) + 1) * width / 16 / cluster_size


def multiplication(bits: int) -> float:
    """Cost of a compute that no table has, in pJ: 1 pJ for 16 by 16 bits."""
    return (bits / 16) ** 2


def action_energies(
    component: str,
    actions: Mapping[str, tuple[str, ...]],
    table: EnergyTable,
    otherwise: float,
) -> dict[str, float]:
    """PJ of each of a level's actions.

    Args:
        component: Name of the level.
        actions: :data:`STORAGE_ACTIONS` or :data:`COMPUTE_ACTIONS`.
        table: pJ by component and the table's own action names.
        otherwise: pJ of a plain read, fill, update or compute that the table does not have.
    """
    given = table.get(component, {})
    energies = {}
    for action, names in actions.items():
        found = next((given[name] for name in names if name in given), None)
        energies[action] = (otherwise if action in _ALWAYS else 0.0) if found is None else found
    return energies


_STORAGE = ("read", "write", "update", "leak")
MAX_DEPTH = 16


def placeholder_energies(
    spec: Spec, placed: tuple[Placed, ...]
) -> tuple[EnergyTable, dict[str, float]]:
    """1 pJ an action and 1 um2 a component, as Accelergy's dummy table has it.

    A component class of the specification's own costs what its subcomponents' actions cost,
    leakage nothing.
    """
    classes = {str(c["name"]): c for c in spec.components}
    energies: EnergyTable = {}
    areas = {}
    for place in placed:
        node = place.node
        if node.kind not in ("storage", "compute"):
            continue
        name = node.subclass or node.component_class
        energies[node.name] = _energies(node, name, classes)
        areas[node.name] = _area(name, classes, MAX_DEPTH)
    return energies, areas


def _energies(node: Node, name: str, classes: Mapping[str, Any]) -> dict[str, float]:
    declared = classes.get(name)
    if declared is None or not declared.get("actions"):
        actions = _STORAGE if node.kind == "storage" else ("compute", "leak")
        return {action: 0.0 if action == "leak" else 1.0 for action in actions}
    return {
        action: _cost(name, action, classes, MAX_DEPTH)
        for action in (str(a.get("name")) for a in _dicts(declared.get("actions")))
    }


def _cost(name: str, action: str, classes: Mapping[str, Any], depth: int) -> float:
    declared = classes.get(name)
    if declared is None or depth == 0:
        return 0.0 if action == "leak" else 1.0
    parts = {str(s.get("name")): str(s.get("class")) for s in _dicts(declared.get("subcomponents"))}
    total = 0.0
    for entry in _dicts(declared.get("actions")):
        if str(entry.get("name")) != action:
            continue
        for part in _dicts(entry.get("subcomponents")):
            inner = parts.get(str(part.get("name")), "")
            for step in _dicts(part.get("actions")):
                total += _cost(inner, str(step.get("name")), classes, depth - 1)
    return total


def _area(name: str, classes: Mapping[str, Any], depth: int) -> float:
    declared = classes.get(name)
    if declared is None or depth == 0:
        return 1.0
    parts = _dicts(declared.get("subcomponents"))
    return sum((_area(str(p.get("class")), classes, depth - 1) for p in parts), 0.0)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
