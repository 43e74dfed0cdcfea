"""An accelerator and a layer as a Timeloop v4 spec, checked before anyone sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from loas_tl.ground.data import shipped_folder
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.rendering.check import explained, refusal, unbounded
from loas_tl.timeloop.rendering.form import TimeloopForm
from loas_tl.timeloop.rendering.measure import Measured, measure
from loas_tl.timeloop.rendering.templates import render_template
from loas_tl.timeloop.spec import Spec, parse_spec
from loas_tl.workload.layer import Layer


@dataclass(frozen=True)
class Rendered:
    """A spec's texts.

    Attributes:
        form: the accelerator.
        architecture: ``variables``, ``architecture`` and ``components``.
        problem: the layer.
        mapping: the accelerator's own dataflow as a fixed mapping.
        constraints: the same dataflow as constraints for a search.
        mapper: options of timeloop-mapper.
    """

    form: TimeloopForm
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


def render(form: TimeloopForm, layer: Layer | Measured, *, check: bool = True) -> Rendered:
    """Fill in an accelerator's templates for a layer.

    Timeloop cannot bound the non-zeros of most of a tensor that is nearly dense. Where a tile is
    that, they are rendered as spread evenly (``fixed_structured``) instead of lying anywhere.

    Args:
        form: the accelerator (``Design.timeloop()``).
        layer: tensors, or what was measured on them.
        check: whether the fixed mapping has to be one that the native engine carries out.

    Raises:
        InputError: where a template does not come out as a valid spec; the message names file
            and keys. Where the engine refuses the spec, it names the layer, level and reason, and
            the parameters to change.
    """
    variables = template_variables(form, layer)
    rendered = _fill_in(form, variables)
    spec = _validated(rendered)
    error = refusal(spec) if check else None
    if error is not None and unbounded(error):
        variables["structured"] = _mostly_nonzero(variables)
        rendered = _fill_in(form, variables)
        error = refusal(_validated(rendered))
    if error is not None:
        raise explained(error, form, _called(layer)) from None
    return rendered


def template_variables(form: TimeloopForm, layer: Layer | Measured) -> dict[str, Any]:
    """What the templates take: every parameter, and the layer in numbers.

    For templates of one's own that include ours, as timeloopfe's ``jinja_parse_data``. Arguments
    are those of :func:`render`.
    """
    measured = measure(layer, form) if isinstance(layer, Layer) else layer
    given = {name: value for name, value in form.values.items() if value is not None}
    return {**asdict(measured), **given, "operand": form.operand}


def _fill_in(form: TimeloopForm, variables: Mapping[str, Any]) -> Rendered:
    problem = form.architecture.parent / "problem.yaml.jinja"
    if not problem.is_file():
        problem = shipped_folder("arch_specs") / problem.name
    return Rendered(
        form=form,
        architecture=_header(form, variables) + render_template(form.architecture, variables),
        problem=render_template(problem, variables),
        mapping=render_template(form.mapping, variables),
        constraints=render_template(form.mapping, {**variables, "search": True}),
        mapper=render_template(shipped_folder("mappings") / "mapper.yaml.jinja", variables),
    )


def _validated(rendered: Rendered) -> Spec:
    """The spec with the fixed mapping; the other one has to be valid, too."""
    file = f"spec of {rendered.form.name}"
    try:
        spec = validate(rendered.model_spec, file)
        validate(rendered.search_spec, file)
    except InputError as error:
        if "is no data space" not in str(error):
            raise
        raise InputError(
            f"{error}; the first is what 'operand' of the class says: P of packed, X of spikes, A "
            f"of activations (here {rendered.form.operand})"
        ) from None
    return spec


def _mostly_nonzero(variables: Mapping[str, Any]) -> list[str]:
    """Which operands can have a tile that holds more than all their zeros."""
    return [name for name in ("input", "weight") if variables[f"{name}_density"] > 0.5]


def _called(layer: Layer | Measured) -> str:
    shape = ", ".join(f"{name}={getattr(layer, name)}" for name in "TMNK")
    return f"layer {layer.name} ({shape})" if isinstance(layer, Layer) else f"a layer of {shape}"


def render_architecture(form: TimeloopForm) -> str:
    """``variables``, ``architecture`` and ``components`` alone, for no layer in particular.

    Packed words are as wide as the accelerator has timesteps in space.

    Raises:
        InputError: where the template does not come out.
    """
    given = {name: value for name, value in form.values.items() if value is not None}
    values = {**form.typical, **given}
    return _header(form, values) + render_template(form.architecture, values)


def validate(text: str, file: str) -> Spec:
    """Read a whole spec and bring its parts together; InputError where they do not fit."""
    spec = parse_spec(text, file=file)
    spec.attached()
    return spec


def _header(form: TimeloopForm, values: Mapping[str, Any]) -> str:
    lines = [f"{form.name}: {form.about}.", "Rendered by loas-tl with:"]
    lines += [f"  {name}={_shown(values[name])}" for name in form.values if name in values]
    text = "\n".join([*lines, *form.remarks])
    # What a user's design is called must not end the comment.
    return "".join(f"# {line}\n" for line in text.splitlines()) + "\n"


def _shown(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value
