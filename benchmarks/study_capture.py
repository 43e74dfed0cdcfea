"""What capturing costs: time over the forward pass's, and memory beside the dense tensors'.

    python benchmarks/study_capture.py

A VGG of ten layers (SpikingJelly, 32 x 32, T = 4, 16 samples, spikes at the input). Each
measurement runs in a process of its own, with one thread; times are the processor's, the best of
five. Results go to
``benchmarks/results/capture.json``. Needs ``pip install '.[dev-snn]'``.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

TO = Path(__file__).parent / "results" / "capture.json"
WIDTHS = (64, 64, "pool", 128, 128, "pool", 256, 256, 256, "pool", 512)
T, N, REPEATS = 4, 16, 5


def vgg() -> Any:
    from spikingjelly.activation_based import functional, layer, neuron
    from torch import nn

    modules: list[Any] = []
    channels, extent = 3, 32
    for width in WIDTHS:
        if width == "pool":
            modules.append(layer.MaxPool2d(2))
            extent //= 2
            continue
        modules += [layer.Conv2d(channels, int(width), 3, padding=1, bias=False)]
        modules += [layer.BatchNorm2d(int(width)), neuron.LIFNode(v_threshold=0.5)]
        channels = int(width)
    modules += [layer.Flatten(), layer.Linear(channels * extent**2, 256), neuron.LIFNode()]
    modules += [layer.Linear(256, 10)]
    net = nn.Sequential(*modules)
    functional.set_step_mode(net, "m")
    return net.eval()


def measure(what: str) -> dict[str, float]:
    """Seconds and peak memory of one process."""
    import torch
    from spikingjelly.activation_based import functional

    from loas_tl import capture

    torch.manual_seed(0)
    torch.set_num_threads(1)
    net, inputs = vgg(), (torch.rand(T, N, 3, 32, 32) < 0.3).float()
    # What is imported on first use is there before the memory is looked at.
    capture(torch.nn.Sequential(torch.nn.Linear(4, 4)), torch.ones(1, 4), timesteps=1)
    seconds: list[float] = []
    found: dict[str, float] = {}
    for _ in range(REPEATS):
        started = time.process_time()
        if what == "forward":
            with torch.no_grad():
                net(inputs)
            functional.reset_net(net)
        else:
            network = capture(net, inputs)
            found["kept_bytes"] = sum(one.words.nbytes for one in network.layers)
            found["dense_float_bytes"] = sum(4 * one.T * one.words.size for one in network.layers)
            found["layers"] = len(network.layers)
        seconds.append(time.process_time() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return found | {"seconds": min(seconds), "peak_bytes": peak}


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1])))
        return
    each = {}
    for what in ("forward", "capture"):
        done = subprocess.run(  # noqa: S603 - this file
            [sys.executable, __file__, what], check=True, capture_output=True, text=True
        )
        each[what] = json.loads(done.stdout.splitlines()[-1])
    more = each["capture"]["peak_bytes"] - each["forward"]["peak_bytes"]
    result = each | {
        "time_over_forward": each["capture"]["seconds"] / each["forward"]["seconds"],
        "more_peak_bytes_than_forward": more,
    }
    TO.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
