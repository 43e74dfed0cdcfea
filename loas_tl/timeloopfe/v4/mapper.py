"""The section ``mapper``: options of a search."""

from __future__ import annotations

from typing import Any, ClassVar

from loas_tl.timeloopfe.common.nodes import DictNode, Field, ListNode
from loas_tl.timeloopfe.v4.version import VERSION_FIELD


class OptimizationMetrics(ListNode):
    """``delay``, ``energy``, ``edp``: the first counts most."""


def _metrics(value: Any) -> Any:
    return OptimizationMetrics(value if isinstance(value, list) else [value])


class Mapper(DictNode):
    """The section ``mapper``."""

    fields: ClassVar[dict[str, Field]] = {
        "version": VERSION_FIELD,
        "out_prefix": Field(str, "timeloop-mapper"),
        "num_threads": Field(int, 8),
        "optimization_metric": Field(OptimizationMetrics, [], _metrics),
        "optimization_metrics": Field(OptimizationMetrics, [], _metrics),
        "search_size": Field(int, None),
        "timeout": Field(int, 1000),
        "victory_condition": Field(int, None),
        "sync_interval": Field(int, None),
        "log_interval": Field(int, 1),
        "log_oaves": Field(bool, False),
        "log_oave_mappings": Field(bool, False),
        "log_oaves_mappings": Field(bool, False),
        "log_all_mappings": Field(bool, False),
        "log_mappings_yaml": Field(bool, False),
        "log_mappings_verbose": Field(bool, False),
        "log_stats": Field(bool, False),
        "log_suboptimal": Field(bool, False),
        "live_status": Field(bool, False),
        "diagnostics": Field(bool, False),
        "penalize_consecutive_bypass_fails": Field(bool, False),
        "emit_whoop_nest": Field(bool, False),
        "max_temporal_loops_in_a_mapping": Field(int, -1),
        "algorithm": Field(str, "hybrid"),
        "filter_revisits": Field(bool, False),
        "max_permutations_per_if_visit": Field(int, 16),
    }
