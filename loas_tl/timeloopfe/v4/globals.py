"""The section ``globals``."""

from __future__ import annotations

from typing import ClassVar

from loas_tl.timeloopfe.common.nodes import CombinableListNode, DictNode, Field
from loas_tl.timeloopfe.v4.version import VERSION_FIELD


class EnvironmentVariables(DictNode):
    """Of Timeloop."""

    _open = True


class ExpressionCustomFunctions(CombinableListNode):
    """Python files with functions for expressions."""


class AccelergyPlugIns(CombinableListNode):
    """Python files with plug-ins for Accelergy."""


class Globals(DictNode):
    """The section ``globals``."""

    fields: ClassVar[dict[str, Field]] = {
        "version": VERSION_FIELD,
        "environment_variables": Field(EnvironmentVariables, {}),
        "expression_custom_functions": Field(ExpressionCustomFunctions, []),
        "accelergy_plug_ins": Field(AccelergyPlugIns, []),
    }
