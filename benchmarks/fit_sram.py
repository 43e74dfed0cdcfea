"""Fit the covariance with which CACTI's table is interpolated; writes sram_kriging.csv.

The parameters are those that make the table most likely (restricted by nothing but bounds); then
each point is predicted from all the others, and the errors printed. Takes some minutes.

    python benchmarks/fit_sram.py
"""

from __future__ import annotations

import csv

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from loas_tl.energy import kriging, sram

START = (0.4, 3, 3, 3, 3, 0.1, 0.1, 2, 2, 2, 1, 0.03, 0.03, 1, 0.01)
FACTOR = 30.0


def unlikelihood(logarithms: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """Negative logarithm of the likelihood, up to a constant."""
    p = dict(zip(kriging.PARAMETERS, np.exp(logarithms).tolist(), strict=True))
    try:
        lower = np.linalg.cholesky(kriging.of_table(p))
    except np.linalg.LinAlgError:
        return 1e6
    white = np.linalg.solve(lower, values)
    return float(0.5 * white @ white + np.log(np.diag(lower)).sum())


def main() -> None:
    rows = []
    for quantity in sram.QUANTITIES:
        start = np.log(START)
        bounds = [(one - np.log(FACTOR), one + np.log(FACTOR)) for one in start]
        bounds[-1] = (np.log(0.002), np.log(0.1))
        found = minimize(
            unlikelihood,
            start,
            args=(kriging.known_values(quantity),),
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": 80},
        )
        rows.append([quantity, *(f"{one:.5g}" for one in np.exp(found.x))])
    with (sram.DATA / "sram_kriging.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([["quantity", *kriging.PARAMETERS], *rows])
    kriging.parameters.cache_clear()
    for quantity in sram.QUANTITIES:
        errors = np.abs(kriging.leave_one_out(quantity))
        print(
            f"{quantity}: median {np.median(errors):.1%}, 95 of 100 within "
            f"{np.quantile(errors, 0.95):.1%}, worst {errors.max():.1%}, "
            f"{(errors > 0.15).sum()} of {errors.size} over 15 %"
        )


if __name__ == "__main__":
    main()
