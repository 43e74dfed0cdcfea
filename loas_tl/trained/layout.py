"""Which axis of a multiplication's operands is time, which counts samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loas_tl.trained.calls import Call, Site
from loas_tl.trained.operands import Operand


@dataclass(frozen=True)
class Layout:
    """The axes of a batch.

    Attributes:
        timesteps: T.
        samples: N.
        stepwise: whether the model runs a timestep at a time, as far as is known.
        batch_first: whether axes that hold both are ``[N, T]``, folded or not.
    """

    timesteps: int
    samples: int
    stepwise: bool
    batch_first: bool


@dataclass(frozen=True, eq=False)
class Use:
    """One use of a layer: of one that a model calls twice in a timestep there are two.

    Attributes:
        calls: one a timestep, or one for all.
        timesteps: T, or 1 where the layer is computed once for all timesteps.
        why: why the axes are not known; empty where they are.
    """

    calls: tuple[Call, ...]
    timesteps: int
    why: str = ""

    @property
    def operations(self) -> int:
        """Multiply-accumulates of the batch."""
        return sum(call.operations for call in self.calls)


def uses_of(site: Site, layout: Layout) -> list[Use]:
    """A site's calls in one batch, parted into its uses."""
    calls = tuple(site.calls)
    count, timesteps = len(calls), layout.timesteps
    shape = _leading(site, calls[0])
    whole = timesteps * layout.samples
    steps = count % timesteps == 0
    alone = _holds(site, shape, layout.samples)
    # A leading [T, N], or a folded T * N; with one timestep there is no difference.
    at_once = shape[:2] == _both(layout) if len(shape) > 1 else False
    at_once = at_once or _holds(site, shape, whole)
    if alone and steps and (layout.stepwise or not at_once):
        uses = count // timesteps
        return [Use(calls[use::uses], timesteps) for use in range(uses)]
    if at_once:
        return [Use((call,), timesteps) for call in calls]
    if alone:
        return [Use((call,), 1) for call in calls]
    expected = f"{layout.samples} samples or {timesteps} x {layout.samples}"
    why = f"its first axis is {shape[0] if shape else 0}; expected {expected}"
    return [Use(calls, timesteps, why)]


def _leading(site: Site, call: Call) -> tuple[int, ...]:
    """The axes that hold time and samples, and what comes behind them."""
    if site.kind == "linear":
        return call.read[:-1]
    return call.operand.shape[:1]


def _holds(site: Site, shape: tuple[int, ...], count: int) -> bool:
    """Whether the first axis is one of so many; of a product's it may be a multiple (heads)."""
    if not shape:
        return False
    return shape[0] % count == 0 if site.kind == "product" else shape[0] == count


def _both(layout: Layout) -> tuple[int, int]:
    pair = layout.timesteps, layout.samples
    return pair[::-1] if layout.batch_first else pair


def by_time(
    operand: list[Operand], use: Use, layout: Layout, rest: tuple[int, ...]
) -> NDArray[np.uint8]:
    """The operands of a use's calls in steps, ``[T, N, ...]``; ``rest`` are the other axes."""
    values = [one.values() for one in operand]
    if len(values) == 1 and use.timesteps > 1:
        pair = _both(layout)
        one = values[0].reshape(*pair, *rest)
        return one.swapaxes(0, 1) if layout.batch_first else one
    return np.stack([one.reshape(layout.samples, *rest) for one in values])
