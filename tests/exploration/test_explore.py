"""A space's points are those of compare, whatever the sampler and the processes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import loas_tl
from loas_tl import InputError, design, explore
from loas_tl.exploration import batch
from loas_tl.exploration.evaluation import AT_ONCE
from loas_tl.exploration.figures import OBJECTIVES
from loas_tl.timeloop.mapper import search
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.prices import prices
from loas_tl.timeloop.spec import parse_spec
from tests.exploration.spaces import as_compared, figures, small

VARY: dict[str, Any] = {
    "pes": [4, 16],
    "cache_KiB": "64,256",
    "tile_n": "8..16:8",
    "chunk_bits": [64, 128],
    "clock_MHz": [400, 800],
}


@pytest.mark.parametrize("model", ["published", "detailed"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_points_are_those_of_compare(
    model: Any, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(AT_ONCE, model, 3)
    network = small()
    names = ["LoAS", "SparTen-SNN", "Gamma-SNN", "PTB"]
    space = explore(names, network, vary=VARY, model=model, jobs=jobs)
    assert len(space) == 32 + 16 + 16 + 4
    for point in space.points[::5]:
        assert {name: point.figures[name] for name in OBJECTIVES} == as_compared(
            point, network, model
        )
        assert set(point.parameters) == {key for key in VARY if key in point.design.parameters}  # type: ignore[union-attr]


def test_generated_networks_and_what_varies_of_them() -> None:
    vary = {"workload.timesteps": [2, 4], "workload.weight_density": [0.02, 0.3], "pes": [8, 16]}
    space = explore("LoAS", "alexnet", vary=vary, seed=3)
    assert space.networks == ("alexnet",)
    for point in space.points[::5]:
        workload = {
            key.removeprefix("workload."): value
            for key, value in point.parameters.items()
            if key != "pes"
        }
        compared = as_compared(point, "alexnet", seed=3, workload=workload)
        assert {name: point.figures[name] for name in OBJECTIVES} == compared
    seeds = explore("LoAS", "alexnet", vary={"workload.seed": [3, 4]})
    assert seeds.points[0]["cycles"] == as_compared(seeds.points[0], "alexnet", seed=3)["cycles"]
    assert seeds.points[0]["cycles"] != seeds.points[1]["cycles"]


def test_samplers_and_processes_give_the_same_points() -> None:
    network = small()
    whole = figures(explore("LoAS", network, vary=VARY, jobs=1))
    for sampler, points in (("random", 9), ("grid", 9), ("random", 1000)):
        for jobs in (1, 2):
            space = explore("LoAS", network, vary=VARY, sampler=sampler, points=points, jobs=jobs)  # type: ignore[arg-type]
            found = figures(space)
            assert len(found) == min(points, 32)
            assert all(row in whole for row in found)
            assert len({json.dumps(row) for row in found}) == len(found)
    first, second = (
        figures(explore("LoAS", network, vary=VARY, sampler="random", points=9, seed=s))
        for s in (1, 2)
    )
    assert first != second


def test_a_sampler_has_a_seed_of_its_own_or_that_of_the_workload() -> None:
    def seen(**seeds: Any) -> dict[tuple[int, int], object]:
        space = explore("LoAS", "V-L8", vary=VARY, sampler="random", points=9, jobs=1, **seeds)
        return {tuple(p.parameters.values()): p["cycles"] for p in space.points}

    usual, same, other = seen(seed=1), seen(seed=1, sampler_seed=1), seen(seed=1, sampler_seed=2)
    assert usual == same
    assert list(usual) != list(other)
    both = usual.keys() & other.keys()
    assert both
    assert all(usual[key] == other[key] for key in both)  # the workload is the same
    asked = [
        explore("LoAS", small(), vary=VARY, points=2, jobs=1, sampler_seed=own).asked
        for own in (None, 0, 3)
    ]
    assert asked[0] == asked[1]
    assert asked[2]["sampler_seed"] == 3
    with pytest.raises(InputError, match="sampler_seed: is -1; expected 0 or more"):
        explore("LoAS", small(), vary=VARY, sampler_seed=-1)


def test_any_number_between_two_is_drawn() -> None:
    vary = {"workload.weight_density": "0.01..0.5", "pes": "1..64"}
    space = explore("LoAS", "alexnet", vary=vary, sampler="random", points=3)
    for point in space.points:
        assert 0.01 <= point["workload.weight_density"] <= 0.5
        workload = {"weight_density": point["workload.weight_density"]}
        assert point["cycles"] == as_compared(point, "alexnet", workload=workload)["cycles"]
    with pytest.raises(InputError, match="a grid needs a step"):
        explore("LoAS", "alexnet", vary=vary)


def test_several_networks_have_a_geometric_mean() -> None:
    first, second = small("first", seed=1), small("second", seed=2)
    space = explore(
        "LoAS", [first, second], vary={"pes": [4, 8]}, objectives=["cycles", "second.edp"]
    )
    for point in space.points:
        alone = [as_compared(point, network) for network in (first, second)]
        for name in OBJECTIVES:
            one, other = (point[f"{n}.{name}"] for n in ("first", "second"))
            assert (one, other) == tuple(each[name] for each in alone)
            assert point[name] == pytest.approx((one * other) ** 0.5, rel=1e-12)
        assert point["area_mm2"] == alone[0]["area_mm2"]
    assert (
        space.best("second.edp").number == min(space.points, key=lambda p: p["second.edp"]).number
    )


def test_a_design_that_cannot_be_is_a_row_with_its_reason() -> None:
    space = explore("LoAS", small(), vary={"laggy_adders": [16, 64], "chunk_bits": [32, 64]})
    assert [point.error is None for point in space.points] == [True, True, False, True]
    assert str(space.points[2].error).startswith("LoAS.laggy_adders: is 64")
    assert space.points[2].figures == {}
    assert space.to_frame()["error"].isna().sum() == 3


def test_a_layer_that_does_not_fit_is_a_row_with_its_reason() -> None:
    vary = {"input_cache_KiB": [1, 8], "line_bits": [256, 4096]}
    space = explore("LoAS", small(layers=1), vary=vary, model="timeloop")
    assert 0 < len(space.failed) < len(space)
    assert all("small layer 0: LoAS" in str(point.error) for point in space.failed)


def test_timeloop_is_the_rendered_spec_by_the_native_engine() -> None:
    network = small(layers=2)
    space = explore("LoAS", network, vary={"pes": [4, 16]}, model="timeloop")
    for point in space.points:
        cycles, energy, area = 0.0, 0.0, 0.0
        for layer in network.layers:
            spec = parse_spec(point.design.spec(layer).model_spec, file="spec")  # type: ignore[union-attr]
            cost = prices(spec)
            result = evaluate(spec, cost.energies, cost.areas)
            cycles, energy = cycles + result.cycles, energy + result.energy_pj
            area = result.area_um2 / 1e6
        assert (point["cycles"], point["energy_pJ"], point["area_mm2"]) == (cycles, energy, area)
        assert point["dram_KiB"] is None
    assert any("its switches are left out" in note for note in space.notes)


def test_mapped_is_what_a_bounded_search_finds() -> None:
    network = small(layers=1)
    space = explore(
        *("LoAS", network),
        vary={"pes": [4, 16]},
        model="mapped",
        mappings=40,
        objectives=["energy_pJ", "cycles"],
        seed=5,
        jobs=2,
    )
    for point in space.points:
        spec = parse_spec(point.design.spec(network.layers[0]).search_spec, file="spec")  # type: ignore[union-attr]
        cost = prices(spec)
        found = search(
            spec,
            metric="energy",
            max_mappings=40,
            seed=5,
            jobs=1,
            energies=cost.energies,
            areas=cost.areas,
        )
        assert (point["cycles"], point["energy_pJ"]) == (
            found.result.cycles,
            found.result.energy_pj,
        )


def test_constraints_best_and_front() -> None:
    names = ["LoAS", "SparTen-SNN"]
    space = explore(names, small(), vary=VARY, constraints=["area_mm2<=1.2", "cycles > 0"])
    assert 0 < len(space.feasible) < len(space)
    assert all(point["area_mm2"] <= 1.2 for point in space.feasible)
    assert space.best("edp")["edp"] == min(point["edp"] for point in space.feasible)
    most = space.best("utilisation")["utilisation"]
    assert most == max(point["utilisation"] for point in space.feasible)
    [network] = space.networks
    assert space.best(f"{network.upper()}.edp") is space.best("edp")
    with pytest.raises(InputError, match="no network here is called"):
        space.best("nowhere.edp")
    front = space.pareto("area_mm2", "utilisation")
    areas = [point["area_mm2"] for point in front]
    assert areas == sorted(areas)
    for one in front:
        assert not any(
            other["area_mm2"] <= one["area_mm2"]
            and other["utilisation"] >= one["utilisation"]
            and (other["area_mm2"], other["utilisation"]) != (one["area_mm2"], one["utilisation"])
            for other in space.feasible
        )
    document = json.loads(space.to_json())
    places = [space.points[at] for at in document["pareto"]]
    assert sorted(p.number for p in places) == sorted(p.number for p in space.pareto())


def test_a_figure_can_be_drawn(tmp_path: Path) -> None:
    space = explore(["LoAS", "Gamma-SNN"], small(), vary=VARY)
    for x, y in (("area_mm2", "cycles"), ("utilisation", "edp"), ("pes", "energy_pJ")):
        space.plot(x, y).savefig(tmp_path / "space.pdf")
    assert (tmp_path / "space.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(InputError, match="did you mean 'cycles'"):
        space.plot("cycle", "edp")


def test_what_a_model_does_not_see_is_said() -> None:
    space = explore("LoAS", small(), vary={"laggy_adders": [8, 16], "pes": [8, 16]})
    assert space.notes == ("LoAS: laggy_adders changes energy and area, not the published model",)


def test_rows_without_work_are_said() -> None:
    space = explore("LoAS", small(), vary={"pes": [4, 1000]})
    assert any("stand idle (in " in note or "stand idle" in note for note in space.points[1].notes)
    assert space.points[0].notes == ()


def test_the_same_point_twice_is_one() -> None:
    network = small()
    again = explore([design("LoAS"), design("LoAS", pes=8)], network, vary={"pes": [8, 16]})
    labels = [point.label for point in again.points]
    assert len(labels) == len(set(labels))


def test_ctrl_c_keeps_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(AT_ONCE, "published", 2)
    monkeypatch.setattr(batch, "BLOCK", 1)

    def stop(state: batch.State) -> None:
        if state.done >= 4:
            raise KeyboardInterrupt

    space = explore("LoAS", small(), vary=VARY, progress=stop, jobs=2)
    assert space.interrupted
    assert len(space.left) > 0
    done = [point for point in space.points if point.run]
    assert len(done) >= 4
    assert done[0]["cycles"] == as_compared(done[0], small())["cycles"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"vary": {}}, "vary: nothing varies"),
        ({"vary": {"pe": [1, 2]}}, "LoAS has no 'pe'; did you mean 'pes'?"),
        ({"vary": {"workload.timestep": [1, 2]}}, "a workload has no 'timestep'"),
        ({"vary": {"workload.seed": [1, 2]}}, "goes with generated networks"),
        ({"vary": {"pes": [8, 16]}, "model": "real"}, "unknown model 'real'"),
        ({"vary": {"pes": [8, 16]}, "objectives": ["cycle"]}, "did you mean 'cycles'"),
        ({"vary": {"pes": [8, 16]}, "objectives": []}, "no objectives given"),
        ({"vary": {"pes": [8, 16]}, "constraints": "area_mm2=3"}, "is no comparison"),
        ({"vary": {"pes": [8, 16]}, "constraints": "area<=3"}, "no figure is called 'area'"),
        ({"vary": {"pes": [8, 16]}, "constraints": "area_mm2<=x"}, "is no comparison"),
        ({"vary": {"pes": [8, 16]}, "sampler": "best"}, "unknown sampler 'best'"),
        ({"vary": {"pes": [8, 16]}, "points": 0}, "points: is 0; expected 1 to 1,000,000"),
        ({"vary": {"pes": [8, 16]}, "jobs": 0}, "jobs: is 0; expected 1 or more"),
        ({"vary": {"pes": [8, 16]}, "mappings": 5}, "mappings: goes with model mapped"),
        ({"vary": {"pes": [8, 16]}, "settings": {"pes": "8"}}, "is set as well"),
        ({"vary": {"pes": "1..65536", "tile_n": "1..4096"}}, "a grid of 268,435,456 points"),
        (
            {"vary": {"pes": [8, 16]}, "model": "timeloop", "objectives": "dram_KiB"},
            "the timeloop model gives no dram_KiB",
        ),
    ],
)
def test_what_cannot_be_is_refused(more: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as error:
        explore("LoAS", small(), **more)
    assert said in str(error.value)


def test_a_design_without_the_model_is_refused() -> None:
    with pytest.raises(InputError, match="has no Timeloop spec"):
        explore("LoAS N-major", small(), vary={"pes": [8, 16]}, model="timeloop")
    assert loas_tl.explore is explore
