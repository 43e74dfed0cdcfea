"""A generated network at other timesteps or densities than published, or beside its ANN."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Integral

import numpy as np

from loas_tl.ground.errors import InputError
from loas_tl.ground.given import check_mapping, check_number
from loas_tl.workload.layer import MAX_TIMESTEPS
from loas_tl.workload.statistics import LayerStatistics

SILENT = {4: (1.0, 1.13), 6: (0.92, 0.99), 8: (0.91, 0.97)}
"""Silent neurons by timesteps, over those at T = 4: as trained, and after fine-tuning.

Source: LoAS (MICRO 2024), Fig. 16b.
"""

KEYS = ("timesteps", "weight_density", "spike_density", "activation_density")
DENSITIES = KEYS[1:]


@dataclass(frozen=True)
class Variant:
    """What of a published network's statistics is changed.

    Attributes:
        timesteps: T, 1 to 64; None is the network's own. Fewer are the first of them. With more, a
            neuron keeps its rate, and the silent ones follow Fig. 16b: between its T on a line,
            beyond T = 8 as many as there.
        weight_density: share of non-zero weights, the same in every layer; None is each layer's
            own. Above 0, at most 1.
        spike_density: share of ones in X, the same in every layer as far as its padding, which is
            zero, leaves room; None is each layer's own. A neuron that fires does so as often as
            before, unless there are too few for that.
        activation_density: share of the ANN twin's neurons whose activation is not zero, the same
            in every layer, padding aside; accelerators for ANNs run the twin then. None is no
            twin: they take the SNN's active neurons for activations.

    Raises:
        InputError: where a value is out of range.
    """

    timesteps: int | None = None
    weight_density: float | None = None
    spike_density: float | None = None
    activation_density: float | None = None

    def __post_init__(self) -> None:
        if self.timesteps is not None and not isinstance(self.timesteps, Integral):
            kind = type(self.timesteps).__name__
            raise InputError(
                f"is of type {kind}; expected a whole number", key="workload timesteps"
            )
        if self.timesteps is not None and not 1 <= self.timesteps <= MAX_TIMESTEPS:
            raise InputError(
                f"is {self.timesteps}; expected a whole number from 1 to {MAX_TIMESTEPS}",
                key="workload timesteps",
            )
        for key in DENSITIES:
            share = getattr(self, key)
            if share is not None:
                check_number(share, f"workload {key}")
            if share is not None and not 0 < share <= 1:
                raise InputError(
                    f"is {share:g}; expected a share above 0, at most 1", key=f"workload {key}"
                )

    @classmethod
    def of(cls, settings: Mapping[str, object]) -> Variant:
        """Of values by name, as numbers or texts.

        Raises:
            InputError: for another name, or a value that is none.
        """
        from loas_tl.ground.nearest import unknown

        check_mapping(settings, "workload")
        given: dict[str, float] = {}
        for key, value in settings.items():
            if key not in KEYS:
                raise unknown(key, list(KEYS), "a workload has no")
            try:
                given[key] = float(value)  # type: ignore[arg-type]
            except (TypeError, ValueError):
                raise InputError(
                    f"is {value!r}; expected a number", key=f"workload {key}"
                ) from None
        timesteps = given.get("timesteps")
        if timesteps is not None and not timesteps.is_integer():
            raise InputError(f"is {timesteps:g}; expected a whole number", key="workload timesteps")
        densities = {key: given.get(key) for key in DENSITIES}
        return cls(None if timesteps is None else int(timesteps), **densities)

    @property
    def changed(self) -> bool:
        """Whether anything is."""
        return self != Variant()

    def name(self, network: str) -> str:
        """What the network is called then: ``vgg16 timesteps=8``."""
        values = {key: getattr(self, key) for key in KEYS}
        said = [f"{key}={value:g}" for key, value in values.items() if value is not None]
        return " ".join([network, *said])

    def statistics(self, layer: LayerStatistics) -> LayerStatistics:
        """The statistics to generate from; of fewer timesteps than published, those published."""
        if self.weight_density is not None:
            # A layer without a single weight has no fiber to walk.
            weights = max(round(self.weight_density * layer.K * layer.N), 1)
            layer = replace(layer, weights=weights)
        if self.timesteps is not None and self.timesteps > layer.T:
            layer = _at_more_timesteps(layer, self.timesteps)
        if self.spike_density is not None:
            layer = _at_spike_density(layer, self.spike_density)
        return layer

    def twin(self, layer: LayerStatistics) -> LayerStatistics | None:
        """The statistics of the ANN twin: an activation that is not zero is an active neuron."""
        if self.activation_density is None:
            return None
        active = max(round(self.activation_density * layer.inside), 1)
        return replace(
            self.statistics(layer), T=1, spikes=active, active_neurons=active, active_neurons_ft=0
        )


def _at_more_timesteps(layer: LayerStatistics, timesteps: int) -> LayerStatistics:
    """Neurons keep their rate; how many are silent follows Fig. 16b."""
    neurons = layer.M * layer.K
    trained, tuned = (_over_published(layer.T, timesteps, which) for which in (0, 1))
    active = min(neurons - round(trained * (neurons - layer.active_neurons)), neurons)
    several = neurons - round(tuned * (neurons - layer.active_neurons_ft))
    several = min(several, active)
    spikes = round(layer.spikes * timesteps / layer.T)
    # Who fires once fires once, the others at least twice and at most in every timestep.
    once = active - several
    spikes = min(max(spikes, once + 2 * several), once + timesteps * several)
    return replace(
        layer,
        T=timesteps,
        active_neurons=active,
        active_neurons_ft=several,
        spikes=spikes,
    )


def _at_spike_density(layer: LayerStatistics, density: float) -> LayerStatistics:
    """So many spikes; active neurons in proportion, as far as there are neurons and timesteps."""
    neurons = layer.inside
    spikes = min(max(round(density * layer.T * layer.M * layer.K), 1), layer.T * neurons)
    ratio = spikes / layer.spikes
    active = min(max(round(layer.active_neurons * ratio), 1), neurons)
    several = min(round(layer.active_neurons_ft * ratio), active)
    if layer.T == 1:
        return replace(layer, spikes=spikes, active_neurons=spikes, active_neurons_ft=0)
    # Who fires once fires once; of the others, so many that the spikes find a timestep each.
    several = max(several, math.ceil((spikes - active) / (layer.T - 1)))
    several = max(min(several, active, spikes - active), 0)
    return replace(layer, spikes=spikes, active_neurons=active, active_neurons_ft=several)


def _over_published(published: int, timesteps: int, which: int) -> float:
    """Silent neurons over those with the published timesteps."""
    steps = sorted(SILENT)
    ratios = [SILENT[step][which] for step in steps]
    at = [float(np.interp(step, steps, ratios)) for step in (timesteps, published)]
    return at[0] / at[1]
