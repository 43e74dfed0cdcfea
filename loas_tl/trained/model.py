"""``loas_tl.trained``: a network from a trained PyTorch model, whatever wraps its layers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal

from loas_tl.ground.errors import InputError
from loas_tl.workload.network import Network
from loas_tl.workload.rounding import PER, Per

if TYPE_CHECKING:
    from loas_tl.trained.layout import Layout, Use
    from loas_tl.trained.watch import Watch


def capture(
    model: Any,
    inputs: Any,
    *,
    timesteps: int | None = None,
    samples: int | None = None,
    time_axis: int | None = None,
    batch_axis: int | None = None,
    batch_first: bool = False,
    encoding: Literal["bitplanes"] | None = None,
    attention: Literal["per-timestep"] | None = None,
    fold_batchnorm: bool = False,
    rounding: Per = "tensor",
    name: str | None = None,
) -> Network:
    """Run a model on inputs and take what its layers multiply.

    Convolutions (one and two dimensions, any stride, padding, dilation and groups) and linear
    layers become layers with as many samples as the inputs have. Spikes are taken as they are;
    small whole numbers (sums of spikes) as bit-planes, a spMspM each. What reads real values, and
    products of two operands that are computed, are left out, with their operations in the
    network's ``coverage``. Weights are those that the layer multiplies with, masks and
    parametrisations included, rounded to 8 bits.

    The model is left as it was: its modes, hooks, gradients and device; random numbers go on as
    if nothing had run; states are set back by the framework's own call, before and after.

    Args:
        model: any ``torch.nn.Module``.
        inputs: as the model takes them, ``float[T, N, ...]`` with a time axis where it has one,
            ``float[N, ...]`` otherwise: a tensor or an array, a tuple of arguments, or a
            DataLoader (the first tensor of each batch).
        timesteps: T. Found where a neuron of SpikingJelly, snnTorch or Norse says it. A model
            that runs a single timestep when it is called is called so many times.
        samples: how many to take of the inputs; by default all.
        time_axis: axis of the inputs along which a model that takes a timestep is called.
        batch_axis: axis of the (first) input that counts samples; by default found.
        batch_first: whether axes that hold both are ``[N, T]`` and not ``[T, N]``.
        encoding: ``"bitplanes"`` takes inputs that are whole numbers of a step, up to 8 bits
            (pixels, averages of spikes), as bit-planes, too.
        attention: ``"per-timestep"`` takes products of two computed operands, where both are
            whole numbers: a spMspM a timestep and head, the second operand in place of weights.
        fold_batchnorm: whether a batch normalisation right behind a layer goes into its weights.
        rounding: one scale a ``"tensor"`` or one a ``"channel"``.
        name: of the network; by default the model's class.

    Returns:
        The network.

    Raises:
        InputError: where torch is missing, the axes cannot be told, or nothing can be captured.

    >>> import loas_tl
    >>> import torch
    >>> model = torch.nn.Linear(3, 2, bias=False)
    >>> spikes = torch.ones(4, 5, 3)  # T, samples, K
    >>> axes = {"time_axis": 0, "batch_axis": 1}
    >>> [layer] = loas_tl.capture(model, spikes, timesteps=4, **axes).layers
    >>> layer.T, layer.samples, layer.K, layer.N
    (4, 5, 3, 2)
    """
    try:
        import torch
    except ImportError:
        raise InputError(
            "capture needs PyTorch; install it with pip install 'loas-tl[torch]'"
        ) from None
    from loas_tl.trained.assemble import Assembly
    from loas_tl.trained.inputs import batches, device_of, floating_of
    from loas_tl.trained.watch import Watch, watched

    _check(model, torch.nn.Module, encoding, attention, rounding, timesteps, samples)
    _check_watchable(model)
    watch = Watch(model, any_step=encoding is not None, products=attention is not None)
    assembly = Assembly(attention)
    run = _Run(model, watch, timesteps, time_axis, batch_axis, batch_first)
    taken = 0
    with _as_it_was(model), torch.no_grad(), watched(model, watch):
        for batch in batches(inputs, device_of(model), floating_of(model)):
            layout = run(batch)
            assembly.add(watch.sites, layout)
            watch.forget_calls()
            taken += layout.samples
            if samples is not None and taken >= samples:
                break
    if samples is not None and taken < samples:
        raise InputError(f"has {taken} samples; expected {samples}", key="inputs")
    called = name or type(model).__name__
    return assembly.network(called, samples, fold_batchnorm, rounding)


class _Run:
    """Runs one batch, and finds out its axes."""

    def __init__(
        self,
        model: Any,
        watch: Watch,
        timesteps: int | None,
        time_axis: int | None,
        batch_axis: int | None,
        batch_first: bool,
    ) -> None:
        self._model = model
        self._watch = watch
        self._timesteps = timesteps
        self._time_axis = time_axis
        self._batch_axis = batch_axis
        self._batch_first = batch_first

    def __call__(self, batch: tuple[Any, ...]) -> Layout:
        """One batch, from states set back."""
        from loas_tl.trained.frameworks import axes_of, reset

        if 0 in _shape(batch):
            raise InputError(f"have shape {list(_shape(batch))}; expected samples", key="inputs")
        reset(self._model)
        if self._time_axis is not None:
            return self._step_by_step(batch, self._time_axis)
        self._model(*batch)
        axes = axes_of(self._model, self._watch.modules)
        timesteps = self._timesteps or axes.timesteps
        if timesteps is None or (self._timesteps is None and timesteps == 1 and axes.stepwise):
            raise InputError(
                "how many timesteps there are is not to be seen; expected timesteps=T, or "
                "time_axis where the model takes one at a time",
                key="capture",
            )
        shape = _shape(batch)
        if axes.timesteps == 1 < timesteps and axes.stepwise:
            # It takes one timestep at a time: the same input at each of them.
            for _ in range(timesteps - 1):
                self._model(*batch)
            axes = axes_of(self._model, self._watch.modules)
        if axes.timesteps not in (None, timesteps):
            raise InputError(
                f"is {timesteps}, but its neurons run {axes.timesteps}", key="timesteps"
            )
        samples = self._samples(axes.samples, shape, timesteps)
        layout = self._layout(timesteps, samples, axes.stepwise)
        if axes.timesteps is None:
            self._check_calls(layout)
        return layout

    def _step_by_step(self, batch: tuple[Any, ...], axis: int) -> Layout:
        shape = _shape(batch)
        if not -len(shape) <= axis < len(shape):
            raise InputError(f"is {axis}; the inputs have shape {list(shape)}", key="time_axis")
        timesteps = shape[axis]
        if self._timesteps not in (None, timesteps):
            raise InputError(
                f"is {self._timesteps}, but the inputs have {timesteps} along axis {axis}",
                key="timesteps",
            )
        for t in range(timesteps):
            self._model(batch[0].select(axis, t), *batch[1:])
        rest = [extent for at, extent in enumerate(shape) if at != axis % len(shape)]
        at = self._batch_axis or 0
        return self._layout(timesteps, rest[at - (at > axis)], True)

    def _samples(self, seen: int | None, shape: tuple[int, ...], timesteps: int) -> int:
        if self._batch_axis is not None:
            if not -len(shape) <= self._batch_axis < len(shape):
                raise InputError(
                    f"is {self._batch_axis}; the inputs have shape {list(shape)}", key="batch_axis"
                )
            return shape[self._batch_axis]
        if seen is not None:
            return seen
        # No neuron says it: of the leading axes the one that the layers' inputs agree with.
        candidates = [shape[1]] if len(shape) > 2 and shape[0] == timesteps else []
        candidates += list(shape[:1])
        for count in candidates:
            if self._agrees(self._layout(timesteps, count, True)):
                return count
        raise InputError(
            f"which axis of the inputs {list(shape)} counts samples is not to be seen with "
            f"{timesteps} timesteps; expected batch_axis, or other timesteps",
            key="capture",
        )

    def _agrees(self, layout: Layout) -> bool:
        return all(not use.why for uses in self._uses(layout) for use in uses)

    def _check_calls(self, layout: Layout) -> None:
        """Refuse timesteps that the loop over layers does not have (InputError).

        One layer may be called several times in a timestep, or once for all of them; not all of
        them, each as often.
        """
        each = self._uses(layout)
        calls = {sum(len(use.calls) for use in uses) for uses in each}
        for_all = all(use.timesteps == 1 for uses in each for use in uses)
        several = len(each) > 1 and all(len(uses) > 1 for uses in each)
        if layout.timesteps > 1 and len(calls) == 1 and max(calls) > 1 and (for_all or several):
            raise InputError(
                f"is {layout.timesteps}, but each layer is called {max(calls)} times; expected "
                f"{max(calls)}",
                key="timesteps",
            )

    def _uses(self, layout: Layout) -> list[list[Use]]:
        """Of each layer that was called."""
        from loas_tl.trained.layout import uses_of

        sites = [one for one in self._watch.sites.values() if one.kind in ("convolution", "linear")]
        return [uses_of(site, layout) for site in sites if site.calls]

    def _layout(self, timesteps: int, samples: int, stepwise: bool) -> Layout:
        from loas_tl.trained.layout import Layout

        return Layout(timesteps, samples, stepwise, self._batch_first)


def _shape(batch: tuple[Any, ...]) -> tuple[int, ...]:
    shape = next((tuple(one.shape) for one in batch if hasattr(one, "shape")), ())
    if not shape:
        raise InputError("have no axes; expected a tensor with samples", key="inputs")
    return shape


@contextmanager
def _as_it_was(model: Any) -> Iterator[None]:
    """Evaluate, then set modes, states and random numbers back."""
    import torch

    from loas_tl.trained.frameworks import reset

    modes = [(module, module.training) for module in model.modules()]
    devices = {p.device for p in model.parameters() if p.device.type == "cuda"}
    fast = torch.backends.mha.get_fastpath_enabled()
    with torch.random.fork_rng(devices=list(devices)):
        try:
            model.eval()
            # The fused attention of evaluation would hide its products.
            torch.backends.mha.set_fastpath_enabled(False)
            yield
        finally:
            torch.backends.mha.set_fastpath_enabled(fast)
            reset(model)
            for module, mode in modes:
                module.training = mode


def _check(
    model: Any,
    module: type,
    encoding: object,
    attention: object,
    rounding: str,
    timesteps: int | None,
    samples: int | None,
) -> None:
    if not isinstance(model, module):
        raise InputError(f"is a {type(model).__name__}; expected a torch.nn.Module", key="model")
    if encoding not in (None, "bitplanes"):
        raise InputError(f"is {encoding!r}; expected 'bitplanes' or None", key="encoding")
    if attention not in (None, "per-timestep"):
        raise InputError(f"is {attention!r}; expected 'per-timestep' or None", key="attention")
    if rounding not in PER:
        raise InputError(f"is {rounding!r}; expected one of {', '.join(PER)}", key="rounding")
    for key, value in (("timesteps", timesteps), ("samples", samples)):
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, Integral):
            raise InputError(f"is {value!r}; expected a whole number", key=key)
        if value < 1:
            raise InputError(f"is {value}; expected 1 or more", key=key)


def _check_watchable(model: Any) -> None:
    """Refuse a model in which no hook says where the pass is, and one without its shapes."""
    import torch

    for path, module in model.named_modules():
        what = f"{path or type(module).__name__}"
        if isinstance(module, torch.jit.ScriptModule):
            raise InputError(
                f"{what} is a TorchScript module, whose layers are not seen; expected the module "
                "that it was made of",
                key="model",
            )
        if any(torch.nn.parameter.is_lazy(one) for one in module.parameters(recurse=False)):
            raise InputError(
                f"{what} is a {type(module).__name__} without shapes yet; expected a model that "
                "has run once: call it on its inputs first",
                key="model",
            )
