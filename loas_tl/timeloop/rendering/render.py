"""An accelerator and a layer as a Timeloop v4 spec, checked before anyone sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from loas_tl.ground.data import shipped_folder
from loas_tl.timeloop.rendering.designs import Design, find_design
from loas_tl.timeloop.rendering.measure import Measured, measure
from loas_tl.timeloop.rendering.parameters import Value, parameters_of, resolve
from loas_tl.timeloop.rendering.templates import render_template
from loas_tl.timeloop.spec import Spec, parse_spec
from loas_tl.workload.layer import Layer


@dataclass(frozen=True)
class Rendered:
    """A spec's texts.

    Attributes:
        design: the accelerator.
        architecture: ``variables``, ``architecture`` and ``components``.
        problem: the layer.
        mapping: the accelerator's own dataflow as a fixed mapping.
        constraints: the same dataflow as constraints for a search.
        mapper: options of timeloop-mapper.
    """

    design: Design
    architecture: str
    problem: str
    mapping: str
    constraints: str
    mapper: str

    @property
    def model_spec(self) -> str:
        """One document for timeloop-model: the fixed mapping."""
        return "\n".join((self.architecture, self.problem, self.mapping))

    @property
    def search_spec(self) -> str:
        """One document for timeloop-mapper: the constraints."""
        return "\n".join((self.architecture, self.problem, self.constraints, self.mapper))

    def files(self) -> dict[str, str]:
        """The texts by file name.

        All files of the folder together are a spec with the fixed mapping; those under
        ``search/`` take the place of ``mapping.yaml`` for a search.
        """
        return {
            "arch.yaml": self.architecture,
            "problem.yaml": self.problem,
            "mapping.yaml": self.mapping,
            "mapper.yaml": self.mapper,
            "search/constraints.yaml": self.constraints,
        }


def render(
    accelerator: str | Design,
    layer: Layer | Measured,
    settings: Mapping[str, Value | str] | None = None,
) -> Rendered:
    """Fill in an accelerator's templates for a layer.

    Args:
        accelerator: a name (``loas-tl render`` lists them) or a design.
        layer: tensors, or what was measured on them.
        settings: parameters that differ from their defaults.

    Raises:
        InputError: for an unknown accelerator or parameter, a value out of range, or a template
            that does not come out as a valid spec; the message names file and keys.
    """
    design = find_design(accelerator) if isinstance(accelerator, str) else accelerator
    variables = template_variables(design, layer, settings)
    architectures, mappings = shipped_folder("arch_specs"), shipped_folder("mappings")
    mapping = mappings / f"{design.template}_mapping.yaml.jinja"
    rendered = Rendered(
        design=design,
        architecture=_header(design, variables)
        + render_template(architectures / f"{design.template}.yaml.jinja", variables),
        problem=render_template(architectures / "problem.yaml.jinja", variables),
        mapping=render_template(mapping, variables),
        constraints=render_template(mapping, {**variables, "search": True}),
        mapper=render_template(mappings / "mapper.yaml.jinja", variables),
    )
    for text in (rendered.model_spec, rendered.search_spec):
        validate(text, f"spec of {design.name}")
    return rendered


def template_variables(
    accelerator: str | Design,
    layer: Layer | Measured,
    settings: Mapping[str, Value | str] | None = None,
) -> dict[str, Any]:
    """What the templates take: every parameter, and the layer in numbers.

    For templates of one's own that include ours, as timeloopfe's ``jinja_parse_data``. Arguments
    and errors are those of :func:`render`.
    """
    design = find_design(accelerator) if isinstance(accelerator, str) else accelerator
    measured = measure(layer, design) if isinstance(layer, Layer) else layer
    settings = settings or {}
    values = resolve(design.template, settings)
    if "corrections" in values and "corrections" not in settings:
        values["corrections"] = measured.corrections
    return {**asdict(measured), **values, "operand": design.operand}


def render_architecture(
    accelerator: str | Design, settings: Mapping[str, Value | str] | None = None
) -> str:
    """``variables``, ``architecture`` and ``components`` alone, for no layer in particular.

    Packed words are as wide as the accelerator has timesteps in space.

    Raises:
        InputError: for an unknown accelerator or parameter, or a value out of range.
    """
    design = find_design(accelerator) if isinstance(accelerator, str) else accelerator
    values = resolve(design.template, settings or {})
    template = shipped_folder("arch_specs") / f"{design.template}.yaml.jinja"
    return _header(design, values) + render_template(template, values)


def validate(text: str, file: str) -> Spec:
    """Read a whole spec and bring its parts together; InputError where they do not fit."""
    spec = parse_spec(text, file=file)
    spec.attached()
    return spec


def _header(design: Design, values: Mapping[str, Any]) -> str:
    lines = [f"# {design.name}: {design.about}.", "# Rendered by loas-tl with:"]
    lines += [f"#   {name}={values[name]}" for name in parameters_of(design.template)]
    return "\n".join(lines) + "\n\n"
