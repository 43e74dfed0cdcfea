"""Models, weights and inputs out of files; no pickle is run."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path
from typing import Any

from loas_tl.ground.errors import InputError
from loas_tl.ground.memory import require
from loas_tl.ground.raised import reading
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
        return _tensors(path, _loaded(path, "a tensor or several"))
    with open_archive(path, "the model's inputs") as archive:
        arrays = [archive.read(key, "numbers") for key in archive.keys]
    for key, array in zip(archive.keys, arrays, strict=True):
        if array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
            raise InputError(f"has dtype {array.dtype}; expected numbers", file=path, key=key)
    tensors = tuple(
        torch.as_tensor(array.astype(array.dtype.newbyteorder("="))) for array in arrays
    )
    return tensors[0] if len(tensors) == 1 else tensors


def _tensors(path: Path, found: Any) -> Any:
    """A tensor, or several in a tuple, that a model can be given."""
    import torch

    several = isinstance(found, list | tuple)
    taken = 0
    for at, one in enumerate(found if several else [found]):
        key = str(at) if several else None
        if not isinstance(one, torch.Tensor):
            raise InputError(f"holds {_what(one)}; expected a tensor", file=path, key=key)
        _check_plain(one, path, key)
        taken += one.numel() * one.element_size()  # a view may be larger than what is stored
        require(taken, "its tensors", file=path, key=key)
    if several and not found:
        raise InputError("holds no tensors; expected one or more", file=path)
    return tuple(found) if several else found


def load_weights(model: Any, path: Path) -> None:
    """Put a file of weights into a model: ``.safetensors``, or ``.pth`` with ``weights_only``.

    Raises:
        InputError: where the file cannot be read, or its names or shapes are not the model's.
    """
    import torch

    state = _safetensors(path) if path.suffix == ".safetensors" else _loaded(path, "a state dict")
    if isinstance(state, dict):
        inner = [state[key] for key in STATES if isinstance(state.get(key), dict)]
        state = inner[0] if inner else state
    if not isinstance(state, dict):
        raise InputError(f"holds {_what(state)}; expected a state dict", file=path)
    for key, value in state.items():
        if not isinstance(key, str):
            raise InputError(f"has {_what(key)} for a name; expected a state dict", file=path)
        if isinstance(value, torch.Tensor):
            _check_plain(value, path, key)
    try:
        model.load_state_dict(state)
    except (RuntimeError, TypeError, AttributeError) as error:
        # PyTorch decides what fits: modules may rename, or do without, what their state has.
        wanted = model.state_dict()
        _check_names(path, state, wanted)
        for key, value in state.items():
            _check_shape(path, key, value, wanted.get(key))
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise InputError(f"does not fit the model: {' '.join(lines)[:300]}", file=path) from None


def _check_names(path: Path, state: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Refuse what the model has not, and what it misses."""
    others = [f"has {key}" for key in state if key not in wanted]
    missing = [f"misses {key}" for key in wanted if key not in state]
    if others or missing:
        said = [part for some in (missing, others) for part in some[:3]]
        more = len(others) + len(missing) - len(said)
        problem = ", ".join(part[:80] for part in said) + (f" and {more} more" if more else "")
        raise InputError(f"does not fit the model: {problem}", file=path)


def _check_shape(path: Path, key: str, value: Any, wanted: Any) -> None:
    import torch

    if not isinstance(wanted, torch.Tensor):
        return
    if not isinstance(value, torch.Tensor):
        raise InputError(f"is {_what(value)}; expected a tensor", file=path, key=key)
    lazy = torch.nn.parameter.is_lazy(wanted)
    if not lazy and value.shape != wanted.shape and {value.dim(), wanted.dim()} != {0, 1}:
        shapes = f"has shape {list(value.shape)}; expected {list(wanted.shape)}"
        raise InputError(f"{shapes}, as in the model", file=path, key=key)


def _check_plain(tensor: Any, path: Path, key: str | None) -> None:
    """Refuse tensors that a model of numbers cannot take."""
    import torch

    kind = "sparse" if tensor.layout != torch.strided else ""
    kind = kind or ("quantized" if tensor.is_quantized else "")
    kind = kind or ("complex" if tensor.is_complex() else "")
    kind = kind or ("without values" if tensor.device.type == "meta" else "")
    if kind:
        raise InputError(f"is a tensor that is {kind}; expected plain numbers", file=path, key=key)


def _what(value: object) -> str:
    """What something is, in words."""
    names: dict[type, str] = {
        dict: "names with values",
        list: "a list",
        tuple: "a tuple",
        str: "a text",
    }
    if value is None:
        return "nothing"
    return names.get(type(value), f"a {type(value).__name__}")


def _loaded(path: Path, expected: str) -> Any:
    """What ``torch.save`` wrote, read without running anything in it."""
    import torch

    readable(path, f"a file of {expected}")
    require(_unpacked(path, expected), "its tensors", file=path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pickles that it then refuses
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # torch raises nearly anything for a damaged or unsafe file, in long words
        raise InputError(
            f"cannot be loaded safely: it is damaged, or holds Python objects; expected {expected}",
            file=path,
        ) from None


def _unpacked(path: Path, expected: str) -> int:
    """Bytes that a file of ``torch.save`` unpacks to."""
    with reading(path, expected):  # zipfile raises nearly anything for damage
        if not zipfile.is_zipfile(path):  # as PyTorch wrote them before 1.6
            return path.stat().st_size
        with zipfile.ZipFile(path) as packed:
            return sum(one.file_size for one in packed.infolist())


def _safetensors(path: Path) -> Any:
    readable(path, "a .safetensors file")
    try:
        from safetensors.torch import load_file
    except ImportError:
        raise InputError(
            "needs safetensors to be read; install it with pip install 'loas-tl[torch]'", file=path
        ) from None
    require(path.stat().st_size, "its tensors", file=path)
    try:
        return load_file(path)
    except Exception:  # its errors derive from Exception alone, in words of its Rust
        raise InputError("is damaged; expected a .safetensors file", file=path) from None
