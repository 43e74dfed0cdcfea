from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loas_tl.designs.registry import names
from loas_tl.workload.statistics import published_networks
from tests.cli.outcome import Run, contents
from tests.workload.examples import BAD_TENSORS, BadFile, W, X, ids, one_layer, save, spikes


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return one_layer(tmp_path / "good.npz")


@pytest.mark.parametrize("bad", BAD_TENSORS, ids=ids(BAD_TENSORS))
def test_a_bad_file_of_tensors_is_refused_and_nothing_is_written(
    run: Run, tmp_path: Path, bad: BadFile
) -> None:
    path = tmp_path / "bad.npz"
    bad.write(path)
    (tmp_path / "layers.json").write_text("from an earlier run")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.html").write_text("from an earlier run")
    before = contents(tmp_path)
    outcome = run(
        *("compare", "--tensors", path, "--out", tmp_path / "out"),
        *("--json", tmp_path / "layers.json", "--csv", tmp_path / "new" / "layers.csv"),
    )
    outcome.assert_refused(str(path), *bad.mentions)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("destination", ["-", "layers.json"])
def test_no_json_is_begun_before_the_input_is_known_to_be_good(
    run: Run, tmp_path: Path, destination: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    one_layer(tmp_path / "bad.npz", w=W[:-1])
    before = contents(tmp_path)
    run("compare", "--tensors", "bad.npz", "--json", destination).assert_refused("bad.npz: fc: ")
    assert contents(tmp_path) == before


def test_a_missing_file_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "absent.npz"
    run("compare", "--tensors", path).assert_refused(f"{path}: no such file; expected")


def test_a_missing_artifact_is_refused_without_torch(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    path = tmp_path / "net.pth"
    run("compare", "--tensors", path).assert_refused(f"{path}: no such file; expected")
    path.write_bytes(b"something")
    run("compare", "--tensors", path).assert_refused(str(path), "pip install 'loas-tl[torch]'")


BAD_RECORDINGS = {
    "NaN spikes": (X * np.nan, "kernel: 1", ("maps.npz: conv: ", "0 or 1")),
    "zero timesteps": (
        spikes(0, 3, 6, 6),
        "kernel: 1",
        ("maps.npz: conv: ", "expected bool[T,C,H,W]"),
    ),
    "a kernel too large": (spikes(4, 3, 6, 6), "kernel: 7", ("maps.npz: conv: ", "7x7")),
    "a bad value": (
        spikes(4, 3, 6, 6),
        "kernel: big",
        ("layers.yaml: layers.conv.kernel: is 'big'; ", "whole number"),
    ),
    "an unknown key": (
        spikes(4, 3, 6, 6),
        "kernal: 3",
        ("layers.yaml: layers.conv.kernal: ", "expected one of"),
    ),
}


@pytest.mark.parametrize("bad", BAD_RECORDINGS)
def test_a_bad_recording_is_refused_and_nothing_is_written(
    run: Run, tmp_path: Path, bad: str
) -> None:
    recorded, value, mentions = BAD_RECORDINGS[bad]
    if recorded.ndim == 3:
        recorded = recorded[:, np.newaxis]
    maps, layers = save(tmp_path / "maps.npz", {"conv": recorded}), tmp_path / "layers.yaml"
    layers.write_text(f"layers:\n  conv: {{{value}, output_channels: 8, weight_sparsity: 0.5}}\n")
    before = contents(tmp_path)
    outcome = run(
        *("compare", "--spikes", maps, "--layers", layers),
        *("--out", tmp_path / "out", "--json", tmp_path / "layers.json"),
    )
    outcome.assert_refused(*mentions)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("source", ["--tensors", "--spikes", "--layers"])
def test_a_file_name_longer_than_any_is_refused(
    run: Run, good: Path, tmp_path: Path, source: str
) -> None:
    layers = tmp_path / "layers.yaml"
    layers.write_text("layers:\n  fc: {output_channels: 8, weight_sparsity: 0.5}\n")
    others = {"--tensors": (), "--spikes": ("--layers", layers), "--layers": ("--spikes", good)}
    long = "a" * 300
    run("compare", source, long, *others[source]).assert_refused(long, "expected")


BAD_ARGUMENTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "no command": ((), ("COMMAND",)),
    "an unknown command": (("simulate",), ("simulate", "compare")),
    "an unknown option": (("compare", "--speed"), ("--speed",)),
    "an option cut short": (("compare", "--net", "alexnet"), ("--net",)),
    "an option of two lines": (("compare", "--one\ntwo"), ("--one",)),
    "an unknown network": (
        ("compare", "--network", "lenet"),
        ("'lenet'", "expected", *published_networks()),
    ),
    "a network of two lines": (("compare", "--network", "le\nnet"), ("expected",)),
    "no network": (("compare", "--network"), ("--network", "expected")),
    "an empty network": (("compare", "--network", ""), ("expected", "alexnet")),
    "one network known and one not": (("compare", "--network", "alexnet", "x"), ("'x'",)),
    "an unknown accelerator": (("compare", "--accelerator", "TPU"), ("'TPU'", *names())),
    "no accelerator": (("compare", "--accelerator"), ("--accelerator", "expected")),
    "a seed that is no number": (("compare", "--seed", "one"), ("--seed", "int", "'one'")),
    "a negative seed": (("compare", "--seed", "-1"), ("seed", "-1", "expected 0 or more")),
    "two workloads": (("compare", "--network", "alexnet", "--tensors", "x.npz"), ("--tensors",)),
    "two files": (("compare", "--tensors", "x", "--spikes", "x"), ("--tensors", "--spikes")),
    "spikes without layers": (("compare", "--spikes", "x.npz"), ("--spikes", "--layers")),
    "layers without spikes": (("compare", "--layers", "x.yaml"), ("--spikes", "--layers")),
    "layers with tensors": (
        ("compare", "--tensors", "x.npz", "--layers", "x.yaml"),
        ("--spikes", "--layers"),
    ),
    "json to nowhere": (("compare", "--json"), ("--json", "expected")),
}


@pytest.mark.parametrize("bad", BAD_ARGUMENTS)
def test_bad_arguments_are_refused_in_one_line(run: Run, bad: str) -> None:
    arguments, mentions = BAD_ARGUMENTS[bad]
    run(*arguments).assert_refused(*mentions)


@pytest.mark.parametrize(
    ("arguments", "mention"),
    [
        (("compare", "--tensors", "absent.npz"), "absent.npz"),
        (("compare", "--network", "lenet"), "'lenet'"),
        (("compare", "--bogus"), "--bogus"),
    ],
    ids=["a missing file", "an unknown network", "an unknown option"],
)
def test_the_process_ends_with_code_2_and_one_line(
    run_apart: Run, arguments: tuple[str, ...], mention: str
) -> None:
    run_apart("-m", "loas_tl", *arguments).assert_refused(mention)


@pytest.mark.parametrize("option", ["--json", "--csv"])
def test_a_folder_in_place_of_an_output_file_is_refused(
    run: Run, good: Path, tmp_path: Path, option: str
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    run("compare", "--tensors", good, option, folder).assert_refused(str(folder), "expected")
    assert sorted(contents(tmp_path)) == ["folder", "good.npz"]


@pytest.mark.parametrize("option", ["--json", "--csv", "--out"])
def test_an_output_below_a_file_is_refused(
    run: Run, good: Path, tmp_path: Path, option: str
) -> None:
    path = good / "below" / "it"
    run("compare", "--tensors", good, option, path).assert_refused(str(path), "not a folder")
    assert list(contents(tmp_path)) == ["good.npz"]


@pytest.mark.parametrize("option", ["--json", "--csv", "--out"])
def test_an_output_whose_name_is_longer_than_any_is_refused(
    run: Run, good: Path, tmp_path: Path, option: str
) -> None:
    path = tmp_path / ("a" * 300)
    run("compare", "--tensors", good, option, path).assert_refused(str(path))
    assert list(contents(tmp_path)) == ["good.npz"]


def test_a_file_in_place_of_the_output_folder_is_refused(
    run: Run, good: Path, tmp_path: Path
) -> None:
    path = tmp_path / "out"
    path.write_text("mine")
    run("compare", "--tensors", good, "--out", path).assert_refused(str(path), "expected")
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("--out", "a"), ("--json", "a")),
        (("--out", "a"), ("--csv", "a")),
        (("--out", "a/b"), ("--json", "a")),
        (("--json", "a"), ("--csv", "a/b")),
        (("--json", "a"), ("--out", "a")),
    ],
    ids=lambda option: " ".join(option),
)
def test_outputs_in_each_others_way_are_refused_before_any_is_written(
    run: Run,
    good: Path,
    tmp_path: Path,
    first: tuple[str, str],
    second: tuple[str, str],
) -> None:
    options = [part for option, name in (first, second) for part in (option, tmp_path / name)]
    run("compare", "--tensors", good, *options).assert_refused(str(tmp_path / "a"))
    assert list(contents(tmp_path)) == ["good.npz"]


