"""What a model is given: a tensor, several, or the batches of a loader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import torch

from loas_tl.ground.errors import InputError

Batch = tuple[Any, ...]


def batches(inputs: Any, device: Any, floating: Any = torch.float32) -> Iterator[Batch]:
    """The arguments of the model, batch by batch, on its device and in its precision.

    Args:
        inputs: a tensor or an array; a tuple of arguments; or batches, of which the first of
            several tensors is the argument (the others are labels).
        device: where the model is; None where it says none.
        floating: the type of its parameters.

    Raises:
        InputError: where there is no tensor in it.
    """
    if isinstance(inputs, tuple):
        yield tuple(_placed(one, device, floating) for one in inputs)
        return
    if _is_array(inputs):
        yield (_placed(inputs, device, floating),)
        return
    if isinstance(inputs, Iterable) and not isinstance(inputs, str | bytes | dict):
        none = True
        for batch in inputs:
            none = False
            first = batch[0] if isinstance(batch, tuple | list) else batch
            yield (_placed(first, device, floating),)
        if none:
            raise InputError("has no batches; expected at least one", key="inputs")
        return
    raise InputError(
        f"is a {type(inputs).__name__}; expected a tensor, a tuple of arguments or a DataLoader",
        key="inputs",
    )


def device_of(model: Any) -> Any:
    """Where a model's first parameter or buffer is; None where it has none."""
    for tensor in (*model.parameters(), *model.buffers()):
        return tensor.device
    return None


def floating_of(model: Any) -> Any:
    """The type of a model's first floating-point parameter; single precision without one."""
    types = (one.dtype for one in model.parameters() if one.is_floating_point())
    return next(types, torch.float32)


def _is_array(value: Any) -> bool:
    return isinstance(value, torch.Tensor) or hasattr(value, "__array_interface__")


def _placed(value: Any, device: Any, floating: Any) -> Any:
    if not _is_array(value):
        return value
    tensor = value if isinstance(value, torch.Tensor) else torch.as_tensor(value)
    if tensor.is_floating_point() or tensor.dtype in (torch.bool, torch.uint8):
        tensor = tensor.to(floating)
    return tensor if device is None else tensor.to(device)
