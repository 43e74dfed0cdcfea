"""Accelerators that are counted together share what they have in common; nothing else changes."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from loas_tl import Layer, design
from loas_tl.designs.design import Design
from loas_tl.ground.memo import BESIDE, Memo
from loas_tl.models.dataflow import TiledAccelerator
from loas_tl.models.detailed.model import count_detailed
from loas_tl.models.published.tiled import Operands, count_tiled, dram_by_step
from tests.detailed.test_model import accelerators, layers


@settings(max_examples=60, deadline=None)
@given(
    layers(), st.lists(accelerators(), min_size=2, max_size=5), st.sampled_from([0, 2000, 10**8])
)
def test_together_is_as_one_by_one(layer: Layer, many: list[TiledAccelerator], kept: int) -> None:
    alone = [count_detailed(layer, [one])[0] for one in many]
    for one, other in zip(alone, count_detailed(layer, [*many, *many]), strict=False):
        assert (one.published, one.counts, one.schedule) == (
            *(other.published, other.counts, other.schedule),
        )
    memo = Memo(kept)
    together = Operands(layer, memo)
    for one, a in zip(alone, many, strict=True):
        counts = count_tiled(a, together)
        assert counts == one.published
        steps = dram_by_step(a, together, counts)
        np.testing.assert_array_equal(steps, dram_by_step(a, Operands(layer), counts))
    assert memo.held <= kept


def variants() -> list[Design]:
    loas, gamma = design("LoAS"), design("Gamma-SNN")
    return [
        *(loas.with_(**{key: value}) for key, value in {
            "pes": 3, "tile_n": 5, "chunk_bits": 32, "laggy_adders": 4, "fifo_depth": 2,
            "cache_KiB": 8, "cache_banks": 2, "line_bits": 64, "hbm_GBps": 1, "clock_MHz": 80,
            "weight_bits": 3, "pointer_bits": 8, "timesteps": 2, "skip_empty": True,
        }.items()),
        *(loas, gamma, gamma.with_(pes=3), gamma.with_(cache_banks=2)),
    ]  # fmt: skip


def test_every_parameter_is_told_apart() -> None:
    rng = np.random.default_rng(0)
    x, w = rng.random((4, 9, 200)) < 0.3, (rng.random((200, 17)) < 0.2).astype(np.int8)
    layer = Layer("small", x, w)
    flows = [one.dataflow() for one in variants()]
    together = count_detailed(layer, [flow for flow in flows if flow is not None])
    for flow, found in zip(flows, together, strict=True):
        assert flow is not None
        [alone] = count_detailed(layer, [flow])
        assert (found.counts, found.schedule) == (alone.counts, alone.schedule)
    assert len({found.schedule.cycles for found in together}) > 10


def test_a_memo_keeps_what_was_used_last() -> None:
    memo = Memo(2 * (BESIDE + 80))
    made: list[str] = []

    def get(key: str) -> None:
        def make() -> NDArray[np.float64]:
            made.append(key)
            return np.zeros(10)

        memo.get(key, make)

    for key in "abacab":
        get(key)
    assert made == ["a", "b", "c", "b"]
    assert memo.held == 2 * (BESIDE + 80)
    memo.get("large", lambda: np.zeros(1000))
    assert memo.held == 2 * (BESIDE + 80)
