"""Rows and totals of a comparison, as frames and as JSON."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from loas_tl import Design, InputError, Layer, Network, compare, design
from loas_tl.designs import registry
from loas_tl.designs.dense import PTB
from loas_tl.designs.design import LOAS_RULES
from loas_tl.designs.loas import LOAS
from loas_tl.models.dataflow import TiledAccelerator
from tests.comparison.examples import COLUMNS, FIRST, NUMBERS, SECOND, SUMS, by_key, compared
from tests.workload.examples import W

PARTS = ("leakage_pJ", "dram_pJ", "sram_pJ", "compute_pJ")


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
        assert found["parameters"] == one.settled
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


def test_a_total_is_found_by_network_and_accelerator() -> None:
    comparison = compare([FIRST, SECOND], accelerators=["LoAS"])
    found = comparison.total("second", "LoAS")
    assert found is not None
    assert (found.network, found.layer, found.accelerator) == ("second", None, "LoAS")
    assert comparison.total("Second", "lo-as") is found
    with pytest.raises(
        InputError, match="no network here is called 'secnd'; did you mean 'second'"
    ):
        comparison.total("secnd", "LoAS")
    with pytest.raises(InputError, match="no accelerator here is called 'LoSA'; did you mean 'LoA"):
        comparison.total("second", "LoSA")


def test_totals_are_found_by_titles_and_by_what_was_set() -> None:
    comparison = compare("V-L8", accelerators=["LoAS:pes=8", "PTB"])
    found = comparison.total("V-L8 (VGG16 layer 7)", "loas:pes=8")
    assert found is not None
    assert found is comparison.total("v-l8", "LoAS pes=8")


def test_what_ran_and_has_no_figures_has_no_total() -> None:
    mixed = compare([FIRST], accelerators=["LoAS", "PTB-StSAP"])
    without = {one.accelerator for one in mixed.left_out}
    assert without == {"PTB-StSAP"}
    assert mixed.total(FIRST.name, "ptb-stsap") is None


def test_ratios_are_over_the_baseline_asked_for() -> None:
    assert compare(FIRST, accelerators=["PTB", "LoAS"]).baseline == "PTB"
    assert compare(FIRST, accelerators=["PTB", "SparTen-SNN"]).baseline == "SparTen-SNN"
    assert compare(FIRST, accelerators=["PTB", "LoAS"], baseline="lo-as").baseline == "LoAS"
    changed = compare(FIRST, accelerators=["PTB", "LoAS:pes=8"], baseline="LoAS")
    assert changed.baseline == "LoAS pes=8"
    with pytest.raises(InputError, match="'Stellar' does not run here; expected one of PTB, LoAS"):
        compare(FIRST, accelerators=["PTB", "LoAS"], baseline="Stellar")
