"""Estimators for Accelergy v0.4: loas-tl's component models under Accelergy's plug-in interface.

Accelergy loads this file by ``loas_tl.estimator.yaml`` beside it. Each estimator states an accuracy
for the classes it knows and none for any other, so that CACTI, Aladdin and the rest keep theirs.
What cannot be estimated is logged with class and attribute, and Accelergy prints that with its own
error.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from accelergy.plug_in_interface.estimator_wrapper import PrintableCall, SupportedComponent
from accelergy.plug_in_interface.interface import (
    AccelergyPlugIn,
    AccelergyQuery,
    AccuracyEstimation,
    Estimation,
)

if find_spec("loas_tl") is None:
    # Accelergy runs on another Python than the one loas-tl is installed for.
    for _folder in Path(__file__).resolve().parents[1:3]:
        if (_folder / "loas_tl" / "components" / "registry.py").is_file():
            sys.path.append(str(_folder))

from loas_tl.components import registry
from loas_tl.components.component import Component
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.accelergy.ert import LEAK, Priced, price
from loas_tl.timeloop.accelergy.library import action_names, attributes


class _Estimator(AccelergyPlugIn):
    """What the estimators share; each names its component classes."""

    classes: ClassVar[tuple[type[Component], ...]] = ()

    def get_name(self) -> str:
        """The estimator's name in Accelergy's summaries."""
        return f"loas-tl {type(self).__name__}"

    def primitive_action_supported(self, query: AccelergyQuery) -> AccuracyEstimation:
        """Accuracy in percent where the class is ours, its attributes fit and it has the action."""
        cost = self._price(query)
        if cost is None:
            return AccuracyEstimation(0)
        try:
            cost.action(query.action_name)
        except InputError as error:
            self.logger.error(f"{query.class_name}: {error}")
            return AccuracyEstimation(0)
        return self._accuracy(query)

    def estimate_energy(self, query: AccelergyQuery) -> Estimation:
        """Energy of an action in J; ``leak`` is leakage during the global cycle."""
        cost = price(query.class_name, query.class_attrs)
        if query.action_name != LEAK:
            return Estimation(float(cost.action(query.action_name)))
        given = {**query.class_attrs, **(query.action_args or {})}
        if "global_cycle_seconds" not in given:
            raise InputError(f"{query.class_name}.global_cycle_seconds is missing")
        return Estimation(float(cost.action(LEAK, float(given["global_cycle_seconds"]))))

    def primitive_area_supported(self, query: AccelergyQuery) -> AccuracyEstimation:
        """Accuracy in percent where the class is ours and its attributes fit."""
        return AccuracyEstimation(0) if self._price(query) is None else self._accuracy(query)

    def estimate_area(self, query: AccelergyQuery) -> Estimation:
        """Area of one instance in m2."""
        return Estimation(float(price(query.class_name, query.class_attrs).area))

    def get_supported_components(self) -> list[SupportedComponent]:
        """What ``accelergy --list-components`` prints."""
        return [
            SupportedComponent(
                one.kind,
                PrintableCall("", [], attributes(one)),
                [PrintableCall(name) for name in action_names(one)],
            )
            for one in self.classes
        ]

    def _accuracy(self, query: AccelergyQuery) -> AccuracyEstimation:
        kind = next(one for one in self.classes if one.kind == query.class_name)
        return AccuracyEstimation(kind.accuracy)

    def _price(self, query: AccelergyQuery) -> Priced | None:
        """What it costs; None, and a word to the log, where it cannot be told."""
        kinds = [one.kind for one in self.classes]
        if query.class_name not in kinds:
            self.logger.error(f"class {query.class_name} is none of {', '.join(kinds)}")
            return None
        try:
            cost = price(query.class_name, query.class_attrs)
        except InputError as error:
            self.logger.error(str(error))
            return None
        for line in cost.outside:
            self.logger.warning(line)
        return cost


class Primitives(_Estimator):
    """The synthesised primitives."""

    classes = registry.PRIMITIVES


class Circuits(_Estimator):
    """Prefix-sums, accumulators of the inner join, neurons, compressors."""

    classes = registry.CIRCUITS


class Memories(_Estimator):
    """Buffers of a PE and the FiberCache."""

    classes = registry.MEMORIES


class Fabric(_Estimator):
    """The swizzle-switch crossbar and HBM."""

    classes = registry.FABRIC


class ProcessingElements(_Estimator):
    """PEs of LoAS and of its baselines."""

    classes = registry.PES
