"""Docstrings of public names say what they have to, and the lint finds where one does not."""

from __future__ import annotations

import re
from types import FunctionType
from typing import Any

import pytest

from tests.documentation import docstrings, planted
from tests.documentation.docstrings import faults
from tests.documentation.reference import members, public
from tests.documentation.signatures import signature_faults

NO_UNIT = "is a quantity without unit (say 'share' or 'ratio' where it has none)"
NO_SHAPE = "is an array without dtype and shape, as in float64[T, M]"

PLANTED: dict[Any, list[str]] = {
    planted.whole: [],
    planted.caught: [],
    planted.narrower: [],
    planted.Below: [],
    planted.bare: ["has no docstring"],
    planted.undescribed: ["does not describe its argument height"],
    planted.misnamed: ["does not describe its argument width"],
    planted.shapeless: [f"spikes {NO_SHAPE}"],
    planted.anything: [f"w {NO_SHAPE}"],
    planted.shapeless_result: [f"gives what {NO_SHAPE}"],
    planted.unitless: [f"energy {NO_UNIT}"],
    planted.unitless_result: [f"gives what {NO_UNIT}"],
    planted.silent: ["does not say that it raises InputError"],
    planted.other_error: ["does not say that it raises InputError"],
    planted.Fields: ["does not describe height"],
    planted.Checked: [
        "does not say that it raises InputError",
        f"leakage gives what {NO_UNIT}",
        "scaled does not say that it raises InputError",
        "scaled does not describe its argument factor",
    ],
}


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    found: dict[str, Any] = public()
    return found


def test_public_names_say_what_they_take_give_and_raise(names: dict[str, Any]) -> None:
    assert [f"{name} {fault}" for name, one in names.items() for fault in faults(one)] == []


@pytest.mark.parametrize("one", PLANTED, ids=lambda one: str(one.__name__))
def test_a_planted_fault_is_found(one: Any) -> None:
    assert list(faults(one)) == PLANTED[one]


def test_a_model_without_a_source_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docstrings, "MODELS", re.compile(planted.__name__))
    assert list(faults(planted.whole)) == ["has no Source, nor has its module"]
    monkeypatch.setattr(planted, "__doc__", "Names.\n\nSource: LoAS (MICRO 2024), section IV.\n")
    assert list(faults(planted.whole)) == []


def test_what_differs_from_a_signature_is_found() -> None:
    planted_names = {
        name: one
        for name, one in vars(planted).items()
        if isinstance(one, FunctionType) and one.__module__ == planted.__name__
    }
    found = [line.split(": ")[0] for line in signature_faults(planted_names)]
    assert sorted(found) == [
        "misnamed DOC103",
        "undescribed DOC101",
        "undescribed DOC103",
        "undescribed DOC201",
        "without_result DOC201",
    ]


def test_what_is_public_leads_on(names: dict[str, Any]) -> None:
    for expected in (
        "loas_tl.kernel.spmspm.spmspm",  # of loas_tl
        "loas_tl.fiber.encoding.encode",  # of a package
        "loas_tl.timeloop.accelergy.ert.price",  # that a page names
        "loas_tl.comparison.result.LeftOut",  # that a Comparison holds
        "loas_tl.timeloop.result.Result",  # that a function gives back
        "loas_tl.ground.shown.Shown",  # that a class derives from
    ):
        assert expected in names
    assert not any(name.rpartition(".")[2].startswith("_") for name in names)
    assert "save" in members(names["loas_tl.workload.network.Network"])
