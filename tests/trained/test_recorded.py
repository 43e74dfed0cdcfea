"""What was captured of each framework, kept beside what the framework computed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from loas_tl import compare, load_tensors
from loas_tl.workload.samples import SampledLayer

KEPT = Path(__file__).parents[1] / "data" / "captures"
NAMES = (
    *("spikingjelly-multi", "spikingjelly-single", "snntorch"),
    *("norse", "norse-lifted", "torch-loop", "torch-folded"),
)


@pytest.mark.parametrize("name", NAMES)
def test_captured_tensors_give_what_the_framework_computed(name: str) -> None:
    network = load_tensors(KEPT / f"{name}.npz")
    with np.load(KEPT / f"{name}.npz") as kept:
        for layer in network.layers:
            assert isinstance(layer, SampledLayer)
            expected = kept[f"{layer.name}/expected"]
            for sample in range(layer.samples):
                np.testing.assert_array_equal(layer.outputs(sample), expected[sample])
    assert compare(network, accelerators=["LoAS"]).totals[0].counts.cycles > 0
