from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from loas_tl import (
    Design,
    EnergyConstants,
    InputError,
    Layer,
    Network,
    OutputStationaryArray,
    PublishedFigures,
    compare,
    design,
    generate_network,
    load_spikes,
    load_tensors,
    register,
)
from loas_tl.designs import registry
from loas_tl.designs.dense import PTB
from loas_tl.designs.design import LOAS_RULES
from loas_tl.designs.later import Later
from loas_tl.designs.loas import LOAS, Loas
from loas_tl.designs.sparten import SPARTEN_SNN
from loas_tl.models.dataflow import KINDS, TiledAccelerator
from tests.workload.examples import W, X, layers_file, one_layer, save, spikes, weights

COLUMNS = [
    *("network", "layer", "accelerator", "cycles", "computes", "dram_KiB", "sram_KiB"),
    *("energy_published", "energy_pJ", "leakage_pJ", "dram_pJ", "sram_pJ", "compute_pJ"),
    *(f"{memory}_{kind}_KiB" for memory in ("dram", "sram") for kind in KINDS),
    *("spike_hits", "spike_misses", "weight_hits", "weight_misses"),
    *("utilization", "notes"),
]
NUMBERS = COLUMNS[3:-1]
SUMS = NUMBERS[:-1]
PARTS = ("leakage_pJ", "dram_pJ", "sram_pJ", "compute_pJ")

