"""The real Timeloop, where it is installed; what it said before is in the recorded runs."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from loas_tl import timeloop
from loas_tl.designs.design import Design
from loas_tl.designs.registry import find, with_timeloop
from loas_tl.ground.data import shipped_folder
from loas_tl.timeloop.errors import MappingError
from loas_tl.timeloop.real import installation
from loas_tl.timeloop.real.log import Found
from loas_tl.timeloop.rendering.render import template_variables
from loas_tl.workload.generate import generate_layer
from loas_tl.workload.statistics import statistics_of
from tests.timeloop_runs import Run, answered, refused

LACKING = ", ".join(part.name for part in installation.parts() if part.found is None)

pytestmark = [
    pytest.mark.timeloop,
    pytest.mark.skipif(
        bool(LACKING), reason=f"install {LACKING}: `loas-tl doctor` says how to get it"
    ),
]

SOME_ANSWERED = answered()[::12]
SOME_REFUSED = refused()[::12]

SMALL_LAYER = statistics_of("resnet19")[2]
"""K = 64: a second each."""


@pytest.mark.parametrize("run", SOME_ANSWERED, ids=lambda run: run.name)
def test_it_answers_as_recorded(run: Run, tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(run.spec)
    result = timeloop.run_model(spec, timeout=120)
    # The recorded runs have no ERT, without which nobody knows what leaks.
    known = replace(run.result, ert=result.ert, instances=result.instances)
    assert result.to_dict() == known.to_dict()
    assert result.idle_leakage_pj is not None
    assert set(result.ert) >= set(result.levels)
    assert set(result.art) >= set(result.levels)


@pytest.mark.parametrize("run", SOME_REFUSED, ids=lambda run: run.name)
def test_it_refuses_as_recorded(run: Run, tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(run.spec)
    with pytest.raises(MappingError) as raised:
        timeloop.run_model(spec, timeout=120)
    assert (raised.value.level, raised.value.reason) == (run.rejection.level, run.rejection.reason)


@pytest.mark.parametrize("design", with_timeloop(), ids=lambda design: design.name)
def test_it_takes_each_accelerator(design: Design) -> None:
    rendered = design.with_(technology=-1).spec(generate_layer(SMALL_LAYER, 0))
    fixed = timeloop.run_model(rendered, timeout=300)
    assert fixed.cycles > 0
    seen: list[Found] = []
    best, search = timeloop.run_mapper(
        rendered, metric="cycles", max_mappings=2, jobs=1, timeout=300, progress=seen.append
    )
    assert best.cycles > 0
    assert search["valid_mappings"] == 2
    assert seen


def test_a_search_with_a_time_limit_gives_its_best(tmp_path: Path) -> None:
    rendered = find("PTB").with_(technology=-1).spec(generate_layer(SMALL_LAYER, 0))
    best, search = timeloop.run_mapper(
        rendered, max_mappings=10**8, time_limit=5, jobs=1, timeout=120, out=tmp_path
    )
    assert best.cycles > 0
    assert search["seconds"] < 60


def test_the_winner_is_a_mapping_that_it_takes(tmp_path: Path) -> None:
    rendered = find("SparTen-SNN").with_(technology=-1).spec(generate_layer(SMALL_LAYER, 0))
    best, search = timeloop.run_mapper(rendered, max_mappings=3, jobs=1, timeout=300)
    (tmp_path / "arch.yaml").write_text(rendered.architecture)
    (tmp_path / "problem.yaml").write_text(rendered.problem)
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump({"mapping": search["mapping"]}))
    again = timeloop.run_model(sorted(tmp_path.glob("*.yaml")), timeout=300)
    assert (again.cycles, again.computes) == (best.cycles, best.computes)


@pytest.mark.parametrize("design", with_timeloop(), ids=lambda design: design.name)
def test_a_template_of_ones_own_can_include_ours(design: Design, tmp_path: Path) -> None:
    layer = generate_layer(SMALL_LAYER, 0)
    top = tmp_path / "top.yaml.jinja"
    own = "\n".join(
        f"{{{{ add_to_path({str(shipped_folder(folder))!r}) }}}}"
        for folder in ("arch_specs", "mappings")
    )
    for section, file in (
        ("variables", f"{design.templates}.yaml.jinja"),
        ("architecture", f"{design.templates}.yaml.jinja"),
        ("components", f"{design.templates}.yaml.jinja"),
        ("problem", "problem.yaml.jinja"),
        ("mapping", f"{design.templates}_mapping.yaml.jinja"),
    ):
        own += f"\n{section}: {{{{ include({file!r}, {section!r}) }}}}"
    top.write_text(own)
    name = installation.front_end()
    assert name is not None
    front_end = importlib.import_module(name)
    design = design.with_(technology=-1)
    spec = front_end.Specification.from_yaml_files(
        str(top), jinja_parse_data=template_variables(design.timeloop_or_refuse(), layer)
    )
    stats = front_end.call_model(
        spec, output_dir=str(tmp_path / "out"), log_to=str(tmp_path / "log")
    )
    assert stats.cycles == timeloop.run_model(design.spec(layer)).cycles
