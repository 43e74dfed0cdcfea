from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loas_tl import Network, SampledLayer
from loas_tl.workload.im2col import Convolution
from tests.cli.outcome import Outcome, Run, contents
from tests.workload.examples import W, X, layers_file, spikes, weights

LAYER_KEYS = [
    *("network", "layer", "outputs", "chunks", "matches", "discarded"),
    *("two_fast_cycles", "laggy_cycles", "overhead"),
    *("skipping_cycles", "two_buffers_cycles", "both_cycles", "adders_needed"),
    *("fetch_share", "match_share", "fifo_stall_share", "laggy_stall_share", "drain_share"),
    *("handover_share", "idle_share"),
]
SWEEP_KEYS = [
    *("network", "parameter", "value", "matches", "chunks"),
    *("two_fast_cycles", "laggy_cycles", "overhead"),
]


@pytest.fixture
def tensors(tmp_path: Path) -> Path:
    return layers_file(
        tmp_path / "tiny.npz", **{"zeta/q": (X, W), "alpha": (spikes(4, 9, 40), weights(40, 16))}
    )


def test_json_has_a_row_a_layer_and_the_unit(run: Run, tensors: Path) -> None:
    outcome = run("innerjoin", "--tensors", tensors, "--adders", 8, "--json", "-")
    outcome.assert_succeeded()
    parsed = json.loads(outcome.out)
    assert list(parsed) == ["accelerator", "reading", "unit", "notes", "layers", "totals"]
    assert parsed["accelerator"] == "LoAS laggy_adders=8"
    assert parsed["notes"] == []
    assert parsed["unit"]["laggy"]["adders"] == 8
    assert [list(row) for row in parsed["layers"]] == [LAYER_KEYS] * 2
    assert [row["layer"] for row in parsed["layers"]] == ["zeta/q", "alpha"]
    [total] = parsed["totals"]
    assert total["laggy_cycles"] == sum(row["laggy_cycles"] for row in parsed["layers"])


def test_the_unit_can_be_changed(run: Run, tensors: Path) -> None:
    def cycles(*options: object) -> int:
        out = run("innerjoin", "--tensors", tensors, "--json", "-", *options).out
        return int(json.loads(out)["totals"][0]["laggy_cycles"])

    assert cycles("--adders", 1) > cycles() > cycles("--adders", 128)
    assert cycles("--chunk", 16) != cycles()
    assert cycles("--fifo-depth", 1) >= cycles()
    skipping = cycles("--skip-empty", "--offset-buffers", 2)
    out = run("innerjoin", "--tensors", tensors, "--json", "-").out
    assert skipping == json.loads(out)["totals"][0]["both_cycles"]


@pytest.mark.parametrize(
    ("short", "set_"),
    [
        (("--adders", 8), ("laggy_adders=8",)),
        (("--chunk", 64, "--fifo-depth", 2), ("chunk_bits=64", "fifo_depth=2")),
        (("--skip-empty", "--offset-buffers", 2), ("skip_empty=1", "offset_buffers=2")),
    ],
)
def test_the_units_options_are_settings(
    run: Run, tensors: Path, short: tuple[object, ...], set_: tuple[str, ...]
) -> None:
    def answer(*options: object) -> Outcome:
        outcome = run("innerjoin", "--tensors", tensors, "--json", "-", *options)
        outcome.assert_succeeded()
        return outcome

    assert answer(*short) == answer("--set", *set_)
    assert answer(*short) == answer("--accelerator", f"LoAS:{','.join(set_)}")


def test_another_design_can_be_asked_for(run: Run, tensors: Path) -> None:
    def answer(*options: object) -> Any:
        return json.loads(run("innerjoin", "--tensors", tensors, "--json", "-", *options).out)

    loas, wide = answer(), answer("--set", "pes=32")
    assert wide["accelerator"] == "LoAS pes=32"
    assert wide["totals"][0]["laggy_cycles"] < loas["totals"][0]["laggy_cycles"]
    major = answer("--accelerator", "LoAS N-major")
    assert major["accelerator"] == "LoAS N-major"
    assert major["unit"] == loas["unit"]
    assert major["totals"][0]["laggy_cycles"] != loas["totals"][0]["laggy_cycles"]
    for key in ("outputs", "matches"):
        assert major["totals"][0][key] == loas["totals"][0][key]


def test_layers_of_several_spmspms_are_added_up(run: Run, tmp_path: Path) -> None:
    x = np.random.default_rng(0).random((1, 4, 6, 5, 5)) < 0.3
    w = weights(3 * 9, 8)
    how = Convolution(3, padding=1)
    grouped = SampledLayer.of_spikes("grouped", x, w, how, groups=2)
    halves = tuple(
        SampledLayer.of_spikes(
            f"half {at}", x[:, :, 3 * at : 3 * at + 3], w[:, 4 * at : 4 * at + 4], how
        )
        for at in (0, 1)
    )
    for name, layers in (("one", (grouped,)), ("two", halves)):
        Network(name, layers).save(tmp_path / f"{name}.npz")
    one, two = (
        json.loads(run("innerjoin", "--tensors", tmp_path / f"{name}.npz", "--json", "-").out)
        for name in ("one", "two")
    )
    assert [row["layer"] for row in one["layers"]] == ["grouped"]
    assert one["totals"][0] | {"network": ""} == two["totals"][0] | {"network": ""}
    swept = run("innerjoin", "--tensors", tmp_path / "one.npz", "--sweep", "--propose")
    swept.assert_succeeded()


