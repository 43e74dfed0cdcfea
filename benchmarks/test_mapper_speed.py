"""How fast mappings are searched; ``make benchmark`` keeps the figures in ``results/``."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from loas_tl.timeloop.mapper import Found, search
from loas_tl.timeloop.mapper.strategy import AT_ONCE, Setup
from loas_tl.timeloop.spec import parse_spec
from tests.timeloop_runs import Run, searches

THREE_LEVELS = next(run for run in searches() if run.name == "mapper-hyper-0006")
"""Hypergeometric densities, three storage levels, compressed and skipped."""


def test_valid_mappings_a_second_on_two_cores(benchmark: Any) -> None:
    """A whole search, start of the processes included. Target 60,000 valid mappings a second."""
    spec = parse_spec(THREE_LEVELS.spec)

    rates: list[float] = []

    def run() -> Found:
        before = sum(os.times()[:4])
        found = search(spec, max_mappings=100_000, jobs=min(2, os.cpu_count() or 1))
        rates.append(found.valid_mappings / (sum(os.times()[:4]) - before))
        return found

    found = benchmark.pedantic(run, rounds=5)
    benchmark.extra_info["valid_mappings"] = found.valid_mappings
    benchmark.extra_info["valid_a_second"] = found.valid_mappings / benchmark.stats.stats.min
    # On a busy machine: of a second of one core, all processes counted.
    benchmark.extra_info["valid_a_core_second"] = max(rates)


def test_evaluating_one_batch(benchmark: Any) -> None:
    """One core, tiles met before, drawn at random."""
    setup = Setup.of(parse_spec(THREE_LEVELS.spec))
    judge = setup.judge()
    batch = setup.space.sample(np.random.default_rng(0), AT_ONCE)
    judge(batch)
    evaluation = benchmark(judge, batch)
    benchmark.extra_info["valid_mappings"] = int(evaluation.valid.sum())


@pytest.mark.parametrize("run", searches(), ids=lambda run: run.name)
def test_against_timeloop_mapper(benchmark: Any, run: Run) -> None:
    """A tenth of the time it took: whose mapping has the smaller energy-delay product?"""
    assert run.search is not None
    took = run.search["seconds"]
    spec = parse_spec(run.spec)
    found = benchmark.pedantic(lambda: search(spec, time_limit=took / 10), rounds=1)
    theirs = run.result.energy_pj * 1e-12 * run.result.cycles
    benchmark.extra_info["edp_to_theirs"] = (
        found.result.energy_pj * 1e-12 * found.result.cycles / theirs
    )
    benchmark.extra_info["seconds_to_theirs"] = found.seconds / took
