"""Network totals and layer cycles beside the published ones, mean over seeds; kept in ``results/``.

::

    python benchmarks/reproduce.py
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from loas_tl import compare
from loas_tl.reference import published_layers, published_totals
from loas_tl.report.files import write_whole

RESULTS = Path(__file__).parent / "results"
SEEDS = range(5)
ACCELERATORS = ("LoAS", "LoAS-FT", "SparTen-SNN", "GoSPA-SNN", "Gamma-SNN")
FIGURES = ("cycles", "dram_KiB", "sram_KiB")


def measure() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Difference from the published figures in percent: of the totals, and of layers' cycles."""
    runs = [compare(accelerators=ACCELERATORS, seed=seed) for seed in SEEDS]
    totals = pd.concat([run.to_frame(totals=True) for run in runs])
    layers = pd.concat([run.to_frame() for run in runs])
    ours = totals.groupby(["accelerator", "network"], sort=False)[list(FIGURES)].mean()
    published = pd.DataFrame(
        {key: [getattr(row, f) for f in FIGURES] for key, row in published_totals().items()},
        index=list(FIGURES),
    ).T
    of_totals = 100 * (ours / published.loc[ours.index] - 1)
    cycles = layers.groupby(["accelerator", "network", "layer"], sort=False)["cycles"].mean()
    known = pd.Series({key: row.cycles for key, row in published_layers().items()})
    known = known.rename_axis(cycles.index.names)
    of_layers = 100 * (cycles / known.reindex(cycles.index) - 1).dropna()
    return of_totals, of_layers.rename("cycles").to_frame()


def main() -> None:
    of_totals, of_layers = measure()
    print(of_totals.round(1).unstack("network").to_string())
    print("median of layers' cycles", round(of_layers["cycles"].abs().median(), 2))
    print(of_layers["cycles"].abs().groupby("accelerator").median().round(2).to_string())
    write_whole(RESULTS / "totals_percent.csv", of_totals.round(2).to_csv())
    write_whole(RESULTS / "layers_percent.csv", of_layers.round(2).to_csv())


if __name__ == "__main__":
    main()
