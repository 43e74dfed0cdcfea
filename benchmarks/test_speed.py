"""How fast the published models are, and their command; ``make benchmark`` keeps the figures."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from loas_tl import compare
from loas_tl.designs.registry import compared, find
from loas_tl.models.dataflow import Dataflow
from loas_tl.models.published.counts import Counts
from loas_tl.models.published.model import count
from loas_tl.workload.generate import generate_network
from loas_tl.workload.layer import Layer
from loas_tl.workload.network import Network

PAPER = (
    *("LoAS", "LoAS-FT", "LoAS N-major", "SparTen-SNN"),
    *("GoSPA-SNN", "Gamma-SNN", "PTB", "Stellar"),
)
DUAL_SPARSE = ("LoAS", "LoAS-FT", "LoAS N-major", "SparTen-SNN", "GoSPA-SNN", "Gamma-SNN")


def dataflow_of(name: str) -> Dataflow:
    """What is counted of a design."""
    dataflow = find(name).dataflow()
    assert dataflow is not None
    return dataflow


def test_vgg16_on_all_six_dual_sparse_configurations(benchmark: Any) -> None:
    """Target 0.25 s on two cores; the published simulators take 81 s, without N-major."""
    accelerators = [dataflow_of(name) for name in DUAL_SPARSE]

    def setup() -> tuple[tuple[Network], dict[str, Any]]:
        # New layers each round: nothing cached on them, such as the packed spikes, carries over.
        return (generate_network("vgg16"),), {}

    def run(network: Network) -> list[list[Counts]]:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(lambda layer: count(layer, accelerators), network.layers))

    run(setup()[0][0])  # warm
    assert len(benchmark.pedantic(run, setup=setup, rounds=10)) == 12


def test_digits_vgg9_with_16_samples_on_the_papers_accelerators(benchmark: Any) -> None:
    """Target 3 s."""
    found = benchmark(lambda: compare("digits_vgg9", accelerators=PAPER))
    assert len(found.totals) == len(PAPER)


def test_spikformer_layer_on_loas(benchmark: Any) -> None:
    """784 x 3072 x 3072, T = 4. Target 2 s and 1 GiB."""
    made = generate_network("spikformer_hff").layers[0]
    accelerators = [dataflow_of("LoAS")]

    def setup() -> tuple[tuple[Layer], dict[str, Any]]:
        return (Layer(made.name, made.spikes, made.weights),), {}

    def run(layer: Layer) -> list[Counts]:
        return count(layer, accelerators)

    run(made)  # warm
    assert benchmark.pedantic(run, setup=setup, rounds=5)[0].cycles > 0
    benchmark.extra_info["peak_MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.parametrize("argument", ["--help"])
def test_command_start(benchmark: Any, argument: str) -> None:
    """Target 0.1 s: heavy imports are lazy."""
    command = [sys.executable, "-m", "loas_tl", argument]
    done = benchmark(subprocess.run, command, capture_output=True, check=True)
    assert b"compare" in done.stdout


def test_command_on_vgg16(benchmark: Any, tmp_path: Path) -> None:
    """The whole process, from Python's start to the JSON. Target 1.0 s on two cores."""
    written = tmp_path / "vgg16.json"
    command = [sys.executable, "-m", "loas_tl", "compare", "--network", "vgg16"]
    run = partial(subprocess.run, [*command, "--json", str(written)], stdout=subprocess.DEVNULL)
    benchmark.pedantic(partial(run, check=True), rounds=10, warmup_rounds=1)
    assert len(json.loads(written.read_text())["totals"]) == len(compared())


def test_report_of_the_default_comparison(benchmark: Any, tmp_path: Path) -> None:
    """The whole process, with Vega's scripts to be put together. Target 3 s on two cores.

    It took 7.4 s when every form of every figure was laid out again.
    """
    command = [sys.executable, "-m", "loas_tl", "compare", "--out", str(tmp_path / "out")]
    rounds = iter(range(100))

    def setup() -> tuple[tuple[()], dict[str, Any]]:
        # A new cache folder each round: nothing is kept from the one before.
        return (), {"env": os.environ | {"XDG_CACHE_HOME": str(tmp_path / f"{next(rounds)}")}}

    run = partial(subprocess.run, command, stdout=subprocess.DEVNULL, check=True)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    benchmark.pedantic(run, setup=setup, rounds=5)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - spent.ru_utime - spent.ru_stime
    benchmark.extra_info["processor_s"] = round(used / 5, 2)
    assert (tmp_path / "out" / "report.html").exists()


def test_generating_vgg16(benchmark: Any) -> None:
    """All layers on one core; half of it goes into random numbers."""
    assert len(benchmark.pedantic(generate_network, ("vgg16",), rounds=5).layers) == 12