FIRST = Network("first", (Layer("a", X, W), Layer("b", spikes(4, 9, 40), weights(40, 16))))
SECOND = Network("second", (Layer("a", spikes(2, 5, 200), weights(200, 3)),))


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test register what it likes without the others seeing it."""
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))


def compared() -> list[str]:
    """Names of those that run where none is named."""
    return [one.label for one in registry.compared()]


def by_key(comparison: Any) -> dict[tuple[str, str | None, str], dict[str, Any]]:
    """Every row, of layers and totals, by what it is of."""
    rows = (*comparison.layers, *comparison.totals)
    return {(row.network, row.layer, row.accelerator): row.record() for row in rows}


def test_the_frame_has_a_row_a_layer_and_accelerator_with_the_unit_in_the_column() -> None:
    frame = compare([FIRST, SECOND]).to_frame()
    assert list(frame.columns) == COLUMNS
    assert len(frame) == 3 * len(compared())
    assert not frame.isna().to_numpy().any()
    for column in NUMBERS:
        whole = column in ("cycles", "computes") or column.endswith(("_hits", "_misses"))
        assert frame[column].dtype.kind == ("i" if whole else "f"), column
    # SECOND has 2 timesteps, for which accelerators with lanes for 4 have two too many.
    said = frame[frame["notes"] != ""]
    assert set(said["notes"]) == {"timesteps=4 for 2 timesteps: 2 stand idle"}
    assert set(said["network"]) == {"second"}
    assert set(said["accelerator"]) == {"LoAS", "LoAS-FT", "LoAS N-major", "PTB", "Stellar"}


def test_the_frame_of_totals_has_no_layer() -> None:
    frame = compare([FIRST, SECOND]).to_frame(totals=True)
    assert list(frame.columns) == [column for column in COLUMNS if column != "layer"]
    assert len(frame) == 2 * len(compared())


def test_json_and_frame_hold_the_same_numbers() -> None:
    comparison = compare([FIRST, SECOND])
    document = json.loads(comparison.to_json())
    assert list(document) == ["model", "baseline", "designs", "layers", "totals"]
    assert document["model"] == comparison.model == "published"
    assert document["baseline"] == comparison.baseline == "SparTen-SNN"
    for rows in (document["layers"], document["totals"]):
        for row in rows:
            row["notes"] = "; ".join(row["notes"])
    assert document["layers"] == comparison.to_frame().to_dict("records")
    assert document["totals"] == comparison.to_frame(totals=True).to_dict("records")


def test_json_says_what_the_designs_were() -> None:
    wide = LOAS.with_(pes=32, cache_KiB=512)
    document = json.loads(compare(FIRST, accelerators=["PTB", wide]).to_json())
    ptb, loas = document["designs"]
    assert (ptb["accelerator"], loas["accelerator"]) == ("PTB", "LoAS cache_KiB=512 pes=32")
    for one, found in ((PTB, ptb), (wide, loas)):
        assert found["parameters"] == {name: getattr(one, name) for name in one.parameters}
        assert found["area_mm2"] == one.area_mm2
        assert found["leakage_mW"] == one.leakage_mW
    assert ptb["notes"] == []
    said = "energy_published has LoAS's published constants, whatever is set"
    assert said in loas["notes"]
    for row in (*document["layers"], *document["totals"]):
        assert (said in row["notes"]) == (row["accelerator"] == wide.label)


@pytest.mark.parametrize("model", ["published", "detailed", "both"])
def test_energy_is_the_sum_of_its_four_parts(model: Any) -> None:
    for row in by_key(compare([FIRST, SECOND], accelerators=EVERY, model=model)).values():
        for part in PARTS:
            assert row[part] > 0
        assert sum(row[part] for part in PARTS) == pytest.approx(row["energy_pJ"], rel=1e-12)
        if model == "both":
            beside = (
                *(row["detailed_leakage_pJ"], row["dram_pJ"]),
                *(row["detailed_sram_pJ"], row["compute_pJ"]),
            )
            assert sum(beside) == pytest.approx(row["detailed_energy_pJ"], rel=1e-12)


def pes(one: Design, timesteps: int) -> int:
    dataflow = one.dataflow()
    assert dataflow is not None
    return dataflow.pes if isinstance(dataflow, TiledAccelerator) else dataflow.pes(timesteps)


EVERY = [one for one in registry.designs() if one.counted_by == LOAS_RULES]
PES = {one.label: 64 if one.dense_weights else 16 for one in EVERY}


@pytest.mark.parametrize("model", ["published", "detailed", "both"])
def test_utilization_is_the_share_of_the_pes_cycles_with_work(model: Any) -> None:
    timesteps = {"first": 4, "second": 2}
    shrunk = LOAS.with_(name="Small", pes=3)
    for (network, _, name), row in by_key(
        compare([FIRST, SECOND], accelerators=[*EVERY, shrunk], model=model)
    ).items():
        there = 3 if name == "Small" else PES[name]
        assert there == pes(shrunk if name == "Small" else design(name), timesteps[network])
        expected = row["computes"] / (there * row["cycles"])
        assert row["utilization"] == pytest.approx(expected, rel=1e-12)
        assert 0 < row["utilization"] <= 1
        if model == "both":
            expected = row["computes"] / (there * row["detailed_cycles"])
            assert row["detailed_utilization"] == pytest.approx(expected, rel=1e-12)
            assert 0 < row["detailed_utilization"] <= 1


def test_nothing_to_compute_is_no_utilization() -> None:
    silent = Layer("silent", np.zeros((4, 5, 20), dtype=bool), W[:20])
    (row,) = compare(Network("silent", (silent,)), accelerators=["LoAS"]).layers
    assert (row.counts.cycles, row.counts.computes, row.utilization) == (0, 0, 0.0)


def test_the_two_models_of_both_are_those_of_each_alone() -> None:
    names = EVERY
    both = by_key(compare([FIRST, SECOND], accelerators=names, model="both"))
    published = by_key(compare([FIRST, SECOND], accelerators=names))
    detailed = by_key(compare([FIRST, SECOND], accelerators=names, model="detailed"))
    for key, row in both.items():
        assert {column: row[column] for column in published[key]} == published[key]
        for column in ("cycles", "sram_KiB", "energy_published", "energy_pJ", *PARTS):
            beside = row.get(f"detailed_{column}", row[column])
            assert beside == pytest.approx(detailed[key][column], rel=1e-12)
        assert row["detailed_utilization"] == detailed[key]["utilization"]


def test_totals_are_the_sums_of_each_networks_layers() -> None:
    comparison = compare([FIRST, SECOND])
    sums = comparison.to_frame().groupby(["network", "accelerator"])[SUMS].sum()
    totals = comparison.to_frame(totals=True).set_index(["network", "accelerator"])
    assert set(sums.index) == set(totals.index)
    np.testing.assert_allclose(
        totals.loc[sums.index, SUMS].astype(float), sums.astype(float), rtol=1e-12
    )


def test_results_do_not_depend_on_company_or_order() -> None:
    together = by_key(compare([FIRST, SECOND]))
    turned = compare([SECOND, FIRST], accelerators=compared()[::-1])
    assert by_key(turned) == together
    turned = compare(Network("first", FIRST.layers[::-1]))
    for key, row in by_key(turned).items():
        # Adding up in another order may change the last digit of a total, no more.
        assert [row[column] for column in NUMBERS] == pytest.approx(
            [together[key][column] for column in NUMBERS], rel=1e-12
        )
    alone: dict[Any, Any] = {}
    for network in (FIRST, SECOND):
        for name in compared():
            alone |= by_key(compare(network, accelerators=[name]))
    assert alone == together


def test_rows_come_in_the_order_asked_for() -> None:
    comparison = compare([SECOND, FIRST], accelerators=["PTB", "LoAS"])
    assert comparison.networks == ["second", "first"]
    assert comparison.accelerators == ["PTB", "LoAS"]
    assert [(row.network, row.layer, row.accelerator) for row in comparison.layers] == [
        *(("second", "a", "PTB"), ("second", "a", "LoAS")),
        *(("first", "a", "PTB"), ("first", "a", "LoAS")),
        *(("first", "b", "PTB"), ("first", "b", "LoAS")),
    ]


def test_a_total_is_found_by_network_and_accelerator() -> None:
    comparison = compare([FIRST, SECOND], accelerators=["LoAS"])
    found = comparison.total("second", "LoAS")
    assert found is not None
    assert (found.network, found.layer, found.accelerator) == ("second", None, "LoAS")
    assert comparison.total("second", "PTB") is None
    assert comparison.total("third", "LoAS") is None


@pytest.mark.usefixtures("own_registry")
def test_by_default_loas_its_baselines_and_ones_own_run() -> None:
    register(LOAS.with_(name="Mine"))
    assert registry.names()[-1] == "Mine"
    # All but the ANN twins and what came after LoAS, which have to be asked for.
    later = [one.label for one in registry.designs() if isinstance(one, Later)]
    expected = [n for n in registry.names() if n not in ("SparTen", "Gamma", *later)]
    assert len(expected) == len(registry.names()) - 2 - len(later)
    assert compare(FIRST).accelerators == expected == compared()
    assert compare(FIRST, accelerators=["SparTen", "Gamma"]).accelerators == ["SparTen", "Gamma"]


@pytest.mark.usefixtures("own_registry")
def test_a_design_of_ones_own_may_run_only_where_it_is_asked_for() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Quiet(Loas):
        compared: ClassVar[bool] = False
        name: str = "Quiet"

    register(Quiet())
    assert "Quiet" in registry.names()
    assert "Quiet" not in compare(FIRST).accelerators
    assert compare(FIRST, accelerators=["quiet"]).accelerators == ["Quiet"]


def test_tensors_are_compared_as_the_network_they_hold(tmp_path: Path) -> None:
    path = layers_file(tmp_path / "net.npz", a=(X, W), b=(spikes(4, 9, 40), weights(40, 16)))
    from_file = compare(tensors=path)
    assert from_file == compare(load_tensors(path))
    assert from_file.networks == ["net"]
    assert [row.counts for row in from_file.layers] == [row.counts for row in compare(FIRST).layers]


def test_recordings_are_compared_as_the_network_they_describe(tmp_path: Path) -> None:
    maps = save(tmp_path / "maps.npz", {"conv": spikes(4, 3, 6, 6)})
    layers = tmp_path / "layers.yaml"
    layers.write_text(
        "layers:\n  conv: {kernel: 3, padding: 1, output_channels: 40, weight_sparsity: 0.9}\n"
    )
    for seed in (0, 5):
        from_file = compare(spikes=str(maps), layers=str(layers), seed=seed)
        assert from_file == compare(load_spikes(maps, layers, seed))
    assert compare(spikes=maps, layers=layers) != from_file


def test_a_name_stands_for_the_generated_network() -> None:
    for seed in (0, 2):
        by_name = compare("alexnet", accelerators=["LoAS"], seed=seed)
        by_hand = compare(generate_network("alexnet", seed), accelerators=["LoAS"])
        assert by_name.layers == by_hand.layers
        assert by_name.totals == by_hand.totals
        # Tensors that are given stand for themselves, whatever they are called.
        assert by_name.generated == frozenset(["alexnet"])
        assert by_hand.generated == frozenset()
    assert compare("alexnet", accelerators=["LoAS"]).layers != by_name.layers


def test_names_and_objects_of_networks_go_together() -> None:
    comparison = compare(["AlexNet", FIRST], accelerators=["PTB"])
    assert comparison.networks == ["alexnet", "first"]


def test_networks_and_accelerators_named_twice_run_once() -> None:
    comparison = compare(["alexnet", "AlexNet"], accelerators=["PTB", "ptb"])
    assert len(comparison.totals) == 1
    assert len(comparison.layers) == 4


def test_iterators_are_accepted() -> None:
    comparison = compare(iter([FIRST, SECOND]), accelerators=iter(["LoAS", "PTB"]))
    assert len(comparison.totals) == 4


def test_a_declaration_of_ones_own_is_compared_beside_the_published_ones() -> None:
    twin, wider = LOAS.with_(name="Twin"), LOAS.with_(name="Wider", tile_n=64)
    assert wider.dataflow().w_buffer == 8192
    rows = by_key(compare(FIRST, accelerators=["LoAS", twin, wider]))
    for layer in ("a", "b", None):
        loas = rows["first", layer, "LoAS"]
        assert rows["first", layer, "Twin"] == loas | {"accelerator": "Twin"}
        # A wider tile changes how often things move, not what is computed.
        assert rows["first", layer, "Wider"]["computes"] == loas["computes"]
    assert "Twin" not in registry.names()


def test_energy_constants_of_ones_own_change_energy_alone() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Hungry(Loas):
        published: ClassVar[PublishedFigures | None] = PublishedFigures(58.0, 124.98)
        name: str = "Hungry"

        @cached_property
        def constants(self) -> EnergyConstants:
            return replace(super().constants, action_pJ=58.0)

    rows = by_key(compare(FIRST, accelerators=[LOAS, Hungry()]))
    loas, changed = rows["first", None, "LoAS"], rows["first", None, "Hungry"]
    for key in NUMBERS[:4]:
        assert changed[key] == loas[key]
    assert changed["energy_pJ"] == pytest.approx(
        loas["energy_pJ"] + (58.0 - LOAS.constants.action_pJ) * loas["computes"]
    )
    assert changed["energy_published"] == pytest.approx(
        loas["energy_published"] + (58.0 - 5.8) * loas["computes"]
    )


@dataclass(frozen=True, kw_only=True)
class Mesh(Design):
    """8 pixels by 8 channels, a timestep at a time."""

    name: str = "Mesh"

    @property
    def pe_count(self) -> int:
        """An output each."""
        return 64

    def dataflow(self) -> OutputStationaryArray:
        """Plain folds."""
        return OutputStationaryArray(
            name=self.label,
            pixels=8,
            channels=8,
            timesteps=1,
            skew=0,
            kept=1.0,
            on_chip_bytes=1024,
            system=self.system,
        )


def test_a_dense_array_of_ones_own_is_compared() -> None:
    comparison = compare(SECOND, accelerators=[Mesh()])
    (row,) = comparison.layers
    # One fold for 8 pixels by 8 channels at each of 2 timesteps, K cycles each.
    assert row.counts.cycles == 2 * 200
    assert row.utilization == (2 * 5 * 3 * 200) / (64 * 2 * 200)
    assert row.physical is not None
    assert row.physical.compute == 0
    unpriced = "its PEs are not declared: their energy, area and leakage are unpriced"
    assert row.notes == (unpriced,)
    assert comparison.notes == {"Mesh": [unpriced]}
    assert comparison.baseline == "Mesh"


def test_parameters_change_what_they_act_on_and_are_in_the_name() -> None:
    def rows(**values: Any) -> dict[str, Any]:
        one = LOAS.with_(**values)
        expected = " ".join(["LoAS", *(f"{key}={value}" for key, value in values.items())])
        comparison = compare(FIRST, accelerators=[one])
        assert comparison.accelerators == [expected]
        return by_key(comparison)["first", None, expected]

    usual, small, slow = rows(), rows(pes=4), rows(clock_MHz=400)
    assert small["cycles"] > usual["cycles"]
    assert slow["cycles"] == usual["cycles"]
    # Twice the time, twice the leakage; the published formula knows one clock only.
    assert slow["leakage_pJ"] == pytest.approx(2 * usual["leakage_pJ"], rel=1e-12)
    for column in ("dram_pJ", "sram_pJ", "compute_pJ", "energy_published"):
        assert slow[column] == usual[column]
    two = rows(timesteps=2)
    (layer_a, layer_b) = FIRST.layers
    halves = [
        Layer(f"{layer.name}{first}", layer.spikes[first : first + 2], layer.weights)
        for layer in (layer_a, layer_b)
        for first in (0, 2)
    ]
    apart = compare(Network("halves", tuple(halves)), accelerators=[LOAS.with_(timesteps=2)])
    for column in ("cycles", "computes"):
        assert two[column] == getattr(apart.totals[0].counts, column)


def test_settings_are_for_every_accelerator_that_has_them() -> None:
    by_setting = compare(FIRST, accelerators=["LoAS", "PTB"], settings={"pes": "8"})
    assert by_setting.accelerators == ["LoAS pes=8", "PTB"]
    by_name = compare(FIRST, accelerators=["LoAS:pes=8", "PTB"])
    by_design = compare(FIRST, accelerators=[design("LoAS", pes=8), PTB])
    assert by_setting == by_name == by_design


def test_what_stands_idle_is_said_of_the_layer_and_counted_in_the_total() -> None:
    comparison = compare(FIRST, accelerators=["LoAS:pes=15"])
    of_a, of_b = comparison.layers  # 20 rows and 9
    said = "pes=15 for 9 rows (M): 6 stand idle"
    assert said in of_b.notes
    assert said not in of_a.notes
    assert f"{said} (in 1 of 2 layers)" in comparison.totals[0].notes


def test_ratios_are_over_the_baseline_asked_for() -> None:
    assert compare(FIRST, accelerators=["PTB", "LoAS"]).baseline == "PTB"
    assert compare(FIRST, accelerators=["PTB", "SparTen-SNN"]).baseline == "SparTen-SNN"
    assert compare(FIRST, accelerators=["PTB", "LoAS"], baseline="lo-as").baseline == "LoAS"
    changed = compare(FIRST, accelerators=["PTB", "LoAS:pes=8"], baseline="LoAS")
    assert changed.baseline == "LoAS pes=8"
    with pytest.raises(InputError, match="'Stellar' does not run here; expected one of PTB, LoAS"):
        compare(FIRST, accelerators=["PTB", "LoAS"], baseline="Stellar")


@pytest.mark.usefixtures("own_registry")
def test_a_registered_declaration_goes_by_its_name() -> None:
    mine = SPARTEN_SNN.with_(name="My SparTen")
    assert register(mine) is mine
    assert compare(FIRST, accelerators=["my-sparten"]) == compare(FIRST, accelerators=[mine])


@pytest.mark.usefixtures("own_registry")
def test_registering_the_same_declaration_again_changes_nothing() -> None:
    mine = LOAS.with_(name="Mine")
    register(mine)
    register(LOAS.with_(name="Mine"))
    assert registry.names().count("Mine") == 1


@pytest.mark.usefixtures("own_registry")
def test_another_declaration_of_a_registered_name_is_refused() -> None:
    with pytest.raises(InputError, match="already is an accelerator 'LoAS'"):
        register(LOAS.with_(name="loas", cache_KiB=512))
    assert registry.find("LoAS") is LOAS


@pytest.mark.parametrize(
    ("changed", "mention"),
    [
        ({"loop_order": "mnk"}, "loop_order"),
        ({"tile_k": 0}, "tile_k"),
        ({"x_buffer": 100}, "x_buffer"),
        ({"w_buffer": 100}, "w_buffer"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_impossible_declaration_is_refused_where_it_is_made(
    changed: dict[str, Any], mention: str
) -> None:
    with pytest.raises(InputError, match=f"Mine: {mention} .*expected"):
        replace(LOAS.dataflow(), name="Mine", **changed)


@pytest.mark.parametrize(
    ("changed", "mention"),
    [
        ({"tile_n": 0}, "Mine.tile_n: is 0; expected a whole number from 1 to 4096 columns"),
        ({"pes": "many"}, "Mine.pes: is 'many'; expected a whole number from 1 to 1024 TPPEs"),
        ({"technology": 5}, "Mine.technology: is 5; expected 7 to 90 nm, or -1"),
        (
            {"input_cache_KiB": 1, "pes": 32},
            "Mine: x_buffer is 2048; expected room for a full tile of 4096",
        ),
        ({"output_cache_KiB": 200}, "Mine.cache_KiB: is 256, but its partitions"),
        ({"laggy_adders": 256}, "Mine.laggy_adders: is 256; expected at most the 128"),
        ({"pse": 8}, "LoAS has no 'pse'; did you mean 'pes'?"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_an_impossible_design_is_refused_where_it_is_made(
    changed: dict[str, Any], mention: str
) -> None:
    with pytest.raises(InputError, match=re.escape(mention)) as refused:
        LOAS.with_(name="Mine", **changed)
    assert isinstance(refused.value, ValueError)


def test_progress_is_reported_once_a_layer() -> None:
    calls: list[tuple[int, int, str]] = []
    compare([FIRST, SECOND], progress=lambda *call: calls.append(call))
    assert [done for done, _, _ in calls] == [1, 2, 3]
    assert {total for _, total, _ in calls} == {3}
    assert sorted(last for _, _, last in calls) == [
        *("first layer a", "first layer b", "second layer a"),
    ]


def test_what_progress_raises_stops_the_comparison() -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare([FIRST, SECOND], progress=stop)


def test_the_networks_given_are_left_as_they_were() -> None:
    layer = FIRST.layers[0]
    before = (layer.spikes.copy(), layer.weights.copy())
    compare(FIRST)
    np.testing.assert_array_equal(layer.spikes, before[0])
    np.testing.assert_array_equal(layer.weights, before[1])


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "networks and tensors": (
        lambda path: compare("alexnet", tensors=path),
        "only one of networks, tensors and spikes",
    ),
    "tensors and spikes": (
        lambda path: compare(tensors=path, spikes=path, layers=path),
        "only one of networks, tensors and spikes",
    ),
    "networks and spikes": (
        lambda path: compare(FIRST, spikes=path, layers=path),
        "only one of networks, tensors and spikes",
    ),
    "spikes without layers": (lambda path: compare(spikes=path), "need both"),
    "layers without spikes": (lambda path: compare(layers=path), "need both"),
    "layers with networks": (lambda path: compare("alexnet", layers=path), "need both"),
    "an unknown network": (lambda _: compare("lenet"), "'lenet'; expected one of alexnet"),
    "an unknown network among known": (lambda _: compare(["alexnet", "lenet"]), "'lenet'"),
    "an unknown accelerator": (
        lambda path: compare(tensors=path, accelerators=["TPU"]),
        "'TPU'; expected one of LoAS",
    ),
    "an unknown parameter": (
        lambda path: compare(tensors=path, accelerators=["LoAS:pse=8"]),
        "LoAS has no 'pse'; did you mean 'pes'?",
    ),
    "a bare dataflow": (
        lambda path: compare(tensors=path, accelerators=[LOAS.dataflow()]),  # type: ignore[list-item]
        "is no accelerator; expected a name or a loas_tl.Design",
    ),
    "a bare array": (
        lambda path: compare(tensors=path, accelerators=["LoAS", PTB.dataflow()]),  # type: ignore[list-item]
        "is no accelerator; expected a name or a loas_tl.Design",
    ),
    "a class of designs": (
        lambda path: compare(tensors=path, accelerators=[Loas]),  # type: ignore[list-item]
        "is no accelerator; expected a name or a loas_tl.Design",
    ),
    "a design without a dataflow": (
        lambda path: compare(tensors=path, accelerators=[Design(name="Bare")]),
        "Bare has no published model; it declares no dataflow",
    ),
    "a design without a name": (
        lambda path: compare(tensors=path, accelerators=[Design()]),
        "the design has no name",
    ),
    "placeholders, which have no area": (
        lambda path: compare(tensors=path, accelerators=["LoAS:technology=-1"]),
        "LoAS.technology: is -1, placeholders that have no area",
    ),
    "an unknown model": (
        lambda path: compare(tensors=path, model="rough"),  # type: ignore[arg-type]
        "unknown model 'rough'; expected one of published, detailed, both",
    ),
    "no accelerators": (lambda path: compare(tensors=path, accelerators=[]), "at least one"),
    "no networks": (lambda _: compare([]), "at least one"),
    "a negative seed": (lambda _: compare("alexnet", seed=-1), "expected 0 or more"),
    "a missing file": (lambda path: compare(tensors=path.with_name("no")), "no such file"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_compared_is_refused_in_one_line(what: str, tmp_path: Path) -> None:
    call, mention = REFUSED[what]
    path = one_layer(tmp_path / "good.npz")
    with pytest.raises(InputError, match=re.escape(mention)) as refused:
        call(path)
    assert len(str(refused.value).splitlines()) == 1
    assert isinstance(refused.value, ValueError)


def test_a_single_accelerator_need_not_be_in_a_list() -> None:
    assert compare(FIRST, accelerators="LoAS").accelerators == ["LoAS"]
    assert compare(FIRST, accelerators=LOAS.with_(name="Mine")).accelerators == ["Mine"]


def test_a_declaration_may_not_pass_for_a_published_one() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Other(Loas):
        """Not LoAS, whatever it says."""

    for one in (Other(), Other(name="lo-as"), LOAS.with_(name="lo-as", pes=8)):
        with pytest.raises(InputError, match="there already is an accelerator 'LoAS'"):
            compare(FIRST, accelerators=[one])
    assert compare(FIRST, accelerators=[replace(LOAS)]).accelerators == ["LoAS"]
    # LoAS with another number of PEs says so, however it was made.
    for one in (LOAS.with_(pes=8), LOAS.with_(name="LoAS", pes=8), Loas(pes=8)):
        assert compare(FIRST, accelerators=["LoAS", one]).accelerators == ["LoAS", "LoAS pes=8"]


def test_accelerators_of_one_name_are_refused() -> None:
    mine = [LOAS.with_(name="mine", pes=rows) for rows in (8, 4)]
    with pytest.raises(InputError, match="two accelerators are called 'mine'"):
        compare(FIRST, accelerators=mine)


def test_networks_of_one_name_are_refused_and_the_same_one_twice_is_once() -> None:
    with pytest.raises(InputError, match="two networks are called 'alexnet'"):
        compare(["alexnet", Network("alexnet", FIRST.layers)], accelerators=["PTB"])
    assert len(compare(["alexnet", "AlexNet"], accelerators=["PTB"]).totals) == 1