def test_several_samples_are_refused_with_what_to_do(run: Run, tmp_path: Path) -> None:
    layer = SampledLayer.of_spikes("fc", np.ones((2, 4, 1, 8), dtype=bool), weights(8, 4))
    Network("two", (layer,)).save(tmp_path / "two.npz")
    refused = run("innerjoin", "--tensors", tmp_path / "two.npz")
    assert refused.code == 2
    assert "fc: has 2 samples, and this takes one; choose it by its number" in refused.err


def test_what_does_nothing_here_is_said(run: Run, tensors: Path) -> None:
    command = ("innerjoin", "--tensors", tensors, "--set", "corrections=0.5")
    note = "corrections=0.5 has no effect here; it acts on the Timeloop spec"
    assert json.loads(run(*command, "--json", "-").out)["notes"] == [note]
    shown = run(*command)
    shown.assert_succeeded()
    assert f"note: LoAS corrections=0.5: {note}" in " ".join(shown.out.split())


def test_a_sweep_is_written_with_its_plots(run: Run, tensors: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    outcome = run("innerjoin", "--tensors", tensors, "--sweep", "--out", folder)
    outcome.assert_succeeded()
    for word in ("zeta/q", "alpha", "adders", "weight_density", "laggy costs"):
        assert word in outcome.out
    assert sorted(contents(folder)) == [
        *("innerjoin.csv", "innerjoin.json", "laggy_cost.pdf", "laggy_cost.png", "laggy_cost.svg"),
        *("report.html", "sweep.csv", "sweep.pdf", "sweep.png", "sweep.svg"),
    ]
    for name in ("laggy_cost", "sweep"):
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    parsed = json.loads((folder / "innerjoin.json").read_text())
    rows = list(csv.DictReader(io.StringIO((folder / "sweep.csv").read_text())))
    assert list(rows[0]) == SWEEP_KEYS == list(parsed["sweep"][0])
    assert len(rows) == len(parsed["sweep"])
    read = csv.DictReader(io.StringIO((folder / "innerjoin.csv").read_text()))
    assert read.fieldnames == LAYER_KEYS


def test_no_sweep_is_written_where_none_was_asked_for(
    run: Run, tensors: Path, tmp_path: Path
) -> None:
    run("innerjoin", "--tensors", tensors, "--out", tmp_path / "out").assert_succeeded()
    assert not [name for name in contents(tmp_path / "out") if "sweep" in name]


@pytest.mark.parametrize(
    ("options", "mentions"),
    [
        (("--adders", 0), ("LoAS.laggy_adders: is '0'", "a whole number from 1 to 1024 adders")),
        (("--adders", 256), ("LoAS.laggy_adders: is 256", "128 of chunk_bits")),
        (("--adders", "few"), ("LoAS.laggy_adders: is 'few'", "a whole number from 1")),
        (("--adders", 1.5), ("LoAS.laggy_adders: is '1.5'", "a whole number from 1")),
        (("--fifo-depth=-1",), ("LoAS.fifo_depth: is '-1'", "from 1 to 256 entries")),
        (("--fifo-depth",), ("--fifo-depth", "expected")),
        (("--chunk", 0), ("LoAS.chunk_bits: is '0'", "from 8 to 1024 bits")),
        (("--offset-buffers", 0), ("LoAS.offset_buffers: is '0'", "from 1 to 64 chunks")),
        (("--adders", 8, "--set", "laggy_adders=8"), ("--set", "laggy_adders once")),
        (("--skip-empty", "--set", "skip_empty=0"), ("--set", "skip_empty once")),
        (("--set", "adders=8"), ("--set: LoAS has no 'adders'", "expected one of")),
        (("--accelerator", "TPU"), ("'TPU'", "expected one of LoAS")),
        (("--accelerator", "PTB"), ("PTB", "laggy prefix-sum")),
        (("--accelerator", "SparTen-SNN"), ("SparTen-SNN", "laggy prefix-sum")),
        (("--accelerator", "SparTen-SNN", "--adders", 8), ("SparTen-SNN has no 'laggy_adders'",)),
        (("--network", "lenet"), ("'lenet'", "expected")),
        (("--seed", -1), ("seed is -1",)),
        (("--tensors", "absent.npz"), ("absent.npz", "no such file")),
    ],
)
def test_bad_input_is_refused(
    run: Run, tmp_path: Path, options: tuple[object, ...], mentions: tuple[str, ...]
) -> None:
    outcome = run("innerjoin", *options, "--out", tmp_path / "out")
    outcome.assert_refused(*mentions)
    assert not (tmp_path / "out").exists()
