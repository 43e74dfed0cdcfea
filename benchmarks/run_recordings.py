"""Run the recorded spikes of AlexNet, VGG16 and VGG9 and keep what came out under ``results/``.

The recordings (``alexnet_cifar10.npz``, ``vgg16_cifar10.npz`` and ``vgg9_cifar10.npz``, from
github.com/dubcyfor3/Prosperity) do not come with the project; give the folder they are in::

    python benchmarks/run_recordings.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from loas_tl import compare
from loas_tl.ground.files import write_all
from loas_tl.workload.recordings import shipped_descriptions

RESULTS = Path(__file__).parent / "results"


def main(folder: Path) -> None:
    for description in shipped_descriptions():
        spikes = folder / f"{description.stem}.npz"
        comparison = compare(spikes=spikes, layers=description)
        write_all({RESULTS / f"{description.stem}.json": comparison.to_json() + "\n"})
        print(comparison.to_frame(totals=True).to_string(index=False))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python benchmarks/run_recordings.py FOLDER")
    main(Path(sys.argv[1]))
