from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.timeloop.fake import FakeTimeloop, install


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeTimeloop:
    """A pretended Timeloop that answers nothing yet."""
    return install(tmp_path, monkeypatch)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A file that the pretended Timeloop does not look into."""
    path = tmp_path / "spec.yaml"
    path.write_text("architecture: {}\nproblem: {}\n")
    return path
