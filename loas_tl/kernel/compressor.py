"""The compressor: the spikes of a layer as the fibers that the next one reads."""

from __future__ import annotations

import numpy as np

from loas_tl.fiber.encoding import SpikeFibers, encode_words
from loas_tl.fiber.layout import LINE_BYTES, POINTER_BITS, whole_number
from loas_tl.ground.errors import InputError
from loas_tl.workload.layer import MAX_TIMESTEPS


def compress(
    words: object,
    timesteps: int,
    *,
    line_bytes: int = LINE_BYTES,
    pointer_bits: int = POINTER_BITS,
) -> SpikeFibers:
    """Compress what P-LIF units hand over, one fiber for each row of N neurons.

    The hardware's inverted laggy prefix-sum counts the active neurons before each one, which is
    where its word goes, and drops the silent ones. The fibers are those that
    :func:`loas_tl.fiber.encode` makes of the same spikes.

    Args:
        words: ``uint[M, N]``, the T spikes of each neuron, timestep t in bit t (see
            :func:`~loas_tl.kernel.plif_words`).
        timesteps: T, 1 to 64.
        line_bytes: bytes of a line of the memory.
        pointer_bits: width of a fiber's pointer.

    Returns:
        A fiber for each of the M rows, over N positions.

    Raises:
        InputError: for a shape, type or word that does not fit, or a pointer that is too narrow.

    Source: LoAS (MICRO 2024, arXiv:2407.14073), section IV-D.
    """
    whole_number(timesteps, "timesteps", most=MAX_TIMESTEPS)
    array = np.asarray(words)
    if array.dtype.kind != "u" or array.ndim != 2 or 0 in array.shape:
        raise InputError(
            f"has dtype {array.dtype} and shape {list(array.shape)}; expected uint[M,N] with "
            "every extent at least 1",
            key="words",
        )
    most = int(array.max())
    if most >> timesteps:
        raise InputError(f"found {most:#x}; expected words of {timesteps} bits", key="words")
    return encode_words(array, timesteps, line_bytes=line_bytes, pointer_bits=pointer_bits)
