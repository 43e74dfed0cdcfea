"""Optuna's samplers: the same points whatever the processes, and a study in the store."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from loas_tl import InputError, explore, read_space
from loas_tl.exploration.figures import OBJECTIVES
from tests.exploration.spaces import as_compared, figures, small

VARY: dict[str, Any] = {"pes": "1..64", "cache_KiB": [64, 128, 256], "chunk_bits": [32, 64, 128]}
NAMES = ["LoAS", "Gamma-SNN"]

optuna = pytest.mark.skipif(
    importlib.util.find_spec("optuna") is None, reason="Optuna is not installed (.[optuna])"
)


@optuna
@pytest.mark.optuna
@pytest.mark.parametrize("sampler", ["nsga2", "tpe"])
def test_points_are_those_of_compare_whatever_the_processes(sampler: Any) -> None:
    network = small(layers=2)
    found = [
        explore(NAMES, network, vary=VARY, sampler=sampler, points=24, seed=1, jobs=jobs)
        for jobs in (1, 2)
    ]
    assert figures(found[0]) == figures(found[1])
    for point in found[0].points[::6]:
        compared = as_compared(point, network)
        assert {name: point.figures[name] for name in OBJECTIVES} == compared
    other = explore(NAMES, network, vary=VARY, sampler=sampler, points=24, seed=2)
    assert figures(other) != figures(found[0])


@optuna
@pytest.mark.optuna
def test_any_number_failures_and_constraints() -> None:
    vary = {
        "laggy_adders": "8..128",
        "chunk_bits": [32, 128],
        "workload.weight_density": "0.01..0.2",
    }
    for sampler in ("nsga2", "tpe"):
        space = explore(
            *("LoAS", "alexnet"),
            vary=vary,
            sampler=sampler,
            points=12,
            constraints=["area_mm2<=1.6"],
            objectives=["area_mm2", "utilisation"],
        )
        assert 0 < len(space.points) <= 12
        assert all(point["area_mm2"] <= 1.6 for point in space.feasible)
        assert all(0.01 <= point["workload.weight_density"] <= 0.2 for point in space.points)


@optuna
@pytest.mark.optuna
def test_a_run_goes_on_and_has_its_study_in_the_store(tmp_path: Path) -> None:
    import optuna as library

    store, network = tmp_path / "space.sqlite", small(layers=2)
    first = explore("LoAS", network, vary=VARY, sampler="nsga2", points=20, store=store)
    again = explore("LoAS", network, vary=VARY, sampler="nsga2", points=20, store=store)
    assert figures(again) == figures(first) == figures(read_space(store))
    storage = f"sqlite:///{store}"
    [name] = library.get_all_study_names(storage)
    study = library.load_study(study_name=name, storage=storage)
    assert len(study.trials) == 20
    assert study.trials[0].values == [first.points[0][name] for name in first.objectives]


def test_without_optuna_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(InputError, match=r"needs Optuna; install it with pip install"):
        explore("LoAS", small(), vary=VARY, sampler="tpe")
