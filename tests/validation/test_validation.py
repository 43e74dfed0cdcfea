"""Validation of small layers through the public interface."""

from __future__ import annotations

import json

import numpy as np
import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native.density import Hypergeometric
from loas_tl.validation import Count, validate
from loas_tl.validation.actual_data import ActualData
from loas_tl.validation.records import Validation, error
from loas_tl.validation.shuffle import shuffled
from loas_tl.workload.layer import Layer, Network


def network(structure: float) -> Network:
    """A layer whose inputs fire at rates of their own, the more so the larger ``structure``."""
    rng = np.random.default_rng(7)
    rates = np.clip(0.2 * np.exp(structure * rng.normal(size=128)), 0, 0.9)
    spikes = rng.random((4, 16, 128)) < rates
    kept = np.clip(0.15 * rates / rates.mean(), 0, 1)[:, None]
    weights = (rng.random((128, 32)) < kept).astype(np.int8)
    weights[:, ::4] = 0
    return Network("small", (Layer("one", spikes, weights),))


@pytest.fixture(name="validation", scope="module")
def _validation() -> Validation:
    return validate(network(1.0), accelerators=["LoAS", "SparTen-SNN", "Gamma-SNN", "PTB"])


def of(validation: Validation, accelerator: str) -> list[Count]:
    return [c for c in validation.counts if c.accelerator == accelerator]


def test_json_is_as_documented(validation: Validation) -> None:
    document = json.loads(validation.to_json())
    assert list(document) == ["counts", "cycles", "notes"]
    assert document["notes"] == {}
    layer = {"accelerator", "network", "layer", "predicted", "exact"}
    assert set(document["counts"][0]) == layer | {"level", "tensor", "action", "kind"}
    assert set(document["cycles"][0]) == layer
    assert {c["network"] for c in document["counts"]} == {"small"}
    assert [c["accelerator"] for c in document["cycles"]] == [
        "LoAS", "SparTen-SNN", "Gamma-SNN", "PTB",
    ]  # fmt: skip


def test_exact_computes_are_the_matches(validation: Validation) -> None:
    layer = network(1.0).layers[0]
    matches = layer.spikes.sum(axis=(0, 1)) @ (layer.weights != 0).sum(axis=1)
    computes = {c.kind: c for c in of(validation, "SparTen-SNN") if c.action == "computes"}
    assert computes["actual"].exact == matches


def test_structure_makes_the_prediction_err_and_shuffling_mends_it(validation: Validation) -> None:
    actual = [c for c in of(validation, "LoAS") if c.kind == "actual" and c.action == "computes"]
    (computes,) = actual
    assert computes.error < -0.1
    assert abs(computes.independence) > 10 * abs(computes.rounding)
    assert computes.error == pytest.approx(computes.independence + computes.rounding)


def test_corrected_counts_and_cycles_are_near(validation: Validation) -> None:
    data = [
        c
        for c in validation.counts
        if c.kind == "actual" and c.action in ("computes", "reads", "fills", "updates")
    ]
    before = np.array([abs(c.error) for c in data])
    after = np.array([abs(c.corrected_error) for c in data])
    assert before.max() > 0.1
    assert np.median(after) <= 0.005
    assert after.max() < 0.02
    for cycles in validation.cycles:
        assert abs(cycles.corrected_error) <= 0.03


def test_a_dense_array_is_predicted_exactly(validation: Validation) -> None:
    assert all(abs(c.error) < 5e-3 for c in of(validation, "PTB"))


def test_without_structure_little_is_left_to_correct() -> None:
    counts = validate(network(0.0), accelerators=["SparTen-SNN"]).counts
    computes = [c for c in counts if c.action == "computes" and c.kind == "actual"]
    with_structure = validate(network(1.0), accelerators=["SparTen-SNN"]).counts
    other = [c for c in with_structure if c.action == "computes" and c.kind == "actual"]
    assert abs(computes[0].error) < abs(other[0].error)


def test_summary_groups(validation: Validation) -> None:
    rows = validation.summary(["accelerator", "kind"])
    assert {row["kind"] for row in rows} >= {"algorithmic", "actual", "skipped"}
    for row in rows:
        assert row["error_median"] <= row["error_p95"] <= row["error_worst"]


def test_csv_names_units(validation: Validation) -> None:
    lines = validation.to_csv().splitlines()
    assert "predicted_count" in lines[0]
    assert "error_ratio" in lines[0]
    assert len(lines) == 1 + len(validation.counts) + len(validation.cycles)


def test_error_of_what_is_not_there() -> None:
    assert error(0, 0) == 0
    assert error(3, 0) == 1
    assert error(3, 4) == -0.25


def test_shuffling_keeps_the_number_of_nonzeros() -> None:
    mask = np.zeros((8, 9), bool)
    mask[2] = True
    moved = shuffled({"A": mask}, seed=3)["A"]
    assert moved.sum() == mask.sum()
    assert moved.shape == mask.shape
    assert (moved != mask).any()


def test_actual_data_answers_for_what_was_measured_and_else_as_hypergeometric() -> None:
    elsewhere = Hypergeometric(0.25, 16, 4)
    tiles = {4: (np.array([0.0, 4.0]), np.array([0.75, 0.25]))}
    parts = {(2, 4): (np.array([0.0, 4.0]), np.array([1.0, 0.0]))}
    model = ActualData(elsewhere, tiles, {2: 0.75}, parts)
    assert (model.least(4), model.most(4)) == (0, 4)
    assert model.probability(4, 0) == 0.75
    assert model.probability(4, 2) == 0
    assert model.probability(2, 0) == 0.75
    assert list(model.empty_within(2, 4, np.array([0.0, 4.0]))) == [1, 0]
    assert model.mean(8) == 2
    assert model.probability(8, 0) == elsewhere.probability(8, 0)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(InputError, match="no layer 'two'"):
        validate(network(0.0), accelerators=["LoAS"], chosen_layers=["two"])
    with pytest.raises(InputError, match="unknown accelerator 'Eyeriss'; expected one of LoAS, "):
        validate(network(0.0), accelerators=["Eyeriss"])
    with pytest.raises(InputError, match="LoAS N-major has no Timeloop spec"):
        validate(network(0.0), accelerators=["LoAS N-major"])
    with pytest.raises(InputError, match="no engine"):
        validate(network(0.0), accelerators=["LoAS"], engine="guess")
