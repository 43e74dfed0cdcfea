"""Fibers: how LoAS keeps sparse spikes and weights in memory, and what other formats would cost."""

from loas_tl.fiber.encoding import Fibers, SpikeFibers, WeightFibers, encode, encode_weights
from loas_tl.fiber.formats import Formats, FormatSize, measure_formats
from loas_tl.fiber.layout import Layout

__all__ = [
    "Fibers",
    "FormatSize",
    "Formats",
    "Layout",
    "SpikeFibers",
    "WeightFibers",
    "encode",
    "encode_weights",
    "measure_formats",
]
