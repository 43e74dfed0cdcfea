"""Fit how CACTI's table is interpolated; writes sram_kriging.csv and sram_weights.csv.

The parameters are those that make the table most likely (held only by wide bounds); then each
point is predicted from all the others, and the errors printed. Takes some minutes.

    python benchmarks/fit_sram.py
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from loas_tl.components import cacti, kriging, kriging_fit
from loas_tl.ground.data import DATA

START = (0.4, 3, 3, 3, 3, 0.1, 0.1, 2, 2, 2, 1, 0.03, 0.03, 1, 0.01)
FACTOR = 30.0


def named(logarithms: NDArray[np.float64]) -> dict[str, float]:
    return dict(zip(kriging.PARAMETERS, np.exp(logarithms).tolist(), strict=True))


def fit(quantity: str) -> dict[str, float]:
    start = np.log(START)
    bounds = [(one - np.log(FACTOR), one + np.log(FACTOR)) for one in start]
    bounds[-1] = (np.log(0.002), np.log(0.1))
    found = minimize(
        lambda logarithms: kriging_fit.unlikelihood(named(logarithms), quantity),
        start,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 80},
    )
    # Written with five digits, and used as written.
    return {name: float(f"{value:.5g}") for name, value in named(found.x).items()}


def write(path: Path, rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def main() -> None:
    parameters = {quantity: fit(quantity) for quantity in cacti.QUANTITIES}
    write(
        DATA / "sram_kriging.csv",
        [
            ["quantity", *kriging.PARAMETERS],
            *([name, *(f"{one:.5g}" for one in p.values())] for name, p in parameters.items()),
        ],
    )
    weights = [kriging_fit.weights(p, quantity).tolist() for quantity, p in parameters.items()]
    write(
        DATA / "sram_weights.csv",
        [[*parameters], *([repr(one) for one in row] for row in zip(*weights, strict=True))],
    )
    for quantity, p in parameters.items():
        errors = np.abs(kriging_fit.leave_one_out(p, quantity))
        print(
            f"{quantity}: median {np.median(errors):.1%}, 95 of 100 within "
            f"{np.quantile(errors, 0.95):.1%}, worst {errors.max():.1%}, "
            f"{(errors > 0.15).sum()} of {errors.size} over 15 %"
        )


if __name__ == "__main__":
    main()
