"""Watch a forward pass: which module multiplies what.

Modules have hooks, which say where in the model the pass is; every multiplication is seen where
PyTorch dispatches it, below whatever wraps it: so its weights are those that it is done with, masks
and parametrisations included, and none is missed, in whatever function it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils._python_dispatch import TorchDispatchMode

from loas_tl.trained.calls import Call, Norm, Site
from loas_tl.trained.operands import Operand, keep
from loas_tl.workload.im2col import Convolution

aten = torch.ops.aten

MEANT = ("conv", "linear", "matmul", "rnn", "lstm", "gru", "mm")
"""Parts of the names of operators that multiply; one of them that is not known here is said."""
NOTHING = Operand((), why="its operands are not kept")


class Frame:
    """A module whose forward runs.

    Attributes:
        path: in the model.
        module: itself.
        read: shape of its first input.
        counts: its multiplications so far, by kind.
    """

    def __init__(self, path: str, module: Any, read: tuple[int, ...]) -> None:
        self.path = path
        self.module = module
        self.read = read
        self.counts: dict[str, int] = {}


class Watch(TorchDispatchMode):
    """Keeps every multiplication of the passes that run under it.

    Attributes:
        sites: by name, in the order of their first call.
        modules: how often each module ran, and the shape of what it was first given, by path.
    """

    def __init__(self, model: Any, any_step: bool, products: bool) -> None:
        super().__init__()
        self.sites: dict[str, Site] = {}
        self.modules: dict[str, tuple[int, tuple[int, ...]]] = {}
        self._any_step = any_step
        self._products = products
        self._frames = [Frame("", model, ())]
        self._parameters = {
            one.untyped_storage().data_ptr()
            for one in (*model.parameters(), *model.buffers())
            if one.layout == torch.strided
        }
        # The output of the last layer, kept until the next: a batch normalisation may read it.
        self._last: tuple[Site, Any] | None = None

    def forget_calls(self) -> None:
        """Before the next batch."""
        for site in self.sites.values():
            site.calls.clear()
        self.modules.clear()
        self._last = None

    def entered(
        self, path: str, module: Any, inputs: tuple[Any, ...], named: dict[str, Any]
    ) -> None:
        """A module's forward begins."""
        given = (*inputs, *named.values())
        first = next((one for one in given if isinstance(one, torch.Tensor)), None)
        read = () if first is None else tuple(first.shape)
        count, shape = self.modules.get(path, (0, read))
        self.modules[path] = (count + 1, shape)
        self._frames.append(Frame(path, module, read))

    def left(self) -> None:
        """It ends."""
        self._frames.pop()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Run an operator, and keep what it multiplies."""
        out = func(*args, **(kwargs or {}))
        packet = func.overloadpacket
        if packet is aten.convolution:
            self._convolution(args, out)
        elif packet in (aten.mm, aten.addmm):
            self._linear(args if packet is aten.mm else args[1:], args, out)
        elif packet in (aten.bmm, aten.baddbmm):
            self._product(args if packet is aten.bmm else args[1:])
        elif "scaled_dot_product" in str(packet):
            self._attention(args)
        elif packet is aten._trilinear:
            self._bilinear(args)
        elif packet in (aten.native_batch_norm, aten._native_batch_norm_legit_no_training):
            self._norm(args, packet is aten.native_batch_norm)
        elif packet in (aten.mv, aten.addmv, aten.dot) or _meant(str(packet)):
            self._unknown(str(packet))
        return out

    def _site(self, kind: Any, what: str = "") -> Site:
        frame = self._frames[-1]
        count = frame.counts[what] = frame.counts.get(what, 0) + 1
        base = ".".join(part for part in (frame.path, what) if part)
        name = (base or type(frame.module).__name__) + (f"#{count}" if count > 1 else "")
        if name not in self.sites:
            self.sites[name] = Site(name, kind, what or type(frame.module).__name__)
        return self.sites[name]

    def _convolution(self, args: tuple[Any, ...], out: Any) -> None:
        x, weights, bias, stride, padding, dilation, transposed, _, groups = args
        site = self._site("convolution")
        taps = int(np.prod(weights.shape[1:]))
        operations = out.numel() * taps
        if transposed:
            operations = x.numel() * taps
            site.why = "transposed convolutions are not covered"
        elif x.ndim > 4:
            site.why = "convolutions of three dimensions are not covered"
        elif not site.why:
            one = (1,) if x.ndim == 3 else ()
            none = (0,) if x.ndim == 3 else ()
            site.convolution = Convolution(
                (*one, *weights.shape[2:]),  # type: ignore[arg-type]
                (*one, *stride),  # type: ignore[arg-type]
                (*none, *padding),  # type: ignore[arg-type]
                (*one, *dilation),  # type: ignore[arg-type]
            )
            site.groups = groups
            self._weigh(site, weights, bias)
        self._keep(site, x, None, operations)
        self._last = (site, out)

    def _linear(self, factors: tuple[Any, ...], args: tuple[Any, ...], out: Any) -> None:
        x, turned = factors[0], factors[1]
        frame = self._frames[-1]
        operations = x.shape[0] * x.shape[1] * turned.shape[1]
        if not isinstance(frame.module, torch.nn.Linear):
            site = self._site("other", "matmul")
            site.why = (
                "a product outside of a Linear module, whose axes are not known; make it a module"
            )
            self._keep(site, None, None, operations)
            return
        site = self._site("linear")
        self._weigh(site, turned.t(), args[0] if len(args) == 3 else None)
        self._keep(site, x, None, operations)
        self._last = (site, out)

    def _product(self, factors: tuple[Any, ...]) -> None:
        x, y = factors[0], factors[1]
        site = self._site("product", "matmul")
        self._keep(site, x, y, x.numel() * y.shape[2])

    def _attention(self, args: tuple[Any, ...]) -> None:
        query, key, value = args[:3]
        site = self._site("other", "scaled_dot_product_attention")
        site.why = "the softmax between its products is real-valued"
        rows = query.numel() // query.shape[-1]
        self._keep(site, None, None, rows * key.shape[-2] * (query.shape[-1] + value.shape[-1]))

    def _bilinear(self, args: tuple[Any, ...]) -> None:
        x, weights = args[:2]
        site = self._site("other", "bilinear")
        site.why = "a product of weights and two operands is not covered"
        self._keep(site, None, None, len(x) * weights.numel())

    def _unknown(self, operator: str) -> None:
        site = self._site("other", operator.rpartition(".")[2])
        site.why = f"{operator} is not understood, and its operations are not counted"
        self._keep(site, None, None, 0)

    def _norm(self, args: tuple[Any, ...], has_mode: bool) -> None:
        last = self._last
        if last is None or not _same_storage(last[1], args[0]) or (has_mode and args[5]):
            return
        weight, bias, mean, var = (None if a is None else _numbers(a) for a in args[1:5])
        if mean is None or var is None or mean.size != _channels(last[0]):
            return
        gain = (1.0 if weight is None else weight) / np.sqrt(var + args[7 if has_mode else 6])
        shift = np.zeros_like(mean) if bias is None else bias
        last[0].norm = Norm(mean, np.broadcast_to(gain, mean.shape), shift)
        self._last = None

    def _weigh(self, site: Site, weights: Any, bias: Any) -> None:
        """Take a layer's weights, or see that they are still the same."""
        version = self._version(weights)
        if version is not None and version == site.version:
            return
        taken = _numbers(weights)
        if site.weights is None:
            site.bias = None if bias is None else _numbers(bias)
            site.weights = taken
        elif not np.array_equal(site.weights, taken):
            site.why = "its weights change from call to call"
        site.version = version

    def _version(self, tensor: Any) -> Any:
        """What changes when a parameter does; None for what is computed anew, or laid out anew."""
        if tensor.layout != torch.strided or tensor.is_quantized:
            return None
        place = tensor.untyped_storage().data_ptr()
        return (place, tensor._version) if place in self._parameters else None

    def _keep(self, site: Site, x: Any, y: Any, operations: int) -> None:
        first, second = NOTHING, None
        useless = site.why or (site.kind == "product" and not self._products)
        if x is not None and not useless:
            # What is known to be no layer needs no more than its shape.
            known = site.calls[-1].operand.why if site.calls else ""
            first = Operand(tuple(x.shape), why=known) if known else keep(x, self._any_step)
            if y is not None:
                second = keep(y, False)
        elif x is not None:
            first = Operand(tuple(x.shape), why="not kept")
        site.calls.append(Call(first, second, self._frames[-1].read, operations))


