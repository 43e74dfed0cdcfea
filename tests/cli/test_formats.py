from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from loas_tl import load_tensors, measure_formats
from loas_tl.fiber.formats import FORMATS
from loas_tl.report.formats import FILES
from tests.cli.outcome import Run, contents, document
from tests.workload.examples import (
    BAD_TENSORS,
    BadFile,
    W,
    X,
    ids,
    one_layer,
    save,
    spikes,
)

TOTAL_KEYS = [
    *("network", "operand", "format", "size_KiB", "size_bits", "value_bits", "metadata_bits"),
    *("padding_bits", "nonzeros", "coordinates", "coordinates_per_nonzero", "over_fiber"),
]
LAYER_KEYS = ["network", "layer", *TOTAL_KEYS[1:]]


def test_json_holds_every_layer_operand_and_format_and_the_totals(run: Run, tensors: Path) -> None:
    outcome = run("formats", "--tensors", tensors, "--json", "-")
    outcome.assert_succeeded()
    parsed = document(outcome.out)
    assert list(parsed) == ["line_bytes", "pointer_bits", "layers", "totals", "notes"]
    assert parsed["notes"] == []
    assert (parsed["line_bytes"], parsed["pointer_bits"]) == (32, 32)
    expected = [
        (layer, operand, name)
        for layer in ("zeta/q", "alpha")
        for operand in ("spikes", "weights")
        for name in FORMATS
    ]
    assert [(row["layer"], row["operand"], row["format"]) for row in parsed["layers"]] == expected
    assert len(parsed["totals"]) == 2 * len(FORMATS)
    assert all(list(row) == LAYER_KEYS for row in parsed["layers"])
    assert all(list(row) == TOTAL_KEYS for row in parsed["totals"])
    assert parsed["layers"] == document(measure_formats(load_tensors(tensors)).to_json())["layers"]


def test_csv_has_the_rows_of_the_json(run: Run, tensors: Path, tmp_path: Path) -> None:
    path = tmp_path / "formats.csv"
    outcome = run("formats", "--tensors", tensors, "--json", "-", "--csv", path)
    outcome.assert_succeeded()
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    layers = document(outcome.out)["layers"]
    assert [{key: str(value) for key, value in row.items()} for row in layers] == rows


def test_tables_name_layers_formats_and_what_becomes_of_the_claim(run: Run, tensors: Path) -> None:
    outcome = run("formats", "--tensors", tensors)
    outcome.assert_succeeded()
    shown = " ".join(outcome.out.split())
    for word in ("tiny", "zeta/q", "alpha", "CSR", "COO", "bitmask", "run", "fiber"):
        assert word in shown
    formats = measure_formats(load_tensors(tensors))
    each = formats.total("tiny", "spikes", "csr").coordinates_per_nonzero
    assert f"CSR spends {each:.2f} coordinates and pointers" in shown
    assert "\x1b" not in outcome.out
    assert max(len(line) for line in outcome.out.splitlines()) <= 120


