"""Accelerators published beside or after LoAS, in a comparison."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from loas_tl import InputError, Layer, Network, compare, design
from loas_tl.designs.later import Later
from loas_tl.designs.registry import designs, names
from loas_tl.models.published.neighbours import mint_cycles, sato_cycles
from loas_tl.models.published.simulator import fast_path, lif
from loas_tl.report.normalised import normalised_columns, normalised_rows
from loas_tl.report.rows import notes
from loas_tl.report.table import network_table
from loas_tl.workload.samples import SampledLayer

LATER = [one.label for one in designs() if isinstance(one, Later)]
RNG = np.random.default_rng(0)


def layer(name: str, t: int, m: int, k: int, n: int, weights: float = 0.3) -> Layer:
    values = RNG.integers(1, 100, (k, n)).astype(np.int8)
    kept = RNG.random((k, n)) < weights
    return Layer(name, RNG.random((t, m, k)) < 0.2, np.where(kept, values, np.int8(0)))


FIRST, ODD = layer("a", 4, 16, 40, 20), layer("b", 4, 9, 50, 24)
BOTH = Network("both", (FIRST, ODD))


def rows(found: Any) -> dict[tuple[str | None, str], dict[str, Any]]:
    document = json.loads(found.to_json())
    return {
        (row.get("layer"), row["accelerator"]): row
        for row in (*document["layers"], *document["totals"])
    }


def test_all_is_every_one_there_is() -> None:
    assert [
        *("Prosperity", "MINT", "SATO", "PTB-StSAP", "Eyeriss-SNN", "Phi", "GustavSNN")
    ] == LATER
    found = compare(FIRST_ALONE, accelerators="all")
    assert found.accelerators == names()
    assert set(compare(FIRST_ALONE).accelerators).isdisjoint(LATER)


FIRST_ALONE = Network("one", (FIRST,))


def test_every_row_says_whose_rules_count_it() -> None:
    found = rows(compare(FIRST_ALONE, accelerators="all"))
    said = {name: row["accounting"] for (_, name), row in found.items()}
    simulator = {"Prosperity", "MINT", "SATO", "PTB-StSAP", "Eyeriss-SNN"}
    for name, accounting in said.items():
        if name in simulator:
            assert accounting == "published: Prosperity's simulator"
        elif name == "Phi":
            assert accounting == "published: a reading of the paper"
        elif name == "GustavSNN":
            assert accounting == "ours, a reading of the paper"
        else:
            assert accounting == "published: LoAS's evaluation"
    # One accounting alone goes without saying.
    assert "accounting" not in rows(compare(FIRST_ALONE))["a", "LoAS"]


def test_published_rules_are_those_of_the_simulator() -> None:
    found = rows(compare(FIRST_ALONE, accelerators=LATER))
    cost = fast_path(FIRST)
    row = found["a", "Prosperity"]
    assert (row["cycles"], row["stall_cycles"]) == (cost.cycles, cost.stall)
    assert row["lif_cycles"] == lif(FIRST.M * FIRST.N, FIRST.T).latency
    assert row["dram_KiB"] == cost.dram / 8192
    # A power in mW for cycles at 500 MHz, and 12.45 pJ a bit.
    assert row["compute_pJ"] == pytest.approx(446.5 * cost.cycles * 2)
    assert row["dram_pJ"] == pytest.approx(12.45 * cost.dram)
    assert (row["clock_MHz"], row["time_us"]) == (500, cost.cycles / 500)
    assert row["energy_published"] is None
    for name, cycles, power, factor in (
        ("MINT", mint_cycles(FIRST), 396.3, 3.12),
        ("SATO", sato_cycles(FIRST), 319.5, 4.85),
    ):
        row = found["a", name]
        assert row["cycles"] == cycles
        assert row["energy_pJ"] == pytest.approx(power * cycles * 2 + 12.45 * factor * cost.dram)
        assert row["dram_KiB"] == pytest.approx(factor * cost.dram / 8192, abs=1 / 8192)


def test_what_has_no_answer_has_no_total_and_says_why() -> None:
    found = compare(BOTH, accelerators=["PTB-StSAP", "MINT"], baseline="MINT")
    assert set(rows(found)) == {("a", "PTB-StSAP"), ("a", "MINT"), ("b", "MINT"), (None, "MINT")}
    [without] = json.loads(found.to_json())["left_out"]
    assert (without["accelerator"], without["network"], without["layer"]) == (
        *("PTB-StSAP", "both", "b"),
    )
    assert "8 columns do not divide 9 pixels" in without["why"]
    assert f"PTB-StSAP has no figures: both, layer b: {without['why']}" in notes(found)
    # Ours fills the pixels up.
    own = compare(BOTH, accelerators=["PTB-StSAP"], accounting="own")
    assert own.total("both", "PTB-StSAP") is not None


def test_both_accountings_stand_side_by_side() -> None:
    found = compare(FIRST_ALONE, accelerators=["LoAS", "Prosperity"], accounting="both")
    assert found.accelerators == ["LoAS", "Prosperity", "Prosperity (ours)"]
    own = compare(FIRST_ALONE, accelerators=["Prosperity"], accounting="own")
    ours, alone = rows(found)["a", "Prosperity (ours)"], rows(own)["a", "Prosperity"]
    different = ("accelerator",)
    assert {k: v for k, v in ours.items() if k not in different} == {
        k: v for k, v in alone.items() if k not in different
    }
    assert ours["accounting"] == "ours"
    # With LoAS's cache, HBM, technology and clock.
    assert (ours["clock_MHz"], ours["leakage_pJ"] > 0) == (800, True)
    parts = ("leakage_pJ", "dram_pJ", "sram_pJ", "compute_pJ")
    assert sum(ours[part] for part in parts) == pytest.approx(ours["energy_pJ"])
    heading = [str(column.header).split() for column in network_table(found, "one").columns]
    assert heading[1] == ["accounting"]
    assert found.baseline == "LoAS"


def test_short_times_keep_their_digits() -> None:
    small = Network("small", (Layer("fc", np.ones((2, 1, 8), bool), np.ones((8, 4), np.int8)),))
    found = compare(small, accelerators=["LoAS", "MINT"])
    row = normalised_rows(found, "small")[0]
    forms = {key: form for key, _, form in normalised_columns(found)}
    assert 0 < row.dram_us < 0.05
    for key in ("time_us", "dram_us"):
        value = getattr(row, key)
        assert float(forms[key].format(value)) == pytest.approx(value, rel=0.05)


def test_normalised_rows_have_one_clock_and_one_area() -> None:
    found = compare(FIRST_ALONE, accelerators=["LoAS", "Prosperity"], accounting="both")
    loas, published, ours = normalised_rows(found, "one")
    assert (loas.speedup, loas.speedup_area, loas.energy_ratio) == (1, 1, 1)
    assert (published.technology, published.clock_MHz) == (28, 500)
    total = found.total("one", "Prosperity")
    assert total is not None
    assert published.time_us == total.counts.cycles / 800
    assert published.area_mm2 == ours.area_mm2 == design("Prosperity").area_mm2
    for row in (published, ours):
        assert row.speedup is not None
        assert row.speedup_area == pytest.approx(row.speedup * loas.area_mm2 / row.area_mm2)
    # At 32 nm a chip of 28 nm draws more; what it moves off the chip costs what it did.
    assert published.energy_nJ is not None
    assert total.physical is not None
    assert published.energy_nJ > total.physical.total / 1e3


@pytest.mark.parametrize("name", ["Prosperity", "MINT", "SATO", "PTB-StSAP"])
def test_skipping_zero_weights_is_an_extension_that_helps_on_pruned_ones(name: str) -> None:
    # Its pixels fill the columns of PTB's array.
    aware = f"{name}:weight_aware=1"
    [plain, skipping] = compare(FIRST_ALONE, accelerators=[name, aware], accounting="own").layers
    assert skipping.counts.cycles <= plain.counts.cycles
    assert skipping.counts.computes < plain.counts.computes
    assert skipping.accounting == "ours"
    assert any("an extension, not as published" in note for note in skipping.notes)
    assert not any("extension" in note for note in plain.notes)
    assert design(aware).rules() is None
    assert "an extension, not as published" in design(name).parameters["weight_aware"].about
    # Where no weight is zero there is nothing to skip.
    dense = Network("dense", (layer("a", 4, 16, 40, 20, weights=1.0),))
    [plain, skipping] = compare(dense, accelerators=[name, aware], accounting="own").layers
    assert skipping.counts.computes == plain.counts.computes
    assert skipping.counts.cycles == plain.counts.cycles


def test_phi_says_what_its_patterns_are_calibrated_on() -> None:
    bound = "its patterns are calibrated on the input that it runs: an upper bound"
    [alone] = compare(FIRST_ALONE, accelerators=["Phi"]).layers
    assert bound in alone.notes
    kinds = RNG.random((5, 48)) < 0.4
    spikes = kinds[RNG.integers(0, 5, (3, 4, 30))] ^ (RNG.random((3, 4, 30, 48)) < 0.02)
    sampled = SampledLayer.of_spikes("a", spikes, FIRST.weights[:1].repeat(48, axis=0))
    for accounting in ("published", "own"):
        [row] = compare(
            Network("several", (sampled,)),
            accelerators=["Phi"],
            accounting=accounting,
        ).layers
        assert len(row.samples) == 3
        assert "its patterns are calibrated on 2 other inputs" in row.notes
        assert bound not in row.notes


def test_settings_without_effect_on_published_rules_are_said() -> None:
    [row] = compare(FIRST_ALONE, accelerators=["Prosperity:cache_KiB=512"]).layers
    [line] = [note for note in row.notes if "cache_KiB" in note]
    assert line == (
        "cache_KiB=512 changes area alone by the rules it was published by; "
        "accounting 'own' counts with it"
    )
    [slow] = compare(FIRST_ALONE, accelerators=["Prosperity:hbm_GBps=64"]).layers
    assert "hbm_GBps=64 has no effect by the rules it was published by" in slow.notes
    [wide] = compare(FIRST_ALONE, accelerators=["Prosperity:pes=8"]).layers
    assert not [note for note in wide.notes if "pes" in note]
    assert wide.counts.cycles > row.counts.cycles


def test_an_unknown_accounting_is_refused() -> None:
    with pytest.raises(InputError, match="unknown accounting 'theirs'; expected one of published"):
        compare(FIRST_ALONE, accounting="theirs")  # type: ignore[arg-type]


def test_all_leaves_out_what_has_no_detailed_model() -> None:
    found = compare(FIRST_ALONE, accelerators="all", model="both")
    assert set(found.accelerators).isdisjoint(LATER)
    assert [one.accelerator for one in found.left_out] == LATER
    assert "Phi has no figures: no detailed model" in notes(found)
    with pytest.raises(InputError, match="Phi has no detailed model"):
        compare(FIRST_ALONE, accelerators="Phi", model="detailed")


def test_nothing_fires_and_nothing_is_added() -> None:
    silent = Layer("silent", np.zeros((4, 16, 20), dtype=bool), FIRST.weights[:20])
    for accounting in ("published", "own"):
        found = compare(
            Network("silent", (silent,)),
            accelerators=LATER,
            accounting=accounting,
        )
        assert len(found.layers) == len(LATER)
        for row in found.layers:
            assert (row.counts.computes == 0) == (row.accelerator != "Eyeriss-SNN")
