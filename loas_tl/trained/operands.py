"""What an operand of a multiplication holds: spikes, small whole numbers or real values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loas_tl.workload.planes import MOST_BITS, step_of


@dataclass(frozen=True, eq=False)
class Operand:
    """A tensor, kept as small as it can be.

    Attributes:
        shape: of the tensor.
        bits: of a tensor of zeros and ones, eight in a byte (``np.packbits``).
        whole: of other tensors of whole numbers, as ``uint8``, in steps.
        step: what 1 stands for.
        why: why neither is kept: what the values are. Empty where one is.
    """

    shape: tuple[int, ...]
    bits: NDArray[np.uint8] | None = None
    whole: NDArray[np.uint8] | None = None
    step: float = 1.0
    why: str = ""

    def values(self) -> NDArray[np.uint8]:
        """The tensor in steps."""
        if self.bits is not None:
            count = int(np.prod(self.shape))
            return np.unpackbits(self.bits, count=count).reshape(self.shape)
        assert self.whole is not None  # noqa: S101 - who asks has looked at why
        return self.whole.reshape(self.shape)


def keep(tensor: Any, any_step: bool) -> Operand:
    """An operand of a torch tensor on any device; see :func:`keep_array`."""
    ones = tensor == 1
    # Zeros and ones only, counted without a copy; the rest is looked at only where there is more.
    if int(tensor.count_nonzero()) == int(ones.count_nonzero()):
        return Operand(tuple(tensor.shape), bits=np.packbits(ones.cpu().numpy()))
    values = tensor.detach().cpu()
    return keep_array((values.float() if values.is_floating_point() else values).numpy(), any_step)


def keep_array(values: NDArray[Any], any_step: bool) -> Operand:
    """An operand of an array.

    Args:
        values: of any shape.
        any_step: whether values may be whole numbers of a step other than 1.
    """
    shape = values.shape
    ones = values != 0
    if (values == ones).all():
        return Operand(shape, bits=np.packbits(ones))
    high = float(values.max())
    if float(values.min()) < 0:
        return Operand(shape, why="real-valued, with negative values")
    if high < 2**MOST_BITS and (values == np.rint(values)).all():
        return Operand(shape, whole=values.astype(np.uint8))
    step = step_of(values.astype(np.float64).ravel())
    if step is None:
        return Operand(shape, why="real-valued")
    if not any_step:
        most = round(high / step)
        return Operand(
            shape,
            why=f"real-valued: 0 to {most} times {step:.4g}, which encoding='bitplanes' takes",
        )
    return Operand(shape, whole=np.rint(values / step).astype(np.uint8), step=step)


def in_one_step(operands: list[Operand]) -> tuple[float, str]:
    """The finest step of several, and why there is none in common (empty where there is)."""
    for one in operands:
        if one.why:
            return 1.0, one.why
    finest = min(one.step for one in operands)
    for one in operands:
        ratio = one.step / finest
        if one.whole is not None and abs(ratio - round(ratio)) > 1e-3:
            return 1.0, "real-valued: steps differ from call to call"
    return finest, ""
