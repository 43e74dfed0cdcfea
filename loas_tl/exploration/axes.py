"""What stands beside an axis of a figure or a parameter, and how it is scaled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from loas_tl.exploration.figures import OBJECTIVES

if TYPE_CHECKING:
    from loas_tl.exploration.result import Space

SPREAD = 8.0
"""An axis whose values span more than this factor is logarithmic."""


def label_of(space: Space, name: str) -> str:
    """What stands beside an axis."""
    if name in space.varied:
        return name
    about = space.objective(name).about
    mean = len(space.networks) > 1 and name in OBJECTIVES and name != "area_mm2"
    return f"{about}, geometric mean" if mean else about


def logarithmic(values: Sequence[float]) -> bool:
    """Whether values are better seen on a logarithmic axis."""
    numbers = np.array(values, dtype=float)
    return bool(numbers.min() > 0 and numbers.max() > SPREAD * numbers.min())
