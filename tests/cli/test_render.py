"""``loas-tl render``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from loas_tl.designs.registry import with_timeloop
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.spec import load_spec
from tests.cli.outcome import Run, contents

FILES = ["arch.yaml", "mapping.yaml", "mapper.yaml", "problem.yaml"]


@pytest.fixture
def tensors(tmp_path: Path) -> Path:
    generator = np.random.default_rng(0)
    arrays: dict[str, Any] = {
        "a/x": generator.random((4, 8, 12)) < 0.3,
        "a/w": generator.integers(-3, 3, (12, 6)),
        "b/x": generator.random((4, 4, 6)) < 0.3,
        "b/w": generator.integers(-3, 3, (6, 2)),
    }
    path = tmp_path / "small.npz"
    np.savez(path, **arrays)
    return path


def test_a_published_layer(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "spec"
    outcome = run("render", "loas", "--network", "vgg16", "--layer", "10", "-o", out)
    outcome.assert_succeeded()
    assert outcome.out == f"{out}\n"
    assert [*contents(out)] == sorted([*FILES, "search", "search/constraints.yaml"])
    instance = yaml.safe_load((out / "problem.yaml").read_text())["problem"]["instance"]
    assert {name: instance[name] for name in "TMNK"} == {"T": 4, "M": 4, "N": 512, "K": 4608}
    assert instance["densities"]["P"]["density"] == pytest.approx(4016 / (4 * 4608), rel=0.01)
    assert instance["densities"]["W"]["density"] == pytest.approx(7808 / (4608 * 512), rel=0.01)
    # All files of the folder are one spec.
    assert evaluate(load_spec([out / name for name in FILES])).cycles > 0
    load_spec([out / name for name in ("arch.yaml", "problem.yaml", "mapper.yaml")])


def test_tensors_of_ones_own(run: Run, tensors: Path, tmp_path: Path) -> None:
    out = tmp_path / "specs"
    outcome = run("render", "SparTen-SNN", "--tensors", tensors, "-o", out, "--set", "pes=4")
    assert outcome.code == 0
    # Layer b has fewer columns than that.
    note = "small layer b: pes=4 for 2 columns (N): 2 stand idle"
    assert outcome.err == f"note: SparTen-SNN pes=4: {note}\n"
    assert outcome.out.splitlines() == [str(out / "small-a"), str(out / "small-b")]
    with np.load(tensors) as archive:
        density = archive["a/x"].mean()
    problem = yaml.safe_load((out / "small-a" / "problem.yaml").read_text())["problem"]
    assert problem["instance"]["densities"]["X"]["density"] == density
    assert "meshX: 4" in (out / "small-b" / "arch.yaml").read_text()


def test_lists(run: Run) -> None:
    designs = run("render")
    designs.assert_succeeded()
    for design in with_timeloop():
        assert f"│ {design.name} " in designs.out
    assert "N-major" not in designs.out
    parameters = run("render", "gamma-snn", "--parameters")
    parameters.assert_succeeded()
    assert "tile_k" in parameters.out
    assert "laggy" not in parameters.out
    changed = run("render", "gamma-snn", "--parameters", "--set", "tile_k=32")
    changed.assert_succeeded()
    assert re.search(r"│ tile_k +│ +32 │ +64 │ +1 to 4096 │ rows ", changed.out)


@pytest.mark.parametrize(
    ("arguments", "mentions"),
    [
        (["tpu", "-o", "x"], ["tpu", "LoAS"]),
        (["loas"], ["-o DIR"]),
        (["loas", "-o", "x", "--network", "vgg16", "--layer", "99"], ["--layer", "99", "12"]),
        (["loas", "-o", "x", "--network", "lenet"], ["lenet", "vgg16"]),
        (["loas", "-o", "x", "--set", "pes"], ["pes", "key=value"]),
        (["loas", "-o", "x", "--set", "pes=0"], ["LoAS.pes", "0", "1 to 1024"]),
        (["loas", "-o", "x", "--set", "pes=1", "pes=2"], ["--set", "pes comes twice"]),
        (["loas:pes=0", "-o", "x"], ["LoAS.pes", "0", "1 to 1024"]),
        (["loas n-major", "-o", "x"], ["LoAS N-major has no Timeloop spec"]),
        (["loas", "-o", "x", "--set", "colour=red"], ["colour", "expected one of"]),
        (["loas", "-o", "x", "--spikes", "s.npz"], ["--layers"]),
    ],
)
def test_bad_input(run: Run, arguments: list[str], mentions: list[str], tmp_path: Path) -> None:
    placed = [str(tmp_path / "x") if argument == "x" else argument for argument in arguments]
    run("render", *placed).assert_refused(*mentions)
    assert contents(tmp_path) == {}


def test_nothing_is_written_where_something_is_in_the_way(
    run: Run, tensors: Path, tmp_path: Path
) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "small-b").write_text("in the way")
    before = contents(tmp_path)
    outcome = run("render", "loas", "--tensors", tensors, "-o", tmp_path / "specs")
    outcome.assert_refused("small-b")
    assert contents(tmp_path) == before


def test_a_layer_that_does_not_fit_is_named(run: Run, tmp_path: Path) -> None:
    """Nothing is written, of the layers that fit either."""
    path = tmp_path / "small.npz"
    fits: dict[str, Any] = {"a/x": np.ones((4, 8, 12), bool), "a/w": np.ones((12, 6), np.int8)}
    wide: dict[str, Any] = {"b/x": np.ones((64, 8, 12), bool), "b/w": np.ones((12, 6), np.int8)}
    np.savez(path, **fits, **wide)
    before = contents(tmp_path)
    settings = ["--set", "cache_KiB=8"]
    outcome = run("render", "loas", "--tensors", path, "-o", tmp_path / "specs", *settings)
    outcome.assert_refused(
        "small: LoAS cache_KiB=8, layer b (T=64, M=8, N=6, K=12): couldn't map level SpikeCache",
        "raise cache_KiB (8) or input_cache_KiB (2), or lower line_bits (256)",
    )
    assert contents(tmp_path) == before


@pytest.mark.parametrize("shape", [(64, 33, 128, 1), (64, 60, 256, 32)])
def test_what_is_rendered_can_be_run(
    run: Run, tmp_path: Path, shape: tuple[int, int, int, int]
) -> None:
    """Rows of 64 timesteps that do not fit in the cache as they are."""
    T, M, K, N = shape
    path = tmp_path / "g.npz"
    arrays: dict[str, Any] = {"l/x": np.ones((T, M, K), bool), "l/w": np.ones((K, N), np.int8)}
    np.savez(path, **arrays)
    run("render", "gamma_snn", "--tensors", path, "-o", tmp_path / "s").assert_succeeded()
    run("model", tmp_path / "s").assert_succeeded()
