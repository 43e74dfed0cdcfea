"""Could a library interpolate CACTI's table as well as kriging.py does? Writes its answers.

Every method predicts the logarithms from the logarithms of the axes, and is asked for each point of
the table with the point left out, and with the same SRAM left out at all four nodes. scipy's radial
basis functions are tuned (a length for each axis, the smoothing) to the mean of these errors, which
favours them; scikit-learn's Gaussian processes are those that make the table most likely, as ours.
``results/sram_interpolation.csv`` has the errors by method and quantity, and what it takes to
import the library. scikit-learn is optional: without it, its rows stay as they are. Takes ten
minutes on two cores::

    python benchmarks/study_sram_interpolation.py
"""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.interpolate import RBFInterpolator
from scipy.optimize import minimize

from loas_tl.components import cacti, kriging, kriging_fit
from loas_tl.components.kriging_fit import Floats
from loas_tl.ground.files import write_all

RESULT = Path(__file__).parent / "results" / "sram_interpolation.csv"
POINTS = np.array(kriging.known_points())
SAME_SRAM = pd.DataFrame(POINTS).groupby([1, 2, 3]).indices.values()

SCIPY = (
    ("linear", 0),
    ("linear", 1),
    ("thin_plate_spline", 1),
    ("cubic", 1),
    ("cubic", 2),
    ("quintic", 2),
    ("multiquadric", 1),
    ("inverse_multiquadric", 1),
    ("inverse_quadratic", 1),
    ("gaussian", 1),
)
"""Kernels and the degrees of the polynomials beside them."""

STARTS = ((3.0, 2.0, 2.0, 2.0), (20.0, 2.0, 2.0, 2.0))
"""Lengths that the search starts from: nodes near each other and nearer."""

LEAST_SMOOTHING = 1e-7


def inverse(matrix: Floats) -> Floats:
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def left_out(precision: Floats, quantity: str) -> tuple[Floats, Floats]:
    """Errors of the logarithms: of each point alone, and of each SRAM at all nodes.

    What is linear in the values (kriging, radial basis functions) has a matrix of which the block
    at some points, solved for its product with the values, is their error when predicted from the
    others; of single points, that is :func:`loas_tl.components.kriging_fit.leave_one_out`.
    """
    product = precision @ kriging_fit.known_values(quantity)
    same = [np.linalg.solve(precision[np.ix_(at, at)], product[at]) for at in SAME_SRAM]
    return product / np.diag(precision), np.concatenate(same)


def row(library: str, method: str, quantity: str, precision: Floats) -> dict[str, object]:
    """Errors in percent."""
    one, nodes = (100 * np.abs(np.expm1(-error)) for error in left_out(precision, quantity))
    found = {
        "library": library,
        "method": method,
        "quantity": quantity,
        "median_percent": np.median(one).round(2),
        "p95_percent": np.quantile(one, 0.95).round(1),
        "worst_percent": one.max().round(1),
        "over_15_percent": int((one > 15).sum()),
        "all_nodes_median_percent": np.median(nodes).round(2),
        "all_nodes_p95_percent": np.quantile(nodes, 0.95).round(1),
        "all_nodes_worst_percent": nodes.max().round(1),
    }
    print(*found.values(), flush=True)
    return found


def of_rbf(kernel: str, degree: int, logarithms: Floats) -> Floats:
    """The matrix of scipy's interpolator, by what it makes of each point alone."""
    points = POINTS / np.exp(np.clip(logarithms[:4], -4, 6))
    smoothing = max(float(np.exp(min(logarithms[4], 3))), LEAST_SMOOTHING)
    identity = np.eye(len(points))
    fitted = RBFInterpolator(
        points, identity, kernel=kernel, degree=degree, smoothing=smoothing, epsilon=1.0
    )
    return (identity - fitted(points)) / smoothing


def tuned(kernel: str, degree: int, quantity: str) -> Floats:
    def error(logarithms: Floats) -> float:
        try:
            errors = left_out(of_rbf(kernel, degree, logarithms), quantity)
        except np.linalg.LinAlgError:
            return 1.0
        mean = float(sum(np.abs(one).mean() for one in errors))
        return mean if np.isfinite(mean) else 1.0

    tries = [
        minimize(error, np.log([*start, 1e-4]), method="Nelder-Mead", options={"maxfev": 150})
        for start in STARTS
    ]
    return of_rbf(kernel, degree, min(tries, key=lambda one: one.fun).x)


