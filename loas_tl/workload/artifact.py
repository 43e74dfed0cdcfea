"""Networks from the tensor files of LoAS's own artifact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.errors import InputError
from loas_tl.ground.files import stem
from loas_tl.workload.archive import readable
from loas_tl.workload.layer import Layer
from loas_tl.workload.network import Network

EXPECTED = "a dict {'Layer_1': {'x': tensor[T,M,K], 'w': tensor[K,N]}, ...}"


def load_artifact(path: Path) -> Network:
    """Load a ``.pth`` of ``{'Layer_1': {'x': [T,M,K], 'w': [K,N]}, ...}``; needs torch.

    Only tensors and plain containers are read (``weights_only=True``), never code.

    Raises:
        InputError: where torch is not installed or the file is not as expected.
    """
    readable(path, f"a .pth of {EXPECTED}")
    try:
        import torch
    except ImportError:
        raise InputError(
            "needs PyTorch to be read; install it with pip install 'loas-tl[torch]'", file=path
        ) from None
    try:
        document = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises nearly anything for a damaged or unsafe file
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise InputError(
            f"cannot be loaded safely ({reason[0][:80]}); expected {EXPECTED}", file=path
        ) from None
    if not isinstance(document, dict) or not document:
        raise InputError(f"expected {EXPECTED}", file=path)
    layers = []
    for name, tensors in document.items():
        if not isinstance(tensors, dict) or not {"x", "w"} <= set(tensors):
            raise InputError("expected a dict with 'x' and 'w'", file=path, key=str(name))
        spikes, weights = (_array(tensors[part], path, f"{name}/{part}") for part in ("x", "w"))
        layers.append(Layer(str(name), spikes, weights, origin=path))  # type: ignore[arg-type]
    return Network(stem(path), tuple(layers))


def whole_numbers(tensor: Any) -> NDArray[np.generic]:
    """The whole numbers of a quantised tensor, counted from its zero point, so that 0 is 0."""
    import torch

    whole = tensor.detach().int_repr().cpu().to(torch.int32)
    if tensor.qscheme() in (torch.per_tensor_affine, torch.per_tensor_symmetric):
        return np.asarray((whole - tensor.q_zero_point()).numpy())
    shape = [1] * whole.ndim
    shape[tensor.q_per_channel_axis()] = -1
    zero = tensor.q_per_channel_zero_points().cpu().to(torch.int32).reshape(shape)
    return np.asarray((whole - zero).numpy())


def _array(tensor: Any, path: Path, key: str) -> NDArray[np.generic]:
    try:
        if getattr(tensor, "is_quantized", False):
            return whole_numbers(tensor)
        dense = tensor.detach().to_dense().cpu()
        # numpy has no bfloat16; a double holds every value of the narrower kinds.
        return np.asarray((dense.double() if dense.is_floating_point() else dense).numpy())
    except (AttributeError, TypeError, RuntimeError):
        raise InputError(
            f"is a {type(tensor).__name__}; expected a tensor", file=path, key=key
        ) from None
