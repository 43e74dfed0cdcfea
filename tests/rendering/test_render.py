"""Specs of every accelerator and layer."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl import Layer
from loas_tl.designs import naming
from loas_tl.designs.design import Design
from loas_tl.designs.registry import with_timeloop
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.mapper import search
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.rendering.measure import Measured, measure
from loas_tl.timeloop.rendering.render import Rendered, render, render_architecture
from loas_tl.timeloop.rendering.templates import render_template
from loas_tl.timeloop.spec import parse_spec
from tests.rendering.layers import LAYERS, measured

SMALL = Measured(T=4, M=16, N=32, K=128, input_density=0.25, weight_density=0.1, corrections=0.2)


def factors(rendered: Rendered) -> dict[str, dict[str, int]]:
    """Bounds by target and dimension."""
    return {
        entry["target"]: {
            key: int(value) for key, value in (each.split("=") for each in entry["factors"])
        }
        for entry in yaml.safe_load(rendered.mapping)["mapping"]
    }


@pytest.mark.parametrize("design", with_timeloop(), ids=lambda design: design.name)
def test_every_layer_comes_out_and_can_be_mapped(design: Design) -> None:
    """By the native engine; benchmarks/accept_timeloop.py has the real one say so."""
    for layer in LAYERS:
        numbers = measured(layer, design)
        rendered = design.spec(numbers)
        spec = parse_spec(rendered.model_spec)
        instance = yaml.safe_load(rendered.problem)["problem"]["instance"]
        densities = instance.pop("densities")
        expected = {name: getattr(layer, name) for name in instance}
        assert instance == expected
        assert {"M", "N", "K"} <= instance.keys()
        assert [each["density"] for each in densities.values()] == [
            numbers.input_density,
            numbers.weight_density,
        ]
        result = evaluate(spec)
        assert result.computes.algorithmic == prod(instance.values())


@pytest.mark.parametrize("design", with_timeloop(), ids=lambda design: design.name)
def test_matches_are_those_of_the_densities(design: Design) -> None:
    numbers = replace(SMALL, M=64, K=256, weight_density=1.0 if design.dense_weights else 0.1)
    result = evaluate(parse_spec(design.spec(numbers).model_spec))
    everywhere = result.computes.algorithmic
    kept = {"ptb": 1.0, "stellar": numbers.input_density}.get(
        str(design.templates), numbers.input_density * numbers.weight_density
    )
    assert result.computes.actual == pytest.approx(everywhere * kept, rel=0.01)


def test_timesteps_differ_in_the_loop_nest_and_nowhere_else() -> None:
    """LoAS has them in space and reads P and W once for all; SparTen-SNN has a loop over them."""
    loas, sparten = (naming.design(name).spec(SMALL) for name in ("LoAS", "SparTen-SNN"))
    assert factors(loas)["Lane"]["T"] == 4
    assert prod(each["T"] for target, each in factors(loas).items() if target != "Lane") == 1
    assert factors(sparten)["WeightCache"]["T"] == 4
    for entry in yaml.safe_load(sparten.mapping)["mapping"]:
        if entry["type"] == "spatial":
            assert "T=1" in entry["factors"]
    spaces = yaml.safe_load(loas.problem)["problem"]["shape"]["data_spaces"]
    assert [space["name"] for space in spaces] == ["P", "W", "O"]
    assert spaces[0]["projection"] == [[["M"]], [["K"]]]

    # Where a neuron that fires does so in each timestep, what LoAS saves is the sequence alone.
    always = replace(SMALL, input_density=0.5, weight_density=0.5)
    one, other = (
        evaluate(parse_spec(naming.design(name).spec(always).model_spec))
        for name in ("LoAS", "SparTen-SNN")
    )
    assert other.cycles == pytest.approx(4 * one.cycles, rel=1e-3)
    assert other.computes.actual == pytest.approx(one.computes.actual, rel=1e-3)
    matches = SMALL.M * SMALL.N * SMALL.K / 4
    read = other.levels["WeightCache"].tensors["W"].reads.actual
    assert read == pytest.approx(4 * matches, rel=1e-3)
    spikes = one.levels["SpikeCache"].tensors["P"].reads.actual
    assert spikes == pytest.approx(matches, rel=1e-3)


def test_more_timesteps_than_lanes_take_turns() -> None:
    rendered = naming.design("LoAS").spec(replace(SMALL, T=8))
    assert factors(rendered)["Lane"]["T"] == 4
    assert factors(rendered)["OutputDRAM"]["T"] == 2
    wide = naming.design("LoAS", timesteps=8).spec(replace(SMALL, T=8))
    assert factors(wide)["Lane"]["T"] == 8
    assert "datawidth: 8" in wide.architecture


def test_a_setting_reaches_every_part() -> None:
    rendered = naming.design("LoAS", pes=32, chunk_bits=64).spec(replace(SMALL, M=64, K=256))
    assert "meshX: 32" in rendered.architecture
    assert factors(rendered)["TPPE"]["M"] == 32
    assert factors(rendered)["WeightBuffer"]["K"] == 64
    assert "N=1, K=64]" in rendered.constraints
    assert "#   pes=32" in rendered.architecture


def test_constraints_leave_bounds_open_and_loops_in_place() -> None:
    rendered = naming.design("LoAS").spec(SMALL)
    targets = yaml.safe_load(rendered.constraints)["constraints"]["targets"]
    mapping = yaml.safe_load(rendered.mapping)["mapping"]
    assert [(each["target"], each["type"], each["permutation"]) for each in targets] == [
        (each["target"], each["type"], each["permutation"]) for each in mapping
    ]
    by_target = {each["target"]: each["factors"] for each in targets}
    assert by_target["WeightCache"] == ["T=1", "M=1"]
    assert by_target["OutputDRAM"] == []


@pytest.mark.parametrize(
    ("name", "buffer"),
    [("LoAS", "WeightBuffer"), ("SparTen-SNN", "SpikeBuffer"), ("SparTen", "ActivationBuffer")],
)
def test_a_search_takes_chunks_as_the_hardware_has_them(name: str, buffer: str) -> None:
    rendered = naming.design(name).spec(SMALL)
    targets = yaml.safe_load(rendered.constraints)["constraints"]["targets"]
    [held] = [each["factors"] for each in targets if each["target"] == buffer]
    chunk = factors(rendered)[buffer]["K"]
    assert chunk > 1
    assert f"K={chunk}" in held


def test_a_search_cannot_do_without_metadata() -> None:
    """Of tiles of one position there is none to count."""
    spec = parse_spec(naming.design("LoAS").spec(SMALL).search_spec)
    found = search(spec, metric="energy", jobs=1, allow_unpriced=True)
    assert found.exhaustive
    weights = found.result.levels["WeightDRAM"].tensors["W"]
    assert weights.metadata is not None
    assert weights.metadata.reads.actual[-1].metadata >= SMALL.N * SMALL.K


def test_corrections_are_measured_unless_set() -> None:
    assert "corrections: 0.2\n" in naming.design("LoAS").spec(SMALL).architecture
    own = naming.design("LoAS", corrections=0.5).spec(SMALL)
    assert "corrections: 0.5\n" in own.architecture


@settings(max_examples=60, deadline=None)
@given(
    design=st.sampled_from(with_timeloop()),
    T=st.integers(1, 9),
    M=st.integers(1, 70),
    N=st.integers(1, 70),
    K=st.integers(1, 600),
    input_density=st.floats(0.01, 1),
    weight_density=st.floats(0.01, 1),
)
def test_any_shape_comes_out_and_can_be_mapped(
    design: Design, T: int, M: int, N: int, K: int, input_density: float, weight_density: float
) -> None:
    numbers = Measured(T, M, N, K, input_density, weight_density, 0.3)
    assert evaluate(parse_spec(design.spec(numbers).model_spec)).cycles > 0


@pytest.mark.parametrize("name", ["LoAS", "SparTen-SNN", "PTB", "Stellar", "SparTen"])
def test_what_does_not_fit_in_the_cache_is_cut(name: str) -> None:
    big = replace(SMALL, M=64, K=2**15, weight_density=0.9, input_density=0.9)
    evaluate(parse_spec(naming.design(name).spec(big).model_spec))


def test_an_architecture_needs_no_layer() -> None:
    for design in with_timeloop():
        text = render_architecture(design.with_(technology=45).timeloop_or_refuse())
        assert "technology: 45" in text
        assert "problem:" not in text


def test_densities_and_corrections_of_tensors() -> None:
    spikes = np.zeros((4, 2, 3), np.bool_)
    spikes[0, 0, 0] = spikes[1, 0, 0] = spikes[2, 0, 0] = True  # three of four
    spikes[3, 1, 1] = True  # one of four
    weights = np.array([[1, 1, 1], [2, 0, 0], [0, 0, 0]], np.int8)
    layer = Layer("l", spikes, weights)
    loas, fine, raw, stellar, ann = (
        measure(layer, naming.design(name).timeloop_or_refuse())
        for name in ("LoAS", "LoAS-FT", "GoSPA-SNN", "Stellar", "Gamma")
    )
    assert (loas.T, loas.M, loas.K, loas.N) == (4, 2, 3, 3)
    assert loas.input_density == stellar.input_density == ann.input_density == 2 / 6
    assert fine.input_density == 1 / 6
    assert raw.input_density == 4 / 24
    assert loas.weight_density == 4 / 9
    assert stellar.weight_density == 1
    # (0,0) meets three weights with one bit 0, (1,1) one weight with three.
    assert loas.corrections == pytest.approx((3 * 1 + 1 * 3) / (4 * 4))
    assert fine.corrections == pytest.approx(1 / 4)
    silent = Layer("l", np.zeros_like(spikes), weights)
    assert measure(silent, naming.design("LoAS").timeloop_or_refuse()).corrections == 0


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: {{ nothing }}", r"t\.yaml\.jinja: line 1: .*'nothing' is undefined"),
        ("\n\na: {{ T + }}", r"t\.yaml\.jinja: line 3: TemplateSyntaxError"),
        ("a: {{ ''.__class__.__mro__ }}", "SecurityError|unsafe"),
        ("a: {{ cwd.__globals__ }}", "SecurityError|unsafe|undefined"),
        ("a: {{ include_text('../../secret') }}", "outside of the templates' folders"),
        ("a: {{ include_text('absent') }}", "TemplateNotFound"),
        ("a: {{ 1 // 0 }}", "cannot be filled in"),
        ("{% for i in range(99999999) %}x{% endfor %}", "cannot be filled in.*[Rr]ange"),
        ('{% include "/etc/passwd" %}', "TemplateNotFound"),
    ],
)
def test_what_a_template_must_not_do(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "t.yaml.jinja"
    path.write_text(text)
    (tmp_path.parent / "secret").write_text("s")
    with pytest.raises(InputError, match=complaint) as raised:
        render_template(path, {"T": 4})
    assert len(str(raised.value).splitlines()) == 1


def test_a_template_that_makes_no_spec_is_refused(tmp_path: Path) -> None:
    """The file, the path of keys and what would be right are in the message."""
    form = naming.design("LoAS").timeloop_or_refuse()
    path = tmp_path / form.architecture.name
    text = form.architecture.read_text()
    assert "meshX: {{ pes }}" in text
    path.write_text(text.replace("meshX: {{ pes }}", "meshX: x"))
    with pytest.raises(InputError, match=r"LoAS.*architecture\.nodes.*meshX") as raised:
        render(replace(form, architecture=path), SMALL)
    assert len(str(raised.value).splitlines()) == 1


def test_a_form_without_a_template_or_an_operand_is_refused(tmp_path: Path) -> None:
    form = naming.design("LoAS").timeloop_or_refuse()
    path = tmp_path / "absent.yaml.jinja"
    for template in ("architecture", "mapping"):
        with pytest.raises(InputError, match=r"absent\.yaml\.jinja: no such template, nor beside"):
            replace(form, **{template: path})  # type: ignore[arg-type]
    with pytest.raises(InputError, match="operand is 'words'; expected one of packed, spikes, act"):
        replace(form, operand="words")  # type: ignore[arg-type]


def test_the_header_says_what_was_rendered_and_what_is_left_out() -> None:
    text = naming.design("LoAS", pes=32, skip_empty=False).spec(SMALL).architecture
    header = text[: text.index("\n\n")].splitlines()
    assert all(line.startswith("#") for line in header)
    assert header[0].startswith("# LoAS pes=32 skip_empty=0: packed spikes")
    form = naming.design("LoAS", pes=32, skip_empty=False).timeloop_or_refuse()
    values = {name: int(v) if isinstance(v, bool) else v for name, v in form.values.items()}
    values["corrections"] = SMALL.corrections
    assert [line for line in header if "=" in line][1:] == [
        f"#   {name}={value}" for name, value in values.items()
    ]
    assert [line for line in header if "Not in this spec" in line] == [
        f"# Not in this spec: {part}"
        for part in ("tppe.bitmask_buffer of spikes", "crossbar_to_pes", "crossbar_to_hbm")
    ]


def test_a_name_of_two_lines_does_not_end_the_header() -> None:
    odd = naming.design("LoAS").with_(name="one\ntwo: [", about="three\nfour: {")
    assert odd.spec(SMALL).problem == naming.design("LoAS").spec(SMALL).problem
    assert parse_spec(odd.spec(SMALL).model_spec).attached()
