"""What is captured, multiplied and scaled back, is what the layers of each framework compute."""

from __future__ import annotations

import numpy as np
import pytest

from loas_tl import capture
from loas_tl.workload.samples import SampledLayer
from tests.trained.models import CASES, N, T, own_outputs

pytestmark = pytest.mark.snn


@pytest.mark.parametrize("framework", CASES)
def test_captured_tensors_give_what_the_framework_computes(framework: str) -> None:
    case = CASES[framework]()
    expected = own_outputs(case)
    model, inputs, more = case
    network = capture(model, inputs, **more)
    assert not network.uncovered
    assert sorted(one.name for one in network.layers) == sorted(expected)
    for layer in network.layers:
        assert isinstance(layer, SampledLayer)
        assert (layer.samples, layer.T) == (N, T)
        for sample in range(N):
            np.testing.assert_array_equal(layer.outputs(sample), expected[layer.name][sample])


@pytest.mark.parametrize("framework", CASES)
def test_operations_are_those_that_torch_counts(framework: str) -> None:
    pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    from loas_tl.trained.frameworks import reset

    model, inputs, more = CASES[framework]()
    network = capture(model, inputs, **more)
    reset(model)
    with FlopCounterMode(display=False) as counter:
        if "time_axis" in more:
            for step in inputs:
                model(step)
        else:
            model(inputs)
    assert network.coverage.operations * N * 2 == counter.get_total_flops()
