"""Finds the parameters and weights of :mod:`loas_tl.components.kriging`, and how far it is off."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from loas_tl.components import cacti, kriging

Floats = NDArray[np.float64]


def of_table(p: Mapping[str, float]) -> Floats:
    """Covariance of all points of the table with each other, float64[n, n]."""
    axes = np.array(kriging.known_points()).T
    matrix = kriging.covariance(p, list(axes[:, :, None]), list(axes[:, None, :]), np)
    return np.asarray(matrix + p["alone"] ** 2 * np.eye(axes.shape[1]), dtype=np.float64)


def known_values(quantity: str) -> Floats:
    """Natural logarithms of one column of the table, float64[n]."""
    column = cacti.QUANTITIES.index(quantity)
    return np.log([row[column] for row in cacti.table().values()])


def unlikelihood(p: Mapping[str, float], quantity: str) -> float:
    """Negative logarithm of the table's likelihood, up to a constant; large where p is none."""
    values = known_values(quantity)
    try:
        lower = np.linalg.cholesky(of_table(p))
    except np.linalg.LinAlgError:
        return 1e6
    white = np.linalg.solve(lower, values)
    return float(0.5 * white @ white + np.log(np.diag(lower)).sum())


def weights(p: Mapping[str, float], quantity: str) -> Floats:
    """What each point of the table counts for, float64[n]."""
    return np.asarray(np.linalg.solve(of_table(p), known_values(quantity)), dtype=np.float64)


def leave_one_out(p: Mapping[str, float], quantity: str) -> Floats:
    """Relative error at each point of the table when predicted from all the others, float64[n].

    The parameters are those of the whole table. From the inverse of the covariance (G. Wahba,
    "Spline Models for Observational Data", 1990, section 4.2) instead of one system for each point.
    """
    inverse = np.linalg.inv(of_table(p))
    short = (inverse @ known_values(quantity)) / np.diag(inverse)
    return np.asarray(np.exp(-short) - 1.0, dtype=np.float64)
