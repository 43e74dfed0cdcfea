"""Which energies and areas an engine without Accelergy uses for a spec."""

from __future__ import annotations

from dataclasses import dataclass

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec import Spec
from loas_tl.timeloop.spec.tables import EnergyTable

PLACEHOLDER_TECHNOLOGY = -1
"""Has Accelergy, too, answer 1 pJ an action and 1 um2 a component."""


@dataclass(frozen=True)
class Prices:
    """What a spec's components cost.

    Attributes:
        energies: pJ by component and action, None for the spec's own table or for placeholders.
        areas: um2 by component, likewise.
        note: why placeholders stand in, where they were not asked for; else None.
    """

    energies: EnergyTable | None = None
    areas: dict[str, float] | None = None
    note: str | None = None


def prices(spec: Spec) -> Prices:
    """The spec's own ERT where it has one, else loas-tl's component models, else placeholders.

    Placeholders are 1 pJ an action: for a spec of technology -1, which asks for them, and for one
    with a component that the models do not know, with a note that says so.
    """
    if spec.energies is not None or _asks_for_placeholders(spec):
        return Prices()
    from loas_tl.timeloop.accelergy.specification import tables

    try:
        energies, areas = tables(spec)
    except InputError as error:
        return Prices(note=f"energies and areas are placeholders, 1 pJ an action: {error}")
    return Prices(energies, areas)


def _asks_for_placeholders(spec: Spec) -> bool:
    found = {(spec.variables or {}).get("technology")}
    found |= {placed.node.all_attributes.get("technology") for placed in spec.architecture.placed()}
    return found <= {None, PLACEHOLDER_TECHNOLOGY, str(PLACEHOLDER_TECHNOLOGY)}
