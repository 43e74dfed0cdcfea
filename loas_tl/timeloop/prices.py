"""Which energies and areas an engine without Accelergy uses for a spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.result import Result, Unpriced
from loas_tl.timeloop.spec import Spec
from loas_tl.timeloop.spec.tables import EnergyTable

PLACEHOLDER_TECHNOLOGY = -1
"""Has Accelergy, too, answer 1 pJ an action and 1 µm² a component."""

NO_TECHNOLOGY = "no technology is given: energies and areas are placeholders, 1 pJ an action"

NO_PRICES = "no prices are given: energies are placeholders, 1 pJ an action"
"""Beside a technology, with which component models would have some."""

Given = Mapping[str, Mapping[str, float]]
"""pJ of an action, by class and action."""


@dataclass(frozen=True)
class Prices:
    """What a spec's components cost.

    Attributes:
        energies: pJ by component and action, None for the spec's own table or for placeholders.
        areas: µm² of one instance by component, likewise.
        unpriced: components without a price; theirs in the tables is 0.
        notes: what is approximate or odd in the prices, a sentence each.
        placeholders: why there are placeholders that were not asked for, else None.
    """

    energies: EnergyTable | None = None
    areas: dict[str, float] | None = None
    unpriced: tuple[Unpriced, ...] = ()
    notes: tuple[str, ...] = ()
    placeholders: str | None = None

    def mark(self, result: Result) -> Result:
        """A result that was counted with these prices, saying what has none.

        Args:
            result: the result.

        Returns:
            The same with notes, and with what is unpriced.
        """
        bare = {each.component for each in self.unpriced if not each.actions}
        return replace(
            result,
            ert={name: table for name, table in result.ert.items() if name not in bare},
            notes=(*result.notes, *self.notes),
            unpriced=self.unpriced,
            placeholders=self.placeholders or result.placeholders,
        )

    def require(self, metric: str) -> None:
        """Refuse to go by an energy that is not known.

        Args:
            metric: ``cycles``, ``energy`` or ``edp``.

        Raises:
            InputError: where the metric is of energy and a component has no price.
        """
        if metric == "cycles" or not self.unpriced:
            return
        first = self.unpriced[0]
        rest = f" (and {len(self.unpriced) - 1} more)" if len(self.unpriced) > 1 else ""
        action = first.actions[0] if first.actions else "ACTION"
        raise InputError(
            f"{first}{rest}; a search by {metric} would not see its energy: give "
            f"--price {first.kind}.{action}=pJ, or go on with --allow-unpriced"
        )


def prices(spec: Spec, given: Given | None = None) -> Prices:
    """The spec's own ERT where it has one, else what loas-tl's component models say.

    A component without a price leaves the others theirs. Placeholders, 1 pJ an action, are for a
    spec of technology -1, which asks for them, and, said in a note, for one without any technology.

    Args:
        spec: the specification.
        given: prices that come before the models', pJ by class and action.

    Returns:
        pJ an action and µm² an instance, by component.

    Raises:
        InputError: where a given price is of a class that no component is of or of an action that
            nothing asks for, or the spec has an ERT of its own.
    """
    if spec.energies is not None:
        if given:
            raise InputError(
                "the specification has an ERT, which is all that counts", key="--price"
            )
        return Prices()
    found = technologies(spec)
    placeholders = found <= {None, str(PLACEHOLDER_TECHNOLOGY)}
    if placeholders and not given and not spec.components:
        return Prices()  # the engine has them at hand, and says so
    said = NO_TECHNOLOGY if found == {None} else None
    from loas_tl.timeloop.accelergy import specification
    from loas_tl.timeloop.accelergy.given import Given as Over

    cost = specification.costs(spec, Over(given or {}), placeholders=placeholders)
    return Prices(cost.energies, cost.areas, tuple(cost.unpriced), tuple(cost.notes), said)


def technologies(spec: Spec) -> set[str | None]:
    """Technologies that variables and components name.

    Args:
        spec: the specification.

    Returns:
        As they are written; None is among them where one of them names none.
    """
    found = [(spec.variables or {}).get("technology")]
    found += [placed.node.all_attributes.get("technology") for placed in spec.architecture.placed()]
    return {None if each is None else str(each) for each in found}
