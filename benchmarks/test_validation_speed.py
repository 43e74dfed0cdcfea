"""How fast exact counts and a whole validation are."""

from __future__ import annotations

import resource
from typing import Any

import pytest

from loas_tl.designs.registry import find
from loas_tl.exact import execute
from loas_tl.timeloop.spec import parse_spec
from loas_tl.validation import validate
from loas_tl.validation.compare import masks_of
from loas_tl.workload.generate import generate_network


def test_vgg16_on_loas_and_sparten(benchmark: Any) -> None:
    """All layers, generation, predictions, shuffled and corrected counts. Target 20 s, 2 cores."""
    accelerators = ["LoAS", "SparTen-SNN"]
    validate("vgg16", accelerators=accelerators, layer=["12"])  # compile
    done = benchmark.pedantic(
        validate, ("vgg16",), {"accelerators": accelerators}, rounds=2, iterations=1
    )
    assert len(done.cycles) == 24


@pytest.mark.parametrize("accelerator", ["LoAS", "SparTen-SNN", "GoSPA-SNN", "Gamma-SNN"])
def test_spikformer_layer(benchmark: Any, accelerator: str) -> None:
    """Exact counts of 784 x 3072 x 3072, T = 4. Target 10 s and 2 GiB."""
    layer = generate_network("spikformer_hff").layers[0]
    design = find(accelerator)
    spec = parse_spec(design.spec(layer).model_spec)
    masks = masks_of(layer, design.timeloop_or_refuse(), spec)
    execute(spec, masks)  # compile
    result = benchmark.pedantic(execute, (spec, masks), rounds=2, iterations=1)
    assert result.cycles > 0
    benchmark.extra_info["peak_MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
