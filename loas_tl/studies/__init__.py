"""Studies of one question: what a part of a design costs, and where."""

from __future__ import annotations

from loas_tl.ground.lazy import modules_of

__getattr__, __dir__ = modules_of(__name__, __path__)
