"""Exact counts: the mapped loop nest executed on real tensors, counted in Timeloop's categories."""

from loas_tl.exact.execute import execute
from loas_tl.exact.result import ExactCycles, ExactLevel, ExactResult, ExactTensor

__all__ = ["ExactCycles", "ExactLevel", "ExactResult", "ExactTensor", "execute"]
