"""Layers and networks: generated, recorded or given."""

from __future__ import annotations

from loas_tl.ground.lazy import modules_of

__getattr__, __dir__ = modules_of(__name__, __path__)
