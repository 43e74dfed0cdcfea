from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loas_tl import (
    EnergyConstants,
    InputError,
    Layer,
    Network,
    OutputStationaryArray,
    compare,
    generate_network,
    load_spikes,
    load_tensors,
    register,
)
from loas_tl.designs import registry
from loas_tl.designs.loas import LOAS
from loas_tl.designs.sparten import SPARTEN_SNN
from tests.workload.examples import W, X, layers_file, one_layer, save, spikes, weights

COLUMNS = [
    *("network", "layer", "accelerator", "cycles", "computes", "dram_KiB", "sram_KiB"),
    *("energy_published", "energy_pJ"),
]
NUMBERS = COLUMNS[3:]

FIRST = Network("first", (Layer("a", X, W), Layer("b", spikes(4, 9, 40), weights(40, 16))))
SECOND = Network("second", (Layer("a", spikes(2, 5, 200), weights(200, 3)),))


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test register what it likes without the others seeing it."""
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))


def by_key(comparison: Any) -> dict[tuple[str, str | None, str], dict[str, Any]]:
    """Every row, of layers and totals, by what it is of."""
    rows = (*comparison.layers, *comparison.totals)
    return {(row.network, row.layer, row.accelerator): row.record() for row in rows}


def test_the_frame_has_a_row_a_layer_and_accelerator_with_the_unit_in_the_column() -> None:
    frame = compare([FIRST, SECOND]).to_frame()
    assert list(frame.columns) == COLUMNS
    assert len(frame) == 3 * len(registry.names())
    assert not frame.isna().to_numpy().any()
    for column in ("cycles", "computes"):
        assert frame[column].dtype.kind == "i"
    for column in NUMBERS[2:]:
        assert frame[column].dtype.kind == "f"


def test_the_frame_of_totals_has_no_layer() -> None:
    frame = compare([FIRST, SECOND]).to_frame(totals=True)
    assert list(frame.columns) == [column for column in COLUMNS if column != "layer"]
    assert len(frame) == 2 * len(registry.names())


def test_json_and_frame_hold_the_same_numbers() -> None:
    comparison = compare([FIRST, SECOND])
    document = json.loads(comparison.to_json())
    assert list(document) == ["model", "layers", "totals"]
    assert document["model"] == comparison.model == "published"
    assert document["layers"] == comparison.to_frame().to_dict("records")
    assert document["totals"] == comparison.to_frame(totals=True).to_dict("records")


def test_totals_are_the_sums_of_each_networks_layers() -> None:
    comparison = compare([FIRST, SECOND])
    sums = comparison.to_frame().groupby(["network", "accelerator"])[NUMBERS].sum()
    totals = comparison.to_frame(totals=True).set_index(["network", "accelerator"])
    assert set(sums.index) == set(totals.index)
    np.testing.assert_allclose(
        totals.loc[sums.index, NUMBERS].astype(float), sums.astype(float), rtol=1e-12
    )


def test_results_do_not_depend_on_company_or_order() -> None:
    together = by_key(compare([FIRST, SECOND]))
    turned = compare([SECOND, FIRST], accelerators=registry.names()[::-1])
    assert by_key(turned) == together
    turned = compare(Network("first", FIRST.layers[::-1]))
    for key, row in by_key(turned).items():
        # Adding up in another order may change the last digit of a total, no more.
        assert [row[column] for column in NUMBERS] == pytest.approx(
            [together[key][column] for column in NUMBERS], rel=1e-12
        )
    alone: dict[Any, Any] = {}
    for network in (FIRST, SECOND):
        for name in registry.names():
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
def test_by_default_every_registered_accelerator_runs() -> None:
    register(replace(LOAS, name="Mine"))
    assert compare(FIRST).accelerators == registry.names()
    assert registry.names()[-1] == "Mine"


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
    twin, wider = replace(LOAS, name="Twin"), replace(LOAS, name="Wider", tile_n=64, w_buffer=8192)
    rows = by_key(compare(FIRST, accelerators=["LoAS", twin, wider]))
    for layer in ("a", "b", None):
        loas = rows["first", layer, "LoAS"]
        assert rows["first", layer, "Twin"] == loas | {"accelerator": "Twin"}
        # A wider tile changes how often things move, not what is computed.
        assert rows["first", layer, "Wider"]["computes"] == loas["computes"]
    assert "Twin" not in registry.names()


def test_energy_constants_of_ones_own_change_energy_alone() -> None:
    hungry = replace(
        LOAS,
        name="Hungry",
        energy=replace(LOAS.energy, published_compute=58.0, action_pJ=58.0),
    )
    rows = by_key(compare(FIRST, accelerators=[LOAS, hungry]))
    loas, changed = rows["first", None, "LoAS"], rows["first", None, "Hungry"]
    for key in NUMBERS[:4]:
        assert changed[key] == loas[key]
    assert changed["energy_pJ"] == pytest.approx(
        loas["energy_pJ"] + (58.0 - LOAS.energy.action_pJ) * loas["computes"]
    )
    assert changed["energy_published"] > loas["energy_published"]


def test_a_dense_array_of_ones_own_is_compared() -> None:
    array = OutputStationaryArray(
        name="Mesh",
        pixels=8,
        channels=8,
        timesteps=1,
        skew=0,
        kept=1.0,
        on_chip_bytes=1024,
        energy=EnergyConstants(published_compute=1.0, leakage_mW=1.0, action_pJ=1.0),
    )
    (row,) = compare(SECOND, accelerators=[array]).layers
    # One fold for 8 pixels by 8 channels at each of 2 timesteps, K cycles each.
    assert row.counts.cycles == 2 * 200


@pytest.mark.usefixtures("own_registry")
def test_a_registered_declaration_goes_by_its_name() -> None:
    mine = replace(SPARTEN_SNN, name="My SparTen")
    assert register(mine) is mine
    assert compare(FIRST, accelerators=["my-sparten"]) == compare(FIRST, accelerators=[mine])


@pytest.mark.usefixtures("own_registry")
def test_registering_the_same_declaration_again_changes_nothing() -> None:
    mine = replace(LOAS, name="Mine")
    register(mine)
    register(replace(LOAS, name="Mine"))
    assert registry.names().count("Mine") == 1


@pytest.mark.usefixtures("own_registry")
def test_another_declaration_of_a_registered_name_is_refused() -> None:
    with pytest.raises(InputError, match="already is an accelerator 'LoAS'"):
        register(replace(LOAS, name="loas", x_buffer=262_144))
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
    with pytest.raises(ValueError, match=f"Mine: {mention} .*expected"):
        replace(LOAS, name="Mine", **changed)


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


def test_a_declaration_may_not_pass_for_a_published_one() -> None:
    for name in ("LoAS", "lo-as"):
        with pytest.raises(InputError, match="there already is an accelerator 'LoAS'"):
            compare(FIRST, accelerators=[replace(LOAS, name=name, tile_m=8)])
    assert compare(FIRST, accelerators=[replace(LOAS)]).accelerators == ["LoAS"]


def test_accelerators_of_one_name_are_refused() -> None:
    mine = [replace(LOAS, name="mine", tile_m=rows) for rows in (8, 4)]
    with pytest.raises(InputError, match="two accelerators are called 'mine'"):
        compare(FIRST, accelerators=mine)


def test_networks_of_one_name_are_refused_and_the_same_one_twice_is_once() -> None:
    with pytest.raises(InputError, match="two networks are called 'alexnet'"):
        compare(["alexnet", Network("alexnet", FIRST.layers)], accelerators=["PTB"])
    assert len(compare(["alexnet", "AlexNet"], accelerators=["PTB"]).totals) == 1
