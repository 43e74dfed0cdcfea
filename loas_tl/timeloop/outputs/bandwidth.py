"""Words a cycle that a tensor takes of a level, as ``stats.txt`` has them."""

from __future__ import annotations

import math

from loas_tl.timeloop.native.machine import StorageFormat, StorageLevel
from loas_tl.timeloop.outputs.text import quotient
from loas_tl.timeloop.result import FormatAccesses, LevelStats, Result, TensorStats


class Bandwidth:
    """Words a cycle that a tensor takes of a level.

    Attributes:
        reads, writes: of one instance.
        read_format, write_format, shared_format: the part that is metadata.
    """

    def __init__(
        self,
        words: tuple[int, int],
        bits: tuple[int, int],
        word_bits: int,
        rate: float,
        share: float,
    ) -> None:
        metadata = [count // word_bits for count in bits]
        all_words = [data + extra for data, extra in zip(words, metadata, strict=True)]
        self.read_format, self.write_format = (
            quotient(extra, count) if count else 0.0
            for extra, count in zip(metadata, all_words, strict=True)
        )
        both = sum(all_words)
        self.shared_format = (sum(bits) // word_bits) / both if both else 0.0
        self.reads, self.writes = (
            math.ceil(count / (1 / share)) * rate if share else 0.0 for count in all_words
        )


def traffic_of(
    result: Result, storage: StorageLevel, level: LevelStats, tensor: TensorStats, index: int
) -> Bandwidth:
    """The bandwidth of a tensor in a level.

    Args:
        result: of the run.
        storage: the level as it is.
        level: as it was used.
        tensor: in it.
        index: of the tensor in the problem.
    """
    reads = int(tensor.reads.actual + tensor.reads.gated)
    writes = int(sum(e.actual + e.gated for e in (tensor.fills, tensor.updates)))
    form = storage.formats[index]
    bits = (0, 0)
    if tensor.metadata is not None and form is not None:
        held = tensor.metadata
        bits = (
            _bits(held.reads, form),
            _bits(held.fills, form) + _bits(held.updates, form),
        )
    cycles = result.compute.cycles
    rate = storage.bandwidth_scale[index] * level.throttling / cycles if cycles else 0.0
    most = tensor.instances_used
    share = tensor.instances_used_average / most if most else 0.0
    return Bandwidth((reads, writes), bits, storage.word_bits, rate, share)


def _bits(accesses: FormatAccesses, form: StorageFormat) -> int:
    return int(
        sum(
            rank.metadata * stored.metadata_bits + rank.payload * stored.payload_bits
            for ranks in (accesses.actual, accesses.gated)
            for rank, stored in zip(ranks, reversed(form.ranks), strict=False)
        )
    )
