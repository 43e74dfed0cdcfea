"""The table of parameters, and settings."""

from __future__ import annotations

import pytest
from loas_tl.timeloop.rendering.designs import DESIGNS, find_design
from loas_tl.timeloop.rendering.parameters import (
    EVERY,
    parameters_of,
    parse_settings,
    read_parameters,
    resolve,
)

from loas_tl.ground.errors import InputError

TEMPLATES = sorted({design.template for design in DESIGNS})


def test_every_parameter_is_described_once() -> None:
    rows = read_parameters()
    assert len({(row.accelerator, row.name) for row in rows}) == len(rows)
    assert {row.accelerator for row in rows} == {EVERY, *TEMPLATES}
    for row in rows:
        assert row.about
        assert row.unit


@pytest.mark.parametrize("template", TEMPLATES)
def test_defaults_are_valid_settings(template: str) -> None:
    defaults = resolve(template, {})
    assert resolve(template, defaults) == defaults
    assert resolve(template, {name: str(value) for name, value in defaults.items()}) == defaults


def test_loas_has_the_published_hardware() -> None:
    values = resolve("loas", {})
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
    assert {name: values[name] for name in published} == published


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"colour": 3}, "colour: loas has no such parameter; expected one of .*pes"),
        ({"pes": "many"}, "pes: 'many' is not a whole number; expected 1 to 1024 TPPEs"),
        ({"pes": "1.5"}, "pes: '1.5' is not a whole number"),
        ({"pes": 0}, "pes: 0 is out of range; expected 1 to 1024"),
        ({"corrections": "nan"}, "corrections: nan is out of range"),
        ({"corrections": "1.5"}, "corrections: 1.5 is out of range"),
        ({"cache_KiB": 128}, "cache_KiB: is 128, but its partitions .* take 256 KiB"),
        ({"input_cache_KiB": 100}, "cache_KiB: is 256, but its partitions"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, str | int], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        resolve("loas", settings)


def test_settings_are_key_value() -> None:
    assert parse_settings(["pes=32", " T = 8 "]) == {"pes": "32", "T": "8"}
    for text in ("pes", "=3", "pes="):
        with pytest.raises(InputError, match="expected key=value"):
            parse_settings([text])
    with pytest.raises(InputError, match="comes twice"):
        parse_settings(["pes=1", "pes=2"])


def test_designs_are_found_by_either_name() -> None:
    for design in DESIGNS:
        assert find_design(design.name.lower()) == design
    assert find_design("sparten_ann").name == "SparTen"
    assert find_design("sparten snn").name == "SparTen-SNN"
    with pytest.raises(InputError, match="expected one of LoAS, LoAS-FT"):
        find_design("TPU")


def test_names_shared_by_accelerators_have_their_own_defaults() -> None:
    assert parameters_of("gospa_snn")["coordinate_bits"].default == 8
    assert parameters_of("gamma_snn")["coordinate_bits"].default == 6
