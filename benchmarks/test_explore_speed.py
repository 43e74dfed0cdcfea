"""How fast a design space is explored; ``make benchmark`` keeps the figures."""

from __future__ import annotations

import importlib.util
import resource
from typing import Any

import pytest

from loas_tl import Space, explore

VARY = {
    "pes": [8, 16, 32, 64, 128],
    "cache_KiB": [128, 256, 512, 1024, 2048],
    "tile_n": [8, 16, 32, 64, 128],
    "chunk_bits": [64, 128, 256, 512],
    "laggy_adders": [8, 16],
}
"""1,000 designs."""


@pytest.mark.parametrize("model", ["published", "detailed"])
def test_a_thousand_designs_on_vgg16(benchmark: Any, model: Any) -> None:
    """Targets on two cores: published 15 s, detailed 90 s, 1 GiB a process."""
    space: Space = benchmark.pedantic(
        explore, ("LoAS", "vgg16"), {"vary": VARY, "model": model, "jobs": 2}, rounds=1
    )
    assert len(space.points) == 1000
    assert not space.failed
    own, workers = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    benchmark.extra_info["points"] = len(space.points)
    benchmark.extra_info["peak_MiB"] = max(own.ru_maxrss, workers.ru_maxrss) // 1024


@pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="Dask is not installed (.[dask])"
)
@pytest.mark.parametrize("workers", [1, 2])
def test_dask_workers_on_one_machine(benchmark: Any, workers: int) -> None:
    """Target: two workers 1.7 times as fast as one, by the detailed model."""
    from distributed import Client, LocalCluster

    vary = {**VARY, "pes": [8, 16], "cache_KiB": [128, 256]}
    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        first = {"pes": [8, 16]}
        # Once for the workers' imports, which are no part of a long run.
        explore("LoAS", "alexnet", vary=first, model="detailed", scheduler=client)
        benchmark.pedantic(
            explore,
            ("LoAS", "vgg16"),
            {"vary": vary, "model": "detailed", "scheduler": client},
            rounds=1,
        )
