"""What the commands say of settings that have no effect, and of idle units."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from loas_tl.designs import effects
from loas_tl.designs.design import LOAS_RULES
from loas_tl.designs.registry import find, names
from loas_tl.workload.statistics import statistics_of
from tests.cli.outcome import Run, document
from tests.cli.own_files import Compared, figures, words
from tests.workload.examples import one_layer

CONSTANTS = "energy_published has LoAS's published constants, whatever is set"
IDLE = "stand idle"


def test_a_setting_that_the_published_model_does_not_see_is_said(
    run: Run, tensors: Path, tmp_path: Path, compared_json: Compared
) -> None:
    before, after = compared_json("LoAS"), compared_json("LoAS:fifo_depth=4")
    unseen = "fifo_depth=4 changes energy and area, not the published model"
    notes = [unseen, CONSTANTS]
    assert after["designs"][0]["notes"] == notes
    assert [row["notes"] for row in (*after["layers"], *after["totals"])] == [notes] * 3
    counted = ("cycles", "computes", "dram_KiB", "sram_KiB", "energy_published")
    for old, new in zip(before["layers"], after["layers"], strict=True):
        assert {key: old[key] for key in counted} == {key: new[key] for key in counted}
        assert old["leakage_pJ"] > new["leakage_pJ"]  # as the note says

    command = ("compare", "--tensors", tensors, "--accelerator", "LoAS:fifo_depth=4", "PTB")
    outcome = run(*command, "--csv", tmp_path / "c.csv", "--out", tmp_path / "out")
    outcome.assert_succeeded()
    lines = [line for line in outcome.out.splitlines() if line.startswith("note: ")]
    assert lines == [f"note: LoAS fifo_depth=4: {note}" for note in notes]
    rows = list(csv.DictReader((tmp_path / "c.csv").read_text().splitlines()))
    assert [row["notes"] for row in rows] == ["; ".join(notes), ""] * 2
    page = words((tmp_path / "out" / "report.html").read_text())
    for note in notes:
        assert f"<li>LoAS fifo_depth=4: {note.replace(chr(39), '&#39;')}</li>" in page


def test_the_detailed_model_sees_it(compared_json: Compared) -> None:
    for model in ("detailed", "both"):
        parsed = compared_json("LoAS:fifo_depth=4", "--model", model)
        assert parsed["designs"][0]["notes"] == [CONSTANTS]


def test_a_setting_that_no_count_depends_on_is_said(compared_json: Compared) -> None:
    parsed = compared_json("LoAS:corrections=0.5,pointer_bits=16")
    notes = parsed["designs"][0]["notes"]
    assert CONSTANTS not in notes  # it is the published hardware still
    for note, setting in zip(notes, ("pointer_bits=16", "corrections=0.5"), strict=True):
        acts_on = effects.acts_on(find("LoAS"), setting.partition("=")[0])
        assert "timeloop" in acts_on
        assert not {"published", "energy"} & set(acts_on)
        elsewhere = ", ".join(effects.WORDS[model] for model in acts_on)
        assert note == f"{setting} has no effect here; it acts on {elsewhere}"
    # The energy of the parts depends on no setting of these either.
    assert figures(parsed) == figures(compared_json("LoAS"))


def test_nothing_is_said_of_designs_as_they_are(run: Run, tensors: Path) -> None:
    # What later accelerators approximate is said of them in any case.
    asked = [name for name in names() if find(name).counted_by == LOAS_RULES]
    assert len(asked) >= 10
    outcome = run("compare", "--tensors", tensors, "--accelerator", *asked)
    outcome.assert_succeeded()
    # Those for ANNs say what they take for activations.
    said = [line for line in outcome.out.splitlines() if "note:" in line]
    assert [line.split(":")[1].strip() for line in said] == ["SparTen", "Gamma"]
    assert all("takes the SNN's active neurons for activations" in line for line in said)
    assert IDLE not in outcome.out


@pytest.mark.parametrize(
    ("name", "network", "layers", "line"),
    [
        # M = 20 and 9; a design that nobody changed is not told that it is too large.
        ("LoAS:pes=64", None, (0, 1), "pes=64 for {M} rows (M): {left} stand idle"),
        ("Gamma-SNN:pes=16,tile_n=32", None, (), ""),
        ("Gamma-SNN:pes=12", None, (1,), "pes=12 for {M} rows (M): {left} stand idle"),
        ("SparTen-SNN:pes=17", None, (0, 1), "pes=17 for {N} columns (N): {left} stand idle"),
        ("LoAS N-major:pes=12", None, (0,), "pes=12 for {N} columns (N): {left} stand idle"),
        ("LoAS:timesteps=8", None, (0, 1), "timesteps=8 for {T} timesteps: {left} stand idle"),
        ("LoAS:timesteps=2", None, (), ""),
        ("PTB:rows=10", None, (1,), "rows=10 for {M} rows (M): {left} stand idle"),
        ("Stellar:columns=9", None, (0,), "columns=9 for {N} columns (N): {left} stand idle"),
        (
            "LoAS:pes=64",
            "vgg16",
            (6, 7, 8, 9, 10, 11),
            "pes=64 for {M} rows (M): {left} stand idle",
        ),
    ],
)
def test_units_that_a_layer_leaves_idle_are_said(
    run: Run, tensors: Path, name: str, network: str | None, layers: tuple[int, ...], line: str
) -> None:
    workload = ("--tensors", tensors) if network is None else ("--network", network)
    extents = (
        [{"T": 4, "M": 20, "N": 8}, {"T": 4, "M": 9, "N": 16}]
        if network is None
        else [{"T": one.T, "M": one.M, "N": one.N} for one in statistics_of(network)]
    )
    if network is not None:
        assert layers == tuple(i for i, one in enumerate(extents) if one["M"] < 64)
    asked = ("compare", *workload, "--accelerator", name)
    parsed = document(run(*asked, "--json", "-").out)
    expected: dict[int, str] = {}
    for number in layers:
        extent = extents[number]
        [(units, key)] = re.findall(r"=(\d+) for \{(\w)\}", line)
        expected[number] = line.format(**extent, left=int(units) - extent[key])
    for number, row in enumerate(parsed["layers"]):
        said = [note for note in row["notes"] if IDLE in note]
        assert said == ([expected[number]] if number in expected else [])
    counted = list(expected.values())
    of_total = [
        f"{note} (in {counted.count(note)} of {len(extents)} layers)"
        for note in dict.fromkeys(counted)
    ]
    for held in (parsed["totals"][0], parsed["designs"][0]):
        assert [note for note in held["notes"] if IDLE in note] == of_total
    shown = run(*asked)
    shown.assert_succeeded()
    label = parsed["designs"][0]["accelerator"]
    lines = [one for one in shown.out.splitlines() if one.startswith("note: ") and IDLE in one]
    assert lines == [f"note: {label}: {note}" for note in of_total]


def test_a_timestep_that_stands_idle_is_not_used(compared_json: Compared) -> None:
    before, after = compared_json("LoAS"), compared_json("LoAS:timesteps=8")
    assert [row["cycles"] for row in before["layers"]] == [row["cycles"] for row in after["layers"]]


def test_notes_of_one_network_are_not_those_of_another(run: Run, tmp_path: Path) -> None:
    path = one_layer(tmp_path / "one.npz")
    command = ("compare", "--tensors", path, "--accelerator", "LoAS:pes=32", "LoAS")
    parsed = document(run(*command, "--json", "-").out)
    idle = "pes=32 for 20 rows (M): 12 stand idle"
    assert [row["notes"] for row in parsed["layers"]] == [[CONSTANTS, idle], []]
    total = [CONSTANTS, f"{idle} (in 1 of 1 layers)"]
    assert [row["notes"] for row in parsed["totals"]] == [total, []]
    assert [one["notes"] for one in parsed["designs"]] == [total, []]


def test_figures_outside_the_sources_are_said_to_be(compared_json: Compared) -> None:
    notes = compared_json("LoAS:technology=7")["designs"][0]["notes"]
    assert any("technology in nm 7 is outside CACTI's table" in note for note in notes)


def test_render_says_it_beside_standard_output(run: Run, tensors: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = ("render", "LoAS:skip_empty=0,pes=64,fifo_depth=4", "--tensors", tensors, "-o", out)
    outcome = run(*command)
    assert outcome.code == 0
    assert outcome.out.splitlines() == [str(out / "tiny-zeta_q"), str(out / "tiny-alpha")]
    label = "LoAS pes=64 fifo_depth=4 skip_empty=0"
    assert outcome.err.splitlines() == [
        f"note: {label}: skip_empty=0 has no effect here; it acts on the detailed model",
        f"note: {label}: tiny layer zeta/q: pes=64 for 20 rows (M): 44 stand idle",
        f"note: {label}: tiny layer alpha: pes=64 for 9 rows (M): 55 stand idle",
    ]


def test_arrays_that_no_layer_is_described_of_are_said_by_every_command(
    run: Run, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "maps.npz", fc=rng.random((4, 40)) < 0.3, other=np.ones((4, 3), bool))
    layers = tmp_path / "layers.yaml"
    layers.write_text("layers: {fc: {output_channels: 16, weight_sparsity: 0.5}}")
    said = "maps: 1 of 2 layers not captured, with operations that are not known: other"
    given = ("--spikes", tmp_path / "maps.npz", "--layers", layers)
    for command in ("formats", "sparsity", "innerjoin"):
        outcome = run(command, *given)
        outcome.assert_succeeded()
        assert said in " ".join(outcome.out.split()), command
    outcome = run("validate", *given, "--accelerator", "LoAS")
    outcome.assert_succeeded()
    assert said in " ".join(outcome.out.split())
