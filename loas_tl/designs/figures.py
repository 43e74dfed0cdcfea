"""The published figures that a design stands beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class DenseRatio:
    """A dense baseline's layers 2 to 12 of VGG16 over LoAS-FT's twelve layers.

    SRAM from the raw figures; the text has 12.5 and 6.6. DRAM of PTB has one outlier among its
    lists, without which it is 2.76.

    Attributes:
        cycles, energy, dram, sram: ratios of cycles, energy, and traffic off and on the chip.

    Source: LoAS (MICRO 2024), section VI.
    """

    cycles: float
    energy: float
    dram: float
    sram: float


@dataclass(frozen=True)
class PublishedFigures:
    """What was published of an accelerator; totals by network are in ``reference``.

    Attributes:
        compute: the published energy formula's weight of a compute (no coherent unit); None where
            that formula was not published for it.
        leakage_mW: the published energy formula's static power; likewise.
        area_mm2, power_mW: by part, and of the ``total``.
        loas_speedup: ratio of its cycles to LoAS's, mean of AlexNet, VGG16 and ResNet19.
        over_loas_ft: a dense baseline against LoAS-FT.
        busy: of a cycle, what the formula adds for PEs that are busy in it; 0 where computes are
            what it counts.

    Source: LoAS (MICRO 2024), section VI; of later accelerators their own papers.

    >>> import loas_tl
    >>> loas_tl.design("SparTen-SNN").published.loas_speedup
    6.79
    """

    compute: float | None = None
    leakage_mW: float | None = None
    area_mm2: Mapping[str, float] = field(default_factory=dict)
    power_mW: Mapping[str, float] = field(default_factory=dict)
    loas_speedup: float | None = None
    over_loas_ft: DenseRatio | None = None
    busy: float = 0.0
