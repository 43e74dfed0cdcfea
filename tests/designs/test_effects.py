"""What a parameter acts on is what changes with it, and what has no effect is said."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

import loas_tl
from loas_tl.components.component import Component, Own, Part, attribute
from loas_tl.components.units import SquareMetres
from loas_tl.designs.design import Design
from loas_tl.designs.effects import acts_on, idle, odd, unseen
from loas_tl.designs.loas import Loas
from loas_tl.designs.registry import designs, with_timeloop
from loas_tl.ground.errors import InputError
from loas_tl.models.detailed.model import count_detailed
from loas_tl.models.published.model import count
from loas_tl.timeloop.rendering.measure import Measured

RNG = np.random.default_rng(5)
LAYER = loas_tl.Layer(
    "busy",
    RNG.random((6, 70, 700)) < 0.3,
    np.where(RNG.random((700, 70)) < 0.3, RNG.integers(1, 99, (700, 70)), 0).astype(np.int8),
)
NUMBERS = Measured(6, 64, 64, 1024, 0.3, 0.2, 0.25)


def others(design: Design, name: str) -> list[Design]:
    """The design with other values of a parameter."""
    one, now = design.parameters[name], getattr(design, name)
    usual = now if now is not None else {"corrections": 0.5}.get(name, 64)
    candidates: list[float] = (
        [not now] if one.kind == "switch" else [usual * 4, usual * 2, usual / 2, usual / 4, one.low]
    )
    if name == "technology":
        candidates = [16, 45]
    changed = []
    for value in candidates:
        if one.kind == "whole":
            value = int(value)
        try:
            changed.append(design.with_(**{name: value}))
        except InputError:
            continue
    assert changed
    return changed


def rendered(design: Design) -> str:
    lines = design.spec(NUMBERS).model_spec.splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("design", with_timeloop(), ids=lambda one: one.label)
def test_the_spec_changes_with_the_parameters_that_act_on_it(design: Design) -> None:
    before = rendered(design)
    for name in design.parameters:
        if name == "fine_tuned":  # measured on the layer, before anything is rendered
            continue
        changes = any(rendered(other) != before for other in others(design, name))
        assert changes == ("timeloop" in acts_on(design, name)), name


@pytest.mark.parametrize("design", designs(), ids=lambda one: one.label)
def test_counts_change_only_with_parameters_that_act_on_them(design: Design) -> None:
    dataflow = design.dataflow()
    assert dataflow is not None
    [published] = count(LAYER, [dataflow])
    timed = "detailed" in design.models
    detailed = count_detailed(LAYER, [dataflow])[0].counts if timed else None
    for name in design.parameters:
        for other in others(design, name):
            changed = other.dataflow()
            assert changed is not None
            acts = acts_on(design, name)
            if "published" not in acts:
                assert count(LAYER, [changed]) == [published], name
            if timed and "detailed" not in acts:
                assert count_detailed(LAYER, [changed])[0].counts == detailed, name
            if "rules" not in acts:
                assert other.rules() == design.rules(), name
            if "energy" not in acts:
                assert other.constants == design.constants, name
                assert other.parts() == design.parts(), name


def test_parameters_of_loas_by_model() -> None:
    loas = loas_tl.design("LoAS")
    expected = {
        "fifo_depth": ("detailed", "energy", "timeloop"),
        "offset_buffers": ("detailed", "energy", "timeloop"),
        "skip_empty": ("detailed",),
        "pes": ("published", "detailed", "energy", "timeloop"),
        "hbm_GBps": ("detailed", "timeloop"),
        "accumulator_bits": ("energy", "timeloop"),
        "corrections": ("timeloop",),
        "fine_tuned": ("published", "detailed", "timeloop"),
    }
    assert {name: acts_on(loas, name) for name in expected} == expected


def test_what_has_no_effect_is_said_in_a_line() -> None:
    assert unseen(loas_tl.design("LoAS"), ("published", "energy")) == []
    odd = loas_tl.design("LoAS", fifo_depth=32, hbm_GBps=64, pes=8)
    assert unseen(odd, ("published", "energy")) == [
        "hbm_GBps=64 has no effect here; it acts on the detailed model, the Timeloop spec",
        "fifo_depth=32 changes energy and area, not the published model",
    ]
    [bandwidth] = unseen(odd, ("detailed", "energy"))
    assert bandwidth.startswith("hbm_GBps=64: bandwidth costs nothing by itself")
    assert unseen(odd, ("energy",)) == [
        "hbm_GBps=64 has no effect here; it acts on the detailed model, the Timeloop spec"
    ]
    skipping = loas_tl.design("LoAS", skip_empty=False)
    [line] = unseen(skipping, ("timeloop", "energy"))
    assert line == "skip_empty=0 has no effect here; it acts on the detailed model"


def test_hardware_that_costs_nothing_is_said_to() -> None:
    ahead = loas_tl.design("LoAS", overlapped=True, hbm_GBps=256)
    lines = unseen(ahead, ("detailed", "energy"))
    assert [line.partition(":")[0] for line in lines] == ["hbm_GBps=256", "overlapped=1"]
    # What holds more offsets is larger, draws more and leaks more.
    few, many = loas_tl.design("LoAS"), loas_tl.design("LoAS", offset_buffers=4)
    assert many.area_mm2 > few.area_mm2
    assert many.leakage_mW > few.leakage_mW
    assert unseen(many, ("detailed", "energy")) == []


def test_notes_do_not_depend_on_a_name() -> None:
    one = loas_tl.design("LoAS", pes=64, fifo_depth=32)
    other = one.with_(name="mine")
    assert unseen(one, ("published", "energy")) == unseen(other, ("published", "energy")) != []
    extents = {"T": 4, "M": 20, "N": 100}
    assert idle(one, extents) == idle(other, extents) != {}


def test_fewer_timesteps_than_lanes_are_always_said() -> None:
    said = idle(loas_tl.design("LoAS"), {"T": 1, "M": 64, "N": 64})
    assert said == {"timesteps": "timesteps=4 for 1 timesteps: 3 stand idle"}


def test_lanes_without_work_in_the_last_pass_are_said() -> None:
    extents = {"T": 5, "M": 64, "N": 64}
    said = "timesteps=4 for 5 timesteps: 2 passes, 3 stand idle in the last"
    assert idle(loas_tl.design("LoAS"), extents) == {"timesteps": said}
    assert idle(loas_tl.design("LoAS", timesteps=5), extents) == {}
    assert idle(loas_tl.design("LoAS"), extents | {"T": 8}) == {}
    spikes = np.ones((5, 3, 8), dtype=bool)
    network = loas_tl.Network("five", (loas_tl.Layer("fc", spikes, LAYER.weights[:8]),))
    comparison = loas_tl.compare(network, accelerators=["LoAS", "SparTen-SNN"])
    assert comparison.notes == {"LoAS": [f"{said} (in 1 of 1 layers)"]}


def test_a_dense_arrays_cache_is_not_timed() -> None:
    assert "detailed" not in acts_on(loas_tl.design("PTB"), "cache_banks")
    assert "detailed" in acts_on(loas_tl.design("PTB"), "hbm_GBps")
    assert "detailed" in acts_on(loas_tl.design("LoAS"), "cache_banks")


def test_hardware_beyond_the_layer_is_said_to_stand_idle() -> None:
    extents = {"T": 4, "M": 20, "N": 100}
    wide = loas_tl.design("LoAS", pes=64, timesteps=8)
    assert idle(wide, extents) == {
        "pes": "pes=64 for 20 rows (M): 44 stand idle",
        "timesteps": "timesteps=8 for 4 timesteps: 4 stand idle",
    }
    assert idle(loas_tl.design("SparTen-SNN", pes=64), extents) == {}
    # Only of what was asked for: 16 PEs on fewer rows are in the utilization.
    assert idle(loas_tl.design("LoAS"), {"T": 4, "M": 4, "N": 4}) == {}


def test_notes_come_with_the_figures() -> None:
    small = loas_tl.Layer("small", LAYER.spikes[:4, :5], LAYER.weights)
    network = loas_tl.Network("two", (replace(LAYER, spikes=LAYER.spikes[:4]), small))
    result = loas_tl.compare(network, accelerators=["LoAS:pes=32,fifo_depth=4", "LoAS"])
    by_layer = {
        (r.layer, r.accelerator): r.record()["notes"] for r in (*result.layers, *result.totals)
    }
    changed = "LoAS pes=32 fifo_depth=4"
    said = "fifo_depth=4 changes energy and area, not the published model"
    few = "pes=32 for 5 rows (M): 27 stand idle"
    assert said in by_layer["busy", changed]
    assert few not in by_layer["busy", changed]
    assert few in by_layer["small", changed]
    assert f"{few} (in 1 of 2 layers)" in by_layer[None, changed]
    assert by_layer["small", "LoAS"] == by_layer[None, "LoAS"] == []


def test_more_lanes_than_timesteps_cost_energy() -> None:
    """A match on wider hardware costs no less, and the lanes without work leak."""
    from loas_tl.timeloop.native import evaluate
    from loas_tl.timeloop.prices import prices
    from loas_tl.timeloop.spec import parse_spec

    whole = []
    for settings in ({}, {"timesteps": 8}, {"timesteps": 64}):
        layer = replace(NUMBERS, T=4)
        spec = parse_spec(loas_tl.design("LoAS", **settings).spec(layer).model_spec)
        cost = prices(spec)
        whole.append(evaluate(spec, cost.energies, cost.areas))
    assert [r.cycles for r in whole] == [whole[0].cycles] * 3
    energies = [r.compute.energy_pj for r in whole]
    assert energies == pytest.approx([energies[0]] * 3, rel=1e-9)
    leaking = [r.energy_all_leaking_pj or 0.0 for r in whole]
    assert 0 < leaking[0] < leaking[1] < leaking[2]


def test_weights_wider_than_what_they_are_counted_with_are_said() -> None:
    def notes(largest: int, bits: int) -> list[str]:
        weights = np.array([[largest], [0], [-1]], dtype=np.int8)
        layer = loas_tl.Layer("fc", np.ones((1, 2, 3), bool), weights)
        found = loas_tl.compare(
            loas_tl.Network("n", (layer,)), accelerators=[loas_tl.design("LoAS", weight_bits=bits)]
        )
        return [line for line in found.layers[0].notes if "weights reach" in line]

    assert notes(127, 4) == [
        "weight_bits=4: weights reach 127, which takes 8 bits; traffic is that of 4, matches are "
        "those of the weights as they are"
    ]
    assert [bits for bits in (1, 2, 3, 4, 7, 8, 16) if notes(5, bits)] == [1, 2, 3]
    assert [bits for bits in (1, 2, 7, 8, 16) if notes(-128, bits)] == [1, 2, 7]
    assert not notes(1, 1)


def test_what_has_no_detailed_model_has_nothing_that_acts_on_it() -> None:
    for design in designs():
        seen = {model for name in design.parameters for model in acts_on(design, name)}
        assert ("detailed" in seen) == ("detailed" in design.models)


@dataclass(frozen=True, kw_only=True)
class _Router(Component):
    kind: ClassVar[str] = "router"
    scaled: int = attribute(0, low=0, high=1, about="whether it scales")

    def own(self) -> Own:
        return Own(area=SquareMetres(1e-9 * (self.technology if self.scaled else 1)))


@dataclass(frozen=True, kw_only=True)
class _Routed(Loas):
    scaled: bool = loas_tl.parameter(False, about="whether its own part scales")

    def neurons(self) -> tuple[Part, ...]:
        router = _Router(scaled=int(self.scaled), technology=self.technology)
        return (*super().neurons(), Part("router", router))


def test_components_of_ones_own_that_heed_no_node_are_said() -> None:
    said = "router costs the same at 16 nm as at 32 nm: its own() does not heed technology"
    assert said in odd(_Routed(name="mine", technology=16))
    assert said not in odd(_Routed(name="mine", technology=16, scaled=True))
    assert said not in odd(_Routed(name="mine"))
    assert said not in odd(loas_tl.design("LoAS", technology=16))


@dataclass(frozen=True, kw_only=True)
class _Plain(Component):
    kind: ClassVar[str] = "plain"
    width: int = 8


def test_a_field_that_is_no_attribute_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"plain.width: is no attribute; expected width: int = "):
        _Plain()


def test_the_component_of_the_example_scales(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "docs" / "examples"))
    router = importlib.import_module("router").SpikeRouter
    small, usual = router(technology=16).own(), router().own()
    assert small.area < usual.area
    assert small.energy["route"] < usual.energy["route"]
