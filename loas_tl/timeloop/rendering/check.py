"""Whether the engine takes a rendered spec, and what of the accelerator to change where not."""

from __future__ import annotations

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.errors import MappingError
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.rendering.form import TimeloopForm
from loas_tl.timeloop.spec import Spec

PARTITIONS = {
    "SpikeCache": "input_cache_KiB",
    "ActivationCache": "input_cache_KiB",
    "WeightCache": "weight_cache_KiB",
    "OutputCache": "output_cache_KiB",
}
"""Which parameter says how large a level is, in the templates that come with the package."""

FANOUTS = ("pes", "rows", "columns", "timesteps")
"""Parameters that say how many units there are."""


def refusal(spec: Spec) -> InputError | None:
    """What the native engine says against a spec; None where it takes it."""
    try:
        evaluate(spec)
    except InputError as error:
        return error
    return None


def unbounded(error: InputError) -> bool:
    """Whether it is that Timeloop's bound of a tile's non-zeros wraps round."""
    return "too large for Timeloop to bound its non-zeros" in str(error)


def explained(error: InputError, form: TimeloopForm, layer: str) -> InputError:
    """The refusal with accelerator and layer, and which parameters would make room.

    Args:
        error: what the engine says.
        form: the accelerator.
        layer: what the layer is called.
    """
    advice = _advice(error, form)
    return InputError(f"{form.name}, {layer}: {error}" + (f"; {advice}" if advice else ""))


def _advice(error: InputError, form: TimeloopForm) -> str:
    if "spatial elements" in str(error):
        return _of(form, "lower", FANOUTS)
    if not isinstance(error, MappingError):
        return ""
    if error.kind == "instances":
        return _of(form, "raise", FANOUTS)
    if error.kind != "capacity":
        return ""
    partition = PARTITIONS.get(error.level)
    raised = _of(form, "raise", ("cache_KiB", partition)) if partition else ""
    if raised and "metadata" in error.reason:
        return f"{raised}, or {_of(form, 'lower', ('line_bits',))}"
    return raised


def _of(form: TimeloopForm, verb: str, names: tuple[str, ...]) -> str:
    """``raise cache_KiB (8) or input_cache_KiB (2)``, of those that the accelerator has."""
    given = [f"{name} ({form.values[name]:g})" for name in names if form.values.get(name)]
    return f"{verb} {' or '.join(given)}" if given else ""