def test_out_writes_a_plot_and_tables_that_do_not_change(
    run: Run, tensors: Path, tmp_path: Path
) -> None:
    for name in ("first", "second"):
        outcome = run("formats", "--tensors", tensors, "--out", tmp_path / name)
        outcome.assert_succeeded()
        assert str(tmp_path / name / "report.html") in outcome.out
    assert contents(tmp_path / "first") == contents(tmp_path / "second")
    assert sorted(contents(tmp_path / "first")) == sorted(FILES)
    folder = tmp_path / "first"
    assert (folder / "formats.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    svg = ElementTree.parse(folder / "formats.svg").getroot()  # noqa: S314 - our own file
    assert len(list(svg.iter())) > 50
    printed = run("formats", "--tensors", tensors, "--json", "-").out
    assert (folder / "formats.json").read_text(encoding="utf-8") == printed
    tables = (folder / "formats.md").read_text(encoding="utf-8")
    assert "| zeta/q | " in tables
    assert tables.count("| all | ") == 2


def test_markdown_takes_a_name_for_nothing_else(run: Run, tmp_path: Path) -> None:
    path = one_layer(tmp_path / "a*b.npz", name="x|y")
    run("formats", "--tensors", path, "--out", tmp_path / "out").assert_succeeded()
    tables = (tmp_path / "out" / "formats.md").read_text(encoding="utf-8")
    assert "| x\\|y | " in tables
    assert "## a\\*b, spikes" in tables


@pytest.mark.parametrize("name", ["[bold]", "$_$", "été"])
def test_a_network_may_have_any_name(run: Run, tmp_path: Path, name: str) -> None:
    path = one_layer(tmp_path / f"{name}.npz")
    outcome = run("formats", "--tensors", path, "--out", tmp_path / "out")
    outcome.assert_succeeded()
    assert f"{name}, spikes" in outcome.out


def test_one_layer_of_a_generated_network(run: Run) -> None:
    outcome = run("formats", "--network", "VGG16", "--layer", "7", "12", "--json", "-")
    outcome.assert_succeeded()
    rows = document(outcome.out)["layers"]
    assert list(dict.fromkeys(row["layer"] for row in rows)) == ["7", "12"]
    assert {row["network"] for row in rows} == {"vgg16"}


def test_recorded_spikes(run: Run, tmp_path: Path) -> None:
    maps = save(tmp_path / "maps.npz", {"fc": spikes(4, 20)})
    layers = tmp_path / "layers.yaml"
    layers.write_text("layers:\n  fc: {output_channels: 5, weight_sparsity: 0.5}\n")
    outcome = run("formats", "--spikes", maps, "--layers", layers, "--json", "-")
    outcome.assert_succeeded()
    assert document(outcome.out)["totals"][0]["nonzeros"] == spikes(4, 20).sum()


@pytest.mark.parametrize("silent", ["spikes", "weights", "both"])
def test_tensors_of_nothing_but_zeros(run: Run, tmp_path: Path, silent: str) -> None:
    path = one_layer(tmp_path / "zero.npz", X & (silent == "weights"), W * (silent == "spikes"))
    outcome = run("formats", "--tensors", path, "--out", tmp_path / "out")
    outcome.assert_succeeded()
    if silent != "weights":
        assert "zero: no spikes." in outcome.out


def test_lines_and_pointers_have_the_width_asked_for(run: Run, tensors: Path) -> None:
    outcome = run(
        *("formats", "--tensors", tensors, "--json", "-"),
        *("--line-bytes", 64, "--pointer-bits", 20),
    )
    outcome.assert_succeeded()
    parsed = document(outcome.out)
    assert (parsed["line_bytes"], parsed["pointer_bits"]) == (64, 20)
    for total in parsed["totals"]:
        if total["format"] == "fiber-lines":
            assert total["size_bits"] % 512 == 0
        if (total["operand"], total["format"]) == ("spikes", "fiber"):
            assert total["metadata_bits"] == 20 * (30 + 20) + 9 * (40 + 20)


@pytest.mark.parametrize(
    ("options", "widths"),
    [
        (("--accelerator", "LoAS:line_bits=512,pointer_bits=20"), (64, 20)),
        (("--set", "line_bits=512", "pointer_bits=20"), (64, 20)),
        (("--accelerator", "PTB", "--set", "line_bits=64"), (8, 32)),
        (("--set", "line_bits=512", "pointer_bits=20", "--line-bytes", 16), (16, 20)),
        (("--set", "line_bits=512", "--pointer-bits", 12), (64, 12)),
    ],
)
def test_lines_and_pointers_are_the_designs_unless_asked_for(
    run: Run, tensors: Path, options: tuple[object, ...], widths: tuple[int, int]
) -> None:
    def parsed(*options: object) -> dict[str, Any]:
        outcome = run("formats", "--tensors", tensors, "--json", "-", *options)
        outcome.assert_succeeded()
        return document(outcome.out)

    line_bytes, pointer_bits = widths
    asked = parsed(*options)
    assert (asked["line_bytes"], asked["pointer_bits"]) == widths
    assert asked == parsed("--line-bytes", line_bytes, "--pointer-bits", pointer_bits)


def test_what_does_nothing_here_is_said(run: Run, tensors: Path) -> None:
    command = ("formats", "--tensors", tensors, "--set", "pes=8", "line_bits=512")
    note = "LoAS line_bits=512 pes=8: pes=8 has no effect here; formats takes line_bits and"
    parsed = document(run(*command, "--json", "-").out)
    assert len(parsed["notes"]) == 1
    assert parsed["notes"][0].startswith(note)
    shown = run(*command)
    shown.assert_succeeded()
    assert f"note: {parsed['notes'][0]}\n" in shown.out


@pytest.mark.parametrize("bad", BAD_TENSORS[:12], ids=ids(BAD_TENSORS[:12]))
def test_a_bad_file_of_tensors_is_refused_and_nothing_is_written(
    run: Run, tmp_path: Path, bad: BadFile
) -> None:
    path = tmp_path / "bad.npz"
    bad.write(path)
    before = contents(tmp_path)
    outcome = run(
        *("formats", "--tensors", path, "--out", tmp_path / "out"),
        *("--json", tmp_path / "new.json", "--csv", tmp_path / "new" / "new.csv"),
    )
    outcome.assert_refused(str(path), *bad.mentions)
    assert contents(tmp_path) == before


BAD_ARGUMENTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "an unknown network": (("--network", "lenet"), ("'lenet'", "expected")),
    "no network": (("--network",), ("--network", "expected")),
    "an unknown layer": (
        ("--network", "alexnet", "--layer", "9"),
        ("no layer '9'", "expected one of 1, 2, 3, 4"),
    ),
    "no layer": (("--layer",), ("--layer", "expected")),
    "lines of no bytes": (("--line-bytes", "0"), ("line_bytes", "is 0", "1 to 1048576")),
    "lines of half a byte": (("--line-bytes", "0.5"), ("--line-bytes", "int")),
    "pointers of no bits": (("--pointer-bits", "0"), ("pointer_bits", "is 0", "1 to 63")),
    "pointers too wide": (("--pointer-bits", "64"), ("pointer_bits", "is 64", "1 to 63")),
    "a negative seed": (("--seed", "-1"), ("seed is -1", "expected 0 or more")),
    "spikes without layers": (("--spikes", "x.npz"), ("--spikes", "--layers")),
    "layers without spikes": (("--layers", "x.yaml"), ("--spikes", "--layers")),
    "two workloads": (("--network", "alexnet", "--tensors", "x.npz"), ("--tensors",)),
    "two accelerators": (
        ("--accelerator", "LoAS", "PTB"),
        ("--accelerator", "takes one design", "got 2"),
    ),
    "no accelerator": (("--accelerator",), ("--accelerator", "expected")),
    "an unknown accelerator": (("--accelerator", "TPU"), ("'TPU'", "expected one of LoAS")),
    "an unknown parameter": (("--set", "line_bit=9"), ("'line_bit'", "mean 'line_bits'?")),
    "half a byte a line": (("--set", "line_bits=100"), ("LoAS.line_bits", "multiple of 8")),
    "an option cut short": (("--net", "alexnet"), ("--net",)),
}


@pytest.mark.parametrize("bad", BAD_ARGUMENTS)
def test_bad_arguments_are_refused_in_one_line(run: Run, bad: str) -> None:
    arguments, mentions = BAD_ARGUMENTS[bad]
    run("formats", *arguments).assert_refused(*mentions)


@pytest.mark.parametrize("name", FILES)
def test_a_report_that_cannot_be_written_whole_is_not_written_at_all(
    run: Run, tensors: Path, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "out"
    (folder / name).mkdir(parents=True)
    before = contents(tmp_path)
    run("formats", "--tensors", tensors, "--out", folder).assert_refused(str(folder / name))
    assert contents(tmp_path) == before


def test_help_names_every_option(run: Run) -> None:
    outcome = run("formats", "--help")
    assert outcome.code == 0
    for option in (
        *("--network", "--tensors", "--spikes", "--layers", "--layer", "--seed"),
        *("--accelerator", "--set", "--line-bytes", "--pointer-bits", "--out", "--json", "--csv"),
    ):
        assert f"{option} " in outcome.out
