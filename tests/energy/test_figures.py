"""No figure of a component changes by accident, whatever its attributes."""

from __future__ import annotations

import json
import lzma

import pytest

from loas_tl.components.component import Component
from tests.energy.figures import CLASSES, KEPT, figures

RECORDED = json.loads(lzma.decompress(KEPT.read_bytes()))


def test_every_class_is_recorded() -> None:
    assert list(RECORDED) == [kind.kind for kind in CLASSES]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.kind)
def test_a_class_costs_what_it_did(kind: type[Component]) -> None:
    now, recorded = figures(kind), RECORDED[kind.kind]
    assert list(now) == list(recorded), "python -m tests.energy.figures records it anew"
    for attributes, then in recorded.items():
        if isinstance(then, str):
            assert now[attributes] == then, attributes
            continue
        assert now[attributes].pop("said") == then.pop("said"), attributes
        assert now[attributes] == pytest.approx(then, rel=1e-7), attributes
