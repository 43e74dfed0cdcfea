"""Every spec that is rendered is one that the engine takes, or the refusal says what to change.

By default some random layers and settings are tried; ``LOAS_TL_FUZZ=10000`` tries as many as it
says.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from loas_tl.designs.design import Design
from loas_tl.designs.naming import design
from loas_tl.designs.parameter import Parameter
from loas_tl.designs.registry import find, with_timeloop
from loas_tl.ground.data import shipped_folder
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.rendering.measure import Measured
from loas_tl.timeloop.rendering.render import Rendered
from loas_tl.timeloop.spec import parse_spec
from tests.designs.random_designs import settings_of

EXAMPLES = int(os.environ.get("LOAS_TL_FUZZ", "200"))

SMALL = Measured(T=4, M=6, N=8, K=20, input_density=0.7, weight_density=0.325, corrections=0.2)

EXTENTS = (
    st.integers(1, 5000)
    | st.integers(1, 64)
    | st.integers(0, 17).map(lambda power: 2**power)
    | st.sampled_from([127, 509, 1021, 4093, 8191, 65537, 99991, 131071, 131072, 10**6])
)
DENSITIES = st.floats(0, 1) | st.sampled_from([0.0, 1e-9, 0.001, 0.1, 0.9, 0.999, 0.9999, 1.0])

TEMPLATES = sorted({str(one.templates) for one in with_timeloop()})

each_template = pytest.mark.parametrize("template", TEMPLATES)


@st.composite
def layers(draw: st.DrawFn) -> Measured:
    return Measured(
        T=draw(st.integers(1, 64)),
        M=draw(EXTENTS),
        N=draw(EXTENTS),
        K=draw(EXTENTS),
        input_density=draw(DENSITIES),
        weight_density=draw(DENSITIES),
        corrections=draw(st.floats(0, 1)),
    )


def spec_of(one: Design, layer: Measured) -> Rendered:
    return one.spec(replace(layer, weight_density=1.0) if one.dense_weights else layer)


def assert_taken(rendered: Rendered) -> None:
    assert evaluate(parse_spec(rendered.model_spec)).cycles >= 0


def ends(parameter: Parameter) -> list[Any]:
    if parameter.kind == "switch":
        return [False, True]
    if parameter.kind == "node":
        return [7, 90]
    return [parameter.low, parameter.high]


@settings(
    max_examples=EXAMPLES // 2, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)
@given(one=st.sampled_from(with_timeloop()), layer=layers())
def test_every_layer_fits_as_the_accelerators_are(one: Design, layer: Measured) -> None:
    assert_taken(spec_of(one, layer))


@settings(
    max_examples=EXAMPLES // 2, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)
@given(data=st.data(), one=st.sampled_from(with_timeloop()), layer=layers())
def test_every_layer_fits_or_a_parameter_is_named(
    data: st.DataObject, one: Design, layer: Measured
) -> None:
    try:
        changed = one.with_(**data.draw(settings_of(one)))
    except InputError:
        assume(False)
        raise
    try:
        rendered = spec_of(changed, layer)
    except InputError as error:
        assert_helps(error, changed)
    else:
        assert_taken(rendered)


def assert_helps(error: InputError, one: Design) -> None:
    """It says what was to fit where, and which of the accelerator's parameters to change."""
    assert str(error).startswith(f"{one.label}, a layer of T=")
    assert re.search(r" [MNK]=\d+: .+; (raise|lower) \w+ \(", str(error))
    named = re.findall(r"\b(\w+) \([\d.]+\)", str(error).rpartition(": ")[2])
    assert named
    assert set(named) <= set(one.parameters)


@each_template
def test_the_ends_of_every_range_fit_or_a_parameter_is_named(template: str) -> None:
    one = find(template)
    for name, parameter in one.parameters.items():
        for value in ends(parameter):
            try:
                changed = one.with_(**{name: value})
            except InputError:  # does not go together with the others
                continue
            try:
                rendered = spec_of(changed, replace(SMALL, T=64, M=33, N=7, K=128))
            except InputError as error:
                assert_helps(error, changed)
            else:
                assert_taken(rendered)


@pytest.mark.parametrize(
    ("template", "layer"),
    [
        *(("gamma_snn", replace(SMALL, T=64, M=M, input_density=1.0)) for M in (33, 1024, 4096)),
        ("gamma_snn", Measured(64, 33, 1, 128, 1.0, 1.0, 0.2)),
        ("gamma_snn", Measured(64, 60, 32, 256, 0.1, 1.0, 0.2)),
        ("gamma_snn", Measured(61, 1455, 1, 3384, 0.79, 0.001, 0.2)),
        *((template, replace(SMALL, K=131_072)) for template in TEMPLATES),
        *((template, replace(SMALL, K=131_071)) for template in TEMPLATES),
        *((template, replace(SMALL, M=10**6, N=10**6)) for template in TEMPLATES),
    ],
)
def test_layers_that_did_not_fit(template: str, layer: Measured) -> None:
    assert_taken(spec_of(find(template), layer))


