"""How fast a Jinja top file is put together; ``make benchmark`` keeps the figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from loas_tl.timeloop.spec import load_spec
from tests.spec.example import ARCHITECTURE, MAPPING, PROBLEM, SPARSE

TOP = """
{{ add_to_path(cwd()) }}
variables: {{ include('arch.yaml', 'variables') }}
architecture: {{ include('arch.yaml', 'architecture') }}
{% set problem = problem | default('problem.yaml') %}
problem: {{ include(problem, 'problem') }}
{% if path_exists('mapping.yaml') %}
mapping: {{ include('mapping.yaml', 'mapping') }}
{% endif %}
sparse_optimizations: {{ include('sparse.yaml', 'sparse_optimizations') }}
components:
  classes: {{ include_all('classes/*.yaml', 'classes') }}
"""


def test_top_file_with_ten_includes(benchmark: Any, tmp_path: Path) -> None:
    """A top file, four parts of it and six files of classes; target 50 ms."""
    for name, text in (
        ("arch", ARCHITECTURE),
        ("problem", PROBLEM),
        ("mapping", MAPPING),
        ("sparse", SPARSE),
    ):
        (tmp_path / f"{name}.yaml").write_text(text)
    (tmp_path / "classes").mkdir()
    for number in range(6):
        (tmp_path / "classes" / f"{number}.yaml").write_text(
            "{% set bits = 8 %}\n"
            f"classes:\n- {{name: class_{number}, attributes: {{width: {{{{ bits }}}}}}}}\n"
        )
    top = tmp_path / "top.yaml.jinja2"
    top.write_text(TOP)
    spec = benchmark(load_spec, top)
    assert len(spec.components) == 6
    assert len(spec.mapping) > 1
