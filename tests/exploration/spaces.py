"""Small workloads and the points that compare gives for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from loas_tl import Layer, Network, Space, compare
from loas_tl.exploration.figures import OBJECTIVES
from loas_tl.exploration.points import Point


def small(name: str = "small", layers: int = 3, seed: int = 0) -> Network:
    """A network of some layers of a few hundred elements."""
    rng = np.random.default_rng(seed)
    made = []
    for at in range(layers):
        m, n, k = (int(e) for e in rng.integers(8, 48, 3))
        x = rng.random((4, m, 8 * k)) < 0.2
        w = np.where(rng.random((8 * k, n)) < 0.2, rng.integers(1, 100, (8 * k, n)), 0)
        made.append(Layer(f"{at}", x, w.astype(np.int8)))
    return Network(name, tuple(made))


def as_compared(
    point: Point, network: Any, model: str = "published", **more: Any
) -> Mapping[str, float]:
    """The figures that compare gives for the design of a point, computed here once more."""
    assert point.design is not None
    answer = compare(network, accelerators=point.design, model=model, **more)  # type: ignore[arg-type]
    [total] = answer.totals
    assert total.physical is not None
    energy = total.physical.total
    seconds = total.counts.cycles / (point.design.clock_MHz * 1e6)
    return {
        "cycles": total.counts.cycles,
        "seconds": seconds,
        "energy_pJ": energy,
        "edp": energy * 1e-12 * seconds,
        "area_mm2": point.design.area_mm2,
        "power_mW": energy * 1e-12 / seconds * 1e3,
        "dram_KiB": total.counts.dram_kib,
        "sram_KiB": total.counts.sram_kib,
        "utilisation": total.utilization,
    }


def figures(space: Space) -> list[dict[str, Any]]:
    """What tells two tables apart."""
    return [
        {
            "accelerator": one.accelerator,
            **one.parameters,
            **{name: one.figures.get(name) for name in OBJECTIVES},
            "error": one.error,
        }
        for one in space.points
    ]
