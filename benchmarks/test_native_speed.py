"""How fast the engine without Timeloop is; ``make benchmark`` keeps the figures in ``results/``."""

from __future__ import annotations

import statistics
import time
from typing import Any

from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.spec import parse_spec
from tests.timeloop_runs import answered


def test_model_run(benchmark: Any) -> None:
    """All answered recorded specifications; target 30 ms at the median, loading included."""
    specs = [run.spec for run in answered()]
    seconds: list[float] = []

    def run() -> int:
        seconds.clear()
        for spec in specs:
            start = time.perf_counter()
            evaluate(parse_spec(spec))
            seconds.append(time.perf_counter() - start)
        return len(seconds)

    assert benchmark.pedantic(run, rounds=5, warmup_rounds=1) == len(specs)
    benchmark.extra_info["median_ms"] = round(1000 * statistics.median(seconds), 2)
    benchmark.extra_info["slowest_ms"] = round(1000 * max(seconds), 2)
