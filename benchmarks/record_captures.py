"""Keep what is captured of small models of each framework, beside what the framework computes.

    PYTHONPATH=. python benchmarks/record_captures.py

writes ``tests/data/captures``, which tests read where no framework is installed. Needs ``pip
install '.[dev-snn]'``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from loas_tl import capture
from tests.trained import graphs
from tests.trained.models import CASES, own_outputs

TO = Path(__file__).parents[1] / "tests" / "data" / "captures"


def main() -> None:
    TO.mkdir(parents=True, exist_ok=True)
    for name, make in CASES.items():
        case = make()
        expected = own_outputs(case)
        model, inputs, more = case
        path = TO / f"{name}.npz"
        capture(model, inputs, name=name, **more).save(path)
        with np.load(path) as kept:
            arrays = dict(kept)
        arrays |= {f"{layer}/expected": outputs for layer, outputs in expected.items()}
        np.savez_compressed(path, **arrays)
        print(path, path.stat().st_size)
    _, inputs, graph, outputs = graphs.spikingjelly(2.5, False)
    neurons = dict(zip(graphs.neurons_of(graph), (outputs[at] for at in (1, 4, 7)), strict=True))
    graphs.write(TO / "nir-spikingjelly.npz", (graph, inputs, neurons))
    graphs.write(TO / "nir-snntorch.npz", graphs.snntorch(0.9, "subtract"))
    graphs.write(TO / "nir-snntorch-zero.npz", graphs.snntorch(0.9, "zero"))


if __name__ == "__main__":
    main()
