"""Layers from what a watched pass kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.errors import InputError
from loas_tl.trained.calls import Call, Site
from loas_tl.trained.layout import Layout, Use, by_time, uses_of
from loas_tl.trained.operands import Operand, in_one_step
from loas_tl.workload.im2col import Convolution
from loas_tl.workload.layer import MAX_TIMESTEPS, word_dtype
from loas_tl.workload.network import Network, Uncovered
from loas_tl.workload.rounding import Per, round_weights
from loas_tl.workload.samples import Origin, SampledLayer

Attention = Literal["per-timestep"] | None

SELF = "both operands are computed, and LoAS keeps weights"


@dataclass(eq=False)
class Part:
    """A layer in the making, or what is said of one that cannot be made.

    Attributes:
        name: of the layer.
        site: where it stands.
        timesteps: of its words.
        words: a batch each, ``uint[N, factors, ...]``.
        planes: a batch each.
        seconds: of a product, the operand that stands in for weights, ``int8[N, factors, K, N]``.
        step: what an input of 1 stands for.
        why: why it cannot be made; empty where it can.
        operations: of all samples.
        samples: so many.
    """

    name: str
    site: Site
    timesteps: int
    words: list[NDArray[np.unsignedinteger]] = field(default_factory=list)
    planes: list[int] = field(default_factory=list)
    seconds: list[NDArray[np.int8]] = field(default_factory=list)
    step: float = 1.0
    why: str = ""
    operations: int = 0
    samples: int = 0


class Assembly:
    """Puts batches together; what a batch's calls hold is packed and let go of."""

    def __init__(self, attention: Attention) -> None:
        self.parts: dict[str, Part] = {}
        self._attention = attention

    def add(self, sites: dict[str, Site], layout: Layout) -> None:
        """Take one batch."""
        for site in sites.values():
            if not site.calls:
                continue
            for number, use in enumerate(uses_of(site, layout), start=1):
                name = site.name + (f"@{number}" if number > 1 else "")
                part = self.parts.setdefault(name, Part(name, site, use.timesteps))
                part.operations += use.operations
                part.samples += layout.samples
                part.why = part.why or self._why(site, use, part)
                if part.why:
                    part.words.clear()
                    part.seconds.clear()
                else:
                    self._take(part, use, layout)
            site.calls.clear()

    def _why(self, site: Site, use: Use, part: Part) -> str:
        if site.why:
            return site.why
        if site.kind == "product" and self._attention is None:
            return f"{SELF}; attention='per-timestep' takes them one timestep at a time"
        if use.why or use.timesteps != part.timesteps:
            return use.why or "its timesteps differ from batch to batch"
        if use.timesteps > MAX_TIMESTEPS:
            return f"{use.timesteps} timesteps are more than {MAX_TIMESTEPS}"
        step, why = in_one_step([call.operand for call in use.calls])
        if why:
            return f"its inputs are {why}"
        if site.kind == "product":
            why = next((c.second.why for c in use.calls if c.second and c.second.why), "")
            if why:
                return f"its second operand is {why}"
            most = max(_largest(call.second) for call in use.calls)
            if most > 127:
                return f"its second operand is up to {most}, beyond 8 bits"
        if part.words and abs(step - part.step) > 1e-6 * step:
            return "its inputs are real-valued: steps differ from batch to batch"
        return ""

    def _take(self, part: Part, use: Use, layout: Layout) -> None:
        step, _ = in_one_step([call.operand for call in use.calls])
        first = [_in_steps(call.operand, step) for call in use.calls]
        rest = _rest(part.site, use.calls[0], layout, use)
        values = by_time(first, use, layout, rest)  # [T, N, ...]
        if part.site.kind == "product":
            seconds = [call.second for call in use.calls if call.second is not None]
            batch = by_time(seconds, use, layout, (rest[0], *seconds[0].shape[1:]))
            # [T, N, heads, K, N] to [N, T * heads, K, N]: a spMspM a timestep and head.
            batch = np.moveaxis(batch, 0, 1)
            part.seconds.append(batch.reshape(layout.samples, -1, *batch.shape[3:]).astype(np.int8))
            values = np.moveaxis(values, 0, 1)
            values = values.reshape(1, layout.samples, -1, *values.shape[3:])
            words, planes = _packed(values)
        else:
            words, planes = _packed(values[:, :, np.newaxis])
        part.step = step
        part.words.append(words)
        part.planes.append(planes)

    def network(self, name: str, samples: int | None, fold: bool, per: Per) -> Network:
        """All parts as a network; raises InputError where none of them can be a layer."""
        layers: list[SampledLayer] = []
        missing: list[Uncovered] = []
        for at, part in enumerate(self.parts.values()):
            each = round(part.operations / max(part.samples, 1))
            kind = part.site.module
            if part.why:
                missing.append(Uncovered(part.name, kind, part.why, each, at))
            else:
                layers.append(_layer(part, samples, fold, per))
        if not layers:
            whys = "; ".join(f"{one.name}: {one.why}" for one in missing[:3]) or "no layers"
            raise InputError(f"nothing to capture: {whys}", key=name)
        return Network(name, tuple(layers), tuple(missing))


