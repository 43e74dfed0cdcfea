"""``loas-tl designs NAME`` on a narrow terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

import loas_tl
from loas_tl.designs.registry import designs
from loas_tl.designs.tables import value_of


@pytest.mark.parametrize("design", designs(), ids=lambda one: one.name)
def test_names_values_and_defaults_are_whole_at_80_columns(design: loas_tl.Design) -> None:
    file = io.StringIO()
    Console(width=80, force_terminal=True, color_system=None, file=file).print(design.table())
    shown = file.getvalue()
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= 80
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in shown.splitlines()]
    by_name = {row[0]: row for row in rows if row and row[0]}
    assert list(by_name) == list(design.parameters)
    for name, one in design.parameters.items():
        assert by_name[name][1] == value_of(design, name)
        assert by_name[name][3] == f"{one.low:g} to {one.high:g}"
    assert " of │" in shown
    for name, one in design.parameters.items():
        about = " ".join("".join(row[4] + " " for row in rows if row).split())
        assert one.about.split()[0] in about, name
    assert "left out at 80 columns: acts on; unit" in shown


def test_a_wide_terminal_has_units_and_models() -> None:
    file = io.StringIO()
    to = Console(width=140, force_terminal=True, color_system=None, file=file)
    to.print(loas_tl.design("LoAS").table())
    assert "TPPEs" in file.getvalue()
    assert "acts on" in file.getvalue()
    assert "left out" not in file.getvalue()
