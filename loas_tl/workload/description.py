"""The YAML file that describes what reads each recorded feature map."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from loas_tl.ground import yaml_tree
from loas_tl.ground.errors import InputError
from loas_tl.ground.nearest import nearest
from loas_tl.workload.archive import readable
from loas_tl.workload.im2col import SAME, Convolution, Pair


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _twice(value: object) -> object:
    """One number stands for both ways, also one in a list."""
    if isinstance(value, list | tuple):
        return tuple(value) * 2 if len(value) == 1 else tuple(value)
    return (value, value)


def _kernel(value: object) -> object:
    """A list of one number stays one: the kernel of a map of one dimension."""
    return tuple(value) if isinstance(value, list | tuple) else (value, value)


def _twice_or_same(value: object) -> object:
    """``same`` is None from here on."""
    if value is None:
        raise ValueError("expected numbers or same")
    return None if value == SAME else _twice(value)


Extent = Annotated[int, Field(ge=1, le=65_536)]
Extents = Annotated[tuple[Extent, Extent], BeforeValidator(_twice)]
Kernel = Annotated[tuple[Extent, ...], BeforeValidator(_kernel), Field(min_length=1, max_length=2)]
Sides = Annotated[int, Field(ge=0, le=64)]
Padding = Annotated[tuple[Sides, Sides] | None, BeforeValidator(_twice_or_same)]
BatchAxis = Annotated[int, Field(ge=0, le=4)]


class RecordedLayer(_Strict):
    """How one recorded feature map becomes a layer. Of two numbers the first is down the map.

    Attributes:
        kernel: extent of the convolution that reads the map, in the file one number or two; leave
            it out for a fully connected layer, which reads a whole map as one row (channel, row,
            column). A list of one number reads maps of one dimension, ``[T,C,L]``.
        stride, dilation: in the file one number or two.
        padding: in the file one number, two, or ``same``, which is None here.
        groups: of channels that are convolved apart; as many as channels for a depthwise one.
        pool: extent and stride of a max pooling of the map before it is read.
        output_channels: N.
        batch_axis: which axis of the array counts samples; None for an array of one sample.
        weight_sparsity: share of the weights that are zero; not needed with a weights file.
        unevenness: of generated weights, see ``loas_tl.workload.weights``.
    """

    output_channels: Extent
    kernel: Kernel | None = None
    stride: Extents = (1, 1)
    padding: Padding = (0, 0)
    dilation: Extents = (1, 1)
    groups: Extent = 1
    pool: Extents = (1, 1)
    batch_axis: BatchAxis | None = None
    weight_sparsity: Annotated[float, Field(ge=0, le=1)] | None = None
    unevenness: Annotated[float, Field(ge=0, le=10)] | None = None

    @model_validator(mode="after")
    def _of_a_convolution(self) -> RecordedLayer:
        given = self.model_fields_set & {"stride", "padding", "dilation", "groups"}
        if self.kernel is None and given:
            raise ValueError(
                f"{sorted(given)[0]} goes with kernel; without it the layer is fully connected"
            )
        if self.padding is None and self.stride != (1, 1):
            raise ValueError("padding same goes with stride 1 only")
        return self

    @property
    def line(self) -> bool:
        """Whether it reads maps of one dimension, ``[T,C,L]``."""
        return self.kernel is not None and len(self.kernel) == 1

    @property
    def convolution(self) -> Convolution | None:
        """The layer's im2col, None where it is fully connected; a line is a map of one row."""
        if self.kernel is None:
            return None
        stride, dilation = self.stride, self.dilation
        padding: Pair | str = SAME if self.padding is None else self.padding
        if self.line:
            stride, dilation = (1, stride[1]), (1, dilation[1])
            padding = padding if isinstance(padding, str) else (0, padding[1])
        down, across = (1, *self.kernel)[-2:]
        return Convolution((down, across), stride, padding, dilation)


class Recording(_Strict):
    """The YAML file: which arrays of the ``.npz`` are layers, in order.

    Attributes:
        network: a name for reports; by default the name of the ``.npz``.
        weights: an ``.npz`` of ``<layer>`` integer[K,N], or [N,C/groups,kernel...] as PyTorch
            keeps them, relative to the YAML file; layers that it lacks get generated weights.
        rounding: one scale a ``tensor`` or one a ``channel`` where those weights are to be rounded
            to 8 bits.
        batch_axis: of all layers that name none.
        layers: by the name of the feature map.
    """

    network: str | None = None
    weights: str | None = None
    rounding: Literal["tensor", "channel"] | None = None
    batch_axis: BatchAxis | None = None
    layers: Annotated[dict[str, RecordedLayer], Field(min_length=1)]


def read_recording(path: Path) -> Recording:
    """Read and check the YAML file; raises InputError naming the key."""
    readable(path, "a YAML file with 'layers'")
    document = yaml_tree.read_text(yaml_tree.read_file(path), file=str(path))
    try:
        return Recording.model_validate(document)
    except ValidationError as error:
        # A key that is missing may be there by another name.
        first = sorted(error.errors(), key=lambda one: one["type"] != "extra_forbidden")[0]
        place = list(first["loc"])
        while place and isinstance(place[-1], int):  # of two numbers the key is what is named
            place.pop()
        key = ".".join(str(part) for part in place) or None
        raise InputError(_plain(first), file=path, key=key) from None


_IN_WORDS = {
    r"input should be (a valid )?": "expected ",
    r"expected integer": "expected a whole number",
    r"expected dictionary": "expected keys with values",
    r"expected (number|string)": r"expected a \1",
    r"expected greater than or equal to (\S+)": r"expected \1 or more",
    r"expected less than or equal to": "expected at most",
    r" after validation.*": "",
}
"""The library's words, and ours."""


def _plain(error: ErrorDetails) -> str:
    kind, message = error["type"], error["msg"]
    if kind == "extra_forbidden":
        *within, key = map(str, error["loc"])
        known = list((RecordedLayer if within else Recording).model_fields)
        whose = "a layer's keys" if within else "the file's keys"
        return f"unknown key; {nearest(key, known)}expected one of {whose} {', '.join(known)}"
    if kind == "model_type":
        return "expected keys with values"
    if "padding" in error["loc"] and isinstance(error["input"], str):
        return f"is {error['input']!r}; expected one number, two, or {SAME}"
    if kind == "missing":
        return "missing; expected a value"
    if kind == "value_error":
        message = message.removeprefix("Value error, ")
        return message[0].lower() + message[1:]
    expected = message[0].lower() + message[1:]
    for library, ours in _IN_WORDS.items():
        expected = re.sub(library, ours, expected)
    return f"is {error['input']!r}; {expected}"
