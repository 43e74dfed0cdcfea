"""Prices that a user gives: pJ of an action of a class (``--price CLASS.action=pJ``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

from loas_tl.components.units import JOULES_PER_PICOJOULE, Joules, SquareMetres, Watts
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.accelergy.ert import LEAK, Priced
from loas_tl.timeloop.accelergy.numbers import global_cycle_seconds

MOST_PJ = 1e12
"""A joule: no action costs more."""


@dataclass(frozen=True)
class Given:
    """Prices by class and action.

    Attributes:
        pj: pJ of an action, by class and action; of ``leak`` those of a global cycle.
        used: the classes that were met, with the actions that are asked of them; filled as
            specifications are priced.
    """

    pj: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    used: dict[str, set[str]] = field(default_factory=dict, compare=False)

    def over(self, kind: str, attributes: Mapping[str, Any], price: Callable[[], Priced]) -> Priced:
        """A class's price with what is given of it; of an unknown class that is all there is.

        Raises:
            InputError: what ``price`` raises, where nothing is given.
        """
        prices = self.pj.get(kind)
        if prices is None:
            return price()
        self.used.setdefault(kind, {LEAK})
        try:
            cost = price()
        except InputError:
            cost = Priced(SquareMetres(0.0), Watts(0.0), {}, ("its area is not known, 0 um2",))
        energy = {
            name: Joules(pj * JOULES_PER_PICOJOULE) for name, pj in prices.items() if name != LEAK
        }
        if LEAK not in prices:
            return replace(cost, energy={**cost.energy, **energy})
        seconds = global_cycle_seconds(kind, attributes)
        leakage = Watts(prices[LEAK] * JOULES_PER_PICOJOULE / seconds)
        return replace(cost, energy={**cost.energy, **energy}, leakage=leakage)

    def ask(self, kind: str, actions: Iterable[str]) -> None:
        """Note that these actions of a class are wanted."""
        if kind in self.used:
            self.used[kind].update(actions)

    def check_used(self, *, actions: bool = True) -> None:
        """Refuse prices of classes that no component is of, and of actions that none has.

        Args:
            actions: whether all actions that are wanted are known.

        Raises:
            InputError: naming the first.
        """
        for kind, prices in self.pj.items():
            if kind not in self.used:
                raise InputError(
                    f"no component, and no part of one, is of class {kind!r}; its price would "
                    "have no effect",
                    key=f"--price {kind}",
                )
            asked = self.used[kind]
            for action in prices if actions else ():
                if action not in asked:
                    raise InputError(
                        "nothing asks for this action, its price would have no effect; expected "
                        f"one of {', '.join(sorted(asked))}",
                        key=f"--price {kind}.{action}",
                    )


def parse_prices(texts: Iterable[str]) -> dict[str, dict[str, float]]:
    """``CLASS.action=pJ`` as pJ by class and action.

    Raises:
        InputError: where a text is of another form, or its price is no number of pJ.
    """
    prices: dict[str, dict[str, float]] = {}
    for text in texts:
        name, equals, amount = text.partition("=")
        kind, dot, action = name.strip().rpartition(".")
        if not (equals and dot and kind and action):
            raise InputError(f"{text!r}; expected CLASS.action=pJ", key="--price")
        try:
            pj = float(amount)
        except ValueError:
            pj = -1.0
        if not (isfinite(pj) and 0 <= pj <= MOST_PJ):
            raise InputError(
                f"{amount.strip()!r} is no number of pJ, 0 or more and at most {MOST_PJ:g}",
                key=f"--price {name.strip()}",
            )
        prices.setdefault(kind, {})[action] = pj
    return prices
