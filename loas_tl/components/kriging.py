"""Interpolation of CACTI's table: kriging of logarithms over logarithms.

Over technology, size, banks and width of an access a quantity is a power law, plus what is smooth
over all four, plus what is rough: CACTI cuts an array into mats of whole numbers, and the best cut
jumps. The rough part is mostly the same at all nodes, so its covariance has a share that does not
depend on the node. A last share belongs to a point alone and does not carry over to others.

The parameters of the covariance (``loas_tl/data/sram_kriging.csv``) are those that make the table
most likely, and the weights of its points (``sram_weights.csv``) follow from them; both are found
by ``benchmarks/fit_sram.py`` (:mod:`loas_tl.components.kriging_fit`). To predict takes no library,
so that the plug-ins run on a Python that has none.

Of libraries only scikit-learn does as well, by the same formula, and its import takes a second
(``benchmarks/study_sram_interpolation.py``). Errors in percent of points left out (read, write,
leakage, area), and processor time of the import:

=====================================  ==================  ==============  ======
method                                 medians             worst           import
=====================================  ==================  ==============  ======
this                                   1.1, 1.2, 0.9, 1.3  43, 17, 12, 28  none
scipy RBFInterpolator, quintic         1.5, 2.4, 1.3, 1.9  41, 22, 17, 24  360 ms
scipy RBFInterpolator, cubic           2.1, 2.0, 1.7, 0.6  37, 20, 15, 30  360 ms
scikit-learn GP, Matern 3/2            2.1, 3.1, 2.7, 1.6  36, 28, 19, 25  940 ms
scikit-learn GP, RBF + Matern 1/2      1.1, 1.3, 1.6, 1.3  46, 17, 12, 27  940 ms
scikit-learn GP, the covariance below  0.9, 1.2, 0.8, 1.3  45, 17, 13, 29  940 ms
=====================================  ==================  ==============  ======

Of an SRAM that the table has at no node all are less sure: medians of 3.9, 4.0, 2.7, 4.2 % by this,
4.0, 3.7, 2.0, 3.5 % by scipy's cubic one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from loas_tl.components import cacti
from loas_tl.ground.data import read_data
from loas_tl.ground.sums import in_order

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

MIDDLE: cacti.Axes = (32.0, 16384.0, 4.0, 16.0)
"""Where the logarithms of the axes are 0."""


def covariance(
    p: Mapping[str, float], a: Sequence[Any], b: Sequence[Any], maths: Any = math
) -> Any:
    """Covariance of the logarithms at points a and b, without that of a point alone.

    Args:
        p: the parameters.
        a: logarithms of the four axes (:func:`logarithms`), numbers or arrays.
        b: the same.
        maths: what has ``exp`` and ``sqrt``: ``math`` for numbers, ``numpy`` for arrays.
    """
    node, size, banks, block = (one - other for one, other in zip(a, b, strict=True))
    smooth = p["smooth"] ** 2 * maths.exp(
        -0.5
        * (
            (node / p["smooth_node"]) ** 2
            + (size / p["smooth_size"]) ** 2
            + (banks / p["smooth_banks"]) ** 2
            + (block / p["smooth_block"]) ** 2
        )
    )
    rough = maths.exp(
        -maths.sqrt(
            (size / p["rough_size"]) ** 2
            + (banks / p["rough_banks"]) ** 2
            + (block / p["rough_block"]) ** 2
        )
    ) * (p["rough"] ** 2 + p["rough_of_node"] ** 2 * maths.exp(-abs(node) / p["rough_node"]))
    same = ((size == 0) & (banks == 0) & (block == 0)) * (
        p["same"] ** 2 + p["same_of_node"] ** 2 * maths.exp(-abs(node) / p["same_node"])
    )
    trend = TREND_VARIANCE * (1 + in_order(one * other for one, other in zip(a, b, strict=True)))
    return smooth + rough + same + trend


def logarithms(axes: cacti.Axes) -> tuple[float, ...]:
    """Logarithms to base 2 of technology, size, banks and access, about their middle."""
    return tuple(math.log2(one / middle) for one, middle in zip(axes, MIDDLE, strict=True))


def predict(quantity: str, axes: cacti.Axes) -> float:
    """One quantity of an SRAM that is not in the table, in the table's unit.

    Args:
        quantity: a column of the table.
        axes: technology in nm, size in bytes, banks, bytes of an access; inside the table.
    """
    p, point = parameters()[quantity], logarithms(axes)
    return math.exp(
        in_order(
            weight * covariance(p, point, known)
            for weight, known in zip(weights()[quantity], known_points(), strict=True)
        )
    )


@cache
def known_points() -> tuple[tuple[float, ...], ...]:
    """Logarithms of the axes at the points of the table."""
    return tuple(logarithms(axes) for axes in cacti.table())


@cache
def parameters() -> dict[str, dict[str, float]]:
    """Parameters of the covariance by quantity."""
    return {
        row["quantity"]: {name: float(row[name]) for name in PARAMETERS}
        for row in read_data("sram_kriging.csv")
    }


@cache
def weights() -> dict[str, tuple[float, ...]]:
    """By quantity, what each point of the table counts for."""
    rows = read_data("sram_weights.csv")
    return {name: tuple(float(row[name]) for row in rows) for name in cacti.QUANTITIES}
