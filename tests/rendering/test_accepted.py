"""What the real Timeloop said of the accelerators, recorded by benchmarks/accept_timeloop.py.

A spec that is rendered today as it was then is one that timeloop-model has taken.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from loas_tl.designs.registry import find, with_timeloop
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.rendering.measure import Measured, measure
from loas_tl.timeloop.result import Accesses, Result
from loas_tl.timeloop.spec import Spec, parse_spec
from loas_tl.workload.generate import generate_layer
from loas_tl.workload.statistics import statistics_of
from tests.rendering.layers import LAYERS
from tests.timeloop_runs import Run, load

TEMPLATES = sorted({str(design.templates) for design in with_timeloop()})


@cache
def accepted() -> dict[str, Run]:
    return load("timeloop_accelerators.json.xz")


def of(template: str) -> list[Run]:
    return [run for name, run in accepted().items() if name.split("-")[0] == template]


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_was_run_was_taken(template: str) -> None:
    """Every layer of every accelerator."""
    named = {f"{template}-{layer.network}-{layer.layer}" for layer in LAYERS}
    taken = {run.name for run in of(template) if run.stats and not run.error}
    assert taken == {run.name for run in of(template)}
    assert taken == named


@pytest.mark.parametrize("template", TEMPLATES)
def test_specs_are_still_rendered_as_they_were_taken(template: str) -> None:
    design = find(template).with_(technology=-1)
    for run in of(template):
        then = parse_spec(run.spec)
        now = parse_spec(design.spec(_measured(then)).model_spec)
        again = "render it again with benchmarks/accept_timeloop.py, and record what it says"
        assert now.attached() == then.attached(), f"{run.name} has changed; {again}"
        assert now.problem == then.problem, f"{run.name} has changed; {again}"


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_native_engine_says_the_same(template: str) -> None:
    """Counts up to Timeloop's rounding; energies were placeholders."""
    for run in of(template):
        theirs, ours = run.result, evaluate(parse_spec(run.spec))
        for (name, count), (_, other) in zip(_counts(theirs), _counts(ours), strict=True):
            assert other == pytest.approx(count, rel=1e-3, abs=1), f"{run.name}: {name}"


@pytest.mark.parametrize("template", TEMPLATES)
def test_measured_densities_are_those_of_the_tensors(template: str) -> None:
    form = find(template).timeloop_or_refuse()
    layer = statistics_of("alexnet")[0]
    run = accepted()[f"{template}-alexnet-1"]
    found, recorded = measure(generate_layer(layer, 0), form), _measured(parse_spec(run.spec))
    assert found.input_density == recorded.input_density
    assert found.weight_density == recorded.weight_density
    if template == "loas":  # no other spec says how many corrections there are
        assert found.corrections == recorded.corrections


def _measured(spec: Spec) -> Measured:
    """What a recorded spec was rendered from."""
    sizes: dict[str, int] = dict(spec.problem.sizes)
    densities = {name: density.density for name, density in spec.problem.densities.items()}
    first = next(name for name in densities if name != "W")
    corrections: list[Any] = [
        placed.node.all_attributes["corrections"]
        for placed in spec.architecture.placed()
        if "corrections" in placed.node.all_attributes
    ]
    return Measured(
        T=sizes.get("T", 4),
        M=sizes["M"],
        N=sizes["N"],
        K=sizes["K"],
        input_density=densities[first],
        weight_density=densities["W"],
        corrections=corrections[0] if corrections else 0.0,
    )


def _counts(result: Result) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = [("cycles", result.cycles)]
    found += _four("computes", result.computes)
    for name, level in result.levels.items():
        found.append((f"{name} instances", level.instances))
        for tensor, stats in level.tensors.items():
            found.append((f"{name} {tensor} capacity", stats.capacity))
            for event in ("reads", "fills", "updates"):
                found += _four(f"{name} {tensor} {event}", getattr(stats, event))
    return found


def _four(name: str, accesses: Accesses) -> list[tuple[str, float]]:
    return [(f"{name} {kind}", count) for kind, count in accesses.to_dict().items()]
