"""A specification priced here, and by a real timeloopfe and Accelergy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loas_tl.components.units import in_pJ, in_um2
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.accelergy import ert, plugins, specification
from loas_tl.timeloop.spec import load_spec, parse_spec
from tests.energy.tables import (
    DATA,
    Figures,
    assert_equal,
    figures,
    needs_front_end,
    run,
    written,
)

SPEC = DATA / "priced_spec.yaml"
RECORDED = DATA / "priced_spec.json"
"""The tables that timeloopfe 0.4 with Accelergy 0.4 (commit 6911d15) and the plug-ins wrote."""


def ours() -> Figures:
    entries = specification.entries(parse_spec(SPEC.read_text()))
    return figures(ert.ert(entries), ert.art(entries))


def test_our_tables_are_those_that_accelergy_wrote() -> None:
    assert_equal(ours(), json.loads(RECORDED.read_text()))


@needs_front_end
@pytest.mark.accelergy
def test_our_tables_are_those_that_accelergy_writes(tmp_path: Path) -> None:
    run(tmp_path, "accelergy")  # writes its configuration
    plugins.install(tmp_path / plugins.CONFIG)
    assert_equal(written(tmp_path, "tl", "accelergy", SPEC), ours())


def test_an_engine_gets_pj_and_um2_by_component() -> None:
    pj, um2 = specification.tables(load_spec(SPEC))
    assert list(pj) == list(um2)
    assert " ".join(pj) == "HBM SpikeCache WeightCache Buffer Accumulator Join"
    cache = ert.price("fiber_cache", {"width": 256, "depth": 6144, "n_banks": 2})
    assert pj["WeightCache"]["read"] == pytest.approx(in_pJ(cache.energy["read"]))
    assert um2["WeightCache"] == pytest.approx(in_um2(cache.area))
    assert {"compute", "match", "correct", "leak"} == set(pj["Join"])


BAD = {
    "an unknown class": (
        ("subclass: accumulator_bank", "subclass: flux"),
        ("Accumulator", "'flux'", "expected one of lane"),
    ),
    "a missing attribute": (
        ("attributes: {width: 256, depth: 6144, datawidth: 8}", "attributes: {datawidth: 8}"),
        ("WeightCache", "fiber_cache.width: is missing"),
    ),
    "a technology out of range": (
        ("technology: 32, global", "technology: 5, global"),
        ("HBM", "hbm_channel.technology", "is 5", "from 7 to 90"),
    ),
}


@pytest.mark.parametrize("bad", BAD)
def test_what_cannot_be_priced_is_named_with_its_file_and_component(
    bad: str, tmp_path: Path
) -> None:
    (old, new), mentions = BAD[bad]
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC.read_text().replace(old, new))
    with pytest.raises(InputError) as refused:
        specification.entries(load_spec(path))
    message = str(refused.value)
    assert str(path) in message
    for mention in mentions:
        assert mention in message
