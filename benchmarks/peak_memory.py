"""The peak memory of a process that generates a layer and computes it, in MiB.

``python benchmarks/peak_memory.py NETWORK LAYER`` prints it for one layer.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from loas_tl.fiber import encode, encode_weights
from loas_tl.kernel import spmspm, spmspm_report
from loas_tl.workload.generate import generate_layer
from loas_tl.workload.statistics import statistics_of


def compute(network: str, name: str) -> None:
    """Generate one layer, encode its operands and multiply them by both kernels."""
    statistics = next(layer for layer in statistics_of(network) if layer.layer == name)
    layer = generate_layer(statistics)
    encode(layer.spikes)
    encode_weights(layer.weights)
    spmspm(layer.spikes, layer.weights)
    spmspm_report(layer.spikes, layer.weights)


def peak_mib(network: str, name: str) -> int:
    """Run :func:`compute` in a process of its own, and return its peak in MiB."""
    done = subprocess.run(  # noqa: S603 - this Python, with arguments of ours
        [sys.executable, str(Path(__file__)), network, name],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


if __name__ == "__main__":
    compute(*sys.argv[1:])
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
