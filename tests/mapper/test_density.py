from __future__ import annotations

import numpy as np
import pytest

from loas_tl.timeloop.mapper import density
from loas_tl.timeloop.mapper.density import Sums
from loas_tl.timeloop.native.density import DensityModel, density_model
from loas_tl.timeloop.native.machine import Rank
from loas_tl.timeloop.spec.problem import Density

MODELS = [
    density_model(Density("hypergeometric", 0.3), 60),
    density_model(Density("fixed_structured", 0.3), 60),
]
SIZES = np.array([1, 2, 12, 60, 12])


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_each_tile_is_answered_as_the_model_does(model: DensityModel) -> None:
    sums = Sums(model)
    assert sums.empty(SIZES).tolist() == [model.probability(n, 0) for n in SIZES.tolist()]
    assert sums.most(SIZES).tolist() == [model.most(n) for n in SIZES.tolist()]
    mean, sent = sums.contents(SIZES, False)
    np.testing.assert_allclose(mean, [model.mean(n) for n in SIZES.tolist()])
    assert (sent == 1).all()


def test_tiles_known_to_be_empty_are_not_sent() -> None:
    sums = Sums(MODELS[0])
    every, _ = sums.contents(SIZES, False)
    mean, sent = sums.contents(SIZES, True)
    np.testing.assert_allclose(mean * sent, every)
    np.testing.assert_allclose(sent, 1 - sums.empty(SIZES))
    assert sent[0] == pytest.approx(0.3)


@pytest.mark.parametrize("form", ["uop", "cp", "b", "ub", "rle"])
def test_words_of_a_rank_are_a_mean_over_occupancies(form: str) -> None:
    model = MODELS[0]
    tile, fibers, fiber, inner = 24, 2, 4, 3
    outer = tile // fibers
    rows = [np.array([x]) for x in (fibers, fiber, outer, inner)]
    units = Sums(model).units(Rank(form, 4, 4), False, np.array([tile]), rows)
    metadata = payload = 0.0
    for occupancy, chance in zip(*model.occupancies(tile), strict=True):
        counted = np.array([occupancy])
        there = fibers * (1 - model.empty_within(outer, tile, counted)[0])
        held = fiber * (1 - model.empty_within(inner, tile, counted)[0])
        words = {
            "uop": (0.0, there * (fiber + 1)),
            "cp": (there * np.ceil(held), there * np.ceil(held)),
            "b": (there * fiber, there * np.ceil(held)),
            "ub": (fibers * fiber, fibers * fiber),
            "rle": (there * held, there * held),
        }[form]
        metadata += chance * words[0]
        payload += chance * words[1]
    assert units.metadata[0] == pytest.approx(metadata)
    assert units.payload[0] == pytest.approx(payload)
    assert units.payload_of_some[0] <= units.payload[0]


def test_blocks_are_rounded_up_for_each_occupancy() -> None:
    model = MODELS[0]
    counts, chances = model.occupancies(12)
    expected = float(np.ceil(counts / 8) @ chances)
    assert Sums(model).blocks(np.array([12]), 8)[0] == pytest.approx(expected)


def test_answers_stay_the_same_when_what_was_kept_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(density, "MOST_KEPT", 2)
    monkeypatch.setattr(density, "MOST_NUMBERS", 10)
    sums, fresh = Sums(MODELS[0]), Sums(MODELS[0])
    for _ in range(3):
        sums.contents(SIZES, True)
        sums.blocks(SIZES, 2)
    np.testing.assert_array_equal(sums.contents(SIZES, True), fresh.contents(SIZES, True))
    assert sum(map(len, sums._known.values())) <= 2 + len(SIZES)


def test_long_distributions_are_cut_where_nothing_is_left() -> None:
    model = density_model(Density("hypergeometric", 0.3), 1_000_000)
    mean, _ = Sums(model).contents(np.array([100_000]), False)
    assert mean[0] == pytest.approx(30_000, rel=1e-7)
