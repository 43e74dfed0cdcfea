"""Which networks and accelerators a comparison takes, and in which order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loas_tl import Network, compare, generate_network, load_spikes, load_tensors, register
from loas_tl.designs import registry
from loas_tl.designs.later import Later
from loas_tl.designs.loas import LOAS
from tests.comparison.examples import FIRST, NUMBERS, SECOND, by_key, compared
from tests.workload.examples import W, X, layers_file, save, spikes, weights


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


def test_a_single_accelerator_need_not_be_in_a_list() -> None:
    assert compare(FIRST, accelerators="LoAS").accelerators == ["LoAS"]
    assert compare(FIRST, accelerators=LOAS.with_(name="Mine")).accelerators == ["Mine"]
