"""Figures of everything but comparisons have room for what is on them, at both widths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import loas_tl
from loas_tl.designs.design import Design
from loas_tl.designs.loas import LOAS
from loas_tl.designs.readings import READINGS, Reading, read
from loas_tl.designs.registry import designs
from loas_tl.report.composition import draw as draw_composition
from loas_tl.report.formats import draw as draw_formats
from loas_tl.report.innerjoin_plots import draw_cost, draw_sweep, variants
from loas_tl.report.paper import WIDTHS, Width
from loas_tl.reproduction.item import Item, Reproduction, Row
from loas_tl.studies.laggy_cost import laggy_cost, laggy_unit
from loas_tl.studies.sparsity import measure_sparsity
from loas_tl.studies.sweep import RandomLayer, sweep
from loas_tl.timeloop.mapper import search
from loas_tl.timeloop.spec import parse_spec
from loas_tl.workload.source import layer_sources
from tests.exploration.spaces import small
from tests.mapper.examples import matmul
from tests.report import layer
from tests.report.clear import assert_clear


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest) -> Width:
    found: Width = request.param
    return found


def network(layers: int, name: str = "a network") -> loas_tl.Network:
    return loas_tl.Network(name, tuple(layer(9, f"conv{number}") for number in range(layers)))


@pytest.fixture(scope="module")
def objects() -> dict[str, Any]:
    vary = {"pes": [4, 8], "cache_KiB": [64, 256], "laggy_adders": [16, 256]}
    spec = loas_tl.design("LoAS").spec(layer())
    return {
        "space": loas_tl.explore(["LoAS", "Gamma-SNN"], small(layers=1), vary=vary, jobs=1),
        "single": loas_tl.explore("LoAS", small(layers=1), vary={"pes": [4, 8]}, jobs=1),
        "validation": loas_tl.validate(network(1)),
        "result": loas_tl.native.evaluate(parse_spec(spec.model_spec)),
        "found": search(parse_spec(matmul(m=4, n=2, k=2)), max_mappings=20, jobs=1),
        "network": network(16),
    }


@pytest.mark.parametrize("kind", ["space", "single", "validation", "result", "found", "network"])
def test_figures_of_objects(objects: dict[str, Any], kind: str, width: Width) -> None:
    plot = objects[kind].plot
    for name in plot:
        canvas = getattr(plot, name)(width=width)
        assert canvas.get_figwidth() == WIDTHS[width]
        assert_clear(canvas)
    with pytest.raises(loas_tl.InputError, match="unknown width"):
        getattr(plot, name)(width="poster")


@pytest.mark.parametrize("design", designs(), ids=lambda one: one.label)
def test_composition(design: Design, width: Width) -> None:
    assert_clear(draw_composition(design, width))


@pytest.mark.parametrize("networks", [1, 8])
def test_formats(networks: int, width: Width) -> None:
    asked = [network(1, f"network {at}") for at in range(networks)]
    assert_clear(draw_formats(loas_tl.measure_formats(asked), width))


@pytest.mark.parametrize("reading", READINGS)
def test_a_unit_that_stands_for_several_is_drawn_once(reading: Reading, width: Width) -> None:
    design = read(LOAS, reading)
    unit = laggy_unit(design)[1]
    names = [name for _, name in variants(unit)]
    assert unit.laggy is not None
    assert ("skipping empty chunks" in names) == (not unit.laggy.skip_empty)
    assert ("two offset buffers" in names) == (unit.laggy.offset_buffers != 2)
    layers, _ = laggy_cost(layer_sources([network(16), network(2, "another")]), design)
    canvas = draw_cost(layers, unit, width)
    assert_clear(canvas)
    assert {len(axes.patches) % len(names) for axes in canvas.axes} == {0}
    [legend] = canvas.legends
    assert [text.get_text() for text in legend.get_texts()] == names


def test_sweep(width: Width) -> None:
    rows = sweep(layer_sources([network(1), network(1, "another")]), random=RandomLayer(4, 4, 64))
    assert_clear(draw_sweep(rows, width))


@pytest.mark.parametrize("networks", [1, 8])
def test_sparsity(networks: int, width: Width) -> None:
    asked = [network(16 if at else 1, f"network {at}") for at in range(networks)]
    found = measure_sparsity(networks=asked)
    for name in ("left", "layers"):
        canvas = getattr(found.plot, name)(width=width)
        assert_clear(canvas)
        for axes in canvas.axes:
            for line in axes.get_lines():
                assert np.max(line.get_ydata()) <= axes.get_ylim()[1]


def test_reproduction(width: Width) -> None:
    rows = [
        Row("cycles of SparTen-SNN over LoAS-FT, with a name that goes on", 3.7, 3.68, "ratio"),
        Row("not published", 12_345.0, None, "KiB"),
        Row("far off", 1.0, 4.0, "ratio"),
    ]
    items = [
        Item(f"fig-{at}", f"Fig. {at}: what it shows of it all", lambda _: ()) for at in (1, 2)
    ]
    found = Reproduction({items[0]: rows, items[1]: rows[1:]})
    assert list(found.plot) == ["differences", "fig_1", "fig_2"]
    for name in found.plot:
        assert_clear(getattr(found.plot, name)(width=width))
