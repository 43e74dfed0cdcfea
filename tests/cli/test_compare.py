from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import loas_tl
from loas_tl.designs.registry import compared, find
from loas_tl.models.dataflow import KINDS
from tests.cli.outcome import Run, contents, document
from tests.workload.examples import W, X, one_layer, save, spikes

PLOTS = ("speedup", "energy", "traffic")
LAYER_KEYS = [
    *("network", "layer", "accelerator", "cycles", "computes", "dram_KiB", "sram_KiB"),
    *("energy_published", "energy_pJ", "leakage_pJ", "dram_pJ", "sram_pJ", "compute_pJ"),
    *(f"{memory}_{kind}_KiB" for memory in ("dram", "sram") for kind in KINDS),
    *("spike_hits", "spike_misses", "weight_hits", "weight_misses"),
    *("utilization", "notes"),
]
TOTAL_KEYS = [key for key in LAYER_KEYS if key != "layer"]
SUMMED_KEYS = [key for key in TOTAL_KEYS[2:] if key not in ("utilization", "notes")]
DESIGN_KEYS = ["accelerator", "parameters", "area_mm2", "leakage_mW", "notes"]
TYPES: dict[str, type] = {
    "network": str,
    "layer": str,
    "accelerator": str,
    "cycles": int,
    "computes": int,
    **dict.fromkeys(("spike_hits", "spike_misses", "weight_hits", "weight_misses"), int),
    "notes": list,
}
NAMES = [one.label for one in compared()]
"""What runs where no accelerators are named."""


def test_json_has_exactly_the_agreed_keys_and_types(run: Run, tensors: Path) -> None:
    outcome = run("compare", "--tensors", tensors, "--json", "-")
    outcome.assert_succeeded()
    parsed = document(outcome.out)
    assert list(parsed) == ["model", "baseline", "designs", "layers", "totals"]
    assert parsed["model"] == "published"
    assert parsed["baseline"] == "SparTen-SNN"
    for rows, keys in ((parsed["layers"], LAYER_KEYS), (parsed["totals"], TOTAL_KEYS)):
        for row in rows:
            assert list(row) == keys
            for memory in ("dram", "sram"):
                kinds = sum(row[f"{memory}_{kind}_KiB"] for kind in KINDS)
                assert kinds == pytest.approx(row[f"{memory}_KiB"])
            for key, value in row.items():
                if key not in ("network", "layer", "accelerator", "notes"):
                    assert value >= 0
                assert type(value) is TYPES.get(key, float)
            assert row["notes"] == []
            assert 0 < row["utilization"] <= 1


def test_json_has_the_designs_that_ran(run: Run, tensors: Path) -> None:
    parsed = document(run("compare", "--tensors", tensors, "--json", "-").out)
    assert [one["accelerator"] for one in parsed["designs"]] == NAMES
    for one in parsed["designs"]:
        design = find(one["accelerator"])
        assert list(one) == DESIGN_KEYS
        assert one["parameters"] == design.settled
        assert one["area_mm2"] == design.area_mm2 > 0
        assert one["leakage_mW"] == design.leakage_mW > 0
        assert one["notes"] == []


def test_energy_is_the_sum_of_its_parts_and_utilization_of_the_pes(run: Run, tensors: Path) -> None:
    parsed = document(run("compare", "--tensors", tensors, "--json", "-").out)
    for row in (*parsed["layers"], *parsed["totals"]):
        parts = [row[f"{part}_pJ"] for part in ("leakage", "dram", "sram", "compute")]
        assert row["energy_pJ"] == pytest.approx(sum(parts), rel=1e-12)
        design = find(row["accelerator"])
        pe_cycles = design.pe_count * row["cycles"]  # T is 4 in every layer
        assert row["utilization"] == pytest.approx(row["computes"] / pe_cycles, rel=1e-12)
        seconds = row["cycles"] / (design.clock_MHz * 1e6)
        assert row["leakage_pJ"] == pytest.approx(design.leakage_mW * seconds * 1e9, rel=1e-12)


def test_json_has_a_row_for_every_layer_and_accelerator_and_a_total_for_every_accelerator(
    run: Run, tensors: Path
) -> None:
    parsed = document(run("compare", "--tensors", tensors, "--json", "-").out)
    assert [(row["network"], row["layer"], row["accelerator"]) for row in parsed["layers"]] == [
        ("tiny", layer, accelerator) for layer in ("zeta/q", "alpha") for accelerator in NAMES
    ]
    assert [(row["network"], row["accelerator"]) for row in parsed["totals"]] == [
        ("tiny", accelerator) for accelerator in NAMES
    ]


