"""How fast the accelerators beside and after LoAS are; ``make benchmark`` keeps the figures."""

from __future__ import annotations

from typing import Any

import pytest

from loas_tl import compare
from loas_tl.designs.later import Later
from loas_tl.designs.registry import designs
from loas_tl.workload.generate import generate_network
from loas_tl.workload.network import Network

LATER = [one for one in designs() if isinstance(one, Later)]


@pytest.mark.parametrize(
    ("network", "accelerators"), [("resnet19", LATER), ("vgg16", ["all"])], ids=["seven", "all"]
)
def test_published_rules(benchmark: Any, network: str, accelerators: list[Any]) -> None:
    """Targets on two cores: 3 s for all seven on ResNet19, 1 s for everything on VGG16."""

    def setup() -> tuple[tuple[Network], dict[str, Any]]:
        # New layers each round: patterns found for a layer are kept with it.
        return (generate_network(network),), {}

    def run(made: Network) -> int:
        return len(compare(made, accelerators=accelerators).layers)

    assert benchmark.pedantic(run, setup=setup, rounds=3, warmup_rounds=1) > 0
