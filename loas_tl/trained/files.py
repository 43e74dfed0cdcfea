"""Models, weights and inputs out of files; no pickle is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from loas_tl.ground.errors import InputError
from loas_tl.workload.archive import open_archive, readable

STATES = ("state_dict", "model_state_dict", "model", "net", "weights")
"""Where checkpoints of training scripts keep the state."""


def load_inputs(path: Path) -> Any:
    """What a model is given.

    Args:
        path: an ``.npz``, whose arrays are the arguments in order (0/1 may be bool), or a ``.pt``
            of a tensor, or of a tuple or list of them.

    Raises:
        InputError: where it cannot be read.
    """
    import torch

    if path.suffix in {".pt", ".pth"}:
        found = _loaded(path, "a tensor or several")
        if isinstance(found, list | tuple):
            return tuple(found)
        if not isinstance(found, torch.Tensor):
            raise InputError(f"holds a {type(found).__name__}; expected a tensor", file=path)
        return found
    with open_archive(path, "the model's inputs") as archive:
        arrays = [archive.read(key, "numbers") for key in archive.keys]
    for key, array in zip(archive.keys, arrays, strict=True):
        if array.dtype.kind not in "biuf":
            raise InputError(f"has dtype {array.dtype}; expected numbers", file=path, key=key)
    tensors = tuple(torch.as_tensor(array) for array in arrays)
    return tensors[0] if len(tensors) == 1 else tensors


def load_weights(model: Any, path: Path) -> None:
    """Put a file of weights into a model: ``.safetensors``, or ``.pth`` with ``weights_only``.

    Raises:
        InputError: where the file cannot be read, or its names or shapes are not the model's.
    """
    state = _safetensors(path) if path.suffix == ".safetensors" else _loaded(path, "a state dict")
    if isinstance(state, dict):
        inner = [state[key] for key in STATES if isinstance(state.get(key), dict)]
        state = inner[0] if inner else state
    if not isinstance(state, dict):
        raise InputError(f"holds a {type(state).__name__}; expected a state dict", file=path)
    try:
        model.load_state_dict(state)
    except (RuntimeError, TypeError, AttributeError) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise InputError(f"does not fit the model: {' '.join(lines)[:300]}", file=path) from None


def _loaded(path: Path, expected: str) -> Any:
    import torch

    readable(path, f"a file of {expected}")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises nearly anything for a damaged or unsafe file
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise InputError(
            f"cannot be loaded safely ({reason[0][:80]}); expected {expected}, without Python "
            "objects",
            file=path,
        ) from None


def _safetensors(path: Path) -> Any:
    readable(path, "a .safetensors file")
    try:
        from safetensors.torch import load_file
    except ImportError:
        raise InputError(
            "needs safetensors to be read; install it with pip install 'loas-tl[torch]'", file=path
        ) from None
    try:
        return load_file(path)
    except Exception as error:  # its errors derive from Exception alone
        raise InputError(
            f"cannot be read ({str(error)[:80]}); expected a .safetensors file", file=path
        ) from None
