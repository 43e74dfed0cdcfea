"""The models under HWComponents, a real one and a stand-in for where it is not installed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import fields
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from loas_tl.components import registry
from loas_tl.components.component import Component
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.accelergy import ert
from tests.energy.examples import needed

SOURCE = Path(__file__).parents[2] / "energy_plugins" / "hwcomponents_loas_tl" / "__init__.py"


class ActionCost:
    """Energy in J, latency in s, actions a second."""

    def __init__(self, energy: float, latency: float, throughput: float) -> None:
        self.energy, self.latency, self.throughput = energy, latency, throughput


class ComponentModel:
    """A model has area, leakage and a logger."""

    def __init__(self, leak_power: float, area: float) -> None:
        self.leak_power, self.area = leak_power, area
        self.logger = logging.getLogger(type(self).__name__)


def action(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def load() -> ModuleType:
    spec = spec_from_file_location("hwcomponents_of_loas_tl", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The models on the stand-in."""
    stand_in = ModuleType("hwcomponents")
    vars(stand_in).update(ActionCost=ActionCost, ComponentModel=ComponentModel, action=action)
    monkeypatch.setitem(sys.modules, "hwcomponents", stand_in)
    return load()


@pytest.mark.parametrize("kind", registry.COMPONENTS, ids=lambda kind: kind.kind)
def test_a_model_has_the_attributes_actions_and_figures_of_its_class(
    models: ModuleType, kind: type[Component]
) -> None:
    model = getattr(models, kind.__name__)
    assert model.component_name == kind.kind
    assert 0 <= model.priority <= 1
    cost = ert.price(kind.kind, needed(kind))
    found = model(**needed(kind))
    assert found.area == pytest.approx(float(cost.area))
    assert found.leak_power == pytest.approx(float(cost.leakage))
    for name, energy in cost.energy.items():
        assert getattr(found, name)().energy == pytest.approx(float(energy))
    arguments = signature(model).parameters
    assert set(arguments) == {"tech_node", *(one.name for one in fields(kind))}
    assert [name for name, one in arguments.items() if one.default is one.empty] == list(
        needed(kind)
    )


def test_the_technology_goes_by_hwcomponents_name_too(models: ModuleType) -> None:
    assert models.Tppe(tech_node=7e-9).area == models.Tppe(technology=7).area
    assert models.Tppe(tech_node=7e-9).area < models.Tppe().area


def test_a_bad_attribute_is_named_with_its_class(models: ModuleType) -> None:
    with pytest.raises(InputError, match=r"loas_tppe.timesteps: is 0; expected a whole number"):
        models.Tppe(timesteps=0)


@pytest.mark.hwcomponents
@pytest.mark.skipif(
    find_spec("hwcomponents") is None or find_spec("hwcomponents_loas_tl") is None,
    reason="no HWComponents; pip install '.[hwcomponents]' on Python 3.12 or newer",
)
@pytest.mark.parametrize("kind", registry.COMPONENTS, ids=lambda kind: kind.kind)
def test_hwcomponents_finds_and_asks_the_models(kind: type[Component]) -> None:
    import hwcomponents

    given = {**needed(kind), "technology": 32e-9}
    cost = ert.price(kind.kind, given)
    assert hwcomponents.get_area(kind.kind, given) == pytest.approx(float(cost.area))
    leakage = hwcomponents.get_leak_power(kind.kind, given)
    assert leakage == pytest.approx(float(cost.leakage))
    for name, energy in cost.energy.items():
        found = hwcomponents.get_action_cost(kind.kind, given, name, {})
        assert found.energy == pytest.approx(float(energy))