def _largest(operand: Operand | None) -> int:
    if operand is None or operand.whole is None:
        return 1
    return int(operand.whole.max(initial=0))


def _in_steps(operand: Operand, step: float) -> Operand:
    """The operand as whole numbers of a finer step."""
    ratio = round(operand.step / step)
    if ratio == 1:
        return operand
    whole = operand.values() * np.uint8(ratio)
    return replace(operand, bits=None, whole=whole, step=step)


def _rest(site: Site, call: Call, layout: Layout, use: Use) -> tuple[int, ...]:
    """The axes of an operand behind time and samples."""
    shape = call.operand.shape
    if site.kind == "convolution":
        return shape[1:] if len(shape) == 4 else (shape[1], 1, shape[2])
    at_once = layout.samples * (use.timesteps if len(use.calls) == 1 else 1)
    return (shape[0] // at_once, *shape[1:])


def _packed(values: NDArray[np.uint8]) -> tuple[NDArray[np.unsignedinteger], int]:
    """``[T, N, factors, ...]`` whole numbers as words ``uint[N, factors * planes, ...]``."""
    planes = max(int(values.max(initial=0)).bit_length(), 1)
    timesteps, samples, factors = values.shape[:3]
    dtype = word_dtype(timesteps)
    words = np.zeros((samples, factors, planes, *values.shape[3:]), dtype=dtype)
    for plane in range(planes):
        for t in range(timesteps):
            bit = values[t] if planes == 1 else (values[t] >> np.uint8(plane)) & np.uint8(1)
            words[:, :, plane] |= bit.astype(dtype, copy=False) << dtype.type(t)
    return words.reshape(samples, factors * planes, *values.shape[3:]), planes


def _layer(part: Part, samples: int | None, fold: bool, per: Per) -> SampledLayer:
    planes = max(part.planes)
    words = np.concatenate(
        [_widened(words, of, planes) for words, of in zip(part.words, part.planes, strict=True)]
    )[:samples]
    site = part.site
    notes = []
    if part.timesteps == 1 and site.kind != "product":
        notes.append("one timestep: computed once for all")
    if not words.any():
        notes.append("its inputs have no spikes at all")
    if part.step != 1.0:
        notes.append(f"inputs in steps of {part.step:.4g}")
    if site.kind == "product":
        notes.append("one spMspM a timestep and head, the second operand in place of weights")
        second = np.concatenate(part.seconds)[:samples]
        origin = Origin(site.module, step=part.step, notes=tuple(notes))
        return SampledLayer(part.name, words, second, 1, None, 1, planes, origin)
    assert site.weights is not None  # noqa: S101 - a layer that has been called has them
    weights = site.weights.reshape(len(site.weights), -1).T.astype(np.float64)
    bias = None if site.bias is None else site.bias.astype(np.float64)
    if fold and site.norm is not None:
        weights = weights * site.norm.gain
        shifted = -site.norm.mean if bias is None else bias - site.norm.mean
        bias = shifted * site.norm.gain + site.norm.shift
        notes.append("BatchNorm folded in")
    rounded = round_weights(weights, per)
    if not rounded.exact:
        notes.append(f"weights rounded to 8 bits, one scale a {per}")
    origin = Origin(
        site.module,
        rounded.scale,
        part.step,
        bias,
        np.count_nonzero(weights) / weights.size,
        rounded.lost,
        tuple(notes),
    )
    convolution: Convolution | None = site.convolution
    return SampledLayer(
        part.name,
        words,
        rounded.weights[np.newaxis, np.newaxis],
        part.timesteps,
        convolution,
        site.groups,
        planes,
        origin,
    )


def _widened(
    words: NDArray[np.unsignedinteger], planes: int, wanted: int
) -> NDArray[np.unsignedinteger]:
    """The words of a batch with as many planes as another batch needs."""
    if planes == wanted:
        return words
    samples, factors = words.shape[:2]
    wide = np.zeros((samples, factors // planes, wanted, *words.shape[2:]), dtype=words.dtype)
    wide[:, :, :planes] = words.reshape(samples, -1, planes, *words.shape[2:])
    return wide.reshape(samples, -1, *words.shape[2:])
