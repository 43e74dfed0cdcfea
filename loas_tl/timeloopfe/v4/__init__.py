"""Documents of Timeloop v4: what scripts import as ``tl``.

import loas_tl.timeloopfe.v4 as tl
"""

from __future__ import annotations

from typing import Any

from loas_tl.timeloopfe.common.nodes import (
    CombinableListNode,
    DictNode,
    FlatteningListNode,
    ListNode,
    Node,
    ParseError,
)
from loas_tl.timeloopfe.common.processor import Processor, ProcessorError
from loas_tl.timeloopfe.v4 import (
    arch,
    art,
    components,
    constraints,
    doc,
    ert,
    globals,  # noqa: A004 - the section has this name
    mapper,
    mapspace,
    output_parsing,
    problem,
    processors,
    sparse_optimizations,
    specification,
    variables,
)
from loas_tl.timeloopfe.v4.arch import Architecture
from loas_tl.timeloopfe.v4.art import Art
from loas_tl.timeloopfe.v4.calls import CallError, call_accelergy_verbose, call_mapper, call_model
from loas_tl.timeloopfe.v4.components import Components
from loas_tl.timeloopfe.v4.constraints import Constraints, ConstraintsList
from loas_tl.timeloopfe.v4.doc import get_property_table, get_property_tree, get_property_yaml
from loas_tl.timeloopfe.v4.ert import Ert
from loas_tl.timeloopfe.v4.globals import Globals
from loas_tl.timeloopfe.v4.mapper import Mapper
from loas_tl.timeloopfe.v4.mapspace import Mapspace
from loas_tl.timeloopfe.v4.output_stats import MultipliableDict, OutputStats, OutputStatsList
from loas_tl.timeloopfe.v4.problem import Problem
from loas_tl.timeloopfe.v4.sparse_optimizations import SparseOptimizations
from loas_tl.timeloopfe.v4.specification import Specification
from loas_tl.timeloopfe.v4.variables import Variables

__all__ = [
    "Architecture",
    "Art",
    "CallError",
    "CombinableListNode",
    "Components",
    "Constraints",
    "ConstraintsList",
    "DictNode",
    "Ert",
    "FlatteningListNode",
    "Globals",
    "ListNode",
    "Mapper",
    "Mapspace",
    "MultipliableDict",
    "Node",
    "OutputStats",
    "OutputStatsList",
    "ParseError",
    "Problem",
    "Processor",
    "ProcessorError",
    "SparseOptimizations",
    "Specification",
    "Variables",
    "arch",
    "art",
    "call_accelergy_verbose",
    "call_mapper",
    "call_model",
    "components",
    "constraints",
    "doc",
    "ert",
    "get_property_table",
    "get_property_tree",
    "get_property_yaml",
    "globals",
    "mapper",
    "mapspace",
    "output_parsing",
    "problem",
    "processors",
    "sparse_optimizations",
    "specification",
    "variables",
]

NOT_COVERED = {
    "to_mapper_app": "it makes an object of pytimeloop; use call_mapper",
    "to_model_app": "it makes an object of pytimeloop; use call_model",
    "accelergy_app": "it makes an object of pytimeloop; use call_accelergy_verbose",
    "call_stop": "calls start no processes that would outlive them",
}
"""Names of timeloopfe that are not here, and what to do."""


def __getattr__(name: str) -> Any:
    why = f": {NOT_COVERED[name]}" if name in NOT_COVERED else ""
    raise AttributeError(f"loas_tl.timeloopfe has no {name!r}{why}")
