"""Instructions on 64-bit words that numpy (before 2.0) and numba do not offer by name."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from loas_tl.ground.compiled import njit


def _popcount(_context: Any, word: Any) -> Any:
    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return word(word), generate


def _lowest_bit(_context: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        undefined_for_zero = context.get_constant(types.boolean, False)
        return builder.cttz(arguments[0], undefined_for_zero)

    return word(word), generate


popcount: Any = intrinsic(_popcount)
"""Set bits of a word; only within compiled functions."""

lowest_bit: Any = intrinsic(_lowest_bit)
"""Index of the lowest set bit of a word, 64 for 0; only within compiled functions."""


@njit
def set_bits(word: np.uint64) -> int:
    """:data:`popcount` as a signed number, which mixes with others without turning into floats."""
    return int(np.int64(popcount(word)))


def popcount_all(words: NDArray[np.unsignedinteger]) -> int:
    """Set bits of all words of an array: of packed spikes, the spikes."""
    return int(_popcount_all(words.astype(np.uint64).ravel()))


@njit
def _popcount_all(words: NDArray[np.uint64]) -> int:
    total = 0
    for word in words:
        total += int(popcount(word))
    return total
