"""How far a statistical model's counts are from exact ones, why, and what mends it."""

from loas_tl.validation.compare import validate
from loas_tl.validation.records import Count, Cycles, Validation

__all__ = ["Count", "Cycles", "Validation", "validate"]
