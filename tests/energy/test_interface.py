"""Specs of users rest on names, defaults and bounds: they do not change by accident."""

from __future__ import annotations

import json

import pytest

from tests.energy.interface import KEPT, interface

RECORDED = json.loads(KEPT.read_text())
OURS = json.loads(json.dumps(interface()))


def test_no_class_has_come_or_gone() -> None:
    assert list(OURS) == list(RECORDED)


@pytest.mark.parametrize("kind", RECORDED)
def test_a_class_takes_what_it_took(kind: str) -> None:
    assert OURS[kind] == RECORDED[kind], "python -m tests.energy.interface records it anew"
