"""``loas-tl plugins``: install, where, uninstall."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from loas_tl.timeloop.accelergy import plugins
from tests.cli.outcome import Run, contents
from tests.energy.test_plugins import WRITTEN_BY_ACCELERGY


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Accelergy's configuration in a home folder of its own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    path = tmp_path / plugins.CONFIG
    path.parent.mkdir(parents=True)
    path.write_text(WRITTEN_BY_ACCELERGY)
    return path


def test_install_where_and_uninstall(run: Run, config: Path) -> None:
    original = contents(config.parent)
    run("plugins", "install").assert_succeeded()
    content = yaml.safe_load(config.read_text())
    for name in plugins.LISTS:
        assert str(plugins.folder()) in content[name]
    where = run("plugins", "where")
    where.assert_succeeded()
    assert where.out.splitlines() == [str(plugins.folder()), f"{config}: names them"]
    again = run("plugins", "install")
    again.assert_succeeded()
    assert "already names" in again.out
    run("plugins", "uninstall").assert_succeeded()
    assert contents(config.parent) == original
    assert "does not name them" in run("plugins", "where").out
    assert "does not name" in run("plugins", "uninstall").out
    assert contents(config.parent) == original


def test_where_without_a_configuration_says_so(run: Run, config: Path) -> None:
    config.unlink()
    where = run("plugins", "where")
    where.assert_succeeded()
    assert where.out.splitlines() == [str(plugins.folder()), f"{config}: does not exist"]


def test_a_configuration_may_be_named(run: Run, config: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(WRITTEN_BY_ACCELERGY)
    run("plugins", "install", "--config", mine).assert_succeeded()
    assert config.read_text() == WRITTEN_BY_ACCELERGY
    assert plugins.installed(mine)
    run("plugins", "uninstall", "--config", mine).assert_succeeded()
    assert mine.read_text() == WRITTEN_BY_ACCELERGY


@pytest.mark.parametrize("doing", ["install", "uninstall"])
def test_without_a_configuration_nothing_is_written(run: Run, config: Path, doing: str) -> None:
    config.unlink()
    run("plugins", doing).assert_refused(str(config), "does not exist", "run `accelergy` once")
    assert contents(config.parent) == {}


@pytest.mark.parametrize("doing", ["install", "where", "uninstall"])
def test_a_bad_configuration_is_refused(run: Run, tmp_path: Path, doing: str) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("- not it\n")
    run("plugins", doing, "--config", bad).assert_refused(str(bad), "no configuration")
    run("plugins", doing, "--config", tmp_path).assert_refused(str(tmp_path), "cannot be read")
    assert contents(tmp_path) == {"bad.yaml": b"- not it\n"}


@pytest.mark.parametrize(
    ("arguments", "mention"),
    [((), "COMMAND"), (("remove",), "remove"), (("install", "--con", "x"), "--con")],
)
def test_bad_arguments_are_refused(run: Run, arguments: tuple[str, ...], mention: str) -> None:
    run("plugins", *arguments).assert_refused(mention)
