"""What spiking frameworks say of a model: its time axis, its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Axes:
    """How a model goes through time.

    Attributes:
        timesteps: T, as far as it shows; None where no framework says it.
        samples: of the batch, likewise.
        stepwise: whether neurons run a timestep at a time.
    """

    timesteps: int | None
    samples: int | None
    stepwise: bool


def axes_of(model: Any, ran: Mapping[str, tuple[int, tuple[int, ...]]]) -> Axes:
    """What the neurons of a model saw.

    Args:
        model: a module.
        ran: by path, how often each module ran in one pass, and the shape of its first input.
    """
    for path, module in model.named_modules():
        stepwise = _stepwise(module)
        if stepwise is None or path not in ran:
            continue
        count, shape = ran[path]
        if not shape:
            continue
        if stepwise:
            return Axes(count, shape[0], True)
        if len(shape) > 1:
            return Axes(shape[0], shape[1], False)
    return Axes(None, None, True)


def reset(model: Any) -> None:
    """Set all states back, each framework's by its own call."""
    kinds = {_framework(module) for module in model.modules()}
    if "spikingjelly" in kinds:
        import_module("spikingjelly.activation_based.functional").reset_net(model)
    if "snntorch" in kinds:
        import_module("snntorch.utils").reset(model)
    # Norse hands states from call to call, and its containers begin without one.


def _stepwise(module: Any) -> bool | None:
    """Whether a neuron runs a timestep at a time; None for what is no neuron."""
    framework = _framework(module)
    if framework == "spikingjelly":
        return str(getattr(module, "step_mode", "s")) == "s"
    if framework == "snntorch":
        return True
    if framework == "norse":
        return not any(base.__name__ in _NORSE_SEQUENCES for base in type(module).__mro__)
    return None


_NORSE_SEQUENCES = ("SNN", "SNNRecurrent")

_NEURONS = {
    "spikingjelly": ("MemoryModule",),
    "snntorch": ("SpikingNeuron",),
    "norse": ("SNN", "SNNRecurrent", "SNNCell", "SNNRecurrentCell"),
}
"""By framework, the classes that its neurons derive from."""


def _framework(module: Any) -> str | None:
    """The framework of a neuron; None for other modules. None of them is imported for it."""
    for base in type(module).__mro__:
        package = base.__module__.partition(".")[0]
        if base.__name__ in _NEURONS.get(package, ()):
            return package
    return None
