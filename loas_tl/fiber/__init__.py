"""Fibers: how LoAS keeps sparse spikes and weights in memory, and what other formats would cost."""

from loas_tl.fiber.encoding import (
    Fibers,
    SpikeFibers,
    WeightFibers,
    encode,
    encode_weights,
    encode_words,
)
from loas_tl.fiber.layout import Layout

__all__ = [
    "Fibers",
    "Layout",
    "SpikeFibers",
    "WeightFibers",
    "encode",
    "encode_weights",
    "encode_words",
]
