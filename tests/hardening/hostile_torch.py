"""Damages what PyTorch reads: pickles that would run, archives, and states of other shapes."""

from __future__ import annotations

import io
import os
import pickle
import random
import zipfile
from contextlib import suppress
from typing import Any

import numpy as np

from tests.hardening import hostile

RAN = "ran.txt"
"""The file that pickles would make if they ran."""


class Runs:
    """Unpickled, it makes a file."""

    def __reduce__(self) -> Any:
        return os.open, (RAN, os.O_CREAT | os.O_WRONLY)


def pth(rng: random.Random, state: dict[str, Any]) -> bytes:
    """A file as of ``torch.save`` with something wrong in it."""

    change = rng.randrange(8)
    if change == 0:
        return pickle.dumps(rng.choice((Runs(), {"0.weight": Runs()}, [state, Runs()])))
    whole: Any = _state(rng, state) if change < 5 else dict(state)
    if rng.random() < 0.15:
        whole = rng.choice((
            {"state_dict": whole}, {"model": whole, "epoch": 3}, [whole], (), None, "x", 1, {},
            {"state_dict": {"model": whole}}, {"net": None},
        ))  # fmt: skip
    zipped = rng.random() < 0.8
    try:
        data = _saved(whole, zipped)
    except (RuntimeError, TypeError, AttributeError, NotImplementedError):  # of odd tensors
        data = _saved(dict(state), zipped)
    if change < 5:
        return data
    return _archive(rng, data) if change == 5 and data[:2] == b"PK" else hostile.damaged(rng, data)


def _saved(whole: Any, zipped: bool) -> bytes:
    import torch

    file = io.BytesIO()
    torch.save(whole, file, _use_new_zipfile_serialization=zipped)
    return file.getvalue()


def _archive(rng: random.Random, data: bytes) -> bytes:
    """Members that run, pack well, are missing or twice."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    name = rng.choice([*members])
    change = rng.randrange(5)
    if change == 0:
        members = {n: pickle.dumps(Runs()) if n.endswith(".pkl") else c for n, c in members.items()}
    elif change == 1:
        members[name] = bytes(rng.choice((100, 30_000_000)))
    elif change == 2:
        del members[name]
    elif change == 3:
        members[name] = hostile.damaged(rng, members[name])
    else:
        members["../" * 3 + RAN] = b"x"
    return hostile._zipped(rng, members)


def _state(rng: random.Random, state: dict[str, Any]) -> dict[Any, Any]:
    import torch

    changed: dict[Any, Any] = dict(state)
    for _ in range(rng.choice((1, 1, 2))):
        name = rng.choice([*changed])
        value = changed[name]
        if not isinstance(value, torch.Tensor) or value.layout != torch.strided:
            continue
        change = rng.randrange(8)
        if change == 0:
            del changed[name]
        elif change == 1:
            changed[rng.choice((hostile.word(rng), 3, ("a", "b"), name.upper()))] = value
        elif change == 2:
            others: Any = (None, 1, "x", [1.0], {}, {"a": value}, torch.Size([2]))
            changed[name] = rng.choice(others)
        elif change <= 4:
            with suppress(RuntimeError, NotImplementedError):  # tensors of a kind have not all
                changed[name] = tensor(rng, value)
        elif change == 5:
            changed[name] = value[..., :1]
        elif change == 6:
            changed[name] = torch.zeros(1).expand(rng.choice(((10**6, 10**6), (2**40,), (3,))))
        else:
            changed |= {f"more{at}": value for at in range(rng.choice((1, 3000)))}
        if not changed:
            break
    return changed


def tensor(rng: random.Random, value: Any) -> Any:
    """A tensor of another type, layout or of other values."""
    import torch

    kinds = (torch.float64, torch.bfloat16, torch.float16, torch.complex64, torch.int64, torch.bool,
             torch.int8, torch.float8_e4m3fn)  # fmt: skip
    change = rng.randrange(6)
    if change == 0:
        return value.to(rng.choice(kinds))
    if change == 1:
        return torch.full_like(value, rng.choice((np.nan, np.inf, 1e30, -1.0, 0.5)))
    if change == 2:
        return value.to_sparse()
    if change == 3:
        return value.to("meta")
    if change == 4:
        return torch.nn.Parameter(value.T if value.dim() == 2 else value[None])
    return torch.quantize_per_tensor(value.float(), 0.1, 0, torch.qint8)


def safetensors(rng: random.Random, state: dict[str, Any]) -> bytes:
    """A ``.safetensors`` with something wrong in it."""
    from safetensors.numpy import save

    arrays = {name: np.ascontiguousarray(value.numpy()) for name, value in state.items()}
    name = rng.choice([*arrays])
    change = rng.randrange(5)
    if change == 0:
        other = hostile.other_values(rng, arrays[name])
        if other.dtype.kind in "biuf" and other.dtype.itemsize <= 8:
            arrays[name] = np.ascontiguousarray(other)
    elif change == 1:
        arrays[(hostile.word(rng) or "x").encode("utf-8", "replace").decode()] = arrays.pop(name)
    data = save(arrays)
    length = int.from_bytes(data[:8], "little")
    header, rest = data[8 : 8 + length], data[8 + length :]
    if change == 2:  # a header that says much more
        lies = (2**63, 2**40, 0, length - 1, length + 1, 100_000_001)
        return rng.choice(lies).to_bytes(8, "little") + header + rest
    if change == 3:
        text = hostile._replaced(
            rng, header.decode(), r"\d+", rng.choice(("0", "-1", str(2**62), "1e9", "99999999999"))
        ).encode()
        return len(text).to_bytes(8, "little") + text + rest
    return hostile.damaged(rng, data) if change == 4 else data
