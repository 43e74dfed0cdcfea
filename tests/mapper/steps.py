"""Searches step by step: ``python -m tests.mapper.steps`` records them anew."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from loas_tl.timeloop.mapper import search, strategy
from loas_tl.timeloop.mapper.state import State
from loas_tl.timeloop.spec import parse_spec
from tests.mapper.examples import keeps, matmul

KEPT = Path(__file__).parents[1] / "data" / "searches.json"
AT_ONCE = 6
"""Mappings of a batch: few, so that there are many rounds."""
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "sparse": (
        matmul(m=48, n=32, k=24, cache=512, buffer=64, mesh="meshX: 8", sparse=True),
        {"seed": 1},
    ),
    "two-dimensional": (
        matmul(m=720, n=97, k=12, mesh="meshX: 6, meshY: 4", cache=4096, buffer=32),
        {"seed": 2, "metric": "energy"},
    ),
    "constrained": (
        matmul(
            m=36,
            n=8,
            k=30,
            cache=256,
            cache_constraints="temporal: {factors: [M<=6, N=2], permutation: [K]}",
            buffer_constraints=keeps("A", "Z"),
            mesh="meshX: 4, meshY: 2",
        ),
        {"seed": 3, "metric": "cycles"},
    ),
    "short": (
        matmul(
            m=7,
            n=10,
            k=22,
            cache=256,
            mesh="meshX: 4",
            rest="mapspace: {version: 0.4, template: ruby}\n",
        ),
        {"seed": 4, "max_mappings": 100},
    ),
    "small": (
        matmul(m=4, n=3, k=2, cache_constraints=keeps("A", "B", "Z")),
        {"max_mappings": 9000},
    ),
}


def steps(text: str, options: dict[str, Any]) -> dict[str, Any]:
    """After each round: how many were evaluated, of them valid, and since the best was found.

    In the end all that were evaluated, as one number, and what was found.
    """
    rounds: list[list[int]] = []
    states: list[State] = []

    def progress(state: State, _: float) -> None:
        rounds.append([state.mappings, state.valid, state.since, state.invalid, state.suboptimal])
        states.append(state)

    options = {"max_mappings": 1200, "jobs": 1} | options
    found = search(parse_spec(text), progress=progress, **options)
    seen = np.sort(np.concatenate(states[-1].seen.blocks))
    return {
        "rounds": rounds,
        "seen": hashlib.sha256(seen.astype("<u8").tobytes()).hexdigest(),
        "space": found.space,
        "exhaustive": found.exhaustive,
        "cycles": found.result.cycles,
        "energy_pJ": round(found.result.energy_pj, 6),
        "mapping": found.to_dict()["search"]["mapping"],
        "reasons": sorted([level, reason, n] for (level, reason), n in found.reasons.items()),
    }


if __name__ == "__main__":
    strategy.AT_ONCE = AT_ONCE
    lines = [f"{json.dumps(name)}: {json.dumps(steps(*case))}" for name, case in CASES.items()]
    KEPT.write_text("{\n" + ",\n".join(lines) + "\n}\n")
