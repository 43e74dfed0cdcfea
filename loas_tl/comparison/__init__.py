"""Compare accelerators on networks, by the published or the detailed model.

From the bottom: a :class:`Result`, a :class:`Comparison` of many, the counting of a layer, and the
run that puts them together, ``loas_tl.compare``.
"""

from loas_tl.comparison.comparison import BASELINE, MODELS, Comparison, Model
from loas_tl.comparison.counting import Counted, count_layer, dataflow_of, result_of
from loas_tl.comparison.result import BESIDE, LeftOut, Result, added, whole
from loas_tl.comparison.run import compare, compare_readings

__all__ = [
    "BASELINE",
    "BESIDE",
    "MODELS",
    "Comparison",
    "Counted",
    "LeftOut",
    "Model",
    "Result",
    "added",
    "compare",
    "compare_readings",
    "count_layer",
    "dataflow_of",
    "result_of",
    "whole",
]
