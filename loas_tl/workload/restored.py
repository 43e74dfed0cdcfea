"""Read networks that :meth:`Network.save` wrote."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from loas_tl.ground.errors import InputError
from loas_tl.ground.raised import of_file
from loas_tl.workload.archive import SAVED, Archive
from loas_tl.workload.im2col import Convolution
from loas_tl.workload.network import Network, Uncovered
from loas_tl.workload.samples import Origin, SampledLayer
from loas_tl.workload.saved import Document, LayerText

HOLDING = "a network that Network.save wrote"


def read_network(archive: Archive) -> Network:
    """The network of a file that has :data:`~loas_tl.workload.archive.SAVED`.

    Raises:
        InputError: where it is not as :func:`save_network` writes it.
    """
    text = archive.read(SAVED, "a JSON text")
    if text.ndim or text.dtype.kind != "U":
        raise InputError("is no text; expected JSON", file=archive.path, key=SAVED)
    try:
        document = Document.model_validate_json(str(text))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"{where}: {first['msg']}; expected {HOLDING}", file=archive.path, key=SAVED
        ) from None
    with of_file(archive.path):
        return Network(
            document.name,
            tuple(_layer(archive, described) for described in document.layers),
            tuple(Uncovered(**vars(one)) for one in document.uncovered),
        )


def _layer(archive: Archive, described: LayerText) -> SampledLayer:
    def array(part: str, kinds: str) -> NDArray[np.generic]:
        key = f"{described.name}/{part}"
        found = archive.read(key, f"{part} of {HOLDING}")
        if found.dtype.kind not in kinds:
            raise InputError(
                f"has dtype {found.dtype}; expected {part} of {HOLDING}",
                file=archive.path,
                key=key,
            )
        return found

    has_bias = f"{described.name}/bias" in archive.keys
    how = described.convolution
    try:
        return SampledLayer(
            described.name,
            array("words", "u"),  # type: ignore[arg-type]
            array("w", "i"),  # type: ignore[arg-type]
            described.timesteps,
            Convolution(how.kernel, how.stride, how.padding, how.dilation) if how else None,
            described.groups,
            described.planes,
            Origin(
                described.kind,
                array("scale", "f"),  # type: ignore[arg-type]
                described.step,
                array("bias", "f") if has_bias else None,  # type: ignore[arg-type]
                described.density,
                described.rounded_to_zero,
                described.notes,
            ),
        )
    except InputError as error:
        if str(archive.path) in str(error):
            raise
        raise InputError(str(error), file=archive.path) from None
