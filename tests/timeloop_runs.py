"""Recorded runs of the real Timeloop, made by ``benchmarks/record_timeloop.py``."""

from __future__ import annotations

import json
import lzma
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from loas_tl.timeloop.errors import MappingError, parse_rejection
from loas_tl.timeloop.real.stats import parse_stats
from loas_tl.timeloop.result import Result

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Run:
    """A run of timeloop-model, or of timeloop-mapper where there is a search.

    Attributes:
        name: of the run.
        spec: the v4 YAML it was given.
        stats, map: the texts it wrote, or None if it refused.
        error: the line it refused with, or None.
        search: of a mapper: ``algorithm``, ``threads``, ``valid_mappings``, ``seconds``,
            ``cycles`` and ``EDP_J_cycle`` of the best.
    """

    name: str
    spec: str
    stats: str | None
    map: str | None
    error: str | None
    search: dict[str, Any] | None

    @property
    def result(self) -> Result:
        """What it answered."""
        assert self.stats is not None
        return parse_stats(self.stats, self.name)

    @property
    def rejection(self) -> MappingError:
        """Why it refused."""
        assert self.error is not None
        rejection = parse_rejection(self.error)
        assert rejection is not None
        return rejection


@cache
def reference_runs() -> dict[str, Run]:
    """220 runs of timeloop-model and 10 of timeloop-mapper (commit 4cf6d4c) on random specs.

    Energies are placeholders: 1 pJ an access.
    """
    return load("timeloop_reference.json.xz")


def answered() -> list[Run]:
    """The reference runs of timeloop-model with statistics."""
    return [run for run in reference_runs().values() if run.stats and not run.search]


def refused() -> list[Run]:
    """The reference runs of timeloop-model with an error."""
    return [run for run in reference_runs().values() if run.error]


def searches() -> list[Run]:
    """The reference runs of timeloop-mapper, with the best mapping it found."""
    return [run for run in reference_runs().values() if run.search]


def load(name: str) -> dict[str, Run]:
    """The runs in a file of ``tests/data``."""
    packed = json.loads(lzma.decompress((DATA / name).read_bytes()))
    return {run: _run(run, files) for run, files in packed.items()}


def _run(name: str, files: dict[str, str]) -> Run:
    search = json.loads(files["search.json"]) if "search.json" in files else None
    return Run(
        name,
        files["spec.yaml"],
        files.get("stats.txt"),
        files.get("map.txt"),
        files.get("error.txt"),
        search,
    )
