"""A search takes the same steps on every machine and with every version of Python."""

from __future__ import annotations

import json

import pytest

from loas_tl.timeloop.mapper import strategy
from tests.mapper.steps import AT_ONCE, CASES, KEPT, steps

RECORDED = json.loads(KEPT.read_text())


@pytest.mark.parametrize("name", CASES)
def test_a_search_takes_the_steps_that_were_recorded(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Draws, breeds, forgets and visits as it did: every mapping that it looks at is the same."""
    monkeypatch.setattr(strategy, "AT_ONCE", AT_ONCE)
    ours = json.loads(json.dumps(steps(*CASES[name])))
    for key, recorded in RECORDED[name].items():
        assert ours[key] == recorded, f"{key}; python -m tests.mapper.steps records it anew"
