"""Where bare bitmasks lie, against a walk over their bits."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.ground.bitmask import Bitmasks
from loas_tl.models.detailed.fibers import lay_out
from loas_tl.models.detailed.unit import Timeline
from loas_tl.models.detailed.walk import LaneTime


@settings(deadline=None)
@given(
    st.sampled_from([64, 128, 192]),
    st.sampled_from([64, 128, 256, 512]),
    st.integers(1, 1500),
    st.integers(1, 3),
    st.integers(0, 9),
)
def test_chunks_of_bare_bitmasks_share_lines(
    chunk: int, line_bits: int, length: int, fibers: int, first_line: int
) -> None:
    chunks = -(-length // chunk)
    words = np.zeros((fibers, chunks, chunk // 64), np.uint64)
    system: Any = SimpleNamespace(line_bits=line_bits)
    found = lay_out(Bitmasks(words, chunk, length), 0, 0, system, first_line)
    line = first_line
    for fiber in range(fibers):
        fetched = -1
        for c in range(chunks):
            bits = range(c * chunk, min((c + 1) * chunk, length))
            new = sorted({bit // line_bits for bit in bits} - set(range(fetched + 1)))
            assert found.headers[fiber, c] == len(new)
            if new:
                assert found.start[fiber, c] == line + new[0]
            fetched = max([fetched, *new])
        line += fetched + 1
    assert found.end == line
    assert not found.value_lines.any()


def test_times_of_lanes_add_up() -> None:
    one, other = (LaneTime(Timeline(n, n, n, n, n), 3 * n, 5 * n) for n in (1, 3))
    both = one + other
    assert both == LaneTime(Timeline(4, 4, 4, 4, 4), 12, 20)
