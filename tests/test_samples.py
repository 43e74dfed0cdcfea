"""Networks of several samples, and of which something is missing, through every command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loas_tl import Network, compare, explore, measure_formats, validate
from loas_tl.cli.main import main
from loas_tl.report.page import page
from loas_tl.workload.im2col import Convolution
from loas_tl.workload.network import Uncovered
from loas_tl.workload.samples import SampledLayer

RNG = np.random.default_rng(3)
MAPS = RNG.random((3, 4, 2, 6, 6)) < np.array([0.1, 0.3, 0.6]).reshape(3, 1, 1, 1, 1)
KERNELS = (RNG.integers(1, 9, (18, 8)) * (RNG.random((18, 8)) < 0.4)).astype(np.int8)
ROWS = RNG.random((3, 4, 1, 40)) < 0.3
MATRIX = (RNG.integers(1, 9, (40, 5)) * (RNG.random((40, 5)) < 0.5)).astype(np.int8)
DESIGNS = ["LoAS", "SparTen-SNN", "PTB"]
LEFT_OUT = Uncovered("first", "Conv2d", "its inputs are real-valued", 40_000, 0)


def network(*numbers: int) -> Network:
    chosen = list(numbers or range(3))
    conv = SampledLayer.of_spikes("conv", MAPS[chosen], KERNELS, Convolution(3, 1, 1))
    fc = SampledLayer.of_spikes("fc", ROWS[chosen], MATRIX)
    return Network("mine", (conv, fc), (LEFT_OUT,))


@pytest.mark.parametrize("model", ["published", "detailed", "both"])
def test_results_are_the_mean_of_those_of_each_sample(model: Any) -> None:
    found = compare(network(), accelerators=DESIGNS, model=model)
    alone = [compare(network(n), accelerators=DESIGNS, model=model) for n in range(3)]
    for rows in ("layers", "totals"):
        for at, row in enumerate(getattr(found, rows)):
            each = [getattr(one, rows)[at] for one in alone]
            assert [sample.record() for sample in row.samples] == [
                one.record() | {"notes": list(row.samples[n].notes)} for n, one in enumerate(each)
            ]
            record = row.record()
            assert record["samples"] == 3
            cycles = [one.counts.cycles for one in each]
            assert record["cycles"] == round(np.mean(cycles))
            spread = record["spread"]["cycles"]
            assert spread["mean"] == pytest.approx(np.mean(cycles))
            assert spread["std"] == pytest.approx(np.std(cycles, ddof=1))
            assert (spread["min"], spread["max"]) == (min(cycles), max(cycles))
            assert record["energy_pJ"] == pytest.approx(
                np.mean([one.physical.total for one in each])
            )


def test_samples_together_are_one_taller_layer() -> None:
    found = compare(network(), accelerators=DESIGNS, samples="together")
    assert not any(row.samples for row in found.totals)
    each = compare(network(), accelerators=DESIGNS)
    for whole, mean in zip(found.totals, each.totals, strict=True):
        assert whole.counts.computes == sum(s.counts.computes for s in mean.samples)


def test_a_sample_is_chosen_by_its_number() -> None:
    one = compare(network(), accelerators=DESIGNS, samples=2)
    other = compare(network(2), accelerators=DESIGNS)
    assert one.to_json() == other.to_json()


def test_groups_of_a_layer_are_added_up() -> None:
    maps = RNG.random((1, 2, 4, 5, 5)) < 0.3
    weights = np.ones((9, 4), np.int8)
    grouped = SampledLayer.of_spikes("conv", maps, weights, Convolution(3), groups=4)
    found = compare(Network("mine", (grouped,)), accelerators=DESIGNS)
    parts = tuple(grouped.layer(0, part) for part in range(4))
    for at, row in enumerate(found.layers):
        alone = [
            compare(Network("mine", (part,)), accelerators=DESIGNS).layers[at] for part in parts
        ]
        assert row.counts.cycles == sum(one.counts.cycles for one in alone)
        assert row.physical is not None
        energies = [one.physical.total for one in alone if one.physical is not None]
        assert row.physical.total == pytest.approx(sum(energies))
        assert row.layer == "conv"


def test_what_is_missing_stands_in_json_table_and_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network().save(tmp_path / "mine.npz")
    arguments = ["compare", "--tensors", str(tmp_path / "mine.npz"), "--accelerator", *DESIGNS]
    assert main([*arguments, "--json", str(tmp_path / "a.json")]) == 0
    said = capsys.readouterr().out
    covered = 4 * 36 * 18 * 8 + 4 * 40 * 5
    share = 40_000 / (40_000 + covered)
    line = f"1 of 3 layers not captured, {100 * share:.3g} % of the operations"
    assert line in said
    assert "first (Conv2d)" in said
    assert "mean of 3 samples" in said
    document = json.loads((tmp_path / "a.json").read_text())
    assert document["coverage"]["mine"]["missing_share"] == pytest.approx(share)
    assert document["coverage"]["mine"]["operations"] == 40_000 + covered
    assert {row["sample"] for row in document["samples"]} == {0, 1, 2}
    shown = page(compare(network(), accelerators=DESIGNS))
    assert line in shown
    assert "mean of 3 samples" in shown


def test_the_table_has_deviation_and_extremes_of_the_samples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network().save(tmp_path / "mine.npz")
    main(["compare", "--tensors", str(tmp_path / "mine.npz"), "--accelerator", *DESIGNS])
    lines = capsys.readouterr().out.splitlines()
    cycles = [compare(network(n), accelerators=["LoAS"]).totals[0].counts.cycles for n in range(3)]
    least = next(line for line in lines if "least" in line)
    most = next(line for line in lines if "most" in line)
    assert f"{min(cycles):,}" in least
    assert f"{max(cycles):,}" in most


def test_frames_have_a_column_for_each_deviation_and_extreme() -> None:
    frame = compare(network(), accelerators=DESIGNS).to_frame(totals=True)
    assert {"cycles", "cycles_std", "cycles_min", "cycles_max", "samples"} <= set(frame.columns)
    assert (frame["cycles_min"] <= frame["cycles"]).all()


def test_formats_are_the_mean_of_those_of_each_sample() -> None:
    found = measure_formats(network())
    alone = [measure_formats(network(n)) for n in range(3)]
    for at, row in enumerate(found.totals):
        bits = [one.totals[at].size.bits for one in alone]
        assert [sample.size.bits for sample in row.samples] == bits
        assert row.record()["spread"]["size_bits"]["mean"] == pytest.approx(np.mean(bits))
    assert json.loads(found.to_json())["coverage"]["mine"]["layers_missing"] == 1
    assert "size_KiB_std" in found.to_frame()


def test_validation_is_the_mean_of_that_of_each_sample() -> None:
    found = validate(network(), accelerators=["LoAS"], layer=["fc"])
    alone = [validate(network(n), accelerators=["LoAS"], layer=["fc"]) for n in range(3)]
    (cycles,) = found.cycles
    exact = [one.cycles[0].exact for one in alone]
    assert cycles.exact == pytest.approx(np.mean(exact))
    document = json.loads(found.to_json())
    assert document["cycles"][0]["spread"]["exact"]["max"] == max(exact)
    assert document["coverage"]["mine"]["layers_missing"] == 1
    computes = [
        sum(c.exact for c in one.counts if (c.action, c.kind) == ("computes", "actual"))
        for one in alone
    ]
    (count,) = [c for c in found.counts if (c.action, c.kind) == ("computes", "actual")]
    assert count.exact == pytest.approx(np.mean(computes))


def test_explored_points_are_the_mean_with_its_spread_and_what_is_missing() -> None:
    space = explore("LoAS", networks=network(), vary={"pes": [8, 16]}, jobs=1)
    other = compare(network(), accelerators="LoAS:pes=8").totals[0]
    document = json.loads(space.to_json())
    point = document["points"][0]
    assert point["cycles"] == other.counts.cycles
    spread = other.record()["spread"]["cycles"]
    assert point["spread"]["cycles"] == {key: spread[key] for key in ("std", "min", "max")}
    assert "energy_pJ_max" in space.to_frame()
    assert "area_mm2_std" not in space.to_frame()
    assert "mine: mean of 3 samples" in document["notes"]
    assert any("1 of 3 layers not captured" in note for note in document["notes"])


@pytest.mark.parametrize("command", ["innerjoin", "render"])
def test_commands_for_one_layer_say_how_to_choose_a_sample(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    network().save(tmp_path / "mine.npz")
    more = ["LoAS", "-o", str(tmp_path / "out")] if command == "render" else []
    arguments = [command, *more, "--tensors", str(tmp_path / "mine.npz")]
    assert main(arguments) == 2
    assert "--samples 0" in capsys.readouterr().err
    assert main([*arguments, "--samples", "1"]) == 0
