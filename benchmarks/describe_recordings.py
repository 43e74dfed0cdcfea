"""Write the layer descriptions of the two recordings from the published statistics.

The recordings are of the same networks, so the weights' sparsity and unevenness are those of the
statistics. Writes ``loas_tl/data/recordings/*.yaml``; run it after ``fit_unevenness.py``::

    python benchmarks/describe_recordings.py
"""

from __future__ import annotations

from pathlib import Path

from loas_tl.ground.files import write_all
from loas_tl.workload.generate import fitted_unevenness
from loas_tl.workload.statistics import statistics_of

DATA = Path(__file__).parents[1] / "loas_tl" / "data" / "recordings"


def description(network: str) -> str:
    """The YAML of one network; ``conv1`` of a recording is the input of layer 1."""
    lines = [
        f"# What reads each feature map of {network}_cifar10.npz: 3x3 convolutions with the",
        "# published number of non-zero weights. fc0, the classifier's input, is left out, as it",
        "# is in the published evaluation.",
        f"network: {network}_recorded",
        "layers:",
    ]
    for layer in statistics_of(network):
        sparsity = 1 - layer.weights / (layer.K * layer.N)
        how = layer.convolution
        lines.append(
            f"  conv{layer.layer}: {{kernel: {how.kernel[0]}, stride: {how.stride[0]}, "
            f"padding: {how.padding[0][0]}, output_channels: {layer.N}, "
            f"weight_sparsity: {sparsity:.8f}, unevenness: {fitted_unevenness(layer)}}}"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    write_all({DATA / f"{n}_cifar10.yaml": description(n) for n in ("alexnet", "vgg16")})


if __name__ == "__main__":
    main()
