"""LoAS against SparTen-SNN and Gamma-SNN at equal area: where does it stay ahead?

Usage: python benchmarks/explore_equal_area.py [STORE]

324 designs (PEs, cache, and the tile of the passing operand) on AlexNet, VGG16 and ResNet19, by
the published and the detailed model. Of each accelerator and area bound the fastest design that
fits is taken; the lead is its cycles over LoAS's. Writes ``equal_area.csv``, ``equal_area.png`` and
``equal_area.svg`` to benchmarks/results, which docs/explore.md shows.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from loas_tl import Space, explore
from loas_tl.exploration.how import ModelName
from loas_tl.report.colours import accelerator_looks
from loas_tl.report.paper import STYLE

NETWORKS = ("alexnet", "vgg16", "resnet19")
ACCELERATORS = ("LoAS", "SparTen-SNN", "Gamma-SNN")
VARY = {
    "pes": [4, 8, 16, 24, 32, 48, 64, 96, 128],
    "cache_KiB": [64, 128, 256, 512],
    "tile_n": [16, 32, 64],  # of LoAS and Gamma-SNN
    "tile_m": [16, 32, 64],  # of SparTen-SNN
}
AREAS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 8.0)
MODELS: tuple[ModelName, ...] = ("published", "detailed")
RESULTS = Path(__file__).parent / "results"


def main(store: str | None = None) -> None:
    """Explore both models, then write the table and the figure."""
    rows = []
    for model in MODELS:
        space = explore(
            ACCELERATORS,
            NETWORKS,
            vary=VARY,
            model=model,
            objectives=["cycles", "edp", "area_mm2"],
            store=store,
        )
        print(space)
        rows += leads(space, model)
    table = pd.DataFrame(rows)
    table.to_csv(RESULTS / "equal_area.csv", index=False)
    canvas = draw(table)
    for form in ("png", "svg"):
        with mpl.rc_context(STYLE):
            canvas.savefig(RESULTS / f"equal_area.{form}", dpi=160)


def leads(space: Space, model: str) -> list[dict[str, object]]:
    """For each area and figure the best design of each accelerator, and LoAS's lead."""
    rows: list[dict[str, object]] = []
    for area in AREAS:
        for figure in ("cycles", "edp"):
            for network in ("", *(f"{name}." for name in NETWORKS)):
                best = {}
                for name in ACCELERATORS:
                    fits = [
                        p for p in space.feasible if p.accelerator == name and p["area_mm2"] <= area
                    ]
                    if fits:
                        best[name] = min(fits, key=lambda p: p[f"{network}{figure}"])
                if "LoAS" not in best:
                    continue
                for name, point in best.items():
                    value = point[f"{network}{figure}"]
                    rows.append(
                        {
                            "model": model,
                            "network": network.rstrip(".") or "geometric mean",
                            "area_mm2": area,
                            "figure": figure,
                            "accelerator": name,
                            "design": point.label,
                            "value": value,
                            "over_LoAS": value / best["LoAS"][f"{network}{figure}"],
                        }
                    )
    return rows


def draw(table: pd.DataFrame) -> Figure:
    """LoAS's lead over area, a column a model, a row a figure."""
    looks = accelerator_looks(ACCELERATORS)
    with mpl.rc_context(STYLE):
        canvas = Figure(figsize=(7.0, 4.6), layout="constrained")
        grid = canvas.subplots(2, 2, sharex=True, sharey="row")
        for line, figure in zip(grid, ("cycles", "edp"), strict=True):
            for axes, model in zip(line, MODELS, strict=True):
                for name in ACCELERATORS:
                    if name == "LoAS":
                        continue
                    some = table[
                        (table.model == model)
                        & (table.figure == figure)
                        & (table.accelerator == name)
                    ]
                    for network in NETWORKS:
                        own = some[some.network == network]
                        axes.plot(
                            own.area_mm2,
                            own.over_LoAS,
                            color=looks[name].colour,
                            linestyle="--",
                            linewidth=0.6,
                            label=f"{name}, a network each" if network == NETWORKS[0] else None,
                        )
                    own = some[some.network == "geometric mean"]
                    axes.plot(
                        own.area_mm2,
                        own.over_LoAS,
                        color=looks[name].colour,
                        marker=looks[name].marker,
                        markersize=4,
                        label=f"{name}, geometric mean",
                    )
                axes.axhline(1, color="#444444", linewidth=0.8, linestyle=":")
                axes.set_title(f"{model} model")
                axes.set_yscale("log")
                axes.set_yticks([0.5, 1, 2, 5, 10, 20], ["0.5", "1", "2", "5", "10", "20"])
                axes.minorticks_off()
                axes.grid(visible=True, color="#dddddd", linewidth=0.5)
        for axes in grid[1]:
            axes.set_xlabel("area at most (mm²)")
        grid[0][0].set_ylabel("cycles over LoAS's")
        grid[1][0].set_ylabel("energy-delay product\nover LoAS's")
        canvas.legend(
            *grid[0][0].get_legend_handles_labels(),
            loc="outside upper center",
            ncols=2,
            frameon=False,
        )
    return canvas


if __name__ == "__main__":
    main(*sys.argv[1:])
