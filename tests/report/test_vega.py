"""The scripts of charts: kept where they can be, made where not, never half a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from loas_tl.report import vega


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry each time that Vega is put together."""
    import vl_convert

    times: list[str] = []

    def bundle() -> str:
        times.append("made")
        return "the module"

    monkeypatch.setattr(vl_convert, "javascript_bundle", bundle)
    return times


def bundled(monkeypatch: pytest.MonkeyPatch) -> str:
    """As another process would have it."""
    monkeypatch.setattr(vega, "_bundles", [])
    return vega.bundle()


def test_vega_is_put_together_once(
    made: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert [bundled(monkeypatch), bundled(monkeypatch)] == ["the module"] * 2
    assert made == ["made"]
    [kept] = (tmp_path / "loas-tl").iterdir()
    assert kept.name.startswith("vega-")


@pytest.mark.parametrize("text", ["", "the module", "0" * 64 + "\nthe mod", "\udce4"])
def test_what_is_not_whole_is_made_again(
    made: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    bundled(monkeypatch)
    [kept] = (tmp_path / "loas-tl").iterdir()
    kept.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert bundled(monkeypatch) == "the module"
    assert made == ["made"] * 2


def test_without_a_folder_it_is_made_each_time(
    made: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert [bundled(monkeypatch), bundled(monkeypatch)] == ["the module"] * 2
    assert made == ["made"] * 2
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
