"""loas-tl's component models for HWComponents, Accelergy's successor (Python 3.12 or newer).

HWComponents finds every package whose name begins with ``hwcomponents_`` and reads a model's
attributes off its constructor. Each model here is one component class of
:mod:`loas_tl.components.registry`, with its attributes, its actions and its figures.
"""

from __future__ import annotations

from dataclasses import MISSING, field, fields, make_dataclass
from typing import Any

from hwcomponents import ActionCost, ComponentModel, action

from loas_tl.components.component import CYCLE, Component, build
from loas_tl.components.registry import COMPONENTS
from loas_tl.timeloop.accelergy.ert import LEAK
from loas_tl.timeloop.accelergy.library import action_names


class _Model(ComponentModel):
    """What the models share: the component that a dataclass's fields describe."""

    kind: type[Component]

    def __post_init__(self) -> None:
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        if given["tech_node"] is not None:
            given["technology"] = given["tech_node"]
        self.component = build(self.kind, given)
        super().__init__(leak_power=float(self.component.leakage), area=float(self.component.area))
        for line in self.component.outside():
            self.logger.warning(line)


def _action(name: str) -> Any:
    """An action of that name: its energy; a cycle of 2.5 ns, as synthesised, is its latency."""

    def act(self: Any) -> ActionCost:
        seconds = float(CYCLE)
        return ActionCost(
            energy=float(self.component.energy(name)), latency=seconds, throughput=1 / seconds
        )

    act.__name__ = name
    return action(act)


def _model(kind: type[Component]) -> type[ComponentModel]:
    required = [(one.name, Any) for one in fields(kind) if one.default is MISSING]
    optional = [
        (one.name, Any, field(default=one.default))
        for one in fields(kind)
        if one.default is not MISSING
    ]
    return make_dataclass(
        kind.__name__,
        # HWComponents' own models call the technology tech_node, in metres.
        [*required, *optional, ("tech_node", Any, field(default=None))],
        bases=(_Model,),
        eq=False,
        namespace={
            "__doc__": kind.__doc__,
            "__module__": __name__,
            "component_name": kind.kind,
            "priority": kind.accuracy / 100,
            "kind": kind,
            **{name: _action(name) for name in action_names(kind) if name != LEAK},
        },
    )


for _kind in COMPONENTS:
    globals()[_kind.__name__] = _model(_kind)
