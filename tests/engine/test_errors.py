"""Timeloop's refusals, typed."""

from __future__ import annotations

from collections import Counter

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.errors import MappingError, parse_rejection
from tests.timeloop_runs import refused


def test_every_recorded_refusal_has_a_kind() -> None:
    kinds = Counter(run.rejection.kind for run in refused())
    assert kinds == {
        "decompression": 24,
        "pretiling": 23,
        "ranks": 13,
        "capacity": 8,
        "partition": 5,
    }


def test_a_refusal_keeps_timeloops_words() -> None:
    line = "ERROR: couldn't map level GlobalCache: mapped tile size 129 exceeds buffer capacity 32"
    rejection = parse_rejection(line)
    assert isinstance(rejection, MappingError)
    assert isinstance(rejection, InputError)
    assert rejection.level == "GlobalCache"
    assert rejection.reason == "mapped tile size 129 exceeds buffer capacity 32"
    assert str(rejection) == line.removeprefix("ERROR: ")


def test_other_lines_are_not_refusals() -> None:
    assert parse_rejection("ERROR: target storage level not found: Cache") is None
    assert MappingError("PE", "the moon is full").kind == "other"
