"""Networks are called as they were published wherever people read, and as typed in data."""

from __future__ import annotations

import json

import pytest

import loas_tl
from loas_tl.ground.titles import SINGLE_LAYERS, network_title
from loas_tl.workload.statistics import statistics_of
from tests.report import layer, pages

SEVERAL = [name for name, kind in pages.PAGES.items() if kind.networks or name == "network"]


@pytest.mark.parametrize("page", SEVERAL)
def test_no_page_has_the_name_that_is_typed(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = loas_tl.Network("vgg16", (layer(5, "a"), layer(9, "b")))
    monkeypatch.setattr(pages, "_networks", lambda count: [mine] * min(count, 1))
    text = pages.PAGES[page].make(1, 1)
    assert "VGG16" in text
    assert "vgg16" not in text


def test_objects_have_both() -> None:
    found = loas_tl.measure_formats([loas_tl.Network("resnet19", (layer(),))])
    assert "ResNet19" in repr(found)
    assert "ResNet19" in found._repr_html_()
    assert "ResNet19" in found.to_latex()
    assert set(found.to_frame()["network"]) == {"resnet19"}
    assert {row["network"] for row in json.loads(found.to_json())["totals"]} == {"resnet19"}


@pytest.mark.parametrize("name", SINGLE_LAYERS)
def test_a_single_layer_is_titled_by_the_network_and_the_layer_that_it_is(name: str) -> None:
    [layer] = statistics_of(name)
    title = network_title(f"{name} timesteps=8")
    assert title == f"{name} ({network_title(layer.network)} layer {layer.layer}) timesteps=8"
