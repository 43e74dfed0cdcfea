"""Terminals of any width: no command cuts a figure, and what is left out is said."""

from __future__ import annotations

import re

import pytest
from rich.console import Console

from loas_tl.report import table
from tests.cli.outcome import Run

WIDE = 400
FIGURE = re.compile(r"\d[\d,]*\.?\d*(?:e[+-]\d+)?")
DRAWN = ("┏", "┃", "┡", "│", "├", "└")


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[object, ...]]:
    from tests.workload.examples import W, X, layers_file

    tensors = layers_file(tmp_path_factory.mktemp("w") / "tiny.npz", **{"zeta/q": (X, W)})
    given = ("--tensors", tensors)
    both = ("--accelerator", "LoAS", "SparTen-SNN")
    vary = ("--vary", "pes=4,8", "--objective", "cycles", "energy_pJ", "edp", "area_mm2")
    return {
        "summary": ("summary", "digits_vgg9"),
        "compare": ("compare", *given, "--model", "both", *both),
        "accountings": ("compare", *given, "--accelerator", "PTB", "MINT", "--accounting", "both"),
        "readings": ("compare", *given, *both, "--model", "detailed", "--reading", "all"),
        "explore": ("explore", "LoAS", *given, *vary, "--jobs", "1"),
        "reproduce": ("reproduce", "table2"),
        "items": ("reproduce", "--list"),
        "innerjoin": ("innerjoin", *given, "--propose"),
        "formats": ("formats", *given),
        "sparsity": ("sparsity", *given),
        "validate": ("validate", *given, "--accelerator", "LoAS"),
        "energy": ("energy", "SparTen-SNN"),
        "classes": ("energy", "--classes"),
        "designs": ("designs", "LoAS"),
        "all designs": ("designs",),
        "networks": ("networks",),
        "doctor": ("doctor",),
    }


NAMES = (
    *("summary", "compare", "accountings", "readings", "explore", "reproduce", "items"),
    *("innerjoin", "formats", "sparsity", "validate", "energy", "classes", "designs"),
    *("all designs", "networks", "doctor"),
)


def figures(shown: str) -> set[str]:
    """Those in tables, cell by cell."""
    lines = [line for line in shown.splitlines() if line.startswith(DRAWN)]
    return {
        one for line in lines for cell in re.split("[┃│]", line) for one in FIGURE.findall(cell)
    }


@pytest.mark.parametrize("name", NAMES)
def test_no_figure_is_cut_at_any_width(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    commands: dict[str, tuple[object, ...]],
    name: str,
) -> None:
    def at(width: int) -> str:
        made = table.PlainConsole
        monkeypatch.setattr(table, "console", lambda stderr=False: terminal(made, width, stderr))
        outcome = run(*commands[name])
        outcome.assert_succeeded()
        return outcome.out

    whole = figures(at(WIDE))
    for width in (80, 60, 40, 20):
        shown = at(width)
        assert figures(shown) <= whole
        assert "…" not in shown
        drawn = [line for line in shown.splitlines() if line.startswith(DRAWN)]
        widest = max(map(len, drawn), default=0)
        if width >= 40:
            assert widest <= width


def terminal(made: type[Console], width: int, stderr: bool) -> Console:
    return made(width=width, force_terminal=True, color_system=None, highlight=False, stderr=stderr)
