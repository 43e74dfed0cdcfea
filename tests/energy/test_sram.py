"""CACTI's table and what lies between its points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from loas_tl.components import cacti, kriging, kriging_fit, sram
from loas_tl.components.technology import area_factor, energy_factor


def estimate(nm: float, size: float, banks: float, block: float) -> sram.Estimate:
    return sram.estimate(technology_nm=nm, size_bytes=size, banks=banks, block_bytes=block)


def test_there_are_540_points() -> None:
    assert len(cacti.table()) == 540


def test_the_global_cache_of_loas() -> None:
    # The point that the published evaluation used.
    cache = estimate(32, 256 * 1024, 16, 32)
    assert cache.read == pytest.approx(64.8e-12, rel=1e-3)
    assert cache.write == pytest.approx(71.2e-12, rel=1e-3)
    assert cache.leakage_per_bank == pytest.approx(7.89e-3, rel=1e-3)
    assert cache.outside == ()


def test_every_point_of_the_table_comes_back() -> None:
    for axes, (read, write, leakage, area) in cacti.table().items():
        found = estimate(*axes)
        assert found.read == pytest.approx(read * 1e-9)
        assert found.write == pytest.approx(write * 1e-9)
        assert found.leakage_per_bank == pytest.approx(leakage * 1e-3)
        assert found.area == pytest.approx(area * 1e-6)
        assert found.outside == ()


# Measured on all 540 points; the target is a median of 3 % and a worst of 15 %. CACTI jumps to
# another partition of the array at some points, which no other point tells of.
MOST_OVER_15_PERCENT = {"read_nJ": 3, "write_nJ": 4, "leakage_per_bank_mW": 0, "area_mm2": 12}


@pytest.mark.parametrize("quantity", cacti.QUANTITIES)
def test_points_left_out_of_the_interpolation(quantity: str) -> None:
    errors = np.abs(kriging_fit.leave_one_out(kriging.parameters()[quantity], quantity))
    assert np.median(errors) < 0.016
    assert np.quantile(errors, 0.95) < 0.11
    assert (errors > 0.15).sum() <= MOST_OVER_15_PERCENT[quantity]


@pytest.mark.parametrize("quantity", cacti.QUANTITIES)
@pytest.mark.parametrize("left_out", [0, 220, 401, 539])
def test_leaving_a_point_out_is_solving_for_the_others(quantity: str, left_out: int) -> None:
    """The formula for all points at once against one that never saw the point."""
    parameters = kriging.parameters()[quantity]
    points, values = kriging.known_points(), kriging_fit.known_values(quantity)
    others = [at for at in range(len(points)) if at != left_out]
    among = kriging_fit.of_table(parameters)[np.ix_(others, others)]
    to_others = [kriging.covariance(parameters, points[left_out], points[at]) for at in others]
    predicted = to_others @ np.linalg.solve(among, values[others])
    expected = np.exp(predicted - values[left_out]) - 1
    found = kriging_fit.leave_one_out(parameters, quantity)[left_out]
    assert found == pytest.approx(expected, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("quantity", cacti.QUANTITIES)
def test_the_weights_are_those_of_the_table_and_the_parameters(quantity: str) -> None:
    parameters = kriging.parameters()[quantity]
    weights = kriging_fit.weights(parameters, quantity)
    for axes in ((28.0, 200_000.0, 8.0, 24.0), (60.0, 3e6, 2.0, 64.0)):
        point = kriging.logarithms(axes)
        to_known = [
            kriging.covariance(parameters, point, known) for known in kriging.known_points()
        ]
        expected = float(np.exp(to_known @ weights))
        assert kriging.predict(quantity, axes) == pytest.approx(expected, rel=1e-6)


def test_likelihood_is_that_of_a_normal_distribution() -> None:
    parameters = kriging.parameters()["read_nJ"]
    values, covariance = kriging_fit.known_values("read_nJ"), kriging_fit.of_table(parameters)
    expected = multivariate_normal(cov=covariance).logpdf(values)
    constant = len(values) / 2 * np.log(2 * np.pi)
    found = kriging_fit.unlikelihood(parameters, "read_nJ")
    assert found == pytest.approx(-expected - constant, rel=1e-6)
    # A covariance that is none: the same point twice, and nothing that belongs to a point alone.
    nothing = dict.fromkeys(parameters, 0.0) | {
        name: 1.0 for name in parameters if "_" in name and not name.endswith("of_node")
    }
    assert kriging_fit.unlikelihood(nothing, "read_nJ") == 1e6


@settings(deadline=None)
@given(
    st.floats(22, 65),
    st.floats(2**15, 2**22),
    st.sampled_from([1.0, 2.0, 4.0, 8.0, 16.0]),
    st.floats(8, 64),
)
def test_between_the_points_nothing_leaves_the_table(
    nm: float, size: float, banks: float, block: float
) -> None:
    found = estimate(nm, size, banks, block)
    assert found.outside == ()
    table = np.array(list(cacti.table().values()))
    for value, column, unit in (
        (found.read, 0, 1e-9),
        (found.write, 1, 1e-9),
        (found.leakage_per_bank, 2, 1e-3),
        (found.area, 3, 1e-6),
    ):
        assert 0.5 * table[:, column].min() < value / unit < 2 * table[:, column].max()


@pytest.mark.parametrize(
    ("axes", "mentions"),
    [
        ((14, 262144, 16, 32), ["technology", "14"]),
        ((90, 262144, 16, 32), ["technology", "90"]),
        ((32, 512, 1, 8), ["size", "512"]),
        ((32, 2**24, 16, 32), ["size", "1.67772e+07"]),
        ((32, 262144, 64, 32), ["banks", "64"]),
        ((32, 262144, 16, 4), ["access", "4"]),
        ((32, 262144, 16, 128), ["access", "128"]),
        ((32, 1024, 16, 8), ["size", "1024"]),  # fewer than 32 lines in a bank
    ],
)
def test_a_query_outside_says_so_and_is_extended(
    axes: tuple[float, float, float, float], mentions: list[str]
) -> None:
    found = estimate(*axes)
    (line,) = found.outside
    for mention in mentions:
        assert mention in line
    assert found.read > 0
    assert found.area > 0


def test_outside_a_larger_array_leaks_and_covers_more() -> None:
    inside, outside = estimate(32, 2**22, 16, 32), estimate(32, 2**24, 16, 32)
    assert outside.leakage_per_bank == pytest.approx(4 * inside.leakage_per_bank)
    assert outside.area == pytest.approx(4 * inside.area)
    assert outside.read == pytest.approx(2 * inside.read)


def test_outside_an_access_takes_the_root_of_the_size_and_as_much_as_it_is_wide() -> None:
    inside = estimate(32, 2**22, 16, 64)
    for size, block, factor in ((2**24, 64, 2), (2**22, 128, 2), (2**26, 256, 16)):
        outside = estimate(32, size, 16, block)
        assert outside.read == pytest.approx(factor * inside.read)
        assert outside.write == pytest.approx(factor * inside.write)
    narrow, least = estimate(32, 2**20, 16, 8), estimate(32, 2**20, 16, 2)
    assert least.read == pytest.approx(narrow.read / 4)
    assert least.write == pytest.approx(narrow.write / 4)


@pytest.mark.parametrize(("nm", "nearest"), [(14.0, 22.0), (90.0, 65.0)])
def test_outside_the_technologies_all_scale_from_the_nearest(nm: float, nearest: float) -> None:
    inside, outside = estimate(nearest, 2**18, 16, 32), estimate(nm, 2**18, 16, 32)
    energy = energy_factor(nm, nearest)
    assert (energy < 1) == (nm < nearest)
    assert outside.read == pytest.approx(energy * inside.read)
    assert outside.write == pytest.approx(energy * inside.write)
    assert outside.leakage_per_bank == pytest.approx(energy * inside.leakage_per_bank)
    assert outside.area == pytest.approx(area_factor(nm, nearest) * inside.area)


def test_outside_more_banks_share_the_leakage() -> None:
    inside, outside = estimate(32, 2**20, 16, 32), estimate(32, 2**20, 64, 32)
    assert 64 * outside.leakage_per_bank == pytest.approx(16 * inside.leakage_per_bank)


def test_leakage_jumps_to_the_smallest_node_of_the_table_alone() -> None:
    odd = [
        nm
        for nm, size, banks, block in cacti.table()
        if sram.remarks(technology_nm=nm, size_bytes=size, banks=banks, block_bytes=block)
    ]
    assert odd == [nm for nm, *_ in cacti.table() if nm == 22]


@pytest.mark.parametrize(
    ("size", "banks", "block"), [(300_000, 8, 24), (2**24, 16, 32), (512, 64, 4)]
)
def test_remarks_on_an_sram_that_is_not_in_the_table(size: int, banks: int, block: int) -> None:
    for nm, lines in ((22, 1), (25, 1), (10, 1), (32, 0), (40, 0), (65, 0), (90, 0)):
        found = sram.remarks(technology_nm=nm, size_bytes=size, banks=banks, block_bytes=block)
        assert len(found) == lines
