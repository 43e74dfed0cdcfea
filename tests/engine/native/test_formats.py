"""Words of metadata, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from loas_tl.timeloop.native.density import FixedStructured, Hypergeometric
from loas_tl.timeloop.native.formats import Fibers, RankWords, rank_words
from loas_tl.timeloop.native.machine import Rank, StorageFormat


def words(
    formats: str, fibers: list[int], nonzeros: float, density: float = 0.25
) -> list[RankWords]:
    """Of a tile of given fibers, innermost rank first, all in words of 4 bits."""
    below = [int(np.prod(fibers[:i])) for i in range(len(fibers))]
    ranks = tuple(Rank(name, 4, 4) for name in formats.split())
    size = int(np.prod(fibers))
    return rank_words(
        ranks,
        Fibers(tuple(fibers), tuple(below)),
        size,
        np.array([nonzeros]),
        FixedStructured(density),
    )


def numbers(rank: RankWords) -> tuple[float, float]:
    """Metadata and payload of the only tile asked for."""
    return float(rank.metadata[0]), float(rank.payload[0])


@pytest.mark.parametrize(
    ("formats", "expected"),
    [
        # Four fibers of four words, four non-zeros spread evenly: one in each fiber.
        ("cp uop", [(4, 0), (0, 5)]),  # compressed sparse rows
        ("cp cp", [(4, 0), (4, 4)]),
        ("b uop", [(16, 0), (0, 5)]),
        ("rle uop", [(4, 0), (0, 5)]),
        ("b b", [(16, 0), (4, 4)]),
        ("ub ub", [(16, 0), (4, 4)]),
        ("uop uop", [(0, 0), (0, 5)]),
    ],
)
def test_two_ranks(formats: str, expected: list[tuple[float, float]]) -> None:
    assert [numbers(rank) for rank in words(formats, [4, 4], 4)] == expected


def test_an_empty_tile_takes_nothing_but_uncompressed_bitmasks() -> None:
    assert [numbers(r) for r in words("cp cp", [4, 4], 0)] == [(0, 0), (0, 0)]
    assert [numbers(r) for r in words("ub ub", [4, 4], 0)] == [(16, 0), (4, 4)]


def test_a_rank_of_one_coordinate_is_left_out_unless_outermost() -> None:
    assert [numbers(r) for r in words("cp uop cp", [4, 1, 4], 4)] == [(4, 0), (0, 0), (4, 4)]
    assert numbers(words("cp cp", [4, 1], 1)[1]) == (1, 1)
    assert words("cp uop cp", [4, 1, 4], 4)[1].payload_bits == 0


def test_runs_are_not_rounded_up_and_coordinates_are() -> None:
    assert numbers(words("rle", [6], 1, density=1 / 6)[0]) == pytest.approx((1, 0))
    half = rank_words(
        (Rank("cp", 4, 4),), Fibers((6,), (1,)), 6, np.array([2.0]), Hypergeometric(0.3, 60, 18)
    )
    assert numbers(half[0]) == (2, 0)
    pairs = rank_words(
        (Rank("rle", 4, 4), Rank("cp", 4, 4)),
        Fibers((2, 3), (1, 2)),
        6,
        np.array([2.0]),
        Hypergeometric(0.3, 60, 18),
    )
    filled = 1 - 4 * 3 / (6 * 5)  # a pair of six words is not empty
    assert numbers(pairs[1]) == pytest.approx((2, 2))  # 3 * filled = 1.8, rounded up
    assert numbers(pairs[0])[0] == pytest.approx(3 * filled * 2 * (1 - 4 / 6))


def test_several_numbers_of_nonzeros_at_once() -> None:
    one_by_one = [words("cp uop", [4, 4], n, 0.5) for n in (1.0, 2.0, 7.0)]
    together = rank_words(
        (Rank("cp", 4, 4), Rank("uop", 4, 4)),
        Fibers((4, 4), (1, 4)),
        16,
        np.array([1.0, 2.0, 7.0]),
        FixedStructured(0.5),
    )
    for rank in (0, 1):
        assert list(together[rank].payload) == [float(w[rank].payload[0]) for w in one_by_one]
        assert list(together[rank].metadata) == [float(w[rank].metadata[0]) for w in one_by_one]


def test_what_counts_as_compressed() -> None:
    assert StorageFormat((Rank("cp", 4, 4), Rank("uop", 4, 4))).compressed
    assert not StorageFormat((Rank("ub", 4, 4), Rank("uop", 4, 4))).compressed
