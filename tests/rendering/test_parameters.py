"""The designs' parameters, and settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, get_args

import pytest

from loas_tl.designs.checks import PARTITIONS
from loas_tl.designs.design import Design
from loas_tl.designs.gamma import GAMMA_SNN
from loas_tl.designs.gospa import GOSPA_SNN
from loas_tl.designs.loas import LOAS, LOAS_FT, LOAS_N_MAJOR, Loas
from loas_tl.designs.naming import design, parse_settings
from loas_tl.designs.parameter import Kind, plain
from loas_tl.designs.registry import designs, find, names, with_timeloop
from loas_tl.designs.sparten import SPARTEN_SNN
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.rendering.form import Operand
from loas_tl.timeloop.rendering.measure import Measured
from loas_tl.timeloop.rendering.render import render

EVERY = {
    *("technology", "clock_MHz", "cache_KiB", "cache_banks", "line_bits"),
    *("hbm_GBps", "hbm_channels", "hbm_width", "weight_bits", "pointer_bits"),
    *("input_cache_KiB", "weight_cache_KiB", "output_cache_KiB"),
}
"""Parameters that every accelerator has."""

each_design = pytest.mark.parametrize("one", designs(), ids=lambda one: one.name)


@each_design
def test_every_parameter_is_described(one: Design) -> None:
    assert set(one.parameters) > EVERY
    for name, parameter in one.parameters.items():
        assert parameter.name == name
        assert parameter.about
        assert parameter.unit or parameter.kind == "switch"
        assert parameter.kind in get_args(Kind)
        assert parameter.low < parameter.high
        if parameter.default is not None:
            assert parameter.low <= parameter.default <= parameter.high


def test_a_name_means_the_same_kind_of_value_in_every_design() -> None:
    kinds: dict[str, set[str]] = {}
    for one in designs():
        for name, parameter in one.parameters.items():
            kinds.setdefault(name, set()).add(parameter.kind)
    assert {name: kind for name, kind in kinds.items() if len(kind) > 1} == {}


@each_design
def test_defaults_are_valid_settings(one: Design) -> None:
    values = {name: getattr(one, name) for name in one.parameters}
    same = one.with_(**values)
    assert same == one
    texts = {name: str(value) for name, value in values.items() if value is not None}
    read = one.with_(**texts)
    assert read == one
    for name, value in values.items():
        assert type(getattr(read, name)) is type(value)
    assert same.label == read.label == one.name
    assert same.changed == read.changed == {}


@each_design
def test_what_is_left_open_may_be_given_as_what_it_comes_to(one: Design) -> None:
    sizes = {f"{part}_cache_KiB": plain(getattr(one, f"{part}_KiB")) for part in PARTITIONS}
    assert sum(sizes.values()) == one.cache_KiB == 256
    given, form = one.with_(**sizes).timeloop(), one.timeloop()
    if one.templates is None:
        assert given is form is None
        return
    assert given is not None
    assert form is not None
    assert given.values == form.values
    assert {name: form.values[name] for name in sizes} == sizes


def test_loas_has_the_published_hardware() -> None:
    published = {
        "pes": 16,
        "timesteps": 4,
        "chunk_bits": 128,
        "cache_KiB": 256,
        "cache_banks": 16,
        "line_bits": 256,
        "hbm_GBps": 128,
        "hbm_channels": 16,
        "hbm_width": 64,
        "weight_bits": 8,
        "accumulator_bits": 12,
        "correction_bits": 10,
        "laggy_adders": 16,
        "fifo_depth": 8,
        "weight_buffer": 128,
        "clock_MHz": 800,
        "technology": 32,
    }
    for one in (LOAS, LOAS_FT, LOAS_N_MAJOR):
        assert {name: getattr(one, name) for name in published} == published


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"colour": 3}, r"^LoAS has no 'colour'; expected one of technology, .*cache_KiB, "),
        (
            {"fifo_dept": 3},
            r"^LoAS has no 'fifo_dept'; did you mean 'fifo_depth'\? expected",
        ),
        (
            {"pes": "many"},
            r"^LoAS\.pes: is 'many'; expected a whole number from 1 to 1024 TPPEs \(temporal-",
        ),
        ({"pes": "1.5"}, r"^LoAS\.pes: is '1\.5'; expected a whole number from 1 to 1024"),
        ({"pes": 1.5}, r"^LoAS\.pes: is 1\.5; expected a whole number from 1 to 1024"),
        ({"pes": 0}, r"^LoAS\.pes: is 0; expected a whole number from 1 to 1024"),
        ({"pes": 1025}, r"^LoAS\.pes: is 1025; expected a whole number from 1 to 1024"),
        ({"pes": None}, r"^LoAS\.pes: is None; expected a whole number from 1 to 1024"),
        ({"pes": [16]}, r"^LoAS\.pes: is \[16\]; expected a whole number from 1 to 1024"),
        ({"pes": ""}, r"^LoAS\.pes: is ''; expected a whole number from 1 to 1024"),
        ({"pes": float("inf")}, r"^LoAS\.pes: is inf; expected a whole number from 1 to 1024"),
        ({"corrections": "nan"}, r"^LoAS\.corrections: is 'nan'; expected a number from 0 to 1"),
        ({"corrections": "1.5"}, r"^LoAS\.corrections: is '1\.5'; expected a number from 0 to 1"),
        ({"skip_empty": "maybe"}, r"^LoAS\.skip_empty: is 'maybe'; expected 0 or 1 \(whether"),
        ({"skip_empty": 2}, r"^LoAS\.skip_empty: is 2; expected 0 or 1"),
        ({"technology": 5}, r"^LoAS\.technology: is 5; expected 7 to 90 nm, or -1"),
        ({"technology": 0}, r"^LoAS\.technology: is 0; expected 7 to 90 nm, or -1"),
        (
            {"technology": "32um"},
            r"^LoAS\.technology: is '32um'; expected a number from 7 to 90 nm",
        ),
        ({"line_bits": 260}, r"^LoAS\.line_bits: is 260; expected whole bytes, a multiple of 8"),
        ({"laggy_adders": 129}, r"^LoAS\.laggy_adders: is 129; expected at most the 128 of chunk"),
        (
            {"input_cache_KiB": 100},
            r"^LoAS\.cache_KiB: is 256, but its partitions input_cache_KiB \(100\), "
            r"weight_cache_KiB \(168\), output_cache_KiB \(24\) take 292 KiB; expected room",
        ),
        (
            {"cache_KiB": 128, "weight_cache_KiB": 128},
            r"^LoAS\.cache_KiB: is 128, but its partitions .* take 172 KiB; expected room",
        ),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint) as raised:
        design("LoAS", **settings)
    assert len(str(raised.value).splitlines()) == 1
    if "no '" not in complaint:  # the class refuses what the name does
        with pytest.raises(InputError, match=complaint):
            type(LOAS)(**settings)


def partitions(one: Design) -> list[float]:
    return [float(getattr(one, f"{part}_KiB")) for part in PARTITIONS]


def test_partitions_are_shares_of_the_cache_unless_given() -> None:
    half = design("LoAS", cache_KiB=128)
    assert partitions(half) == [32, 84, 12]
    assert half.changed == {"cache_KiB": 128}
    own = design("LoAS", cache_KiB=128, input_cache_KiB="20.5", weight_cache_KiB=95.5)
    assert partitions(own) == [20.5, 95.5, 12]
    form = own.timeloop_or_refuse()
    assert form.values["input_cache_KiB"] == 20.5
    assert form.values["output_cache_KiB"] == 12


@pytest.mark.parametrize(
    ("text", "value"),
    [("32nm", 32), ("32", 32), (" 45 NM ", 45), ("22.5nm", 22.5), ("-1", -1)],
)
def test_a_technology_may_have_its_unit(text: str, value: float) -> None:
    assert design("LoAS", technology=text).technology == value


@pytest.mark.parametrize(
    ("given", "value"),
    [
        *((given, True) for given in ("1", "yes", "True", "ON", 1, 1.0, True)),
        *((given, False) for given in ("0", "no", "false", "Off", 0, 0.0, False)),
    ],
)
def test_a_switch_is_yes_or_no(given: object, value: bool) -> None:
    assert design("LoAS", skip_empty=given).skip_empty is value  # type: ignore[attr-defined]


def test_settings_are_key_value() -> None:
    assert parse_settings(["pes=32", " T = 8 "]) == {"pes": "32", "T": "8"}
    for text in ("pes", "=3", "pes=", " = ", ""):
        with pytest.raises(InputError, match="expected key=value"):
            parse_settings([text])
    with pytest.raises(InputError, match="comes twice"):
        parse_settings(["pes=1", "pes=2"])


def test_designs_are_found_by_either_name() -> None:
    for one in designs():
        assert find(one.name.lower()) is one
        assert find(one.name.upper().replace("-", " ")) is one
    for one in with_timeloop():
        assert find(str(one.templates)).templates == one.templates
    assert find("sparten_ann").name == "SparTen"
    assert find("sparten snn") is SPARTEN_SNN
    assert find("loas") is LOAS
    with pytest.raises(InputError, match="expected one of LoAS, LoAS-FT") as raised:
        find("TPU")
    assert all(name in str(raised.value) for name in names())


def test_names_shared_by_accelerators_have_their_own_defaults() -> None:
    assert GOSPA_SNN.coordinate_bits == GOSPA_SNN.parameters["coordinate_bits"].default == 8
    assert GAMMA_SNN.coordinate_bits == GAMMA_SNN.parameters["coordinate_bits"].default == 6


def test_a_template_of_another_operand_is_told_what_says_it() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Odd(Loas):
        operand: ClassVar[Operand] = "spikes"

    with pytest.raises(InputError, match=r"'P' is no data space.*'operand' of the class says"):
        render(Odd().timeloop_or_refuse(), Measured(4, 16, 16, 64, 0.1, 0.1, 0.05))
