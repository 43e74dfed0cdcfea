"""The tile walk counts what a plain reading of the published cost models counts, exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from loas_tl.designs import gamma, gospa, loas, sparten
from loas_tl.designs.loas import Loas
from loas_tl.models.dataflow import Kind, TiledAccelerator
from loas_tl.models.published import tiles
from loas_tl.models.published.counts import Counts
from loas_tl.models.published.model import count
from loas_tl.workload.layer import Layer

from . import kit, plain

LOAS, LOAS_FT = loas.LOAS.dataflow(), loas.LOAS_FT.dataflow()
LOAS_N_MAJOR = loas.LOAS_N_MAJOR.dataflow()
SPARTEN_SNN, SPARTEN_ANN = sparten.SPARTEN_SNN.dataflow(), sparten.SPARTEN_ANN.dataflow()
GOSPA_SNN = gospa.GOSPA_SNN.dataflow()
GAMMA_SNN, GAMMA_ANN = gamma.GAMMA_SNN.dataflow(), gamma.GAMMA_ANN.dataflow()

WITH_LANES: dict[TiledAccelerator, Callable[..., kit.Counted]] = {
    LOAS: plain.loas,
    LOAS_FT: plain.loas_ft,
    LOAS_N_MAJOR: plain.loas_n_major,
}
"""Those that take several timesteps at once, four of them unless told otherwise."""

PLAIN: dict[TiledAccelerator, Callable[..., kit.Counted]] = {
    **WITH_LANES,
    SPARTEN_SNN: plain.sparten_snn,
    GOSPA_SNN: plain.gospa_snn,
    GAMMA_SNN: plain.gamma_snn,
    SPARTEN_ANN: plain.sparten_ann,
    GAMMA_ANN: plain.gamma_ann,
}
KINDS: tuple[Kind, ...] = ("spikes", "weights", "metadata", "psums")

# Mostly with something in them: all-zero tensors compare few of the counts.
DENSITIES = st.sampled_from([0.3, 0.02, 0.1, 0.5, 0.9, 1.0, 0.0]) | st.floats(0.02, 1.0)
# A buffer has room for a full tile at least, so that only full tiles push each other out.
HIGH_DENSITIES = st.sampled_from([0.8, 0.5, 0.95, 1.0, 0.2, 0.0]) | st.floats(0.3, 1.0)
SEEDS = st.integers(0, 2**32 - 1)

# Extents on both sides of the tiles' edges, which are multiples of 16.
EDGES = [1, 2, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65]
K_EDGES = [*EDGES, 127, 128, 129, 191, 192, 193, 255, 256, 257]
PIXELS = st.sampled_from(EDGES) | st.integers(1, 70)
CHANNELS = st.sampled_from(EDGES) | st.integers(1, 70)
INPUTS = st.sampled_from(K_EDGES) | st.integers(1, 300)
TIMESTEPS = st.sampled_from([1, 2, 3, 4, 8]) | st.integers(1, 16)


def random_weights(
    generator: np.random.Generator, shape: tuple[int, ...], density: float, largest: int
) -> NDArray[np.int8]:
    """Weights of both signs; few different values make tiles meet more often."""
    values = generator.integers(1, largest + 1, size=shape)
    values *= generator.choice([-1, 1], size=shape)
    values[generator.random(shape) >= density] = 0
    return values.astype(np.int8)


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    """Layers of any shape whose tensors may repeat with a period of a tile's extent or less."""
    T, M, N, K = draw(TIMESTEPS), draw(PIXELS), draw(CHANNELS), draw(INPUTS)
    generator = np.random.default_rng(draw(SEEDS))
    spikes = generator.random((T, M, K)) < draw(DENSITIES)
    weights = random_weights(generator, (K, N), draw(DENSITIES), draw(st.sampled_from([1, 127])))
    if draw(st.booleans()):
        # Repeating tensors have tiles that differ in place but not in content.
        t = np.arange(T) % draw(st.sampled_from([1, 2, 16]))
        m = np.arange(M) % draw(st.sampled_from([1, 16, 32, 64]))
        n = np.arange(N) % draw(st.sampled_from([1, 16, 32, 64]))
        k = np.arange(K) % draw(st.sampled_from([1, 64, 128, 256]))
        spikes, weights = spikes[np.ix_(t, m, k)], weights[np.ix_(k, n)]
    if draw(st.integers(0, 3)) == 3:
        # Leave whole tiles empty, and whole timesteps.
        spikes[:, :, K // 2 :] = False
        spikes[T // 2 :, : M // 2] = False
        weights[: K // 3] = 0
    return Layer("layer", spikes, weights)


@dataclass(frozen=True)
class SmallBuffers:
    """A layer, and tiles and buffers so small that tiles fall out of the buffers."""

    layer: Layer
    tile_m: int
    tile_k: int
    tile_n: int
    x_capacity: int
    w_capacity: int

    def shrink(self, accelerator: TiledAccelerator) -> TiledAccelerator:
        return replace(
            accelerator,
            tile_m=self.tile_m,
            tile_k=self.tile_k,
            tile_n=self.tile_n,
            x_buffer=self.x_capacity,
            w_buffer=self.w_capacity,
        )

    def count_plainly(self, accelerator: TiledAccelerator, **lanes: int | None) -> kit.Counted:
        return PLAIN[accelerator](
            self.layer.spikes,
            self.layer.weights,
            **lanes,
            tile_m=self.tile_m,
            tile_k=self.tile_k,
            tile_n=self.tile_n,
            x_capacity=self.x_capacity,
            w_capacity=self.w_capacity,
        )


def mosaic(
    generator: np.random.Generator, blocks: NDArray[Any], down: int, across: int
) -> NDArray[Any]:
    """Put matrices (or stacks of them) together from ``blocks[index]`` chosen at random."""
    rows = [
        np.concatenate(list(blocks[generator.integers(len(blocks), size=across)]), axis=-1)
        for _ in range(down)
    ]
    return np.concatenate(rows, axis=-2)


@st.composite
def small_buffers(draw: st.DrawFn, most_timesteps: int = 4) -> SmallBuffers:
    """Tensors put together from a few blocks of a tile's size, so that tiles recur."""
    tile_m, tile_k, tile_n = (draw(st.integers(1, most)) for most in (5, 9, 5))
    down, along, across = (draw(st.sampled_from([2, 3, 4, 1])) for _ in range(3))
    T = draw(st.integers(1, most_timesteps))
    different = draw(st.sampled_from([4, 2, 8, 3, 1]))
    generator = np.random.default_rng(draw(SEEDS))
    # Blocks share their timesteps, so that tiles of X recur where those of P do not.
    timesteps = generator.random((different, tile_m, tile_k)) < draw(HIGH_DENSITIES)
    x_blocks = timesteps[generator.integers(different, size=(different, T))]
    w_blocks = random_weights(
        generator,
        (different, tile_k, tile_n),
        draw(HIGH_DENSITIES),
        draw(st.sampled_from([1, 127])),
    )
    # The last tiles are clipped.
    M = down * tile_m - draw(st.integers(0, tile_m - 1))
    K = along * tile_k - draw(st.integers(0, tile_k - 1))
    N = across * tile_n - draw(st.integers(0, tile_n - 1))
    spikes = mosaic(generator, x_blocks, down, along)[:, :M, :K]
    weights = mosaic(generator, w_blocks, along, across)[:K, :N]
    x_numel, w_numel = tile_m * tile_k, tile_k * tile_n
    return SmallBuffers(
        Layer("layer", spikes, weights),
        tile_m,
        tile_k,
        tile_n,
        x_capacity=x_numel + draw(st.integers(0, x_numel)),
        w_capacity=w_numel + draw(st.integers(0, w_numel)),
    )


def assert_same(counts: Counts, expected: kit.Counted) -> None:
    assert (counts.cycles, counts.computes) == (expected.cycles, expected.computes)
    assert counts.hits == expected.hits
    assert counts.misses == expected.misses
    for kind in KINDS:
        assert counts.moved("dram", kind=kind) == expected.dram[kind], ("DRAM", kind)
        on_chip = counts.moved("sram_read", "sram_write", kind=kind)
        assert on_chip == expected.sram[kind], ("SRAM", kind)
    assert counts.moved("dram") == expected.dram.total()
    assert counts.moved("sram_read", "sram_write") == expected.sram.total()
    # Floats would be exact only up to 2**53 and numpy's integers would wrap around.
    for number in (counts.cycles, counts.computes, *counts.bits.values(), *counts.hits.values()):
        assert type(number) is int


def assert_same_on_all(layer: Layer) -> None:
    for accelerator, counts in zip(PLAIN, count(layer, list(PLAIN)), strict=True):
        assert_same(counts, PLAIN[accelerator](layer.spikes, layer.weights))


def assert_same_with_lanes(layer: Layer, lanes: int | None) -> None:
    declared = [replace(accelerator, timesteps=lanes) for accelerator in WITH_LANES]
    for accelerator, counts in zip(WITH_LANES, count(layer, declared), strict=True):
        assert_same(counts, WITH_LANES[accelerator](layer.spikes, layer.weights, lanes=lanes))


# Tests of a reasonable size cannot fill the largest buffers, so these numbers stand here, too.
PUBLISHED_SIZES = {
    LOAS: ("mntk", (16, 128, 32), "m", (131_072, 4_096)),
    LOAS_FT: ("mntk", (16, 128, 32), "m", (131_072, 4_096)),
    LOAS_N_MAJOR: ("nmtk", (32, 128, 16), "n", (4_096, 131_072)),
    SPARTEN_SNN: ("nmtk", (32, 128, 16), "n", (16_384, 131_072)),
    GOSPA_SNN: ("kntm", (64, 256, 16), "n", (174_080, 16_384)),
    GAMMA_SNN: ("mktn", (16, 64, 64), "m", (8_192, 131_072)),
    SPARTEN_ANN: ("nmtk", (32, 128, 16), "n", (16_384, 131_072)),
    GAMMA_ANN: ("mktn", (16, 64, 64), "m", (8_192, 131_072)),
}


@pytest.mark.parametrize("accelerator", PLAIN, ids=lambda accelerator: accelerator.name)
def test_loops_tiles_and_buffers_are_the_published_ones(accelerator: TiledAccelerator) -> None:
    a = accelerator
    extents, buffers = (a.tile_m, a.tile_k, a.tile_n), (a.x_buffer, a.w_buffer)
    assert (a.loop_order, extents, a.lanes, buffers) == PUBLISHED_SIZES[a]
    assert a.timesteps == (4 if a in WITH_LANES else None)
    assert a.pes == 16


@settings(max_examples=120, deadline=None)
@given(layers())
@example(Layer("silent", np.zeros((3, 17, 129), dtype=bool), np.zeros((129, 33), dtype=np.int8)))
@example(Layer("full", np.ones((4, 65, 257), dtype=bool), np.ones((257, 65), dtype=np.int8)))
@example(Layer("single", np.ones((1, 1, 1), dtype=bool), np.ones((1, 1), dtype=np.int8)))
@example(Layer("one row", np.ones((16, 1, 300), dtype=bool), np.ones((300, 1), dtype=np.int8)))
def test_counts_are_those_of_the_plain_model(layer: Layer) -> None:
    assert_same_on_all(layer)
    assert_same_with_lanes(layer, None)


@settings(max_examples=150, deadline=None)
@given(layers(), st.integers(1, 8))
@example(Layer("silent", np.zeros((5, 17, 129), dtype=bool), np.zeros((129, 33), dtype=np.int8)), 2)
@example(Layer("full", np.ones((9, 65, 257), dtype=bool), np.ones((257, 65), dtype=np.int8)), 4)
@example(Layer("one each", np.ones((16, 1, 1), dtype=bool), np.ones((1, 1), dtype=np.int8)), 1)
def test_more_timesteps_than_lanes_are_walked_in_passes(layer: Layer, lanes: int) -> None:
    assert_same_with_lanes(layer, lanes)


@settings(max_examples=120, deadline=None)
@given(small_buffers(most_timesteps=16), st.integers(1, 8))
def test_passes_are_those_of_the_plain_model_when_tiles_fall_out_of_the_buffers(
    case: SmallBuffers, lanes: int
) -> None:
    shrunk = [replace(case.shrink(accelerator), timesteps=lanes) for accelerator in WITH_LANES]
    for accelerator, counts in zip(WITH_LANES, count(case.layer, shrunk), strict=True):
        assert_same(counts, case.count_plainly(accelerator, lanes=lanes))


@pytest.mark.parametrize("timesteps", range(1, 17))
@pytest.mark.parametrize("lanes", range(1, 9))
def test_the_lanes_of_a_design_are_its_timesteps(timesteps: int, lanes: int) -> None:
    generator = np.random.default_rng([timesteps, lanes])
    spikes = generator.random((timesteps, 18, 70)) < 0.3
    layer = Layer("layer", spikes, random_weights(generator, (70, 40), 0.4, 127))
    for design in (loas.LOAS, loas.LOAS_FT, loas.LOAS_N_MAJOR):
        (counts,) = count(layer, [design.with_(timesteps=lanes).dataflow()])
        expected = PLAIN[design.dataflow()](
            spikes,
            layer.weights,
            lanes=lanes,
            # A partition holds as many bits, whatever the width of a word.
            **({"x_capacity": 131_072 * 4 // lanes} if isinstance(design, Loas) else {}),
        )
        assert_same(counts, expected)


def test_passes_together_move_and_match_what_the_groups_of_timesteps_do_alone() -> None:
    generator = np.random.default_rng(3)
    spikes = generator.random((8, 40, 150)) < 0.3
    weights = random_weights(generator, (150, 40), 0.2, 127)
    together, first, second = (
        count(Layer("layer", part, weights), [LOAS])[0] for part in (spikes, spikes[:4], spikes[4:])
    )
    assert together.cycles == first.cycles + second.cycles
    assert together.computes == first.computes + second.computes
    moved = together.moved("dram", kind="spikes")
    assert moved == sum(half.moved("dram", kind="spikes") for half in (first, second))


@settings(max_examples=200, deadline=None)
@given(small_buffers())
def test_counts_are_those_of_the_plain_model_when_tiles_fall_out_of_the_buffers(
    case: SmallBuffers,
) -> None:
    shrunk = [case.shrink(accelerator) for accelerator in PLAIN]
    for accelerator, counts in zip(PLAIN, count(case.layer, shrunk), strict=True):
        assert_same(counts, case.count_plainly(accelerator))


@pytest.mark.parametrize("accelerator", PLAIN, ids=lambda accelerator: accelerator.name)
def test_a_tile_that_fell_out_of_the_buffer_is_fetched_again(
    accelerator: TiledAccelerator,
) -> None:
    # Every tile is walked over at least twice and full, and a buffer holds just one of them.
    generator = np.random.default_rng(1)
    weights = generator.integers(1, 128, size=(12, 6)).astype(np.int8)
    case = SmallBuffers(
        Layer("layer", np.ones((2, 4, 12), dtype=bool), weights),
        tile_m=2,
        tile_k=4,
        tile_n=3,
        x_capacity=8,
        w_capacity=12,
    )
    (counts,) = count(case.layer, [case.shrink(accelerator)])
    distinct_weight_tiles = 3 * 2
    # K outermost keeps a weight tile for all of its steps; every other order comes back to it.
    comes_back = accelerator.loop_order[0] != "k"
    assert (counts.misses["w"] > distinct_weight_tiles) == comes_back
    assert counts.misses["x"] == 1  # all spike tiles are the same one
    assert_same(counts, case.count_plainly(accelerator))


@pytest.mark.parametrize("timesteps", [1, 7, 8, 9, 16, 17, 32, 33, 63, 64])
def test_packed_words_of_any_width_keep_every_timestep(timesteps: int) -> None:
    generator = np.random.default_rng(timesteps)
    spikes = generator.random((timesteps, 18, 70)) < 1.5 / timesteps
    spikes[:, 0, 0] = False
    spikes[-1, 0, 0] = True  # fires once, in the word's top bit
    spikes[:, 0, 1] = True
    layer = Layer("layer", spikes, random_weights(generator, (70, 20), 0.4, 127))
    assert_same_on_all(layer)
    for lanes in (None, timesteps, timesteps + 1, 64):
        assert_same_with_lanes(layer, lanes)


@pytest.mark.parametrize("lanes", [1, 5, 7, 8, 9, 31, 32, 33, 63])
def test_words_of_any_width_are_cut_into_passes_of_any_width(lanes: int) -> None:
    generator = np.random.default_rng(lanes)
    spikes = generator.random((64, 18, 70)) < 0.05
    spikes[:, 0, 0] = False
    spikes[-1, 0, 0] = True  # fires once, in the last pass's top bit
    spikes[:, 0, 1] = True
    layer = Layer("layer", spikes, random_weights(generator, (70, 20), 0.4, 127))
    assert_same_with_lanes(layer, lanes)


def test_tiles_that_differ_only_in_when_a_neuron_fires_are_different_tiles_of_loas() -> None:
    # Both tiles have a spike at the same neuron, one at t = 0 and the other at t = 1.
    spikes = np.zeros((2, 1, 2), dtype=bool)
    spikes[0, 0, 0] = spikes[1, 0, 1] = True
    layer = Layer("layer", spikes, np.ones((2, 1), dtype=np.int8))
    (counts,) = count(layer, [replace(LOAS, tile_k=1)])
    assert counts.misses == {"x": 2, "w": 1}


def test_weight_tiles_that_differ_only_in_sign_are_different_tiles() -> None:
    weights = np.array([[3], [-3]], dtype=np.int8)
    layer = Layer("layer", np.ones((1, 1, 2), dtype=bool), weights)
    (counts,) = count(layer, [replace(LOAS, tile_k=1)])
    assert counts.misses == {"x": 1, "w": 2}


def test_tiles_of_different_shape_are_different_tiles() -> None:
    # K = 3 in tiles of 2: the bytes of the clipped tile are a prefix of the full one's.
    layer = Layer("layer", np.zeros((1, 1, 3), dtype=bool), np.zeros((3, 1), dtype=np.int8))
    (counts,) = count(layer, [replace(LOAS, tile_k=2)])
    assert counts.misses == {"x": 2, "w": 2}


def test_an_accelerator_counts_the_same_alone_and_beside_others() -> None:
    generator = np.random.default_rng(5)
    spikes = generator.random((3, 40, 150)) < 0.3
    layer = Layer("layer", spikes, random_weights(generator, (150, 40), 0.2, 127))
    together = count(layer, list(PLAIN))
    assert [count(layer, [accelerator])[0] for accelerator in PLAIN] == together


# The key that proposes which tiles are equal adds up the columns' sums times their multipliers, so
# multipliers that are all alike make many different tiles propose to be the same.
COLLIDING = pytest.mark.parametrize("multiplier", [0, 1, 2**64 - 1])


@COLLIDING
def test_tiles_with_equal_keys_are_told_apart_by_content(
    multiplier: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    collide(monkeypatch, multiplier)
    # Four tiles of one row each; the first and the last are the same one.
    stack = np.array([[[1, 2], [2, 1], [0, 3], [1, 2]]], dtype=np.int8)
    ids = tiles.cut(stack, 1, 2).ids.ravel().tolist()
    assert ids[0] == ids[3]
    assert len({*ids}) == 3


@COLLIDING
@settings(max_examples=60, deadline=None)
@given(case=small_buffers())
def test_colliding_keys_change_no_count(multiplier: int, case: SmallBuffers) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        collide(monkeypatch, multiplier)
        shrunk = [case.shrink(accelerator) for accelerator in PLAIN]
        for accelerator, counts in zip(PLAIN, count(case.layer, shrunk), strict=True):
            assert_same(counts, case.count_plainly(accelerator))


@COLLIDING
def test_colliding_keys_change_no_count_with_published_tiles(
    multiplier: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    collide(monkeypatch, multiplier)
    generator = np.random.default_rng(9)
    # One spike a row of a tile and timestep, somewhere: as many non-zeros in each tile.
    spikes = np.zeros((3, 70, 300), dtype=bool)
    for start in range(0, 300, 64):
        at = generator.integers(start, min(start + 64, 300), size=(3, 70, 1))
        np.put_along_axis(spikes, at, values=True, axis=2)
    weights = np.zeros((300, 70), dtype=np.int8)
    np.put_along_axis(weights, generator.integers(300, size=(4, 70)), values=1, axis=0)
    assert_same_on_all(Layer("layer", spikes, weights))


def collide(monkeypatch: pytest.MonkeyPatch, multiplier: int) -> None:
    monkeypatch.setattr(
        tiles, "_position_keys", lambda count: np.full(count, multiplier, dtype=np.uint64)
    )
