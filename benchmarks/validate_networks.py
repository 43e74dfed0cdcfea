"""Validate every accelerator on the generated networks and on both recordings.

``LOAS_TL_RECORDINGS=FOLDER python benchmarks/validate_networks.py`` keeps the summary in
``benchmarks/results/validation.csv`` and prints it as a Markdown table. Without the variable only
the generated networks are run.
"""

from __future__ import annotations

import csv
import os
from importlib import resources
from pathlib import Path
from typing import Any

from loas_tl.validation import Validation, validate
from loas_tl.validation.records import summary

NETWORKS = ("alexnet", "vgg16", "resnet19", "spikformer_hff")
RECORDINGS = ("alexnet_cifar10", "vgg16_cifar10")
RESULTS = Path(__file__).parent / "results"
STAGES = ("error", "rounding", "actual_data_error", "corrected_error")
DATA = ("computes", "reads", "fills", "updates")


def rows_of(name: str, validation: Validation) -> list[dict[str, Any]]:
    frame = validation.to_frame()
    actual = frame[(frame["kind"] == "actual") & frame["action"].isin(DATA)]
    cycles = validation.cycles_frame()
    rows = []
    for row in summary(actual, ["accelerator"]):
        mine = cycles[cycles["accelerator"] == row["accelerator"]]
        rows.append(
            {
                "workload": name,
                "accelerator": row["accelerator"],
                "counts": row["counts"],
                **{
                    f"{stage}_{size}_percent": round(100 * row[f"{stage}_{size}"], 3)
                    for stage in STAGES
                    for size in ("median", "p95", "worst")
                },
                "cycles_error_percent": round(
                    100 * (mine["predicted"].sum() / mine["exact"].sum() - 1), 2
                ),
                "cycles_corrected_worst_layer_percent": round(
                    100 * mine["corrected_error"].abs().max(), 3
                ),
            }
        )
    return rows


def main() -> None:
    rows = [row for name in NETWORKS for row in rows_of(name, validate(name))]
    folder = os.environ.get("LOAS_TL_RECORDINGS")
    for name in RECORDINGS if folder else ():
        layers = resources.files("loas_tl") / "data" / "recordings" / f"{name}.yaml"
        spikes = Path(folder or "") / f"{name}.npz"
        rows += rows_of(f"{name} (recorded)", validate(spikes=spikes, layers=str(layers)))
    with (RESULTS / "validation.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print("| workload | accelerator | predicted | actual_data | + overlap | cycles | after |")
    print("|---|---|--:|--:|--:|--:|--:|")
    for row in rows:
        errors = [
            " / ".join(
                f"{row[f'{stage}_{size}_percent']:.2f}" for size in ("median", "p95", "worst")
            )
            for stage in ("error", "actual_data_error", "corrected_error")
        ]
        print(
            f"| {row['workload']} | {row['accelerator']} | {' | '.join(errors)} "
            f"| {row['cycles_error_percent']:+.1f} "
            f"| {row['cycles_corrected_worst_layer_percent']:.2f} |"
        )


if __name__ == "__main__":
    main()
