"""The templates under timeloopfe's conditions: plain Jinja, its functions, a user's own template.

timeloopfe itself takes them in tests/engine/timeloop/test_live.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from loas_tl.designs.design import Design
from loas_tl.designs.registry import with_timeloop
from loas_tl.ground.data import shipped_folder
from loas_tl.timeloop.rendering.measure import Measured
from loas_tl.timeloop.rendering.render import render_architecture, template_variables
from loas_tl.timeloop.spec import parse_spec

SMALL = Measured(T=4, M=16, N=32, K=128, input_density=0.25, weight_density=0.1, corrections=0.2)


def as_the_front_end(path: Path, data: dict[str, Any]) -> str:
    """A template's text as timeloopfe makes it: the loader sees the template's folder alone, and
    files that are included as text are templates, too."""
    environment = Environment(  # noqa: S701 - YAML is not to be escaped
        loader=FileSystemLoader(path.parent), undefined=StrictUndefined
    )
    environment.globals["include_text"] = lambda name: as_the_front_end(
        (path.parent / name).resolve(), data
    )
    return environment.get_template(path.name).render(data)


@pytest.mark.parametrize("design", with_timeloop(), ids=lambda design: design.name)
def test_templates_are_plain_jinja(design: Design) -> None:
    variables = template_variables(design.timeloop_or_refuse(), SMALL)
    texts = [
        as_the_front_end(shipped_folder(folder) / name, variables)
        for folder, name in (
            ("arch_specs", f"{design.templates}.yaml.jinja"),
            ("arch_specs", "problem.yaml.jinja"),
            ("mappings", f"{design.templates}_mapping.yaml.jinja"),
        )
    ]
    theirs, ours = parse_spec("\n".join(texts)), parse_spec(design.spec(SMALL).model_spec)
    assert theirs.attached() == ours.attached()
    assert theirs.problem == ours.problem


@pytest.mark.parametrize("design", with_timeloop(), ids=lambda design: design.name)
def test_an_architecture_needs_the_designs_own_values_alone(design: Design) -> None:
    """No layer, and no default in a template."""
    form = design.timeloop_or_refuse()
    path = shipped_folder("arch_specs") / f"{design.templates}.yaml.jinja"
    assert form.architecture == path
    values = {name: value for name, value in form.values.items() if value is not None}
    assert set(form.values) == set(design.parameters)
    assert set(form.values) - set(values) == set(form.typical)
    text = as_the_front_end(path, {**form.typical, **values})
    plain = [line for line in text.splitlines() if line.strip()]
    ours = [line for line in render_architecture(form).splitlines() if line.strip()]
    assert plain == [line for line in ours if not line.startswith("#")]


def test_no_two_templates_share_a_name() -> None:
    """timeloopfe refuses to include a name that its search path has twice."""
    names = [
        file.name
        for folder in ("arch_specs", "mappings")
        for file in shipped_folder(folder).glob("*.yaml.jinja")
    ]
    assert len(names) == len(set(names)) == 2 * 8 + 2
