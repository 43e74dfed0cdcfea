"""The estimators under Accelergy's interface: which queries they answer, and with what."""

from __future__ import annotations

import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from typing import Any

import pytest
import yaml

from loas_tl.components import registry
from loas_tl.components.component import Component
from loas_tl.timeloop.accelergy import ert
from loas_tl.timeloop.accelergy import library as accelergy
from loas_tl.timeloop.accelergy.plugins import folder
from tests.energy.examples import needed
from tests.energy.interface_of_accelergy import Query, modules

CYCLE = {"global_cycle_seconds": 1.25e-9}


@pytest.fixture
def estimators(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """An estimator for each entry of the .estimator.yaml, loaded as Accelergy loads them."""
    for name, module in modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    declared = yaml.safe_load((folder() / "loas_tl.estimator.yaml").read_text())
    assert declared.pop("version") == 0.4
    found = {}
    for entry in declared.values():
        path = str(folder() / f"{entry['module']}.py")
        loader = SourceFileLoader(entry["class"], path)
        spec = spec_from_loader(entry["class"], loader)
        assert spec is not None
        module = module_from_spec(spec)
        loader.exec_module(module)
        found[entry["class"]] = getattr(module, entry["class"])()
    return found


def query(kind: type[Component], action: str | None = None, **attributes: Any) -> Query:
    given = {"technology": 32, **needed(kind), "meshX": 16, **attributes}
    return Query(kind.kind, given, action, dict(CYCLE))


@pytest.mark.parametrize("kind", registry.COMPONENTS, ids=lambda kind: kind.kind)
def test_one_estimator_answers_for_a_class_with_the_models_figures(
    estimators: dict[str, Any], kind: type[Component]
) -> None:
    model = registry.component(kind.kind, needed(kind))
    answering = []
    for estimator in estimators.values():
        accuracy = estimator.primitive_area_supported(query(kind)).value
        if accuracy:
            assert accuracy == kind.accuracy
            answering.append(estimator)
    (estimator,) = answering
    assert estimator.estimate_area(query(kind)).value == pytest.approx(float(model.area))
    for action in model.actions():
        asked = query(kind, action)
        assert estimator.primitive_action_supported(asked).value == kind.accuracy
        energy = estimator.estimate_energy(asked).value
        assert energy == pytest.approx(float(model.energy(action)))
    leakage = estimator.estimate_energy(query(kind, "leak")).value
    assert leakage == pytest.approx(float(model.leakage) * 1.25e-9)


@pytest.mark.parametrize("kind", ["SRAM", "intadder", "storage", "register", "fifo", "crossbar"])
def test_classes_of_other_plug_ins_are_left_to_them(estimators: dict[str, Any], kind: str) -> None:
    asked = Query(kind, {"technology": 32, "width": 8, "depth": 8}, "read", dict(CYCLE))
    for estimator in estimators.values():
        assert estimator.primitive_area_supported(asked).value == 0
        assert estimator.primitive_action_supported(asked).value == 0


BAD: dict[str, tuple[Query, tuple[str, ...]]] = {
    "a missing attribute": (
        Query("fiber_cache", {"technology": 32, "width": 256}, "read", dict(CYCLE)),
        ("fiber_cache.depth", "is missing", "expected a whole number"),
    ),
    "an attribute out of range": (
        query(registry.BY_KIND["loas_tppe"], "compute", timesteps=0),
        ("loas_tppe.timesteps", "is 0", "from 1 to 64"),
    ),
    "a technology out of range": (
        query(registry.BY_KIND["loas_tppe"], "compute", technology=-1),
        ("loas_tppe.technology", "is -1", "from 7 to 90"),
    ),
    "an attribute that is no number": (
        query(registry.BY_KIND["fiber_cache"], "read", depth="deep"),
        ("fiber_cache.depth", "is 'deep'"),
    ),
    "an unknown action": (
        query(registry.BY_KIND["loas_tppe"], "fly"),
        ("loas_tppe", "no action 'fly'", "match"),
    ),
}


@pytest.mark.parametrize("bad", BAD)
def test_what_cannot_be_estimated_is_logged_with_class_and_attribute(
    estimators: dict[str, Any], bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, mentions = BAD[bad]
    for estimator in estimators.values():
        said: list[str] = []
        monkeypatch.setattr(estimator.logger, "error", said.append)
        assert estimator.primitive_action_supported(asked).value == 0
        if any(one.kind == asked.class_name for one in estimator.classes):
            (line,) = said
            for mention in mentions:
                assert mention in line


def test_what_lies_outside_the_table_is_said(
    estimators: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(estimators["Memories"].logger, "warning", said.append)
    asked = query(registry.BY_KIND["fiber_cache"], "read", width=256, depth=8192, technology=7)
    assert estimators["Memories"].primitive_action_supported(asked).value > 0
    (line,) = said
    assert "7 is outside CACTI's table" in line


def test_all_classes_are_listed(estimators: dict[str, Any]) -> None:
    listed = sum(len(one.get_supported_components()) for one in estimators.values())
    assert listed == len(registry.COMPONENTS)


def test_the_declared_classes_are_those_of_the_package() -> None:
    declared = yaml.safe_load((folder() / "loas_tl.lib.yaml").read_text())
    assert declared == accelergy.library()


def test_the_declaration_has_every_action_and_leakage() -> None:
    for declared in accelergy.library()["classes"]:
        kind = registry.BY_KIND[declared["name"]]
        cost = ert.price(kind.kind, needed(kind))
        names = [action["name"] for action in declared["actions"]]
        assert names == [*cost.energy, "leak"]
