"""Validation of small layers through the public interface."""

from __future__ import annotations

import json

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from loas_tl.designs.design import Design
from loas_tl.designs.registry import with_timeloop
from loas_tl.exact import execute
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native.density import Hypergeometric
from loas_tl.timeloop.native.resolve import build_machine
from loas_tl.timeloop.rendering.render import render
from loas_tl.timeloop.spec import parse_spec
from loas_tl.validation import Count, validate
from loas_tl.validation.actual_data import ActualData
from loas_tl.validation.compare import masks_of
from loas_tl.validation.records import Validation, error
from loas_tl.validation.shuffle import shuffled
from loas_tl.validation.side_by_side import validate_spec
from loas_tl.workload.layer import Layer
from loas_tl.workload.network import Network
from tests.exact.test_execute import SPEC


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


DESIGNS = with_timeloop()
BY_NAME = pytest.mark.parametrize("design", DESIGNS, ids=[design.name for design in DESIGNS])
SIZES = {
    "timesteps": st.integers(1, 16),
    "rows": st.integers(1, 40),
    "columns": st.integers(1, 70),
    "inner": st.integers(1, 300),
}


@BY_NAME
@settings(max_examples=12, deadline=None)
@given(**SIZES)
def test_dense_layers_take_as_long_as_predicted(
    design: Design, timesteps: int, rows: int, columns: int, inner: int
) -> None:
    # Fine-tuning leaves nothing of neurons that fire once.
    timesteps = max(timesteps, 2) if design.timeloop_or_refuse().fine_tuned else timesteps
    spikes = np.ones((timesteps, rows, inner), bool)
    weights = np.ones((inner, columns), np.int8)
    found = validate(Network("dense", (Layer("one", spikes, weights),)), accelerators=[design])
    (cycles,) = found.cycles
    assert cycles.predicted == pytest.approx(cycles.exact, rel=1e-12)
    assert cycles.corrected == pytest.approx(cycles.exact, rel=1e-12)
    for one in found.counts:
        assert one.predicted == pytest.approx(one.exact, rel=1e-9), one


@BY_NAME
@settings(max_examples=8, deadline=None)
@given(**SIZES, seed=st.integers(0, 1000))
def test_computes_take_their_cycles_on_all_units(
    design: Design, timesteps: int, rows: int, columns: int, inner: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    densities = rng.choice((0.05, 0.3, 1.0), 2)
    spikes = rng.random((timesteps, rows, inner)) < densities[0]
    weights = (rng.random((inner, columns)) < densities[1]).astype(np.int8)
    layer = Layer("one", spikes, weights)
    form = design.timeloop_or_refuse()
    spec = parse_spec(render(form, layer).model_spec)
    found = execute(spec, masks_of(layer, form, spec))
    units = build_machine(spec).compute.instances
    assert found.cycles >= found.compute_cycles.slowest >= found.computes.actual / units
    assert found.cycles >= found.balanced_cycles
    assert found.compute_cycles.imbalance >= 1


def test_cycles_double_with_passes_over_timesteps() -> None:
    rng = np.random.default_rng(0)
    neurons = rng.random((16, 256)) < 0.3
    weights = (rng.random((256, 32)) < 0.3).astype(np.int8)
    once, twice, four_times = (
        validate(
            Network("all", (Layer("one", np.broadcast_to(neurons, (t, 16, 256)), weights),)),
            accelerators=["LoAS"],
        ).cycles[0]
        for t in (4, 8, 16)
    )
    for more, times in ((twice, 2), (four_times, 4)):
        assert more.predicted == pytest.approx(times * once.predicted, rel=1e-3)
        assert more.exact == times * once.exact
        assert more.corrected == pytest.approx(times * once.corrected, rel=1e-3)
        assert more.imbalance == once.imbalance


def test_corrected_cycles_have_latencies_too() -> None:
    text = SPEC.replace("attributes: {depth", "attributes: {network_fill_latency: 7, depth")
    dense = {"A": np.ones((4, 4), bool), "B": np.ones((4, 2), bool)}
    (cycles,) = validate_spec(parse_spec(text), dense, "any", "one").cycles
    assert (cycles.predicted, cycles.exact, cycles.corrected) == (16 + 7, 16 + 7, 16 + 7)


def test_summary_groups(validation: Validation) -> None:
    rows = validation.summary(["accelerator", "kind"])
    assert {row["kind"] for row in rows} >= {"algorithmic", "actual", "skipped"}
    for row in rows:
        assert row["error_median"] <= row["error_p95"] <= row["error_worst"]


def test_summary_refuses_what_is_no_column(validation: Validation) -> None:
    assert validation.summary("accelerator") == validation.summary()
    with pytest.raises(InputError, match="is called 'levle'; did you mean 'level'"):
        validation.summary(["levle"])


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
        validate(network(0.0), accelerators=["LoAS"], layer=["two"])
    with pytest.raises(InputError, match="unknown accelerator 'NVDLA'; expected one of LoAS, "):
        validate(network(0.0), accelerators=["NVDLA"])
    with pytest.raises(InputError, match="LoAS N-major has no Timeloop spec"):
        validate(network(0.0), accelerators=["LoAS N-major"])
    with pytest.raises(InputError, match="no engine"):
        validate(network(0.0), accelerators=["LoAS"], engine="guess")
