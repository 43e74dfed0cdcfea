"""The comparisons that items are made of, each run once."""

from __future__ import annotations

from functools import cache
from typing import Any

from loas_tl.comparison import Comparison, Result, compare
from loas_tl.ground.data import read_figures
from loas_tl.ground.errors import InputError
from loas_tl.ground.titles import SINGLE_LAYERS
from loas_tl.workload.statistics import NETWORKS

BASELINES = ("SparTen-SNN", "GoSPA-SNN", "Gamma-SNN")
LETTERS = {"A": "alexnet", "V": "vgg16", "R": "resnet19"}
"""What figures call the networks."""


@cache
def figures() -> dict[str, Any]:
    """The raw figures of the published evaluation (repository RuokaiYin/LoAS, commit cd635a8)."""
    return dict(read_figures("published_figures.json"))


class Runs:
    """Comparisons on generated networks.

    Args:
        seed: of the tensors.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self._ran: dict[object, Comparison] = {}

    def compare(
        self,
        network: str,
        accelerators: tuple[str, ...] = (),
        **workload: float,
    ) -> Comparison:
        """A network, by default on all accelerators, under the published model."""
        key = (network, accelerators, tuple(sorted(workload.items())))
        if key not in self._ran:
            self._ran[key] = compare(
                network,
                accelerators=list(accelerators) or None,
                workload=workload or None,
                seed=self.seed,
            )
        return self._ran[key]

    def total(self, network: str, accelerator: str) -> Result:
        """A network's total on one of the accelerators that run by default."""
        found = self.compare(network).found(network, accelerator)
        if found is None:
            raise InputError(f"{accelerator} does not run by default; expected one that does")
        return found

    def layer(self, name: str, accelerator: str) -> Result:
        """A single layer by the figures' name."""
        network, layer = SINGLE_LAYERS[name]
        return next(
            one
            for one in self.compare(network).layers
            if (one.layer, one.accelerator) == (layer, accelerator)
        )

    @property
    def networks(self) -> dict[str, str]:
        """The three networks by letter."""
        return {letter: name for letter, name in LETTERS.items() if name in NETWORKS}
