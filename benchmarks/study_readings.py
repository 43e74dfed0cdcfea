"""How far what the papers leave open moves the detailed model: the tables of docs/readings.md.

Writes ``results/readings.csv`` (each network, accelerator and reading), ``results/assumptions.csv``
(each assumption changed alone), ``results/proposal.csv`` (changes of the inner join) and
``results/readings.md`` (all of them as the documentation shows them), for seed 0::

    python benchmarks/study_readings.py
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from loas_tl.comparison import compare_readings
from loas_tl.designs.gamma import GAMMA_SNN
from loas_tl.designs.gospa import GOSPA_SNN
from loas_tl.designs.loas import LOAS
from loas_tl.designs.readings import READINGS, read
from loas_tl.designs.sparten import SPARTEN_SNN
from loas_tl.ground.files import write_all
from loas_tl.ground.titles import network_title
from loas_tl.models.dataflow import Dataflow, TiledAccelerator
from loas_tl.models.detailed.model import count_detailed
from loas_tl.models.machine import InnerJoin, Merger
from loas_tl.studies.proposal import proposal, propose
from loas_tl.workload.source import layer_sources, on_each_layer

RESULTS = Path(__file__).parent / "results"
ACCELERATORS = ("LoAS", "LoAS-FT", "SparTen-SNN", "GoSPA-SNN", "Gamma-SNN")


def readings() -> pd.DataFrame:
    """Totals of each network and accelerator under each reading."""
    rows = []
    for one in compare_readings(accelerators=ACCELERATORS, model="both"):
        for total in one.totals:
            loas = one.total(total.network, "LoAS")
            assert loas is not None
            assert loas.detailed is not None
            assert total.detailed is not None
            before, after = total.physical, total.detailed.physical
            assert before is not None
            assert after is not None
            rows.append(
                {
                    "network": total.network,
                    "accelerator": total.accelerator,
                    "reading": one.reading,
                    "cycles": total.detailed.counts.cycles,
                    "loas_speedup": total.detailed.counts.cycles / loas.detailed.counts.cycles,
                    "published_speedup": total.counts.cycles / loas.counts.cycles,
                    "sram_lines_over_published": total.detailed.counts.sram_kib
                    / total.counts.sram_kib,
                    "energy_over_published": after.total / before.total,
                }
            )
    return pd.DataFrame(rows)


def assumptions() -> Sequence[tuple[str, str, str, Dataflow, Dataflow]]:
    """Accelerator, what is assumed, its source, as assumed and changed."""

    def machine(of: Dataflow, **values: Any) -> TiledAccelerator:
        assert isinstance(of, TiledAccelerator)
        assert isinstance(of.machine, InnerJoin | Merger)
        return replace(of, machine=replace(of.machine, **values))

    def laggy(**values: Any) -> TiledAccelerator:
        of = LOAS.dataflow()
        assert isinstance(of.machine, InnerJoin)
        assert of.machine.laggy is not None
        return machine(of, laggy=replace(of.machine.laggy, **values))

    loas, sparten = LOAS.dataflow(), SPARTEN_SNN.dataflow()
    gospa, gamma = GOSPA_SNN.dataflow(), GAMMA_SNN.dataflow()
    cacti = "CACTI: 1.358 ns, a cycle is 1.25 ns"
    return [
        ("LoAS", "two cycles to fetch a chunk, not one", cacti, loas,
         machine(loas, fetch_cycles=1)),
        ("LoAS", "two, not four", cacti, loas, machine(loas, fetch_cycles=4)),
        ("LoAS", "an empty chunk is passed over", "not stated", loas, laggy(skip_empty=False)),
        ("LoAS", "one chunk's offsets are held", "128-bit buffer", loas, laggy(offset_buffers=2)),
        ("LoAS", "a fetch waits for the matches before", "IV-D says that it overlaps", loas,
         machine(loas, overlapped=True)),
        ("LoAS", "the laggy prefix-sum holds up matches", "claimed hidden", loas,
         laggy(hidden=True)),
        ("LoAS", "a cycle hands an output over", "not stated", loas,
         machine(loas, handover_cycles=0)),
        ("SparTen-SNN", "two cycles to fetch a chunk, not one", "as LoAS", sparten,
         machine(sparten, fetch_cycles=1)),
        ("SparTen-SNN", "a fetch waits for the matches before", "not stated", sparten,
         machine(sparten, overlapped=True)),
        ("SparTen-SNN", "its filter chunk stays in its buffer", "MICRO 2019, section 3", sparten,
         machine(sparten, keeps_chunk=False)),
        ("SparTen-SNN", "a cycle hands an output over", "not stated", sparten,
         machine(sparten, handover_cycles=0)),
        ("GoSPA-SNN", "partial sums travel while nothing else does", "one set of accumulators",
         gospa, GOSPA_SNN.with_(overlapped=True).dataflow()),
        ("Gamma-SNN", "a pass starts when the one before is through", "not stated", gamma,
         machine(gamma, overlapped=True)),
        ("Gamma-SNN", "64 spikes a pass", "ASPLOS 2021: radix 64", gamma, machine(gamma, radix=32)),
    ]  # fmt: skip


def effects() -> pd.DataFrame:
    """Cycles with each assumption changed, over those with it."""
    declared = assumptions()
    dataflows = [each for *_, before, after in declared for each in (before, after)]
    sources = layer_sources()
    totals: dict[str, list[int]] = {}
    answers = on_each_layer(sources, lambda layer: count_detailed(layer, dataflows))
    for source, [details] in zip(sources, answers, strict=True):
        sums = totals.setdefault(source.network, [0] * len(dataflows))
        for at, detail in enumerate(details):
            sums[at] += detail.schedule.cycles
    rows = []
    for at, (accelerator, assumed, source_of, _, _) in enumerate(declared):
        row: dict[str, Any] = {"accelerator": accelerator, "assumed": assumed, "source": source_of}
        for network, sums in totals.items():
            row[f"{network}_percent"] = 100 * (sums[2 * at + 1] / sums[2 * at] - 1)
        rows.append(row)
    return pd.DataFrame(rows)


def proposals() -> pd.DataFrame:
    """Changes of the inner join under the plausible and the literal reading."""
    rows = []
    for reading in READINGS[1:]:
        candidates = propose(layer_sources(), read(LOAS, reading))
        chosen = proposal(candidates)
        rows += [
            {"reading": reading, "proposed": one is chosen, **one.record()} for one in candidates
        ]
    return pd.DataFrame(rows)


def table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """Markdown."""
    columns = list(columns)
    ruler = ["---" if at < 2 else "--:" for at in range(len(columns))]
    return [f"| {' | '.join(map(str, line))} |" for line in (columns, ruler, *rows)] + [""]


def markdown(of_readings: pd.DataFrame, changed: pd.DataFrame, proposed: pd.DataFrame) -> str:
    """The tables of the documentation."""
    lines = []
    grouped = of_readings.groupby(["network", "accelerator"], sort=False)
    rows = []
    for (network, accelerator), group in grouped:
        by = group.set_index("reading")
        rows.append(
            [
                *(network_title(network), accelerator),
                *(f"{by.cycles[name]:,}" for name in READINGS),
                *(f"{by.loas_speedup[name]:.2f}" for name in READINGS),
                f"{by.published_speedup.iloc[0]:.2f}",
                f"{by.sram_lines_over_published['plausible']:.1f}",
                f"{by.energy_over_published['plausible']:.2f}",
            ]
        )
    lines += table(
        [
            *("network", "accelerator"),
            *(f"cycles, {name}" for name in READINGS),
            *(f"LoAS over it, {name}" for name in READINGS),
            *("published model", "SRAM over published", "energy over published"),
        ],
        rows,
    )
    networks = [name for name in changed.columns if name.endswith("_percent")]
    lines += table(
        [
            "accelerator",
            "assumed",
            "source",
            *(network_title(n.removesuffix("_percent")) for n in networks),
        ],
        (
            [row["accelerator"], row["assumed"], row["source"]]
            + [f"{row[name]:+.1f} %" for name in networks]
            for _, row in changed.iterrows()
        ),
    )
    costs = [name for name in proposed.columns if name.startswith("cost_")]
    lines += table(
        [
            "reading",
            "changed",
            "area of a TPPE",
            "power",
            *(network_title(n.removeprefix("cost_")) for n in costs),
        ],
        (
            [row["reading"], f"**{row['changed']}**" if row["proposed"] else row["changed"]]
            + [f"{100 * row[name]:+.1f} %" for name in ("more_area", "more_power", *costs)]
            for _, row in proposed.iterrows()
        ),
    )
    return "\n".join(lines)


def main() -> None:
    found = readings(), effects(), proposals()
    names = ("readings.csv", "assumptions.csv", "proposal.csv")
    files: dict[Path, str | bytes] = {
        RESULTS / name: frame.to_csv(index=False, float_format="%.6g")
        for name, frame in zip(names, found, strict=True)
    }
    files[RESULTS / "readings.md"] = markdown(*found)
    write_all(files)


if __name__ == "__main__":
    main()
