from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl import InputError
from loas_tl.kernel import spmspm_report
from tests.kernel import plain
from tests.workload.examples import W, X


@settings(max_examples=300, deadline=None)
@given(
    seed=st.integers(0, 2**64 - 1),
    pseudo_bits=st.integers(1, 16),
    correction_bits=st.integers(1, 16),
)
def test_the_report_is_that_of_registers_filled_match_by_match(
    seed: int, pseudo_bits: int, correction_bits: int
) -> None:
    x, w = plain.random_case(seed, (3, 200, 3))
    outputs, report = spmspm_report(x, w, pseudo_bits, correction_bits)
    expected, counts = plain.inner_joins(x, w, pseudo_bits, correction_bits)
    assert np.array_equal(outputs, expected)
    assert asdict(report) == counts | {
        "pseudo_bits": pseudo_bits,
        "correction_bits": correction_bits,
        "outputs": outputs.size,
    }


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
def test_the_widths_needed_are_the_narrowest_that_never_overflow(seed: int) -> None:
    x, w = plain.random_case(seed, (4, 200, 4))
    _, report = spmspm_report(x, w)
    pseudo, correction = report.pseudo_bits_needed, report.correction_bits_needed
    _, enough = spmspm_report(x, w, pseudo, correction)
    assert (enough.overflows, enough.affected_outputs, enough.wrong_outputs) == (0, 0, 0)
    if pseudo > 1:
        assert spmspm_report(x, w, pseudo - 1, correction)[1].pseudo_overflows > 0
    if correction > 1:
        assert spmspm_report(x, w, pseudo, correction - 1)[1].correction_overflows > 0


def one_row(*columns: tuple[str, int]) -> tuple[Any, Any]:
    """A row of neurons, each with its word (timestep 0 first), and one column of weights."""
    x = np.array([[[bit == "1" for bit in word] for word, _ in columns]]).transpose(2, 0, 1)
    return x, np.array([[weight] for _, weight in columns])


def test_a_hand_worked_join() -> None:
    x, w = one_row(("1010", 5), ("0000", 9), ("1111", -3), ("0110", 0), ("0001", 7))
    outputs, report = spmspm_report(x, w)
    # Pseudo-sum 5 - 3 + 7 = 9; corrections 7, 5 + 7, 7, 5.
    assert outputs[:, 0, 0].tolist() == [2, -3, 2, 4]
    assert (report.matches, report.discarded, report.corrections) == (3, 1, 2 + 3)
    assert report.pseudo_range == (0, 9)
    assert report.correction_range == (0, 12)
    assert (report.pseudo_bits_needed, report.correction_bits_needed) == (5, 5)
    assert (report.overflows, report.affected_outputs, report.wrong_outputs) == (0, 0, 0)


def test_an_accumulator_that_wraps_and_wraps_back_affects_outputs_but_is_right() -> None:
    x, w = one_row(("11", 100), ("11", 100), ("11", -100))
    outputs, report = spmspm_report(x, w, pseudo_bits=8)
    assert outputs[:, 0, 0].tolist() == [100, 100]
    assert report.pseudo_overflows == 2
    assert (report.affected_outputs, report.wrong_outputs) == (2, 0)
    assert report.largest_pseudo == 200


def test_an_accumulator_that_ends_wrapped_is_counted_as_wrong_and_the_output_is_exact() -> None:
    x, w = one_row(("10", 100), ("10", 100))
    outputs, report = spmspm_report(x, w, correction_bits=8)
    assert outputs[:, 0, 0].tolist() == [200, 0]
    assert (report.pseudo_overflows, report.correction_overflows) == (0, 1)
    # Timestep 0 has nothing to correct.
    assert (report.affected_outputs, report.wrong_outputs) == (1, 1)
    assert report.largest_correction == 200


def test_the_lowest_value_of_a_register_is_no_overflow() -> None:
    x, w = one_row(("1", -64), ("1", -64))
    assert spmspm_report(x, w, pseudo_bits=8)[1].overflows == 0
    x, w = one_row(("1", 64), ("1", 64))
    assert spmspm_report(x, w, pseudo_bits=8)[1].overflows == 1


def test_published_widths_are_the_defaults() -> None:
    _, report = spmspm_report(X, W)
    assert (report.pseudo_bits, report.correction_bits) == (12, 10)


@pytest.mark.parametrize("key", ["pseudo_bits", "correction_bits"])
@pytest.mark.parametrize("value", [0, -3, 33, 1.5, True, None, "12"])
def test_widths_out_of_range_are_refused(key: str, value: Any) -> None:
    with pytest.raises(InputError) as refused:
        spmspm_report(X, W, **{key: value})
    assert str(refused.value) == f"{key}: is {value!r}; expected a whole number, 1 to 32"
