"""Our figures beside the published ones, mean over seeds: the tables of docs/results.md.

Writes ``results/totals.csv`` (network totals), ``results/layers.csv`` (cycles of each layer) and
``results/published.md`` (both as docs/results.md shows them), and ``results/speedup.png``::

    python benchmarks/reproduce.py
"""

from __future__ import annotations

from pathlib import Path
from statistics import mean

import pandas as pd

from loas_tl import Comparison, compare
from loas_tl.designs.reference import published_layers, published_totals
from loas_tl.ground.files import write_all
from loas_tl.ground.titles import network_title
from loas_tl.report.plots import draw_one, render
from loas_tl.report.rows import headlines

RESULTS = Path(__file__).parent / "results"
SEEDS = range(5)
FIGURES = {"cycles": "{:,.0f}", "dram_KiB": "{:,.1f}", "sram_KiB": "{:,.1f}"}


def totals(runs: list[Comparison]) -> pd.DataFrame:
    """Network totals: ours, published and the difference in percent, by accelerator and network."""
    frame = pd.concat([run.to_frame(totals=True) for run in runs])
    ours = frame.groupby(["network", "accelerator"], sort=False)[list(FIGURES)].mean()
    means = ours.to_dict("index")
    rows = []
    for (accelerator, network), published in published_totals().items():
        row: dict[str, object] = {"network": network, "accelerator": accelerator}
        for figure in FIGURES:
            found = float(means[network, accelerator][figure])
            wanted = getattr(published, figure)
            row |= {figure: found, f"{figure}_published": wanted}
            row |= {f"{figure}_percent": round(100 * (found / wanted - 1), 2)}
        rows.append(row)
    return pd.DataFrame(rows)


def layers(runs: list[Comparison]) -> pd.DataFrame:
    """Cycles of each layer that has a published figure."""
    frame = pd.concat([run.to_frame() for run in runs])
    ours = frame.groupby(["accelerator", "network", "layer"], sort=False)["cycles"].mean()
    rows = [
        (*key, float(ours.loc[key]), row.cycles, round(100 * (ours.loc[key] / row.cycles - 1), 2))
        for key, row in published_layers().items()
    ]
    names = ["accelerator", "network", "layer", "cycles", "cycles_published", "cycles_percent"]
    return pd.DataFrame(rows, columns=names)


def markdown(of_totals: pd.DataFrame, of_layers: pd.DataFrame, runs: list[Comparison]) -> str:
    """The tables of the page."""
    lines = [
        "| network | accelerator | cycles | published | | DRAM KiB | published | | SRAM KiB "
        "| published | |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in of_totals.to_dict("records"):
        cells = [network_title(row["network"]), str(row["accelerator"])]
        for figure, form in FIGURES.items():
            cells += [form.format(row[figure]), form.format(row[f"{figure}_published"])]
            cells += [f"{row[f'{figure}_percent']:+.1f} %"]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "| claim | ours | published | |", "|---|--:|--:|--:|"]
    claims = [headlines(run) for run in runs]
    for same in zip(*claims, strict=True):
        ours, published = mean(c.figure.ours or 0.0 for c in same), same[0].figure.published
        if published is not None:
            gap = f"{100 * (ours / published - 1):+.1f} %"
            lines.append(f"| {same[0].claim} | {ours:.2f} | {published:.2f} | {gap} |")
    off = of_layers.assign(percent=of_layers["cycles_percent"].abs())
    medians = off.groupby("accelerator", sort=False)["percent"].median()
    lines += ["", "| cycles of a layer, difference | median | layers |", "|---|--:|--:|"]
    for accelerator, median in medians.items():
        count = int((off["accelerator"] == accelerator).sum())
        lines.append(f"| {accelerator} | {median:.1f} % | {count} |")
    lines.append(f"| all | {off['percent'].median():.1f} % | {len(off)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    runs = [compare(seed=seed) for seed in SEEDS]
    of_totals, of_layers = totals(runs), layers(runs)
    text = markdown(of_totals, of_layers, runs)
    write_all(
        {
            RESULTS / "totals.csv": of_totals.to_csv(index=False),
            RESULTS / "layers.csv": of_layers.to_csv(index=False),
            RESULTS / "published.md": text,
            RESULTS / "speedup.png": render(draw_one(runs[0], "speedup"), "png"),
        }
    )
    print(text)


if __name__ == "__main__":
    main()