@contextmanager
def watched(model: Any, watch: Watch) -> Iterator[None]:
    """Hooks on every module, while it lasts."""
    handles = []
    try:
        for path, module in model.named_modules():
            handles.append(
                module.register_forward_pre_hook(
                    lambda *given, path=path: watch.entered(path, *given), with_kwargs=True
                )
            )
            handles.append(module.register_forward_hook(lambda *_: watch.left(), always_call=True))
        with watch:
            yield
    finally:
        for handle in handles:
            handle.remove()


def _meant(operator: str) -> bool:
    name = operator.rpartition(".")[2]
    return any(part in name.split("_") or name.startswith(part) for part in MEANT)


def _channels(site: Site) -> int:
    return 0 if site.weights is None else len(site.weights)


def _same_storage(one: Any, other: Any) -> bool:
    return (
        one.numel() == other.numel()
        and one.untyped_storage().data_ptr() == other.untyped_storage().data_ptr()
    )


def _numbers(tensor: Any) -> NDArray[np.floating]:
    """A tensor of any layout in single precision, or in double where it is: a copy of its own."""
    dense = tensor.detach()
    if dense.layout != torch.strided:
        dense = dense.to_dense()
    if dense.is_quantized:
        dense = dense.dequantize()
    return np.array((dense if dense.dtype == torch.float64 else dense.float()).cpu().numpy())
