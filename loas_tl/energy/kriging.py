"""Interpolation of CACTI's table: kriging of logarithms over logarithms.

Over technology, size, banks and width of an access a quantity is a power law, plus what is smooth
over all four, plus what is rough: CACTI cuts an array into mats of whole numbers, and the best cut
jumps. The rough part is mostly the same at all nodes, so its covariance has a share that does not
depend on the node. A last share belongs to a point alone and does not carry over to others.

The parameters of the covariance (``loas_tl/data/sram_kriging.csv``) are those that make the table
most likely, found by ``benchmarks/fit_sram.py``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from loas_tl.energy import sram

Points = NDArray[np.float64]
"""float64[n, 4]: logarithms to base 2 of the four axes."""

PARAMETERS = (
    "smooth",
    "smooth_node",
    "smooth_size",
    "smooth_banks",
    "smooth_block",
    "rough",
    "rough_of_node",
    "rough_size",
    "rough_banks",
    "rough_block",
    "rough_node",
    "same",
    "same_of_node",
    "same_node",
    "alone",
)
"""Standard deviations (without an underscore, ``*_of_node``) and lengths (with an axis)."""

TREND_VARIANCE = 100.0
"""Of the coefficients of the power law: next to nothing is known of them beforehand."""


def covariance(p: Mapping[str, float], a: Points, b: Points) -> Points:
    """Covariance of the logarithms at points a[n, 4] and b[m, 4], without that of one alone."""
    apart = a[:, None, :] - b[None, :, :]
    lengths = np.array([p[f"smooth_{axis}"] for axis in ("node", "size", "banks", "block")])
    smooth = p["smooth"] ** 2 * np.exp(-0.5 * ((apart / lengths) ** 2).sum(axis=-1))
    lengths = np.array([p[f"rough_{axis}"] for axis in ("size", "banks", "block")])
    rough = np.exp(-np.sqrt(((apart[..., 1:] / lengths) ** 2).sum(axis=-1)))
    rough *= p["rough"] ** 2 + p["rough_of_node"] ** 2 * _decay(apart, p["rough_node"])
    same = (apart[..., 1:] == 0).all(axis=-1).astype(float)
    same *= p["same"] ** 2 + p["same_of_node"] ** 2 * _decay(apart, p["same_node"])
    trend = TREND_VARIANCE * (1 + a @ b.T)
    result: Points = smooth + rough + same + trend
    return result


def _decay(apart: NDArray[np.float64], length: float) -> NDArray[np.float64]:
    result: NDArray[np.float64] = np.exp(-np.abs(apart[..., 0]) / length)
    return result


def of_table(p: Mapping[str, float]) -> Points:
    """Covariance of all points of the table with each other."""
    points = known_points()
    return covariance(p, points, points) + p["alone"] ** 2 * np.eye(len(points))


def known_points() -> Points:
    """Logarithms of the table's axes, about their middle."""
    return _logarithms(np.array(list(sram.table())))


def known_values(quantity: str) -> NDArray[np.float64]:
    """Natural logarithms of one column of the table."""
    column = sram.QUANTITIES.index(quantity)
    return np.log([row[column] for row in sram.table().values()])


def predict(quantity: str, axes: sram.Axes) -> float:
    """One quantity of an SRAM that is not in the table, in the table's unit.

    Args:
        quantity: a column of the table.
        axes: technology in nm, size in bytes, banks, bytes of an access; inside the table.
    """
    point = _logarithms(np.array([axes]))
    to_known = covariance(parameters()[quantity], point, known_points())
    return float(np.exp(to_known[0] @ _weights(quantity)))


def leave_one_out(quantity: str) -> NDArray[np.float64]:
    """Relative error at each point of the table when predicted from all the others, float64[n].

    The parameters are those of the whole table. From the inverse of the covariance (G. Wahba,
    "Spline Models for Observational Data", 1990, section 4.2) instead of one system for each point.
    """
    inverse = np.linalg.inv(of_table(parameters()[quantity]))
    short = (inverse @ known_values(quantity)) / np.diag(inverse)
    return np.asarray(np.exp(-short) - 1.0, dtype=np.float64)


@cache
def parameters() -> dict[str, dict[str, float]]:
    """Parameters of the covariance by quantity."""
    with (sram.DATA / "sram_kriging.csv").open(newline="") as file:
        return {
            row["quantity"]: {name: float(row[name]) for name in PARAMETERS}
            for row in csv.DictReader(file)
        }


@cache
def _weights(quantity: str) -> NDArray[np.float64]:
    weights = np.linalg.solve(of_table(parameters()[quantity]), known_values(quantity))
    return np.asarray(weights, dtype=np.float64)


def _logarithms(axes: NDArray[np.float64]) -> Points:
    result: Points = np.log2(axes) - np.log2([32.0, 16384.0, 4.0, 16.0])
    return result
