"""Records of the spMspMs of one layer added up, and of its samples averaged."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

from loas_tl.validation.records import COUNT_KEYS, VALUES, Count, Cycles, Record, mean
from loas_tl.workload.source import LayerSource


def summed_counts(parts: Sequence[Sequence[Count]], source: LayerSource) -> list[Count]:
    """One sample's counts: those of its spMspMs added up; capacities are their largest."""
    by_key: dict[Hashable, list[Count]] = {}
    for part in parts:
        for count in part:
            named = replace(count, network=source.network, layer=source.layer)
            by_key.setdefault(tuple(getattr(named, key) for key in COUNT_KEYS), []).append(named)
    total = []
    for counts in by_key.values():
        add = max if counts[0].action == "capacity" else sum
        values = {name: add(getattr(one, name) for one in counts) for name in VALUES}
        total.append(replace(counts[0], **values))
    return total


def summed_cycles(parts: Sequence[Sequence[Cycles]], source: LayerSource) -> list[Cycles]:
    """One sample's cycles: its spMspMs run one after the other."""
    total: list[Cycles] = []
    for at, first in enumerate(parts[0]):
        same = [part[at] for part in parts]
        exact = [one.exact for one in same]
        weight = sum(exact) or 1.0
        total.append(
            replace(
                first,
                network=source.network,
                layer=source.layer,
                predicted=sum(one.predicted for one in same),
                exact=sum(exact),
                balanced=sum(one.balanced for one in same),
                corrected=sum(one.corrected for one in same),
                # Ratios of the whole: those of the parts by their cycles.
                overlap=first.overlap
                if len(same) == 1
                else sum(one.overlap * one.exact for one in same) / weight,
                imbalance=first.imbalance
                if len(same) == 1
                else sum(one.imbalance * one.exact for one in same) / weight,
            )
        )
    return total


def means(samples: Sequence[Sequence[Record]]) -> list[Record]:
    """The mean of each record over the samples.

    A count that is zero in all tables of a sample is not among its records: it counts as zero.
    """
    if len(samples) == 1:
        return list(samples[0])
    keys: dict[Hashable, Record] = {}
    by_sample: list[dict[Hashable, Record]] = []
    for sample in samples:
        by_key = {_key(record): record for record in sample}
        by_sample.append(by_key)
        keys |= {key: record for key, record in by_key.items() if key not in keys}
    return [
        mean([of.get(key) or _zero(record) for of in by_sample]) for key, record in keys.items()
    ]


def _key(record: Count | Cycles) -> Hashable:
    names = COUNT_KEYS if isinstance(record, Count) else ("accelerator",)
    return tuple(getattr(record, name) for name in names)


def _zero(record: Record) -> Record:
    nothing: dict[str, Any] = dict.fromkeys(VALUES, 0.0)
    return replace(record, **nothing) if isinstance(record, Count) else record