@pytest.mark.parametrize(
    ("template", "changed"),
    [
        *((template, {"hbm_width": 8}) for template in TEMPLATES),
        *((template, {"pointer_bits": 63, "line_bits": 32}) for template in TEMPLATES),
        ("gamma_snn", {"input_cache_KiB": 1, "tile_k": 16}),
        ("loas", {"pes": 1024}),
        ("loas", {"line_bits": 1336, "weight_buffer": 51}),
        ("sparten_ann", {"pointer_bits": 22}),
        ("sparten_snn", {"weight_cache_KiB": 8, "pes": 128, "chunk_bits": 32}),
        ("gospa_snn", {"output_cache_KiB": 1, "tile_m": 4096, "tile_k": 32}),
        ("ptb", {"output_cache_KiB": 1, "rows": 1024, "timesteps": 64}),
        ("stellar", {"input_cache_KiB": 2, "output_cache_KiB": 1, "rows": 256, "columns": 256}),
    ],
)
@pytest.mark.parametrize("layer", [SMALL, Measured(32, 2048, 2048, 3003, 0.9, 0.5, 0.2)])
def test_settings_that_did_not_fit(template: str, changed: dict[str, Any], layer: Measured) -> None:
    assert_taken(spec_of(find(template).with_(**changed), layer))


@pytest.mark.parametrize(
    ("name", "changed", "layer", "complaint"),
    [
        (
            "LoAS",
            {"cache_KiB": 8},
            replace(SMALL, T=64),
            r"^LoAS cache_KiB=8, a layer of T=64, M=6, N=8, K=20: couldn't map level SpikeCache: "
            r"mapped metadata tile size \d+ exceeds metadata buffer capacity 0; "
            r"raise cache_KiB \(8\) or input_cache_KiB \(2\), or lower line_bits \(256\)$",
        ),
        (
            "SparTen",
            {"weight_cache_KiB": 1, "line_bits": 2816, "pes": 1},
            SMALL,
            r"WeightCache: .*; raise cache_KiB \(256\) or weight_cache_KiB \(1\), or lower "
            r"line_bits \(2816\)$",
        ),
        (
            "Stellar",
            {"rows": 1024, "columns": 1024, "cache_KiB": 65536},
            replace(SMALL, M=1024, N=1024),
            r"more than 65536 spatial elements .*; lower rows \(1024\) or columns \(1024\)",
        ),
    ],
)
def test_what_cannot_fit_says_what_to_change(
    name: str, changed: dict[str, Any], layer: Measured, complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint) as raised:
        spec_of(design(name, **changed), layer)
    assert len(str(raised.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "layer", "distributions"),
    [
        ("SparTen", Measured(4, 148, 4194, 186, 0.4, 0.9999, 0.2), ("hyper", "structured")),
        ("Gamma", Measured(4, 1, 61, 177, 0.001, 0.929, 0.2), ("hyper", "structured")),
        ("LoAS", Measured(64, 88, 3, 51, 0.93, 0.0, 0.2), ("structured", "hyper")),
        ("LoAS", SMALL, ("hyper", "hyper")),
    ],
)
def test_most_of_a_nearly_dense_tensor_is_spread_evenly(
    name: str, layer: Measured, distributions: tuple[str, str]
) -> None:
    """Timeloop's bound of the non-zeros of such a tile wraps round."""
    rendered = spec_of(design(name), layer)
    assert_taken(rendered)
    densities = yaml.safe_load(rendered.problem)["problem"]["instance"]["densities"].values()
    full = {"hyper": "hypergeometric", "structured": "fixed_structured"}
    assert [one["distribution"] for one in densities] == [full[one] for one in distributions]
    assert [one["density"] for one in densities] == [layer.input_density, layer.weight_density]


@given(size=st.integers(1, 3000) | EXTENTS, limit=st.floats(-10, 10**6))
def test_divisors(size: int, limit: float) -> None:
    path = shipped_folder("mappings") / "_loops.jinja"
    module = f'{{% from "{path.name}" import divisor with context %}}'
    found = int(render_text(f"{module}{{{{ divisor({size}, {limit!r}) }}}}"))
    fitting = (one for one in range(1, int(min(max(limit, 1), size)) + 1) if size % one == 0)
    assert found == max(fitting)


def render_text(text: str) -> str:
    from loas_tl.timeloop.rendering.templates import _environment

    return _environment(shipped_folder("mappings")).from_string(text).render()
