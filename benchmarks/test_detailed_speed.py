"""How fast the detailed model is; ``make benchmark`` keeps the figures in ``results/``."""

from __future__ import annotations

import resource
from typing import Any

from loas_tl.comparison import compare
from loas_tl.designs.registry import compared
from loas_tl.models.detailed.model import count_detailed
from loas_tl.workload.generate import generate_network


def test_detailed_vgg16_on_all_accelerators(benchmark: Any) -> None:
    """Target 5 s on two cores."""
    network = generate_network("vgg16")

    def run() -> int:
        return compare(network, model="detailed").totals[0].counts.cycles

    run()  # compile
    assert benchmark.pedantic(run, rounds=5) > 0


def test_detailed_spikformer_layer_on_all_accelerators(benchmark: Any) -> None:
    """784 x 3072 x 3072, T = 4, one core. Target 1 GiB."""
    [layer] = generate_network("spikformer_hff").layers
    # Those of the comparison above: not the ANN twins.
    accelerators = [dataflow for one in compared() if (dataflow := one.dataflow()) is not None]
    assert len(accelerators) == len(compared())
    count_detailed(generate_network("alexnet").layers[0], accelerators)  # compile
    assert len(benchmark.pedantic(lambda: count_detailed(layer, accelerators), rounds=2)) > 0
    benchmark.extra_info["peak_MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
