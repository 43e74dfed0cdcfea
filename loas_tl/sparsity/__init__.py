"""Sparsity beyond zeros, as pure functions on arrays: products, patterns, packing, dealing."""

from __future__ import annotations

from loas_tl.ground.lazy import modules_of

__getattr__, __dir__ = modules_of(__name__, __path__)
