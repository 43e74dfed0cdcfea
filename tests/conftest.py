"""What holds for every test."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from loas_tl.ground import memory

# A machine that does other things as well makes no example wrong.
settings.register_profile("loas-tl", deadline=None)
settings.load_profile("loas-tl")


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """Have SIGINT interrupt, also where the tests were started in the background of a script.

    Such a process ignores it from birth, and so does every process that it starts.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True)
def ceiling() -> Iterator[None]:
    """Give back the memory that tensors may take, whatever a test's command asked for."""
    before = memory.allowed()
    yield
    memory.allow(before)
