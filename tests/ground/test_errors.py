"""Errors speak of arguments in Python, and of options on the command line."""

from __future__ import annotations

import copy
import pickle

import pytest

import loas_tl
from loas_tl.ground.errors import InputError


@pytest.mark.parametrize(
    ("option", "argument"),
    [
        ("--baseline", "baseline"),
        ("--set", "settings"),
        ("--workload-set timesteps", "workload timesteps"),
        ("--time-limit", "time_limit"),
        ("layers.conv", "layers.conv"),
    ],
)
def test_an_option_is_an_argument_in_python(option: str, argument: str) -> None:
    error = InputError("is wrong", key=option)
    assert str(error) == f"{argument}: is wrong"
    assert error.as_typed() == f"{option}: is wrong"
    error.add_file("a.npz")
    assert str(error) == f"a.npz: {argument}: is wrong"
    assert copy.copy(error).as_typed() == f"a.npz: {option}: is wrong"


@pytest.mark.parametrize(
    ("typed", "in_python"),
    [
        ("choose one (--samples 0)", "choose one (samples=0)"),
        ("use fewer --jobs", "use fewer jobs"),
        ("give it time (--time-limit)", "give it time (time_limit)"),
        ("is '--jobs 3'; not --jobs-more", "is '--jobs 3'; not --jobs-more"),
    ],
)
def test_advice_is_of_arguments_in_python(typed: str, in_python: str) -> None:
    error = InputError(typed, key="--vary pes")
    assert str(error) == f"vary pes: {in_python}"
    assert error.as_typed() == f"--vary pes: {typed}"
    error.add_file("a.npz")
    copied = pickle.loads(pickle.dumps(error))  # noqa: S301 - of our own
    assert str(copied) == f"a.npz: vary pes: {in_python}"
    assert copied.as_typed() == f"a.npz: --vary pes: {typed}"


def test_python_callers_read_of_arguments() -> None:
    with pytest.raises(InputError, match=r"^vary: LoAS has no 'pess'; did you mean 'pes'"):
        loas_tl.explore("LoAS", "V-L8", vary={"pess": [1, 2]})
    with pytest.raises(InputError, match=r"^baseline: 'PTB' does not run here"):
        loas_tl.compare("V-L8", accelerators="LoAS", baseline="PTB")
    with pytest.raises(InputError, match=r"^seed: is 'a'; expected a whole number"):
        loas_tl.explore("LoAS", "V-L8", vary={"pes": [1, 2]}, seed="a")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^vary: is of type int"):
        loas_tl.explore("LoAS", "V-L8", vary=8)  # type: ignore[arg-type]