@pytest.mark.parametrize("name", ["report.html", "comparison.json", "speedup.png", "traffic.svg"])
def test_a_report_that_cannot_be_written_whole_is_not_written_at_all(
    run: Run, good: Path, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "out"
    (folder / name).mkdir(parents=True)
    before = contents(tmp_path)
    run("compare", "--tensors", good, "--out", folder).assert_refused(str(folder / name))
    assert contents(tmp_path) == before


@pytest.mark.parametrize("option", ["--json", "--csv", "--out"])
def test_a_full_disk_leaves_everything_as_it_was(
    run: Run, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    folder = tmp_path / "there already"
    folder.mkdir()
    path = folder if option == "--out" else folder / "file"
    (folder / ("report.html" if option == "--out" else "file")).write_text("from an earlier run")
    before = contents(tmp_path)

    really_open = Path.open

    def full(path: Path, mode: str = "r", *options: Any, **named: Any) -> Any:
        if "r" in mode:
            return really_open(path, mode, *options, **named)
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "open", full)
    run("compare", "--tensors", good, option, path).assert_refused(str(path), "No space left")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("option", ["--json", "--csv"])
def test_a_disk_that_fills_up_half_way_leaves_everything_as_it_was(
    run: Run, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    path = tmp_path / "file"
    path.write_text("from an earlier run")
    before = contents(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "replace", full)
    run("compare", "--tensors", good, option, path).assert_refused(str(path), "No space left")
    assert contents(tmp_path) == before


def test_a_device_is_written_to_and_not_replaced(run: Run, good: Path) -> None:
    before = Path("/dev/null").stat().st_rdev
    assert run("compare", "--tensors", good, "--json", "/dev/null").code == 0
    assert Path("/dev/null").stat().st_rdev == before
    assert not Path("/dev/null").is_file()


def test_a_link_is_written_through(run: Run, good: Path, tmp_path: Path) -> None:
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.write_text("old")
    link.symlink_to(target)
    assert run("compare", "--tensors", good, "--csv", link).code == 0
    assert link.is_symlink()
    assert target.read_text().startswith("network,layer,")


def test_one_file_for_two_outputs_is_refused(run: Run, good: Path, tmp_path: Path) -> None:
    path = tmp_path / "both"
    run("compare", "--tensors", good, "--json", path, "--csv", path).assert_refused(
        str(path), "another output"
    )


@pytest.mark.parametrize("option", ["--json", "--csv"])
def test_an_empty_file_name_is_refused(run: Run, good: Path, option: str) -> None:
    run("compare", "--tensors", good, option, "").assert_refused("expected a file name")