def scipy_rows(quantity: str) -> list[dict[str, object]]:
    return [
        row(
            "scipy",
            f"RBFInterpolator {kernel}, degree {degree}",
            quantity,
            tuned(kernel, degree, quantity),
        )
        for kernel, degree in SCIPY
    ]


def sklearn_rows(quantity: str) -> list[dict[str, object]]:
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process import kernels as sk

    lengths, far = (0.05, 200.0), 1e6  # an axis that far does not count

    def share(start: float) -> sk.Kernel:
        return sk.ConstantKernel(start, (start * 1e-4, start * 1e3))

    def over_all(nu: float) -> sk.Kernel:
        return share(0.1) * sk.Matern([3, 2, 2, 2], length_scale_bounds=lengths, nu=nu)

    def over_node(start: float) -> sk.Kernel:
        bounds = [lengths, *3 * [(far, 1.0001 * far)]]
        return share(start) + share(start) * sk.Matern([2, far, far, far], bounds, nu=0.5)

    def over_rest() -> sk.Kernel:
        bounds = [(far, 1.0001 * far), *3 * [lengths]]
        return sk.Matern([far, 2, 2, 2], bounds, nu=0.5)

    def same() -> sk.Kernel:
        return sk.Matern([far, 1e-3, 1e-3, 1e-3], "fixed", nu=0.5)

    smooth, rough = np.inf, 0.5
    methods: dict[str, Callable[[], sk.Kernel]] = {
        "RBF": lambda: over_all(smooth),
        "Matern 1/2": lambda: over_all(rough),
        "Matern 3/2": lambda: over_all(1.5),
        "Matern 5/2": lambda: over_all(2.5),
        "RBF + Matern 1/2": lambda: over_all(smooth) + over_all(rough),
        "RBF + Matern 3/2": lambda: over_all(smooth) + over_all(1.5),
        "our covariance": lambda: (
            over_all(smooth) + over_rest() * over_node(0.01) + same() * over_node(0.001)
        ),
    }
    found = []
    for method, kernel in methods.items():
        trend = sk.ConstantKernel(kriging.TREND_VARIANCE, "fixed") * sk.DotProduct(1, "fixed")
        alone = sk.WhiteKernel(1e-4, (4e-6, 1e-2))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # parameters at their bounds
            fitted = GaussianProcessRegressor(kernel() + trend + alone, alpha=0.0).fit(
                POINTS, kriging_fit.known_values(quantity)
            )
        precision = inverse(fitted.L_ @ fitted.L_.T)
        found.append(row("scikit-learn", f"GaussianProcessRegressor {method}", quantity, precision))
    return found


def own_rows(quantity: str) -> list[dict[str, object]]:
    precision = inverse(kriging_fit.of_table(kriging.parameters()[quantity]))
    return [row("none", "kriging.py", quantity, precision)]


def import_milliseconds(module: str) -> int:
    """Of the processor: the least of five tries, each in a Python of its own."""
    code = f"import time; t = time.process_time(); import {module}; print(time.process_time() - t)"
    tries = (
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)  # noqa: S603
        for _ in range(5)
    )
    return round(1000 * min(tries))


def main() -> None:
    libraries = {
        "none": (own_rows, "loas_tl.components.kriging"),
        "scipy": (scipy_rows, "scipy.interpolate"),
        "scikit-learn": (sklearn_rows, "sklearn.gaussian_process"),
    }
    parts = []
    for library, (rows, module) in libraries.items():
        if find_spec(module.split(".")[0]) is None:
            print(f"{library} is not installed: its rows stay as they are")
            kept = pd.read_csv(RESULT)
            parts.append(kept[kept.library == library])
            continue
        with ProcessPoolExecutor() as pool:
            measured = pd.DataFrame([*chain(*pool.map(rows, cacti.QUANTITIES))])
        parts.append(measured.assign(import_ms=import_milliseconds(module)))
    write_all({RESULT: pd.concat(parts).to_csv(index=False)})


if __name__ == "__main__":
    main()
