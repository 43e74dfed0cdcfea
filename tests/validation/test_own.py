"""A spec of one's own on data of one's own, through the public interface."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

import loas_tl
from loas_tl.exact import execute
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.rendering.form import TimeloopForm
from loas_tl.timeloop.rendering.render import Rendered, render
from loas_tl.timeloop.spec import Spec, parse_spec
from loas_tl.validation import Validation
from loas_tl.validation.own import joined, validate_data
from loas_tl.workload.layer import Layer
from loas_tl.workload.network import Network
from tests.exact.test_execute import SPEC, A, B

DATA = {"A": A, "B": B}


@pytest.fixture(name="spec")
def _spec() -> Spec:
    return parse_spec(SPEC)


@pytest.fixture(name="validation")
def _validation(spec: Spec) -> Validation:
    return loas_tl.validate(spec, DATA)


def test_predicted_and_exact_counts_side_by_side(spec: Spec, validation: Validation) -> None:
    predicted, exact = evaluate(spec), execute(spec, DATA)
    rows = {
        (c.level, c.tensor, c.action): c for c in validation.counts if c.kind == "actual"
    }  # fmt: skip
    computes = rows["mac", "", "computes"]
    assert computes.predicted == predicted.computes.actual
    assert computes.exact == exact.computes.actual
    assert validation.cycles[0].predicted == predicted.cycles
    assert validation.cycles[0].exact == exact.cycles
    for tensor in ("A", "B"):
        counted = exact.levels["Buffer"].tensors[tensor]
        stats = predicted.levels["Buffer"].tensors[tensor]
        count = rows["Buffer", tensor, "reads"]
        assert count.exact == counted.reads.actual
        assert count.exact_per_instance * counted.instances == pytest.approx(count.exact)
        assert count.predicted_per_instance == pytest.approx(stats.reads.actual)
        assert count.predicted == pytest.approx(stats.reads.actual * stats.instances_used_average)


def test_frame_worst_and_plot(validation: Validation) -> None:
    frame = validation.to_frame()
    assert list(frame.columns[:5]) == ["spec", "level", "tensor", "action", "kind"]
    assert {"predicted", "exact", "predicted_per_instance", "exact_per_instance", "error"} <= set(
        frame.columns
    )
    assert len(frame) == len(validation.counts)
    worst = validation.worst(5)
    assert len(worst) == 5
    assert set(worst["kind"]) == {"actual"}
    sizes = worst["error"].abs().to_list()
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == frame[frame["kind"] == "actual"]["error"].abs().max()
    assert isinstance(validation.plot(), Figure)
    assert [row["spec"] for row in validation.summary()] == ["spec"]


def test_json_has_each_count_over_all_and_for_one(validation: Validation) -> None:
    document = json.loads(validation.to_json())
    assert list(document) == ["counts", "cycles", "notes"]
    assert set(document["counts"][0]) == {
        "spec", "level", "tensor", "action", "kind", "predicted", "exact",
        "predicted_per_instance", "exact_per_instance",
    }  # fmt: skip
    assert set(document["cycles"][0]) == {"spec", "predicted", "exact"}
    halves = [c for c in document["counts"] if c["level"] == "mac" and c["kind"] == "algorithmic"]
    assert halves[0]["exact"] == 32
    assert halves[0]["exact_per_instance"] == 16


def test_files_give_the_spec_and_its_name(spec: Spec, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(SPEC)
    for source in (path, str(path), [path]):
        validation = loas_tl.validate(source, DATA)
        assert {c["spec"] for c in json.loads(validation.to_json())["cycles"]} == {"mine"}
        assert validation.counts == tuple(
            replace(c, accelerator="mine") for c in loas_tl.validate(spec, DATA).counts
        )


def test_values_count_as_where_they_are_not_zero(spec: Spec, validation: Validation) -> None:
    rng = np.random.default_rng(0)
    values = {name: mask * rng.normal(size=mask.shape) for name, mask in DATA.items()}
    assert loas_tl.validate(spec, values).counts == validation.counts


def test_densities_apart_from_the_data_are_said() -> None:
    told = SPEC.replace("K: 4}", "K: 4, densities: {A: 0.375, B: 0.25}}")
    notes = loas_tl.validate(parse_spec(told), DATA).notes["spec"]
    said = [note for note in notes if "the data" in note]
    assert said == ["B: the spec has density 0.25 and the data 0.5"]
    silent = loas_tl.validate(parse_spec(SPEC), DATA).notes["spec"]
    assert [note for note in silent if "the data" in note] == [
        "A: the spec has density 1 and the data 0.375",
        "B: the spec has density 1 and the data 0.5",
    ]


def test_several_specs_stand_beside_each_other(spec: Spec) -> None:
    both = joined(validate_data(spec, DATA, name="mine") for _ in range(2))
    assert [c.accelerator for c in both.cycles] == ["mine", "mine (2)"]
    assert set(both.notes) == {"mine", "mine (2)"}
    assert len(both.summary()) == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"A": A}, "no data for B; the data spaces are A, B, Z"),
        ({}, "no data for A, B; the data spaces are A, B, Z"),
        ({**DATA, "C": A}, "'C' is no data space"),
        ({"A": A, "B": B.T}, r"B has the shape \(2, 4\); expected \(4, 2\)"),
        ({"A": A[0], "B": B}, r"A has the shape \(4,\); expected \(4, 4\)"),
        ({"A": A.astype(str), "B": B}, "data of A is <U5; expected numbers"),
        ({"A": A.astype(object), "B": B}, "data of A is object; expected numbers"),
        ({"A": A * np.nan, "B": B}, "data of A holds NaN; expected numbers"),
    ],
)
def test_data_that_does_not_fit_is_refused(spec: Spec, data: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        loas_tl.validate(spec, data)


def test_what_does_not_go_together_is_refused(spec: Spec) -> None:
    with pytest.raises(InputError, match="a specification is validated on data"):
        loas_tl.validate(spec)
    with pytest.raises(InputError, match="a specification is validated on data"):
        loas_tl.validate("mine.yaml")
    with pytest.raises(InputError, match="data goes with a specification"):
        loas_tl.validate(spec, DATA, accelerators=["LoAS"])
    with pytest.raises(InputError, match="data goes with a specification"):
        loas_tl.validate(None, DATA)
    with pytest.raises(InputError, match="no engine 'guess'"):
        loas_tl.validate(spec, DATA, engine="guess")


def test_what_the_exact_count_does_not_cover_is_named() -> None:
    twice = SPEC.replace("projection: [[[K]], [[N]]]", "projection: [[[K]], [[K]], [[N]]]")
    with pytest.raises(InputError, match=r"B is indexed .*twice"):
        loas_tl.validate(parse_spec(twice), {"A": A, "B": np.ones((4, 4, 2), bool)})


def test_a_refused_layer_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    layers = [
        Layer(name, rng.random((4, rows, 16)) < 0.3, (rng.random((16, 4)) < 0.3).astype(np.int8))
        for name, rows in (("small", 4), ("large", 6))
    ]

    def refuse_the_large(form: TimeloopForm, layer: Layer) -> Rendered:
        if layer.name == "large":
            raise InputError("too large for the cache")
        return render(form, layer)

    monkeypatch.setattr("loas_tl.validation.compare.render", refuse_the_large)
    found = loas_tl.validate(Network("two", tuple(layers)), accelerators=["LoAS", "PTB"])
    assert [(c.accelerator, c.layer) for c in found.cycles] == [("LoAS", "small"), ("PTB", "small")]
    for lines in found.notes.values():
        assert lines[-1] == "layer large of two is left out: too large for the cache"
    with pytest.raises(InputError, match="too large for the cache"):
        loas_tl.validate(Network("one", (layers[1],)), accelerators=["LoAS"])
