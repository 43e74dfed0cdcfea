"""Energy of each action: from a table, or placeholders.

Timeloop knows its actions by names of its own and takes the first that Accelergy's table has of
several (``random_read`` is ``read``, a gated compute costs what a compute costs unless the table
tells them apart). What a table does not have costs nothing, except plain reads, fills, updates
and computes: for those Timeloop has figures of its own, by width and size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec.architecture import Node, Placed
from loas_tl.timeloop.spec.specification import Spec
from loas_tl.timeloop.spec.tables import EnergyTable


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


NO_ART = "no ART is given: areas are placeholders, 1 µm² a component"


def notes_on_table(table: EnergyTable, placed: tuple[Placed, ...], called: str) -> Iterator[str]:
    """What a table of energies leaves out or names in vain, a sentence each.

    Timeloop has figures of its own where an ERT has none.
    """
    nodes = {p.node.name: p.node for p in placed if p.node.kind in ("storage", "compute")}
    strangers = [name for name in table if name not in nodes and not _FANOUT.fullmatch(name)]
    if strangers:
        yield f"{called}: {', '.join(strangers[:5])}: no component is called so; without effect"
    for name, node in nodes.items():
        actions = COMPUTE_ACTIONS if node.kind == "compute" else STORAGE_ACTIONS
        given = table.get(name, {})
        lacking = [
            action.removeprefix("random_")
            for action in _ALWAYS
            if action in actions and not any(each in given for each in actions[action])
        ]
        if lacking:
            yield (
                f"{name}: {', '.join(lacking)} not in the {called}; what Timeloop has for that by "
                "width and size is counted"
            )


_FANOUT = re.compile(r"inter_.*_spatial")
"""What timeloopfe puts into tables where instances fan out."""

_STORAGE = ("read", "write", "update", "leak")


def placeholder_energies(spec: Spec, placed: tuple[Placed, ...]) -> EnergyTable:
    """1 pJ an action, as Accelergy's dummy table has it.

    A component class of the specification's own costs what its subcomponents' actions cost,
    leakage nothing. Scales of energy count.
    """
    energies: EnergyTable = {}
    for node, cost, _ in _placeholders(spec, placed):
        scale = _scale(node, "energy_scale")
        energies[node.name] = {action: energy * scale for action, energy in cost.items()}
    return energies


def placeholder_areas(spec: Spec, placed: tuple[Placed, ...]) -> dict[str, float]:
    """1 µm² a component, of a class of the specification's own that of its subcomponents."""
    return {
        node.name: area * _scale(node, "area_scale")
        for node, _, area in _placeholders(spec, placed)
    }


def _placeholders(
    spec: Spec, placed: tuple[Placed, ...]
) -> Iterator[tuple[Node, dict[str, float], float]]:
    classes = {str(c["name"]): c for c in spec.components}
    for place in placed:
        node = place.node
        if node.kind in ("storage", "compute"):
            declared = classes.get(node.subclass or node.component_class)
            yield (node, *(_plain(node) if declared is None else _compound(spec, node)))


def _plain(node: Node) -> tuple[dict[str, float], float]:
    actions = _STORAGE if node.kind == "storage" else ("compute", "leak")
    required = node.options.get("required_actions") or ()
    return {name: 0.0 if name == "leak" else 1.0 for name in (*actions, *required)}, 1.0


def _compound(spec: Spec, node: Node) -> tuple[dict[str, float], float]:
    # Heavy to import, and few specifications have classes of their own.
    from loas_tl.components.units import in_pJ, in_um2
    from loas_tl.timeloop.accelergy import compound
    from loas_tl.timeloop.accelergy.ert import LEAK, placeholder

    kind = node.subclass or node.component_class
    attributes = {**(spec.variables or {}), **node.all_attributes}
    try:
        cost = compound.price(kind, attributes, spec.components, lambda *_: placeholder())
    except InputError as error:
        raise InputError(str(error), file=node.file, key=f"{node.path} ({node.name})") from None
    energies = {name: in_pJ(energy) for name, energy in cost.energy.items()}
    return {**energies, LEAK: 0.0}, in_um2(cost.area)


def _scale(node: Node, name: str) -> float:
    given = node.options.get(name)
    return 1.0 if given is None else float(given)