DETAIL_KEYS = ["bound_by", "compute_cycles", "sram_cycles", "dram_cycles"]
BESIDE_KEYS = [
    *("detailed_cycles", "detailed_sram_KiB"),
    *("detailed_energy_published", "detailed_energy_pJ"),
    *("detailed_leakage_pJ", "detailed_sram_pJ", "detailed_utilization"),
    *(f"detailed_sram_{kind}_KiB" for kind in KINDS),
]


def test_the_detailed_model_says_what_bounds_a_layer(run: Run, tensors: Path) -> None:
    parsed = document(
        run("compare", "--tensors", tensors, "--model", "detailed", "--json", "-").out
    )
    assert parsed["model"] == "detailed"
    for rows, keys in ((parsed["layers"], LAYER_KEYS), (parsed["totals"], TOTAL_KEYS)):
        for row in rows:
            assert list(row) == [*keys, *DETAIL_KEYS]
            assert row["bound_by"] in ("compute", "sram", "dram")
            assert row["cycles"] >= max(row[key] for key in DETAIL_KEYS[1:])


def test_both_models_stand_side_by_side(run: Run, tensors: Path) -> None:
    def rows(model: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        parsed = document(run("compare", "--tensors", tensors, "--model", model, "--json", "-").out)
        assert parsed["model"] == model
        return parsed["layers"], parsed["totals"]

    published, detailed, both = rows("published"), rows("detailed"), rows("both")
    for one, other, beside in zip(published, detailed, both, strict=True):
        for ours, theirs, row in zip(one, other, beside, strict=True):
            assert list(row) == [*ours, *BESIDE_KEYS, *DETAIL_KEYS]
            assert {key: row[key] for key in ours} == ours
            assert {key: row[key] for key in DETAIL_KEYS} == {k: theirs[k] for k in DETAIL_KEYS}
            for key in BESIDE_KEYS:
                assert row[key] == theirs[key.removeprefix("detailed_")]
            for key in ("computes", "dram_KiB", "dram_pJ", "compute_pJ"):
                assert row[key] == theirs[key]


@pytest.mark.parametrize("model", ["detailed", "both"])
def test_the_report_of_the_detailed_model_has_its_table_and_plot(
    run: Run, tensors: Path, tmp_path: Path, model: str
) -> None:
    folder = tmp_path / "out"
    outcome = run("compare", "--tensors", tensors, "--model", model, "--out", folder)
    outcome.assert_succeeded()
    assert "tiny, detailed model" in outcome.out
    assert (folder / "bounds.png").read_bytes().startswith(b"\x89PNG")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert 'id="detailed-model"' in page
    assert 'id="bounds"' in page
    for row in document((folder / "comparison.json").read_text(encoding="utf-8"))["layers"]:
        cycles = row["detailed_cycles"] if model == "both" else row["cycles"]
        assert f">{cycles:,}</td>" in page
        assert f"<td>{row['bound_by']}</td>" in page


def test_an_unknown_model_is_refused(run: Run, tensors: Path) -> None:
    run("compare", "--tensors", tensors, "--model", "exact").assert_refused("--model", "detailed")
    with pytest.raises(loas_tl.InputError, match="unknown model 'exact'; expected one of"):
        loas_tl.compare(tensors=tensors, model="exact")  # type: ignore[arg-type]


def test_totals_are_the_sums_of_the_layers(run: Run, tensors: Path) -> None:
    parsed = document(run("compare", "--tensors", tensors, "--json", "-").out)
    for total in parsed["totals"]:
        layers = [row for row in parsed["layers"] if row["accelerator"] == total["accelerator"]]
        for key in SUMMED_KEYS:
            assert total[key] == pytest.approx(sum(row[key] for row in layers), rel=1e-12)


def test_json_on_standard_output_is_all_there_is_on_it(
    run: Run, tensors: Path, tmp_path: Path
) -> None:
    outcome = run(
        *("compare", "--tensors", tensors, "--json", "-"),
        *("--out", tmp_path / "out", "--csv", tmp_path / "layers.csv"),
    )
    outcome.assert_succeeded()
    document(outcome.out)


def test_a_json_file_holds_what_standard_output_would_and_the_tables_are_still_printed(
    run: Run, tensors: Path, tmp_path: Path
) -> None:
    path = tmp_path / "made" / "on the way" / "layers.json"
    printed = run("compare", "--tensors", tensors, "--json", "-").out
    outcome = run("compare", "--tensors", tensors, "--json", path)
    outcome.assert_succeeded()
    assert path.read_text(encoding="utf-8") == printed
    for name in ("tiny", *NAMES):
        assert name in outcome.out


def test_csv_has_the_rows_of_the_json(run: Run, tensors: Path, tmp_path: Path) -> None:
    path = tmp_path / "layers.csv"
    parsed = document(run("compare", "--tensors", tensors, "--json", "-", "--csv", path).out)
    read = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))
    assert read.fieldnames == LAYER_KEYS
    readers = TYPES | {"notes": lambda text: text.split("; ") if text else []}
    rows = [{key: readers.get(key, float)(value) for key, value in row.items()} for row in read]
    assert rows == parsed["layers"]


