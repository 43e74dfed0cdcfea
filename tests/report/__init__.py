"""Tables, plots and pages of results."""

from __future__ import annotations

import loas_tl
from tests.workload.examples import spikes, weights


def layer(rows: int = 9, name: str = "fc") -> loas_tl.Layer:
    """A small layer."""
    return loas_tl.Layer(name, spikes(4, rows, 40), weights(40, 16))
