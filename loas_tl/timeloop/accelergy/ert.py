"""Prices of the components of a specification, and Accelergy's tables of them (v0.4).

:func:`price` is what an engine that has no Accelergy calls. The energy reference table (ERT) and
the area reference table (ART) are written as Accelergy v0.4 writes them: pJ and µm², six
significant digits, leakage as energy in a global cycle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor, log10
from typing import Any

from loas_tl.components import registry
from loas_tl.components.component import GLOBAL_CYCLE_SECONDS, Component
from loas_tl.components.units import (
    JOULES_PER_PICOJOULE,
    SQUARE_METRES_PER_SQUARE_MICROMETRE,
    Joules,
    SquareMetres,
    Watts,
    in_pJ,
    in_um2,
)
from loas_tl.ground.errors import InputError

VERSION = "0.4"
DIGITS = 6
LEAK = "leak"


@dataclass(frozen=True)
class Priced:
    """What one instance costs.

    Attributes:
        area: of one instance.
        leakage: power of one instance.
        energy: of one action of each name, without leakage.
        outside: where the figures had to be extended beyond their source, a line each.
        otherwise: energy of any action that ``energy`` does not name; None where there is none.
        remarks: what is odd in the figures, a line each.
    """

    area: SquareMetres
    leakage: Watts
    energy: Mapping[str, Joules]
    outside: tuple[str, ...] = ()
    otherwise: Joules | None = None
    remarks: tuple[str, ...] = ()

    def action(self, name: str, global_cycle_seconds: float = GLOBAL_CYCLE_SECONDS) -> Joules:
        """Energy of an action.

        Args:
            name: of the action; ``leak`` is the leakage during a global cycle.
            global_cycle_seconds: a cycle of the whole design.

        Returns:
            The energy in joules.

        Raises:
            InputError: where there is no such action; the message lists those there are.
        """
        if name == LEAK:
            return self.leakage.during(global_cycle_seconds)
        if name not in self.energy and self.otherwise is not None:
            return self.otherwise
        if name not in self.energy:
            raise InputError(f"no action {name!r}; expected {', '.join([*self.energy, LEAK])}")
        return self.energy[name]


def price(kind: str, attributes: Mapping[str, Any]) -> Priced:
    """Area, leakage and energy of every action of a component class with these attributes.

    Args:
        kind: a class of :mod:`loas_tl.components.registry`, say ``"fiber_cache"``.
        attributes: its attributes; those the class does not have are left aside.

    Returns:
        Of one instance, in SI units.

    Raises:
        InputError: where there is no such class, or an attribute is missing or cannot be used;
            the message names class and attribute.
    """
    return priced(registry.component(kind, attributes))


def placeholder() -> Priced:
    """1 pJ for any action, 1 µm² and no leakage, as Accelergy's dummy table has it."""
    area = SquareMetres(SQUARE_METRES_PER_SQUARE_MICROMETRE)
    return Priced(area, Watts(0.0), {}, otherwise=Joules(JOULES_PER_PICOJOULE))


def priced(component: Component) -> Priced:
    """As :func:`price`, of a component.

    Args:
        component: the component.

    Returns:
        Of one instance, in SI units.
    """
    return Priced(
        area=component.area,
        leakage=component.leakage,
        energy={name: component.energy(name) for name in component.actions()},
        outside=component.outside(),
        otherwise=None if component.otherwise is None else component.energy(component.otherwise),
        remarks=component.remarks(),
    )


@dataclass(frozen=True)
class Entry:
    """A component of an architecture as it stands in the tables.

    Attributes:
        name: full name with the range of its instances, ``"chip.pe[1..16]"``.
        cost: of one instance.
        actions: those to be priced, in this order; None is all there are.
        instances: how many instances: ``n_instances``, which Accelergy multiplies area and leakage
            by.
        area_scale, energy_scale: factor of area and of energy, as the specification gives it.
        arguments: of each action in the table; None is Accelergy's own of a primitive component.
        global_cycle_seconds: a cycle of the whole design.
        notes: what is approximate or odd in the prices, a sentence each.
    """

    name: str
    cost: Priced
    actions: Sequence[str] | None = None
    instances: float = 1
    area_scale: float = 1.0
    energy_scale: float = 1.0
    arguments: Mapping[str, Any] | None = None
    global_cycle_seconds: float = GLOBAL_CYCLE_SECONDS
    notes: tuple[str, ...] = field(default=(), compare=False)

    def names(self) -> list[str]:
        """The actions that are priced."""
        return [*self.cost.energy, LEAK] if self.actions is None else list(self.actions)

    def energy(self, action: str) -> float:
        """Energy of an action in pJ.

        Args:
            action: its name.

        Returns:
            Of one instance; of ``leak``, of all.

        Raises:
            InputError: where there is no such action.
        """
        energy = self.cost.action(action, self.global_cycle_seconds) * self.energy_scale
        return in_pJ(energy * self.instances if action == LEAK else energy)

    def energies(self) -> dict[str, float]:
        """Energy of each action in pJ."""
        return {name: self.energy(name) for name in self.names()}

    def area_um2(self) -> float:
        """Area in µm², of as many as ``n_instances`` says."""
        return in_um2(self.cost.area * (self.area_scale * self.instances))

    def action_arguments(self) -> dict[str, Any]:
        """What Accelergy writes beside each action."""
        if self.arguments is not None:
            return dict(self.arguments)
        return {
            "global_cycle_seconds": self.global_cycle_seconds,
            "action_latency_cycles": 1,
        }


def ert(entries: Iterable[Entry]) -> dict[str, Any]:
    """The energy reference table.

    Args:
        entries: what it has, in order.

    Returns:
        pJ an action, ready to be written as YAML.

    Raises:
        InputError: where an entry has no such action.
    """
    return {
        "ERT": {
            "version": VERSION,
            "tables": [
                {
                    "name": entry.name,
                    "actions": [
                        {
                            "name": name,
                            "arguments": entry.action_arguments(),
                            "energy": significant(energy),
                        }
                        for name, energy in entry.energies().items()
                    ],
                }
                for entry in entries
                if entry.energies()
            ],
        }
    }


def art(entries: Iterable[Entry]) -> dict[str, Any]:
    """The area reference table.

    Args:
        entries: what it has, in order.

    Returns:
        µm² by component, ready to be written as YAML.
    """
    return {
        "ART": {
            "version": VERSION,
            "tables": [
                {"name": entry.name, "area": significant(entry.area_um2())} for entry in entries
            ],
        }
    }


def significant(value: float, digits: int = DIGITS) -> float:
    """Rounded to significant digits, as Accelergy rounds.

    Args:
        value: a number of any unit.
        digits: how many.

    Returns:
        The number in the same unit.
    """
    if value == 0:
        return 0.0
    return round(value, digits - floor(log10(abs(value))) - 1)
