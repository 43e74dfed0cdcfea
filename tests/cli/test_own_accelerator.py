"""An accelerator of one's own: one Python file, two templates beside it, every model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import loas_tl
from loas_tl.designs.in_spec import OTHER
from tests.cli.outcome import Run, document

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The documentation's example, somewhere else."""
    if not EXAMPLE.is_dir():
        pytest.skip("the documentation is not beside the tests")
    folder = tmp_path / "mine"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "twofast.py"


def test_it_goes_through_every_command(run: Run, mine: Path, tensors: Path, tmp_path: Path) -> None:
    name = f"{mine}:TWO_FAST"
    compared = run(
        *("compare", "--tensors", tensors, "--accelerator", "LoAS", f"{name}:pes=8"),
        *("--model", "both", "--out", tmp_path / "report", "--json", tmp_path / "c.json"),
    )
    compared.assert_succeeded()
    assert "TwoFast" in compared.out
    rows = json.loads((tmp_path / "c.json").read_text())["totals"]
    assert [row["accelerator"] for row in rows] == ["LoAS", "TwoFast pes=8"]
    assert rows[1]["computes"] == rows[0]["computes"]
    assert rows[1]["detailed_cycles"] > 0

    priced = run("energy", name, "--json", "-")
    priced.assert_succeeded()
    energy = document(priced.out)
    assert OTHER not in energy["spec"]["left_out"]  # the class of its template is its PE

    spec = tmp_path / "spec"
    rendered = run("render", name, "--tensors", tensors, "--layer", "alpha", "-o", spec)
    rendered.assert_succeeded()
    modelled = run("model", *sorted(spec.glob("*.yaml")), "--json", "-")
    modelled.assert_succeeded()
    result = document(modelled.out)
    assert result["area_um2"] / 1e6 == pytest.approx(energy["spec"]["area_mm2"])
    assert result["energy_all_leaking_pJ"] >= result["energy_pJ"] > 0

    validated = run(
        "validate", "--tensors", tensors, "--accelerator", mine, "--json", "-", "--set", "pes=4"
    )
    validated.assert_succeeded()
    cycles = document(validated.out)["cycles"]
    assert {row["accelerator"] for row in cycles} == {"TwoFast pes=4"}

    listed = run("designs", name, "--json", "-")
    listed.assert_succeeded()
    [design] = json.loads(listed.out)
    assert design["models"] == ["published", "detailed", "energy", "timeloop"]


def test_its_templates_render_as_often_as_its_parameters_allow(mine: Path) -> None:
    for settings in ({}, {"pes": 3, "timesteps": 2}, {"cache_KiB": 64, "tile_n": 7}):
        design = loas_tl.design(f"{mine}:TWO_FAST", **settings)
        layer = loas_tl.Layer("l", loas_tl.generate_network("alexnet").layers[3].spikes[:, :9], _W)
        loas_tl.native.evaluate(loas_tl.spec.parse_spec(design.spec(layer).model_spec))


_W = loas_tl.generate_network("alexnet").layers[3].weights


BROKEN = {
    "lanes": ('lanes="m"', 'lanes="q"', "TwoFast: lanes is 'q'; expected m (rows of x) or n"),
    "operand": ('operand="packed"', 'operand="zz"', "TwoFast: operand is 'zz'; expected one of"),
    "loops": ('loop_order="mntk"', 'loop_order="mnk"', "TwoFast: loop_order is 'mnk'"),
    "a charge's kind": ('Charge("spikes", "T", READ)', 'Charge("ink", "T", READ)', "kind is 'ink'"),
    "a charge's memory": (
        'Charge("spikes", "T", READ)',
        'Charge("spikes", "T", ("disk",))',
        "match: to is 'disk'; expected one of dram",
    ),
    "a tile": ("self.chunk_bits * self.tile_n,", "self.tile_n,", "w_buffer is 32; expected room"),
    "a template": ('= "twofast"', '= "slow"', "slow.yaml.jinja: no such template"),
    "a default": ("parameter(16, 1, 1024", "parameter(0, 1, 1024", "TwoFast.pes: is 0; expected"),
    "the name of another": ('name: str = "TwoFast"', 'name: str = "LoAS"', "already is an acc"),
    "no name": ('name: str = "TwoFast"', 'name: str = "-"', "has no name"),
    "python": ("TWO_FAST = TwoFast()", "TWO_FAST = TwoFast(", "SyntaxError"),
    "what it calls": ("TWO_FAST = TwoFast()", "TWO_FAST = Fast()", "NameError"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_declaration_that_cannot_be_right_is_refused(
    run: Run, mine: Path, tensors: Path, what: str
) -> None:
    old, new, mention = BROKEN[what]
    text = mine.read_text()
    assert old in text
    mine.write_text(text.replace(old, new))
    command = "render" if what == "a template" else "compare"
    options = (
        ("render", f"{mine}:TWO_FAST", "--tensors", tensors, "-o", mine.parent / "out")
        if command == "render"
        else ("compare", "--tensors", tensors, "--accelerator", f"{mine}:TWO_FAST")
    )
    run(*options).assert_refused(mention, "twofast.py" if command == "compare" else "slow")


def test_a_template_beside_it_that_fails_is_named(run: Run, mine: Path, tensors: Path) -> None:
    template = mine.with_name("twofast.yaml.jinja")
    template.write_text(template.read_text().replace("{{ pes }}", "{{ pse }}"))
    run("render", mine, "--tensors", tensors, "-o", mine.parent / "out").assert_refused(
        "twofast.yaml.jinja", "'pse' is undefined", "line"
    )


def test_without_a_dataflow_or_templates_a_design_says_what_it_lacks(
    run: Run, mine: Path, tensors: Path
) -> None:
    mine.write_text(
        "from dataclasses import dataclass\n"
        "from loas_tl import Design\n"
        "@dataclass(frozen=True, kw_only=True)\n"
        "class Bare(Design):\n"
        "    name: str = 'Bare'\n"
    )
    run("compare", "--tensors", tensors, "--accelerator", mine).assert_refused(
        "Bare has no published model; it declares no dataflow"
    )
    run("validate", "--tensors", tensors, "--accelerator", mine).assert_refused(
        "Bare has no Timeloop spec; it declares no templates"
    )
