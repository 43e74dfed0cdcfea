"""A registry of a test's own."""

from __future__ import annotations

import pytest

from loas_tl.designs import registry


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test register what it likes without the others seeing it."""
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
