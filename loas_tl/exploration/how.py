"""By which model a space is evaluated, and how far that searches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

ModelName = Literal["published", "detailed", "timeloop", "mapped"]
MODELS: tuple[ModelName, ...] = get_args(ModelName)


@dataclass(frozen=True)
class How:
    """By which model, and how far it searches.

    Attributes:
        model: see :data:`MODELS`.
        mappings: of ``mapped``, how many are evaluated at most.
        metric: of ``mapped``, what is made small.
        seed: of its random choices.
        accounting: by whose rules designs count that were published by rules of their own.
    """

    model: ModelName = "published"
    mappings: int = 2000
    metric: Literal["cycles", "energy", "edp"] = "edp"
    seed: int = 0
    accounting: Literal["published", "own"] = "published"

    @property
    def key(self) -> str:
        """What results are known by."""
        if self.model != "mapped":
            return self.model if self.accounting == "published" else f"{self.model} own"
        return f"mapped {self.metric} mappings={self.mappings} seed={self.seed}"
