"""What tests of pages in a browser share."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

Open = Callable[..., Any]
"""Opens a page: its name, how many accelerators and networks it is of, a width, a scheme."""


def wait(until: Callable[[], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.05)
