"""The section ``sparse_optimizations``, and what nodes say of zeros."""

from __future__ import annotations

from typing import Any, ClassVar

from loas_tl.timeloopfe.common.nodes import CombinableListNode, DictNode, Field, ListNode
from loas_tl.timeloopfe.v4.version import VERSION_FIELD


class RepresentationRank(DictNode):
    """How one rank is stored."""

    fields: ClassVar[dict[str, Field]] = {
        "format": Field(str),
        "metadata_word_bits": Field(int, None),
        "payload_word_bits": Field(int, None),
        "flattened_rankIDs": Field(list, None),
    }


class RepresentationRankList(ListNode):
    """Ranks, outermost first."""

    fields: ClassVar[dict[str, Field]] = {"": Field(RepresentationRank)}


class RepresentationDataSpace(DictNode):
    """How a tensor is stored."""

    fields: ClassVar[dict[str, Field]] = {
        "name": Field(str),
        "ranks": Field(RepresentationRankList),
    }


class RepresentationProblemDataspaceList(ListNode):
    """How tensors are stored."""

    fields: ClassVar[dict[str, Field]] = {"": Field(RepresentationDataSpace)}


class RepresentationFormat(DictNode):
    """Formats."""

    fields: ClassVar[dict[str, Field]] = {
        "data_spaces": Field(RepresentationProblemDataspaceList, [])
    }


class ActionOptimizationOption(DictNode):
    """What is not done where what is zero."""

    fields: ClassVar[dict[str, Field]] = {"target": Field(str), "condition_on": Field(list)}


class ActionOptimizationOptionList(ListNode):
    """Of these the one that saves most is taken."""

    fields: ClassVar[dict[str, Field]] = {"": Field(ActionOptimizationOption)}


class ActionOptimization(DictNode):
    """Gating or skipping of accesses."""

    fields: ClassVar[dict[str, Field]] = {
        "type": Field(str),
        "options": Field(ActionOptimizationOptionList),
    }


class ActionOptimizationList(ListNode):
    """Gating and skipping of accesses."""

    fields: ClassVar[dict[str, Field]] = {"": Field(ActionOptimization)}


def _types(value: Any) -> Any:
    return ComputeOptimizationTypeList(value if isinstance(value, list) else [value])


class ComputeOptimizationTypeList(CombinableListNode):
    """``gating``, ``skipping`` or both."""


class ComputeOptimization(DictNode):
    """Gating or skipping of computes."""

    fields: ClassVar[dict[str, Field]] = {"type": Field(ComputeOptimizationTypeList, cast=_types)}


class ComputeOptimizationList(ListNode):
    """Gating and skipping of computes."""

    fields: ClassVar[dict[str, Field]] = {"": Field(ComputeOptimization)}


class SparseOptimizationGroup(DictNode):
    """All that a node does about zeros."""

    fields: ClassVar[dict[str, Field]] = {
        "target": Field(str, None),
        "action_optimization": Field(ActionOptimizationList, []),
        "representation_format": Field(RepresentationFormat, {}),
        "compute_optimization": Field(ComputeOptimizationList, []),
    }

    def isempty(self) -> bool:
        """Whether it says nothing."""
        return not (
            self["action_optimization"]
            or self["compute_optimization"]
            or self["representation_format"].get("data_spaces")
        )


class SparseOptimizationsList(ListNode):
    """By target."""

    fields: ClassVar[dict[str, Field]] = {"": Field(SparseOptimizationGroup)}


class SparseOptimizations(DictNode):
    """The section."""

    fields: ClassVar[dict[str, Field]] = {
        "version": VERSION_FIELD,
        "targets": Field(SparseOptimizationsList, []),
    }
