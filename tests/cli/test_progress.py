from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from loas_tl.cli.progress import bar, with_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@contextmanager
def terminal() -> Iterator[Terminal]:
    """Not a fixture: pytest sets standard error anew between one and its test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERM", "xterm")
        patch.setenv("NO_COLOR", "1")
        patch.setenv("COLUMNS", "100")
        shown = Terminal()
        patch.setattr("sys.stderr", shown)
        yield shown


@pytest.mark.parametrize("drawn_here", [False, True])
def test_a_terminal_sees_how_far_it_is(drawn_here: bool) -> None:
    with (
        terminal() as seen,
        bar("about", "left", "remaining", total=4, drawn_here=drawn_here) as update,
    ):
        assert update is not None
        update(completed=4, description="four of four")
    assert "four of four left" in seen.getvalue()


def test_each_piece_is_counted_and_named() -> None:
    def start(progress: object) -> str:
        assert callable(progress)
        progress(2, 2, "vgg16 layer 2")
        return "answer"

    with terminal() as seen:
        assert with_progress(start) == "answer"
    assert "2/2 vgg16 layer 2" in seen.getvalue()


def test_nothing_is_drawn_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    with bar("about") as update:
        assert update is None
    assert with_progress(lambda progress: progress) is None
    assert capsys.readouterr() == ("", "")


def test_what_is_raised_under_a_bar_comes_out() -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    with terminal() as seen, pytest.raises(KeyboardInterrupt):
        with_progress(interrupted)
    assert seen.getvalue().endswith("\x1b[2K")  # the line is left as it was
