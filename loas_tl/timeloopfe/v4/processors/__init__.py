"""Processors that come along.

What timeloopfe always runs a call does itself, and leaves no trace of it in the document: it
attaches constraints and sparse optimisations, and fills macros in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loas_tl.timeloopfe.common.processor import Processor
from loas_tl.timeloopfe.v4.arch import Component

if TYPE_CHECKING:
    from loas_tl.timeloopfe.v4.specification import Specification


class EnableDummyTableProcessor(Processor):
    """Placeholders of 1 pJ an action and 1 µm² a component in the place of prices."""

    def process(self, spec: Specification) -> None:
        """Asks for placeholders in each component."""
        super().process(spec)
        for component in spec.get_nodes_of_type(Component):
            for action in ("read", "write", "update", "leak"):
                if action not in component["required_actions"]:
                    component["required_actions"] = [*component["required_actions"], action]
            component["attributes"]["technology"] = -1
        if "technology" in spec["variables"]:
            spec["variables"]["technology"] = -1


class _OfTheCall(Processor):
    """What a call does, whether it is asked for or not."""

    def process(self, spec: Specification) -> None:
        """Nothing."""
        super().process(spec)


class References2CopiesProcessor(_OfTheCall):
    """What stands in several places by an alias is a copy in each, from the start."""


class ConstraintAttacherProcessor(_OfTheCall):
    """Constraints and mapping come to their nodes in the call."""


class SparseOptAttacherProcessor(_OfTheCall):
    """Sparse optimisations come to their nodes in the call."""


class ConstraintMacroProcessor(_OfTheCall):
    """``factors_only``, ``maximize_dims`` and the like are filled in by the call."""


class Dataspace2BranchProcessor(_OfTheCall):
    """What bypasses what in ``!Parallel`` follows in the call."""


class PermutationOptimizerProcessor(_OfTheCall):
    """The search knows by itself which permutations count alike."""


class RequiredActionsProcessor(_OfTheCall):
    """Every action that is counted is priced."""


REQUIRED_PROCESSORS = [
    ConstraintAttacherProcessor,
    SparseOptAttacherProcessor,
    ConstraintMacroProcessor,
    Dataspace2BranchProcessor,
    PermutationOptimizerProcessor,
    RequiredActionsProcessor,
]
