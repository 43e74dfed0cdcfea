"""How fast the kernels are, beside a dense product, and what memory they take."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from peak_memory import peak_mib

from loas_tl.fiber import encode, encode_weights, measure_formats
from loas_tl.kernel import published_stack, run_network, spmspm, spmspm_report
from loas_tl.workload.generate import generate_network
from loas_tl.workload.layer import Layer
from loas_tl.workload.statistics import published_networks


def fresh(network: str) -> tuple[list[Layer]]:
    """The layers of a generated network, with nothing cached on them."""
    return (list(generate_network(network).layers),)


def dense(x: Any, w: Any) -> Any:
    """The same product by BLAS, in single precision, which holds these sums exactly."""
    product = x.reshape(-1, x.shape[2]).astype(np.float32) @ w.astype(np.float32)
    return product.astype(np.int32).reshape(*x.shape[:2], w.shape[1])


@pytest.mark.parametrize("network", ["vgg16", "spikformer_hff"])
@pytest.mark.parametrize("multiply", [spmspm, spmspm_report, dense], ids=lambda f: f.__name__)
def test_all_layers_of_a_network(benchmark: Any, network: str, multiply: Any) -> None:
    """Target 1 s for VGG16's 12 layers, 5 s for the Spikformer layer, on two cores."""

    def run(layers: list[Layer]) -> int:
        return sum(multiply(layer.spikes, layer.weights) is not None for layer in layers)

    layers = fresh(network)
    run(*layers)  # compile
    assert benchmark.pedantic(run, args=layers, rounds=5) == len(layers[0])


@pytest.mark.parametrize("network", ["vgg16", "resnet19"])
def test_a_whole_network_from_first_spikes_to_last_output(benchmark: Any, network: str) -> None:
    layers, first_spikes = published_stack(network)
    run = benchmark.pedantic(run_network, args=(layers, first_spikes), rounds=5)
    assert len(run.layers) == len(layers)


def test_encoding_the_spikformer_layer(benchmark: Any) -> None:
    (layer,) = generate_network("spikformer_hff").layers

    def run() -> int:
        return encode(layer.spikes).lines + encode_weights(layer.weights).lines

    run()  # compile
    assert benchmark.pedantic(run, rounds=5) > 0


def test_sizes_of_all_formats_of_vgg16_with_generation(benchmark: Any) -> None:
    assert benchmark.pedantic(measure_formats, args=("vgg16",), rounds=3).totals


def test_peak_memory_of_each_layer(benchmark: Any) -> None:
    """Target 1 GiB for any of the 36 layers, the process and generation included."""
    layers = [
        (layer.network, layer.layer)
        for layers_of in published_networks().values()
        for layer in layers_of
    ]

    def run() -> list[int]:
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda of: peak_mib(*of), layers))

    peaks = benchmark.pedantic(run, rounds=1)
    benchmark.extra_info["peak_MiB"] = max(peaks)
    benchmark.extra_info["layer"] = " ".join(layers[peaks.index(max(peaks))])
    assert len(peaks) == 36
    assert max(peaks) <= 1024