def test_tables_are_plain_text_and_repeatable(run: Run, tensors: Path) -> None:
    outcome = run("compare", "--tensors", tensors)
    outcome.assert_succeeded()
    assert "\x1b" not in outcome.out
    assert run("compare", "--tensors", tensors).out == outcome.out


def test_out_writes_plots_a_page_and_data_and_leaves_no_temporary_files(
    run: Run, tensors: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "out"
    outcome = run("compare", "--tensors", tensors, "--out", folder)
    outcome.assert_succeeded()
    assert str(folder / "report.html") in outcome.out
    plots = {f"{plot}.{form}" for plot in PLOTS for form in ("png", "svg", "pdf")}
    written = set(contents(folder))
    assert plots | {"report.html", "comparison.json", "comparison.csv"} <= written
    assert [name for name in written if name.startswith(".") or name.endswith("tmp")] == []
    for plot in PLOTS:
        assert (folder / f"{plot}.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
        assert b"/FontFile2" in (folder / f"{plot}.pdf").read_bytes()
        svg = ElementTree.parse(folder / f"{plot}.svg").getroot()  # noqa: S314 - our own file
        assert svg.tag == "{http://www.w3.org/2000/svg}svg"
        assert len(list(svg.iter())) > 50
    printed = run("compare", "--tensors", tensors, "--json", "-").out
    assert (folder / "comparison.json").read_text(encoding="utf-8") == printed
    assert (folder / "comparison.csv").read_text(encoding="utf-8").startswith("network,layer,")


class Loads(HTMLParser):
    """Collect what a page would load, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.tags: list[str] = []
        self.scripts: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.scripts += attrs if tag == "script" else []
        loading = {"src", "srcset", "href", "xlink:href", "data", "action", "poster", "background"}
        self.loads += [value or "" for name, value in attrs if name in loading]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_report_needs_nothing_beside_it(run: Run, tensors: Path, tmp_path: Path) -> None:
    run("compare", "--tensors", tensors, "--out", tmp_path).assert_succeeded()
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    reader = Loads()
    reader.feed(page)
    # What a reader may follow lies in the page or beside it; nothing is loaded.
    beside = {"comparison.csv", "comparison.json"}
    assert {load for load in reader.loads if not load.startswith(("#", "data:"))} == beside
    assert not {"link", "iframe", "object", "embed", "base", "img"} & set(reader.tags)
    assert "src" not in dict(reader.scripts)
    styles = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    assert re.findall(r"url\(\s*['\"]?(?!#|data:)", styles) == []
    assert "@import" not in styles
    assert len(page.encode()) < 3_000_000
    for shown in ("tiny", "zeta/q", "alpha", *NAMES):
        assert shown in reader.text


def test_the_same_run_writes_the_same_bytes(run: Run, tensors: Path, tmp_path: Path) -> None:
    for folder in ("first", "second"):
        run("compare", "--tensors", tensors, "--out", tmp_path / folder).assert_succeeded()
    assert contents(tmp_path / "first") == contents(tmp_path / "second")


def test_a_second_run_replaces_what_the_first_wrote_and_leaves_the_rest(
    run: Run, tensors: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    (folder / "report.html").write_text("old")
    run("compare", "--tensors", tensors, "--out", folder).assert_succeeded()
    assert (folder / "notes.txt").read_text() == "mine"
    assert "tiny" in (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("accelerator", ["LoAS", "SparTen-SNN", "PTB"])
def test_a_report_of_any_single_accelerator_can_be_made(
    run: Run, tensors: Path, tmp_path: Path, accelerator: str
) -> None:
    run(
        *("compare", "--tensors", tensors, "--accelerator", accelerator),
        *("--out", tmp_path / "out"),
    ).assert_succeeded()
    parsed = document((tmp_path / "out" / "comparison.json").read_text(encoding="utf-8"))
    assert {row["accelerator"] for row in parsed["layers"]} == {accelerator}


@pytest.mark.parametrize("name", ["été", "two  blanks", "[bold]", "$_$", "<b>&amp;,"])
def test_a_network_may_have_any_name(run: Run, tmp_path: Path, name: str) -> None:
    path, folder = one_layer(tmp_path / f"{name}.npz"), tmp_path / "out"
    outcome = run("compare", "--tensors", path, "--accelerator", "LoAS", "--out", folder)
    outcome.assert_succeeded()
    assert name in outcome.out
    parsed = document((folder / "comparison.json").read_text(encoding="utf-8"))
    assert parsed["totals"][0]["network"] == name
    reader = Loads()
    reader.feed((folder / "report.html").read_text(encoding="utf-8"))
    assert name in reader.text


def test_a_described_name_that_looks_like_markup_is_printed_as_it_is(
    run: Run, tmp_path: Path
) -> None:
    maps = save(tmp_path / "maps.npz", {"fc": spikes(4, 20)})
    layers = tmp_path / "layers.yaml"
    layers.write_text(
        'network: "[/x]"\nlayers:\n  fc: {output_channels: 5, weight_sparsity: 0.5}\n'
    )
    outcome = run("compare", "--spikes", maps, "--layers", layers, "--accelerator", "LoAS")
    outcome.assert_succeeded()
    assert "[/x]" in outcome.out


@pytest.mark.parametrize("network", ["alexnet", "vgg16", "resnet19"])
@pytest.mark.parametrize("silent", ["spikes", "weights", "both"])
def test_tensors_of_nothing_but_zeros_are_compared(
    run: Run, tmp_path: Path, network: str, silent: str
) -> None:
    # The names are those of networks with published figures to divide by.
    x = X & (silent == "weights")
    path = one_layer(tmp_path / f"{network}.npz", x, W * (silent == "spikes"))
    outcome = run("compare", "--tensors", path)
    outcome.assert_succeeded()
    assert network in outcome.out.lower()


def test_a_report_of_nothing_but_zeros_can_be_made(run: Run, tmp_path: Path) -> None:
    path = one_layer(tmp_path / "vgg16.npz", X & False, W * 0)
    run("compare", "--tensors", path, "--out", tmp_path / "out").assert_succeeded()


def test_recorded_spikes_are_compared(run: Run, tmp_path: Path) -> None:
    maps = save(tmp_path / "maps.npz", {"conv": spikes(4, 3, 6, 6), "fc": spikes(4, 20)})
    layers = tmp_path / "layers.yaml"
    layers.write_text(
        "network: recorded\nlayers:\n"
        "  fc: {output_channels: 5, weight_sparsity: 0.5}\n"
        "  conv: {kernel: 3, padding: 1, output_channels: 8, weight_sparsity: 0.9}\n"
    )
    outcome = run("compare", "--spikes", maps, "--layers", layers, "--json", "-")
    outcome.assert_succeeded()
    rows = document(outcome.out)["layers"]
    assert list(dict.fromkeys(row["layer"] for row in rows)) == ["fc", "conv"]
    assert {row["network"] for row in rows} == {"recorded"}


def test_generated_networks_follow_the_seed(run: Run) -> None:
    def rows(*seed: object) -> list[dict[str, Any]]:
        outcome = run(
            *("compare", "--network", "AlexNet", "--accelerator", "LoAS", "--json", "-", *seed)
        )
        outcome.assert_succeeded()
        return document(outcome.out)["layers"]

    default = rows()
    assert [row["layer"] for row in default] == ["1", "2", "3", "4"]
    assert {row["network"] for row in default} == {"alexnet"}
    assert rows("--seed", 0) == default
    assert rows("--seed", 1) == rows("--seed", 1) != default


def test_several_networks_may_be_named_at_once_or_one_by_one(run: Run) -> None:
    fast = ("--accelerator", "PTB", "--json", "-")
    at_once = run("compare", "--network", "alexnet", "vgg16", *fast)
    one_by_one = run("compare", "--network", "alexnet", "--network", "vgg16", *fast)
    at_once.assert_succeeded()
    assert one_by_one == at_once
    totals = document(at_once.out)["totals"]
    assert [total["network"] for total in totals] == ["alexnet", "vgg16"]


def test_without_a_workload_the_three_published_networks_are_generated(run: Run) -> None:
    outcome = run("compare", "--accelerator", "PTB", "--json", "-")
    outcome.assert_succeeded()
    parsed = document(outcome.out)
    assert [total["network"] for total in parsed["totals"]] == ["alexnet", "vgg16", "resnet19"]
    assert len(parsed["layers"]) == 35


@pytest.mark.parametrize(
    "asked",
    [("loas", "sparten snn"), ("LoAS", "SparTen-SNN"), ("LOAS", "--accelerator", "spartensnn")],
    ids=" ".join,
)
def test_accelerators_are_taken_in_the_order_given_whatever_their_case(
    run: Run, tensors: Path, asked: tuple[str, ...]
) -> None:
    outcome = run("compare", "--tensors", tensors, "--accelerator", *asked, "--json", "-")
    outcome.assert_succeeded()
    totals = document(outcome.out)["totals"]
    assert [total["accelerator"] for total in totals] == ["LoAS", "SparTen-SNN"]


# Build servers set these variables to have colours in their logs.
@pytest.mark.parametrize("variable", ["FORCE_COLOR", "TTY_COMPATIBLE"])
def test_no_progress_bar_is_drawn_into_a_pipe(run_apart: Run, tensors: Path, variable: str) -> None:
    command = ("-m", "loas_tl", "compare", "--tensors", tensors, "--accelerator", "LoAS")
    run_apart(*command, **{variable: "1"}).assert_succeeded()


def test_no_progress_bar_precedes_an_error_in_a_pipe(run_apart: Run, tmp_path: Path) -> None:
    path = one_layer(tmp_path / "bad.npz", w=W[:-1])
    command = ("-m", "loas_tl", "compare", "--tensors", path)
    run_apart(*command, FORCE_COLOR="1").assert_refused(str(path))


def test_a_name_that_the_terminal_cannot_spell_does_not_stop_the_tables(
    run_apart: Run, tmp_path: Path
) -> None:
    path = one_layer(tmp_path / "été.npz")
    command = ("-m", "loas_tl", "compare", "--tensors", path, "--accelerator", "LoAS")
    outcome = run_apart(*command, PYTHONIOENCODING="ascii")
    outcome.assert_succeeded()
    assert "LoAS" in outcome.out


def test_the_module_runs_as_the_command_does(run: Run, run_apart: Run, tensors: Path) -> None:
    arguments = ("compare", "--tensors", tensors, "--json", "-")
    apart = run_apart("-m", "loas_tl", *arguments)
    apart.assert_succeeded()
    assert apart == run(*arguments)


def test_help_names_every_option(run: Run) -> None:
    shown = run("compare", "--help").out
    for option in (
        *("--network", "--tensors", "--spikes", "--layers", "--accelerator", "--set", "--seed"),
        *("--baseline", "--model", "--out", "--json", "--csv"),
    ):
        assert f"{option} " in shown


def test_version_is_the_packages(run: Run) -> None:
    assert run("--version").out == f"loas-tl {loas_tl.__version__}\n"


def test_more_than_32_timesteps_are_compared(run: Run, tmp_path: Path) -> None:
    path = one_layer(tmp_path / "long.npz", spikes(64, 5, 30))
    outcome = run("compare", "--tensors", path, "--json", "-")
    outcome.assert_succeeded()
    by_name = {row["accelerator"]: row for row in document(outcome.out)["layers"]}
    # LoAS serves all timesteps with one compute; SparTen takes them one by one.
    joins = np.count_nonzero(spikes(64, 5, 30).any(axis=0).astype(int) @ (W != 0).astype(int))
    assert by_name["LoAS"]["computes"] >= joins
    assert by_name["SparTen-SNN"]["computes"] > by_name["LoAS"]["computes"]


def test_predictions_are_reported_as_such_where_there_are_any(
    run: Run, tensors: Path, tmp_path: Path
) -> None:
    said = "is a prediction"
    generated = run("compare", "--network", "alexnet", "--out", tmp_path / "a")
    given = run("compare", "--tensors", tensors, "--out", tmp_path / "b")
    assert said in " ".join(generated.out.split())
    assert said in (tmp_path / "a" / "report.html").read_text()
    assert said not in given.out
    assert said not in (tmp_path / "b" / "report.html").read_text()


def test_a_workload_is_set(run: Run) -> None:
    outcome = run(
        *("compare", "--network", "alexnet", "--accelerator", "LoAS", "--json", "-"),
        *("--workload-set", "timesteps=2", "weight_density=0.5"),
    )
    outcome.assert_succeeded()
    [total] = document(outcome.out)["totals"]
    assert total["network"] == "alexnet timesteps=2 weight_density=0.5"


def test_a_workload_that_cannot_be_is_refused(run: Run) -> None:
    run("compare", "--workload-set", "density=0.5").assert_refused("a workload has no 'density'")
    run("compare", "--workload-set", "timesteps").assert_refused("--workload-set 'timesteps'")
