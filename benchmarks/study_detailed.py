"""What the published model leaves out, and what the laggy prefix-sum costs, as tables.

Writes ``results/detailed.csv`` (network totals by both models), ``results/laggy_cost.csv`` (each
layer), ``results/detailed.md`` (both as the page shows them), and the plots
``results/bounds.png``, ``results/laggy_cost.png`` and ``results/sweep.png``. Figures are means over
the seeds; the plots are of seed 0::

    python benchmarks/study_detailed.py
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from loas_tl import compare
from loas_tl.designs.loas import LOAS
from loas_tl.ground.files import write_all
from loas_tl.ground.titles import network_title
from loas_tl.report.innerjoin import Study
from loas_tl.report.innerjoin_plots import draw_cost, draw_sweep
from loas_tl.report.plots import draw_one, render
from loas_tl.studies.laggy_cost import laggy_cost
from loas_tl.studies.sweep import sweep
from loas_tl.workload.source import layer_sources
from loas_tl.workload.statistics import NETWORKS

RESULTS = Path(__file__).parent / "results"
SEEDS = range(5)
ACCELERATORS = ("LoAS", "LoAS-FT", "SparTen-SNN", "GoSPA-SNN", "Gamma-SNN", "PTB", "Stellar")


def totals(frame: pd.DataFrame) -> pd.DataFrame:
    """Network totals by both models, means over the seeds."""
    keys = ["network", "accelerator"]
    numbers = frame.select_dtypes("number").columns
    mean = frame.groupby(keys, sort=False)[list(numbers)].mean()
    mean["ratio"] = mean["detailed_cycles"] / mean["cycles"]
    # Ties are rare: the resource that holds most of the seeds up.
    mean["bound_by"] = frame.groupby(keys, sort=False)["bound_by"].agg(lambda s: s.mode()[0])
    return mean.reset_index()


def costs(frame: pd.DataFrame) -> pd.DataFrame:
    """The laggy prefix-sum's cost by layer, means over the seeds."""
    keys = ["network", "layer"]
    mean = frame.groupby(keys, sort=False)[
        [
            *("outputs", "chunks", "matches", "discarded", "two_fast_cycles", "laggy_cycles"),
            *("skipping_cycles", "two_buffers_cycles", "both_cycles"),
        ]
    ].mean()
    for unit in ("laggy", "skipping", "two_buffers", "both"):
        mean[f"{unit}_percent"] = 100 * (mean[f"{unit}_cycles"] / mean["two_fast_cycles"] - 1)
    return mean.reset_index()


def markdown(of_totals: pd.DataFrame, of_networks: pd.DataFrame) -> str:
    """The tables of the page."""
    lines = [
        "| network | accelerator | published model | detailed model | ratio | LoAS's speedup over "
        "it, published model | detailed | bound by |",
        "|---|---|--:|--:|--:|--:|--:|---|",
    ]
    loas = of_totals[of_totals.accelerator == "LoAS"].set_index("network")
    for row in of_totals.itertuples():
        base = loas.loc[row.network]
        lines.append(
            f"| {network_title(row.network)} | {row.accelerator} | {row.cycles:,.0f} | "
            f"{row.detailed_cycles:,.0f} | {row.ratio:.2f} | {row.cycles / base.cycles:.2f} | "
            f"{row.detailed_cycles / base.detailed_cycles:.2f} | {row.bound_by} |"
        )
    lines += [
        "",
        "| network | matches a chunk | two fast, cycles | laggy | skipping empty chunks | "
        "two offset buffers | both |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for row in of_networks.itertuples():
        lines.append(
            f"| {network_title(row.network)} | {row.matches / row.chunks:.2f} | "
            f"{row.two_fast_cycles:,.0f} | "
            f"+{row.laggy_percent:.0f} % | +{row.skipping_percent:.0f} % | "
            f"+{row.two_buffers_percent:.0f} % | +{row.both_percent:.0f} % |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    runs = [compare(NETWORKS, accelerators=ACCELERATORS, model="both", seed=s) for s in SEEDS]
    of_totals = totals(pd.concat([run.to_frame(totals=True) for run in runs]))
    studies = [Study(LOAS, *laggy_cost(layer_sources(NETWORKS, seed=s))) for s in SEEDS]
    of_layers = costs(pd.DataFrame([c.record() for study in studies for c in study.layers]))
    of_networks = costs(
        pd.DataFrame([c.record() | {"layer": ""} for study in studies for c in study.totals])
    )
    swept = sweep(layer_sources(NETWORKS))
    plots = {
        "bounds": draw_one(runs[0], "bounds"),
        "laggy_cost": draw_cost(studies[0].layers, studies[0].unit),
        "sweep": draw_sweep(swept),
    }
    text = markdown(of_totals, of_networks)
    write_all(
        {
            RESULTS / "detailed.csv": of_totals.round(3).to_csv(index=False),
            RESULTS / "laggy_cost.csv": of_layers.round(3).to_csv(index=False),
            RESULTS / "detailed.md": text,
            **{RESULTS / f"{name}.png": render(plot, "png") for name, plot in plots.items()},
        }
    )
    print(text)


if __name__ == "__main__":
    main()
