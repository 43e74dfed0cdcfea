"""Networks from trained models: from PyTorch, whatever the spiking framework, and from NIR."""

from __future__ import annotations

from loas_tl.ground.lazy import modules_of

__getattr__, __dir__ = modules_of(
    __name__,
    __path__,
    {"capture": "loas_tl.trained.model", "from_nir": "loas_tl.trained.nir"},
)
