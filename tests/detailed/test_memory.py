"""What a walk says beforehand of the memory that it takes."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.models.detailed import gospa, inner_join
from loas_tl.models.machine import IdBroadcast
from tests.detailed.test_model import LOAS, TILED, make_layer

SIZES = st.integers(1, 40)
INT64 = 8


@settings(max_examples=40, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 5), SIZES, SIZES, SIZES),
    tile=st.integers(1, 9),
    units=st.integers(1, 4),
    lanes=st.sampled_from(["m", "n"]),
    timesteps=st.integers(1, 3),
)
def test_inner_joins_take_arrays_of_all_steps(
    shape: tuple[int, int, int, int],
    tile: int,
    units: int,
    lanes: Literal["m", "n"],
    timesteps: int,
) -> None:
    """A step for each group of lanes and each fiber that is broadcast to it."""
    layer = make_layer(0, shape, 0.5, 0.5)
    a = replace(LOAS, tile_m=tile, tile_n=tile, lanes=lanes)
    groups, fibers = (layer.M, layer.N) if lanes == "m" else (layer.N, layer.M)
    words = layer.T if timesteps == 1 else 1
    arrays = 2 * units + 1  # compute and busy of each unit, and what the cache takes
    held = arrays * words * ceil(groups / tile) * fibers * INT64
    assert inner_join.bytes_of(a, units, layer, timesteps) == 2 * held


@settings(max_examples=40, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 5), SIZES, SIZES, SIZES),
    tiles=st.tuples(*(st.integers(1, 9) for _ in range(3))),
    fifos=st.integers(1, 6),
)
def test_id_broadcast_takes_arrays_of_all_pairs_of_tiles(
    shape: tuple[int, int, int, int], tiles: tuple[int, int, int], fifos: int
) -> None:
    layer = make_layer(0, shape, 0.5, 0.5)
    own = next(a for a in TILED if isinstance(a.machine, IdBroadcast))
    a = replace(own, tile_m=tiles[0], tile_k=tiles[1], tile_n=tiles[2])
    down, along, across = (
        ceil(layer.M / tiles[0]),
        ceil(layer.K / tiles[1]),
        ceil(layer.N / tiles[2]),
    )
    assert isinstance(a.machine, IdBroadcast)
    machine = replace(a.machine, fifos=fifos)
    pairs = layer.T * down * across
    expected = pairs * along * INT64 + pairs * fifos * 4
    expected += layer.T * down * layer.K * 4 + layer.K * across * fifos * 4
    assert gospa.bytes_of(a, machine, layer) == expected
