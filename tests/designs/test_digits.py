"""The same digits on every Python: sums are made in one order, whatever the interpreter does."""

from __future__ import annotations

import pytest

import loas_tl

HARDWARE = {
    "LoAS": (1.8855438728684546, 135.838473427, 5.8035199235937505),
    "LoAS-FT": (1.8855438728684546, 135.838473427, 5.8035199235937505),
    "LoAS N-major": (1.8855438728684546, 135.838473427, 5.8035199235937505),
    "SparTen-SNN": (1.8010408060094545, 134.457849734, 6.149306990000001),
    "GoSPA-SNN": (1.6015582634624543, 134.194949481, 1.7432614671875004),
    "Gamma-SNN": (1.5261082996974544, 131.62390965600002, 4.987605562500001),
    "PTB": (1.2613350697774546, 127.536801256, 0.14813278125000004),
    "Stellar": (1.3276701404174545, 129.25891885599998, 0.6651860625000001),
    "SparTen": (2.2158019363454544, 138.121460206, 7.949522667500001),
    "Gamma": (1.5446558032174544, 132.3545556, 5.586315562500001),
}
"""Area in mm2, leakage in mW and pJ of a PE action of each design."""

ENERGY = {
    "LoAS": 59690784.74334349,
    "LoAS-FT": 57265593.031650014,
    "LoAS N-major": 124316429.07913183,
    "SparTen-SNN": 248561992.68095872,
    "GoSPA-SNN": 254586609.03647035,
    "Gamma-SNN": 182134639.9661329,
    "PTB": 1773546433.3547187,
    "Stellar": 539084814.2033576,
}
"""Physical energy of AlexNet (seed 0), in pJ."""


@pytest.mark.parametrize("name", HARDWARE)
def test_a_design_has_these_digits(name: str) -> None:
    one = loas_tl.design(name)
    assert (one.area_mm2, one.leakage_mW, one.constants.action_pJ) == HARDWARE[name]


def test_a_network_takes_these_digits() -> None:
    result = loas_tl.compare("alexnet")
    found = {t.accelerator: t.physical.total for t in result.totals if t.physical is not None}
    assert found == ENERGY


def test_interpolated_figures_are_these_up_to_the_exponential_of_the_platform() -> None:
    one = loas_tl.design("LoAS:pes=7,cache_KiB=100,technology=28")
    assert one.area_mm2 == pytest.approx(0.7481641922086807, rel=1e-12)
    assert one.leakage_mW == pytest.approx(110.7806786447096, rel=1e-12)
